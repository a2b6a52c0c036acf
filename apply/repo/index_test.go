package repo

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// tree is a work tree of a test's own, which no setting of the machine
// reaches.
type tree struct {
	t   testing.TB
	dir string
	env []string
}

func newTree(t testing.TB, init ...string) *tree {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &tree{t, dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com"}}
	w.git(append([]string{"init", "-q", "-b", "main"}, init...)...)
	return w
}

// git runs git, which may stop at a conflict.
func (w *tree) git(args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir, cmd.Env = w.dir, w.env
	out, err := cmd.CombinedOutput()
	if err != nil && !bytes.Contains(out, []byte("CONFLICT")) {
		w.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *tree) write(name, text string) {
	w.t.Helper()
	full := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
		w.t.Fatal(err)
	}
}

func (w *tree) commit(names ...string) {
	w.t.Helper()
	for _, name := range names {
		w.write(name, name+w.dir)
	}
	w.git("add", "-A", "-f")
	w.git("commit", "-q", "-m", "change")
}

// conflict leaves the lock as a merge leaves it that was changed on both
// sides, or removed on one.
func (w *tree) conflict(remove bool) {
	w.t.Helper()
	w.commit("a", "lock", "z")
	w.git("checkout", "-q", "-b", "side")
	w.write("lock", "side")
	w.git("commit", "-q", "-a", "-m", "side")
	w.git("checkout", "-q", "main")
	if remove {
		w.git("rm", "-q", "lock")
	} else {
		w.write("lock", "main")
	}
	w.git("commit", "-q", "-a", "-m", "main")
	w.git("merge", "side")
}

// below is the same with another work tree as its top.
func (w *tree) below(name string) *tree { return &tree{w.t, filepath.Join(w.dir, name), w.env} }

var names = []string{"a", "art/1.png", "art/2.png", "game/.assetform/store/x", "game/main.asset.hcl", ".Assetform/journal", "ünï/.assetform/index", "lock"}

// indexes are work trees whose index is read here, and those about which git
// is asked.
var indexes = map[string]struct {
	make func(t testing.TB) *tree
	asks bool // git
}{
	"nothing was added": {make: func(t testing.TB) *tree { return newTree(t) }},
	"version 2": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		return w
	}},
	"not committed": {make: func(t testing.TB) *tree {
		w := newTree(t)
		for _, name := range names {
			w.write(name, "")
		}
		w.git("add", "-A")
		return w
	}},
	"removed": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("rm", "-q", "-r", "--cached", ".")
		return w
	}},
	"version 3": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("update-index", "--skip-worktree", "art/1.png", ".Assetform/journal")
		w.write("game/.assetform/new", "")
		w.write("b", "")
		w.git("add", "-N", "b", "game/.assetform/new")
		return w
	}},
	"version 3 of intents alone": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.write("game/.assetform/new", "")
		w.git("add", "-N", "game")
		return w
	}},
	"sparse checkout": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("sparse-checkout", "set", "--no-cone", "/art/")
		return w
	}},
	"extensions of all sorts": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("update-index", "--untracked-cache")
		w.git("-c", "index.threads=2", "-c", "index.recordEndOfIndexEntries=true", "-c", "index.recordOffsetTable=true", "update-index", "--force-write-index")
		return w
	}},
	"without a checksum": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("-c", "index.skipHash=true", "update-index", "--force-write-index")
		return w
	}},
	"conflict":             {make: func(t testing.TB) *tree { w := newTree(t); w.conflict(false); return w }},
	"conflict, one is not": {make: func(t testing.TB) *tree { w := newTree(t); w.conflict(true); return w }},
	"resolved": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.conflict(false)
		w.git("add", "lock")
		return w
	}},
	"submodule at the entry": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("rm", "-q", "-r", "--cached", "game")
		w.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("ab", 20)+",game/.assetform")
		return w
	}},
	"linked work tree": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("worktree", "add", "-q", "-b", "side", "linked")
		return w.below("linked")
	}},
	"submodule": {make: func(t testing.TB) *tree {
		sub, w := newTree(t), newTree(t)
		sub.commit(names...)
		w.git("submodule", "--quiet", "add", sub.dir, "sub")
		return w.below("sub")
	}},
	"inside of another": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("init", "-q", "inner")
		in := w.below("inner")
		in.commit("b", ".assetform/x")
		return in
	}},
	"git directory elsewhere": {make: func(t testing.TB) *tree {
		w := newTree(t, "--separate-git-dir", filepath.Join(t.TempDir(), "elsewhere"))
		w.commit(names...)
		return w
	}},
	"detached": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("checkout", "-q", "--detach")
		return w
	}},
	"decomposed names": {make: func(t testing.TB) *tree {
		w := newTree(t)
		w.git("config", "core.precomposeUnicode", "false")
		w.commit("u\u0308/.assetform/index", "ü/a")
		return w
	}},
	"partial clone": {make: func(t testing.TB) *tree {
		from, w := newTree(t), newTree(t)
		from.commit(names...)
		from.git("config", "uploadpack.allowFilter", "true")
		w.git("clone", "-q", "--filter=blob:none", "file://"+from.dir, "clone")
		return w.below("clone")
	}},

	"version 4": {asks: true, make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("update-index", "--index-version", "4")
		return w
	}},
	"split index": {asks: true, make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("update-index", "--split-index")
		w.commit("game/.assetform/late")
		return w
	}},
	"split index, conflict": {asks: true, make: func(t testing.TB) *tree {
		w := newTree(t)
		w.git("config", "core.splitIndex", "true")
		w.conflict(false)
		return w
	}},
	"sparse index": {asks: true, make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.git("sparse-checkout", "set", "--cone", "--sparse-index", "art")
		return w
	}},
	"sha256": {asks: true, make: func(t testing.TB) *tree {
		w := newTree(t, "--object-format=sha256")
		w.conflict(false)
		return w
	}},
	"name of 5,000 bytes": {asks: true, make: func(t testing.TB) *tree {
		w := newTree(t)
		w.write("a", "")
		w.git("update-index", "--add", "--cacheinfo", "100644,"+w.git("hash-object", "-w", "a")+","+strings.Repeat("x", 5000))
		return w
	}},
	"the index is a link": {asks: true, make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		index, other := filepath.Join(w.dir, ".git", "index"), filepath.Join(w.dir, ".git", "other")
		if os.Rename(index, other) != nil || os.Symlink("other", index) != nil {
			t.Skip("no links")
		}
		return w
	}},
	"a link at .git": {asks: true, make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		other := filepath.Join(t.TempDir(), "other")
		if os.Rename(filepath.Join(w.dir, ".git"), other) != nil || os.Symlink(other, filepath.Join(w.dir, ".git")) != nil {
			t.Skip("no links")
		}
		return w
	}},
	"a hook": {asks: true, make: func(t testing.TB) *tree {
		w := newTree(t)
		w.commit(names...)
		w.env = append(w.env, "GIT_INDEX_FILE=.git/index.lock")
		return w
	}},
}

