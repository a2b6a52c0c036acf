package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// A project is one that a program has applied, committed in git. Each program
// has its own: what one of them remembers is nothing to the other.
type project struct {
	by      string // the program
	dir     string
	assets  int
	applied sample
}

// settle is how long files are left alone before what was remembered of them
// is believed: git's rule for files as young as its index, and assetform's.
const settle = 2 * time.Second

// provider makes a project one of the service.
const provider = "provider \"imaginator\" {\n}\n\n"

const dataDir = ".assetform" // of a project

// here makes it one of the server. An older build needs to be told in the
// configuration, a newer one in the environment as well.
func (b *bench) here() string {
	return fmt.Sprintf("provider \"imaginator\" {\n  base_url = %q\n}\n\n", b.server.api())
}

// applied returns the project of n blocks in one file that a program has
// applied; it is made once.
func (b *bench) applied(ctx context.Context, by string, n int) (*project, error) {
	key := fmt.Sprint(by, " ", n)
	if p := b.projects[key]; p != nil {
		return p, nil
	}
	p, err := b.project(ctx, by, n, image.Point{})
	if err != nil {
		return nil, err
	}
	// From now on it is a project as people have it, which names no server.
	if err := p.write(provider); err != nil {
		return nil, err
	}
	if err := p.commit(ctx, b.env); err != nil {
		return nil, err
	}
	if err := pause(ctx, settle); err != nil {
		return nil, err
	}
	b.projects[key] = p
	return p, nil
}

// project applies n blocks in a new directory.
func (b *bench) project(ctx context.Context, by string, n int, size image.Point) (*project, error) {
	p, err := b.planned(by, n)
	if err != nil {
		return nil, err
	}
	p.applied, err = b.once(ctx, b.generating(p, 0, size))
	return p, err
}

// planned is a project of n blocks before anything was generated.
func (b *bench) planned(by string, n int) (*project, error) {
	dir, err := os.MkdirTemp(b.tmp, "project-")
	p := &project{by: by, dir: dir, assets: n}
	return p, cmp.Or(err, b.reset(p))
}

// reset makes a project one of which nothing was generated yet. What was
// generated is set aside, not deleted: some file systems (ext4 without a
// journal) take their time for new files while many have just gone, and that
// would be measured.
func (b *bench) reset(p *project) error {
	b.aside++
	if err := os.Rename(p.dir, fmt.Sprintf("%s-aside-%d", p.dir, b.aside)); err != nil {
		return err
	}
	if err := os.Mkdir(p.dir, 0o777); err != nil {
		return err
	}
	return p.write(b.here())
}

// write writes the configuration.
func (p *project) write(provider string) error {
	for name, text := range blocks(p.assets) {
		if err := os.WriteFile(filepath.Join(p.dir, name), append([]byte(provider), text...), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// generating is an apply that generates all of a project, and looks whether it
// was all: a request and an output for each asset.
func (b *bench) generating(p *project, latency time.Duration, size image.Point) command {
	c := b.command(p, "apply", "--auto-approve")
	c.env = append(slices.Clone(b.env), "IMAGINATOR_BASE_URL="+b.server.api())
	c.says = fmt.Sprintf("Applied: %d ", p.assets)
	c.before = func(context.Context) error {
		b.server.begin(latency, size)
		return nil
	}
	c.after = func(context.Context) error {
		outputs := 0
		err := filepath.WalkDir(filepath.Join(p.dir, "art"), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				outputs++
			}
			return err
		})
		if err == nil && outputs != p.assets {
			err = fmt.Errorf("%d outputs of %d assets in %s", outputs, p.assets, p.dir)
		}
		return cmp.Or(b.server.check(p.assets), err)
	}
	return c
}

// anew is a command before each run of which its project is reset.
func (b *bench) anew(p *project, c command) command {
	before := c.before
	c.before = func(ctx context.Context) error { return cmp.Or(b.reset(p), before(ctx)) }
	return c
}

// command is a command of the project's program in it.
func (b *bench) command(p *project, args ...string) command {
	return command{args: append([]string{p.by}, args...), dir: p.dir, env: b.env}
}

// unchanged is a command that finds nothing to do, and says so.
func (b *bench) unchanged(p *project, args ...string) command {
	c := b.command(p, args...)
	c.says = fmt.Sprintf("onfiguration, lock and files agree: %d asset", p.assets)
	return c
}

// edited is a plan after one asset was edited in a file, where the last plan
// found nothing to do. Each run has an edit that no other had.
func (b *bench) edited(p *project, file string, asset int) (command, error) {
	name := filepath.Join(p.dir, file)
	original, err := os.ReadFile(name)
	if err != nil {
		return command{}, err
	}
	word := []byte(fmt.Sprintf("icture %d of a ", asset))
	if bytes.Count(original, word) != 1 {
		return command{}, fmt.Errorf("no one place to edit in %s", name)
	}
	last := b.unchanged(p, "plan")
	c := b.command(p, "plan")
	c.says = "Plan: 1 to "
	c.after = func(context.Context) error { return os.WriteFile(name, original, 0o666) }
	c.before = func(ctx context.Context) error {
		if err := pause(ctx, settle); err != nil {
			return err
		}
		if _, err := b.once(ctx, last); err != nil {
			return err
		}
		b.edits++
		return os.WriteFile(name, bytes.Replace(original, word, fmt.Appendf(nil, "%s%d times edited ", word, b.edits), 1), 0o666)
	}
	return c, nil
}

// needed is what a data directory has that nothing else does: what was paid
// for, what was asked for, and whose turn it is.
var needed = []string{".gitignore", "dirs", "journal", "lock", "store"}

// forget removes what assetform remembers of earlier runs only to be faster.
func (p *project) forget() error {
	data := filepath.Join(p.dir, dataDir)
	entries, err := os.ReadDir(data)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if slices.Contains(needed, e.Name()) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(data, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// commit makes the project a git repository and commits all of it.
func (p *project) commit(ctx context.Context, env []string) error {
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"commit", "-q", "-m", "all"}} {
		// Git tidies up in the background after many files, beside what is measured.
		cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0", "-c", "maintenance.auto=false"}, args...)...)
		cmd.Dir, cmd.Env = p.dir, env
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w\n%s", args[0], err, out)
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
