package plan

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

func scanState(t *testing.T, w *world, index, name string) worktree.State {
	t.Helper()
	var o ScanOptions
	if index != "" {
		o.Data = datadir.Open(filepath.Dir(index))
	}
	files, err := Scan(w.project(), w.lock, o)
	if err != nil {
		t.Fatal(err)
	}
	return files[name]
}

func TestScanKinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, knight)
	const name = "art/knight.png"
	if got := scanState(t, w, "", name); got.Exists() {
		t.Errorf("absent file: %+v", got)
	}
	w.write(name, []byte("content"))
	if got := scanState(t, w, "", name); got != (worktree.State{Kind: worktree.Regular, Hash: lockfile.HashBytes([]byte("content")), Size: 7}) {
		t.Errorf("file: %+v", got)
	}
	long := []byte(strings.Repeat("0123456789", 1000))
	w.write(name, long)
	if got := scanState(t, w, "", name); got.Hash != lockfile.HashBytes(long) || got.Size != 10000 {
		t.Errorf("long file: %+v", got)
	}
	oid := lockfile.HashBytes([]byte("big"))
	w.write(name, []byte("version https://git-lfs.github.com/spec/v1\noid "+oid.String()+"\nsize 3\n"))
	if got := scanState(t, w, "", name); got != (worktree.State{Kind: worktree.Pointer, Hash: oid, Size: 3}) {
		t.Errorf("pointer: %+v", got)
	}
	w.remove(name)
	if err := os.Symlink(filepath.Join(w.dir, "main.asset.hcl"), filepath.Join(w.dir, "art/knight.png")); err != nil {
		t.Fatal(err)
	}
	if got := scanState(t, w, "", name); got.Kind != worktree.Foreign {
		t.Errorf("symlink: %+v", got)
	}
	w.want("image.knight create new cost=1/0\nrefused foreign image.knight")
}

// An input may be a link to any file of the project.
func TestScanLinkedInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t, strings.Replace(knight, "{", "{\n  references = [\"in/link.png\"]", 1))
	picture, err := base64.StdEncoding.DecodeString(firstPNG)
	if err != nil {
		t.Fatal(err)
	}
	w.write("ref.png", picture)
	if err := errors.Join(os.Mkdir(filepath.Join(w.dir, "in"), 0o777), os.Symlink("../ref.png", filepath.Join(w.dir, "in/link.png"))); err != nil {
		t.Fatal(err)
	}
	if got, want := scanState(t, w, "", "in/link.png").Hash, lockfile.HashBytes(picture); got != want {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestScanDirectoriesThatLeadAway(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]string{"out of the project": os.TempDir(), "into git's files": ".git"} {
		w := newWorld(t, knight)
		if err := os.Mkdir(filepath.Join(w.dir, ".git"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(w.dir, "art")); err != nil {
			t.Fatal(err)
		}
		if got := scanState(t, w, "", "art/knight.png"); got.Kind != worktree.Foreign {
			t.Errorf("directory that leads %s: %+v", name, got)
		}
	}
}

func TestIndexRemembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, knight)
	index := filepath.Join(t.TempDir(), "index")
	const name = "art/knight.png"
	full := filepath.Join(w.dir, "art/knight.png")
	w.write(name, []byte("first"))
	old := time.Now().Add(-time.Hour)
	chtimes(t, full, old)
	waitSettled()
	first := scanState(t, w, index, name)
	if b, err := os.ReadFile(index); err != nil || !strings.Contains(string(b), lockfile.ContentHash(first.Hash).String()) {
		t.Fatalf("index (%v):\n%s", err, b)
	}
	// A lie in the index shows that it is believed for an unchanged file.
	forge(t, index, first.Hash, lockfile.HashBytes([]byte("forged")))
	if got := scanState(t, w, index, name); got.Hash != lockfile.HashBytes([]byte("forged")) {
		t.Error("the index was not used")
	}
	// Same size and same mtime, but written again: the change time tells.
	w.write(name, []byte("other"))
	chtimes(t, full, old)
	if got := scanState(t, w, index, name); got.Hash != lockfile.HashBytes([]byte("other")) {
		t.Error("a file that was written again was not read")
	}
}

func TestIndexDoubtsYoungFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, knight)
	index := filepath.Join(t.TempDir(), "index")
	const name = "art/knight.png"
	w.write(name, []byte("first"))
	waitSettled()
	first := scanState(t, w, index, name)
	forge(t, index, first.Hash, lockfile.HashBytes([]byte("forged")))
	// An index as old as the file does not know whether it changed again.
	info, err := os.Stat(filepath.Join(w.dir, "art/knight.png"))
	if err != nil {
		t.Fatal(err)
	}
	chtimes(t, index, info.ModTime())
	if got := scanState(t, w, index, name); got.Hash != first.Hash {
		t.Error("an entry as young as the index was believed")
	}
}

func TestIndexDamage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, knight)
	const name = "art/knight.png"
	w.write(name, []byte("first"))
	good := indexHeader + fmt.Sprintf("%s r 5 5 1 1 1 %q\n", lockfile.HashBytes([]byte("first")), name)
	for _, text := range []string{"", "\x00\x01", good, summed(good)[:len(good)+20], strings.Replace(summed(good), " r ", " p ", 1), summed(good[:len(good)-1]), summed(strings.Replace(good, "sha256:", "md5:", 1)), summed(strings.Replace(good, "index 2", "index 9", 1))} {
		index := filepath.Join(t.TempDir(), "index")
		if err := os.WriteFile(index, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if ix := loadIndex(datadir.Open(filepath.Dir(index))); len(ix.entries) != 0 {
			t.Errorf("damaged index %q was believed", text)
		}
		if got := scanState(t, w, index, name); got.Hash != lockfile.HashBytes([]byte("first")) {
			t.Errorf("damaged index %q changed the result", text)
		}
	}
}

func chtimes(t *testing.T, name string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(name, at, at); err != nil {
		t.Fatal(err)
	}
}

// waitSettled waits until files are old enough to be remembered.
func waitSettled() { time.Sleep(40 * time.Millisecond) }

// forge replaces a hash in the index and makes it younger than every file.
func forge(t *testing.T, index string, old, forged lockfile.ContentHash) {
	t.Helper()
	b, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b[:len(b)-indexSumSize])
	if err := os.WriteFile(index, []byte(summed(strings.ReplaceAll(text, old.String(), forged.String()))), 0o666); err != nil {
		t.Fatal(err)
	}
	chtimes(t, index, time.Now().Add(time.Minute))
}

func summed(text string) string { return text + indexSum(text) }