// What is read here is what git says, and where nothing is read here git is
// asked.
func TestIndexAgreesWithGit(t *testing.T) {
	t.Parallel()
	for name, tt := range indexes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := tt.make(t)
			if read := readIndex(w.env, w.dir, nil, func(*indexEntry) {}); read == tt.asks {
				t.Errorf("read here: %t", read)
			}
			w.agrees(t, tt.asks)
		})
	}
}

// agrees compares what is said of all sorts of paths with what git says.
func (w *tree) agrees(t *testing.T, asks bool) {
	t.Helper()
	for _, paths := range [][]string{
		{"none", "GAME/.Assetform", ".assetform"}, {""}, {"a"}, {"A"}, {"ar"}, {"art/1.png"}, {"art/1.png/x"}, {".assetform"},
		{"ÜNÏ/.assetform"}, {"ünÏ/.assetform"}, {"u\u0308/.assetform"}, {"*"},
	} {
		got, err := firstTracked(t.Context(), w.env, w.dir, paths)
		want, wantErr := askTracked(t.Context(), w.env, w.dir, paths)
		if got != want || (err == nil) != (wantErr == nil) {
			t.Errorf("tracked at %q: got %q, %v; git says %q, %v", paths, got, err, want, wantErr)
		}
		if asks {
			break // both have asked git
		}
	}
	for _, p := range []string{"lock", "loc", "LOCK"} {
		got, ok := stagesOf(t.Context(), w.env, w.dir, p)
		want, wantOK := askStages(t.Context(), w.env, w.dir, p)
		if !slices.Equal(got, want) || ok != wantOK {
			t.Errorf("stages of %q: got %q, %t; git says %q, %t", p, got, ok, want, wantOK)
		}
	}
}

// With any byte of it another one, an index is either none that is read here,
// or git reads the same from it.
func TestIndexDamaged(t *testing.T) {
	t.Parallel()
	w := newTree(t)
	w.write("a", "a")
	w.write("ab", "ab")
	w.git("add", "-A")
	w.git("add", "-N", "ab")
	file := filepath.Join(w.dir, ".git", "index")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	list := func(b []byte) (string, bool) {
		var all strings.Builder
		ok := walkIndex(bytes.NewReader(b), int64(len(b)), func(e *indexEntry) {
			all.WriteString(strconv.Itoa(e.stage) + "\t" + string(e.name) + "\x00")
		})
		return all.String(), ok
	}
	read := 0
	for i := range whole {
		if _, ok := list(whole[:i]); ok {
			t.Errorf("an index of %d bytes was read from %d", len(whole), i)
		}
		for _, bit := range []byte{0x01, 0x10, 0x40, 0x80} {
			b := bytes.Clone(whole)
			b[i] ^= bit
			got, ok := list(b)
			if !ok || got == "0\ta\x000\tab\x00" {
				continue
			}
			read++
			if err := os.WriteFile(file, b, 0o666); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("git", "ls-files", "-z", "--format=%(stage)%x09%(path)")
			cmd.Dir, cmd.Env = w.dir, w.env
			if want, err := cmd.Output(); err == nil && got != string(want) {
				t.Errorf("bit %#x of byte %d: got %q, git says %q", bit, i, got, want)
			}
		}
	}
	if read == 0 {
		t.Error("nothing was compared")
	}
}

