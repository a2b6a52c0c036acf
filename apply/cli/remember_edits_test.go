package cli

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// tracedEdits are what may happen to a project between two commands, by name.
// Edits of what is not there any more may fail.
var tracedEdits = map[string]func(p *traced) error{
	"another letter, same size and time": func(p *traced) error {
		name, content := p.some()
		info, err := os.Stat(name)
		if err != nil || len(content) == 0 {
			return err
		}
		err = os.WriteFile(name, p.flipped(content), 0o666)
		return errors.Join(err, os.Chtimes(name, info.ModTime(), info.ModTime()))
	},
	"another letter": func(p *traced) error {
		name, content := p.some()
		if len(content) == 0 {
			return nil
		}
		return os.WriteFile(name, p.flipped(content), 0o666)
	},
	"another letter by a rename, same time": func(p *traced) error {
		name, content := p.some()
		info, err := os.Stat(name)
		if err != nil || len(content) == 0 {
			return err
		}
		err = os.WriteFile(name+"~", p.flipped(content), 0o666)
		return errors.Join(err, os.Chtimes(name+"~", info.ModTime(), info.ModTime()), os.Rename(name+"~", name))
	},
	"the same again": func(p *traced) error {
		name, content := p.some()
		return os.WriteFile(name, content, 0o666)
	},
	"the same by a rename": func(p *traced) error {
		name, content := p.some()
		return errors.Join(os.WriteFile(name+"~", content, 0o666), os.Rename(name+"~", name))
	},
	"a line more": func(p *traced) error {
		name, content := p.some()
		return os.WriteFile(name, append(content, '\n'), 0o666)
	},
	"gone": func(p *traced) error {
		name, _ := p.some()
		return os.RemoveAll(name)
	},
	"elsewhere": func(p *traced) error {
		name, _ := p.some()
		return os.Rename(name, name+".old")
	},
	"two exchanged": func(p *traced) error {
		x, _ := p.some()
		y, _ := p.some()
		if x == y {
			return nil
		}
		return errors.Join(os.Rename(x, x+"~"), os.Rename(y, x), os.Rename(x+"~", y))
	},
	"a link to the same": func(p *traced) error {
		name, content := p.some()
		return errors.Join(os.WriteFile(name+".real", content, 0o666), os.Remove(name), os.Symlink(filepath.Base(name)+".real", name))
	},
	"a directory in its place": func(p *traced) error {
		name, _ := p.some()
		return errors.Join(os.RemoveAll(name), os.Mkdir(name, 0o777))
	},
	"mode": func(p *traced) error {
		name, _ := p.some()
		return os.Chmod(name, []os.FileMode{0o600, 0o755, 0o444}[p.rand.IntN(3)])
	},
	"times": func(p *traced) error {
		name, _ := p.some()
		at := time.Now().Add([]time.Duration{0, time.Hour, -time.Hour}[p.rand.IntN(3)])
		if p.rand.IntN(2) == 0 {
			at = at.Truncate(time.Second)
		}
		return os.Chtimes(name, at, at)
	},
	"the link leads elsewhere": func(p *traced) error {
		return errors.Join(os.Remove(p.at("style")), os.Symlink([]string{"style2.txt", "p.txt", "nowhere"}[p.rand.IntN(3)], p.at("style")))
	},
	"the input's link leads elsewhere": func(p *traced) error {
		return errors.Join(os.Remove(p.at("in/link.png")), os.Symlink("../ref.png", p.at("in/link.png")))
	},
	"a directory is a link": func(p *traced) error {
		name := p.at([]string{"icons", "in", "mod", "out"}[p.rand.IntN(4)])
		return errors.Join(os.Rename(name, name+".real"), os.Symlink(filepath.Base(name)+".real", name))
	},
	"a file more": func(p *traced) error {
		more := map[string]string{
			"more.asset.hcl": "# nothing\n", "evil.asset.hcl": "image \"e\" {\n  prompt = \"e\"\n  output = \"e.png\"\n}\n",
			"zz.auto.vars.hcl": "tone = \"hot\"\n", "icons/new.txt": "3", "icons/.hidden.txt": "4", "icons/more/deep/x.txt": "5",
			"opt.txt": "opt", "maybe.txt": "", "mod/override.asset.hcl": "# nothing\n", "notes.md": "x", "assetform.vars.hcl": "tone = \"cold\"\n",
			"assetform.auto.vars.json": "{\"tone\": \"cold\"}",
		}
		names := slices.Sorted(maps.Keys(more))
		name := names[p.rand.IntN(len(names))]
		return p.write(name, more[name])
	},
	"environment": func(p *traced) error {
		p.environ = [][]string{{"ASSETFORM_VAR_style=flat"}, {"ASSETFORM_VAR_style=bold"}, {"ASSETFORM_VAR_tone=cold"}, {"IMAGINATOR_API_KEY=k"}, {"IMAGINATOR_BASE_URL=http://127.0.0.1:9/"}, {"OTHER=1"}, nil}[p.rand.IntN(7)]
		return nil
	},
	"arguments": func(p *traced) error {
		p.args = [][]string{{"--var", "style=flat"}, {"--var", "style=bold"}, {"--var-file", p.at("given.vars.hcl")}, nil}[p.rand.IntN(4)]
		return nil
	},
	"git above": func(p *traced) error {
		return os.Rename(filepath.Join(p.top, "dotgit"), filepath.Join(p.top, ".git"))
	},
	"no index": func(p *traced) error { return os.RemoveAll(p.at(".assetform/index")) },
	"no trace": func(p *traced) error { return os.RemoveAll(p.at(".assetform/trace")) },
	"a cut trace": func(p *traced) error {
		info, err := os.Stat(p.at(".assetform/trace"))
		if err != nil {
			return err
		}
		return os.Truncate(p.at(".assetform/trace"), p.rand.Int64N(info.Size()+1))
	},
	"a damaged trace": func(p *traced) error {
		content, err := os.ReadFile(p.at(".assetform/trace"))
		if err != nil || len(content) == 0 {
			return err
		}
		content[p.rand.IntN(len(content))] ^= 1 << p.rand.IntN(8)
		return os.WriteFile(p.at(".assetform/trace"), content, 0o600)
	},
	"a newer trace": func(p *traced) error {
		content, err := os.ReadFile(p.at(".assetform/trace"))
		if err != nil || len(content) < 17 {
			return err
		}
		content[16] = '2'
		return os.WriteFile(p.at(".assetform/trace"), content, 0o600)
	},
	"a link as the trace": func(p *traced) error {
		return errors.Join(os.RemoveAll(p.at(".assetform/trace")), os.Symlink("index", p.at(".assetform/trace")))
	},
	"times of the trace": func(p *traced) error {
		at := time.Now().Add([]time.Duration{time.Hour, -time.Hour}[p.rand.IntN(2)])
		return os.Chtimes(p.at(".assetform/trace"), at, at)
	},
	"an open task": func(p *traced) error {
		const task = `{"id":"one","state":"submitted","time":"2026-03-01T02:00:00Z","address":"image.a","task_id":"7"}` + "\n"
		f, err := os.OpenFile(p.at(".assetform/journal"), os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = f.WriteString(task)
		return errors.Join(err, f.Close())
	},
	"no journal": func(p *traced) error { return os.RemoveAll(p.at(".assetform/journal")) },
}

// some is a file of the project and what it holds.
func (p *traced) some() (name string, content []byte) {
	var names []string
	for name, f := range p.pristine {
		if !f.mode.IsDir() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	name = names[p.rand.IntN(len(names))]
	content, _ = os.ReadFile(name) // what was edited before may be no file
	return name, content
}

// flipped is text with one letter in another case, or one bit flipped. It is
// none of a media type in the lock: whether a file is of that type is looked at
// only with --no-index, where every file is read.
func (p *traced) flipped(content []byte) []byte {
	const mediaType = `"media_type": "image/png"`
	for {
		b := slices.Clone(content)
		b[p.rand.IntN(len(b))] ^= 0x20
		if bytes.Count(b, []byte(mediaType)) == bytes.Count(content, []byte(mediaType)) {
			return b
		}
	}
}