// Only what git writes itself in a configuration leaves no doubt.
func TestIndexFormats(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]bool{
		"[core]\n\trepositoryformatversion = 0\n\tbare = false\n":                                                                true,
		"[core]\r\n\trepositoryFormatVersion = 1\r\n[extensions]\r\n\tpartialClone = origin\r\n\r\n[user]\n\tobjectformat = x\n": true,
		"[core]\nrepositoryformatversion = 1\n[extensions]\nworktreeConfig = true\nrefstorage=reftable":                          true,
		"":                         false,
		"[core]\n\tbare = false\n": false,
		"[core]\n\trepositoryformatversion = 2\n":                                                            false,
		"[core] repositoryformatversion = 2\n[a]\nrepositoryformatversion = 0":                               false,
		"[core]\nrepositoryformatversion = 1\n[extensions]\nobjectformat = sha256\n":                         false,
		"[core]\nrepositoryformatversion = 1\n[extensions]\nnoop\n; \nsomething = 1\n":                       false,
		"[core]\nrepositoryformatversion = 1\n[extensions] objectformat = sha256\n":                          false,
		"[core]\nrepositoryformatversion = 1\n[a][Extensions]objectformat = sha256\n":                        false,
		"[core]\nrepositoryformatversion = 1\n[extensions]\nnoop = \\\n[a]\nobjectformat = sha256\n":         false,
		"[core]\nrepositoryformatversion = 0\n[remote \"origin\"]\n\turl = https://example.com/extensions\n": false,
	} {
		if got := plainFormat([]byte(config)); got != want {
			t.Errorf("%q: got %t", config, got)
		}
	}
}

func TestIndexPath(t *testing.T) {
	t.Parallel()
	w := newTree(t)
	w.commit("a/b")
	w.git("worktree", "add", "-q", "-b", "side", "linked")
	outside, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		dir, want string
		environ   []string
		ok        bool
	}{
		{dir: filepath.Join(w.dir, "a"), want: filepath.Join(w.dir, ".git", "index"), ok: true},
		{dir: filepath.Join(w.dir, "a", "none"), want: filepath.Join(w.dir, ".git", "index"), ok: true},
		{dir: filepath.Join(w.dir, "linked", "a"), want: filepath.Join(w.dir, ".git", "worktrees", "linked", "index"), ok: true},
		{dir: w.dir, environ: []string{"A=b", "GIT_DIR=elsewhere"}},
		{dir: outside, ok: true},
	} {
		if got, ok := IndexPath(tt.environ, tt.dir); got != tt.want || ok != tt.ok {
			t.Errorf("%s: got %q, %t, want %q, %t", tt.dir, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzIndex(f *testing.F) {
	for _, tt := range indexes {
		w := tt.make(f)
		name := strings.TrimSpace(w.git("rev-parse", "--git-path", "index"))
		if !filepath.IsAbs(name) {
			name = filepath.Join(w.dir, name)
		}
		if b, err := os.ReadFile(name); err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		seen := 0
		ok := walkIndex(bytes.NewReader(b), int64(len(b)), func(e *indexEntry) {
			seen++
			if len(e.name) == 0 || bytes.IndexByte(e.name, 0) >= 0 || e.stage < 0 || e.stage > 3 {
				t.Errorf("name %q, stage %d", e.name, e.stage)
			}
		})
		if ok && uint32(seen) != binary.BigEndian.Uint32(b[8:]) {
			t.Errorf("%d entries of %d", seen, binary.BigEndian.Uint32(b[8:]))
		}
		if ok && walkIndex(bytes.NewReader(b[:len(b)-1]), int64(len(b)-1), func(*indexEntry) {}) {
			t.Error("one byte less is an index too")
		}
	})
}

// BenchmarkIndex looks for the data directory in an index of 10,000 files.
func BenchmarkIndex(b *testing.B) {
	w := newTree(b)
	var lines strings.Builder
	id := strings.Repeat("ab", 20)
	for i := range 10_000 {
		lines.WriteString("100644 " + id + "\tassets/generated/level_" + strconv.Itoa(i/100) + "/picture_" + strconv.Itoa(i) + ".png\n")
	}
	cmd := exec.Command("git", "update-index", "--index-info")
	cmd.Dir, cmd.Env, cmd.Stdin = w.dir, w.env, strings.NewReader(lines.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	paths := []string{filepath.Join(w.dir, ".assetform"), filepath.Join(w.dir, "assets", ".assetform")}
	b.ReportAllocs()
	for b.Loop() {
		if name, err := Tracked(b.Context(), w.env, paths...); name != "" || err != nil {
			b.Fatal(name, err)
		}
	}
}
