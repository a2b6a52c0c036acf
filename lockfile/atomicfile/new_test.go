package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// TestCommitNew: of many that make one file one succeeds, its content is whole,
// and no other file is left; by a link, and where there are none by a rename.
func TestCommitNew(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]func(*os.Root, string, string) error{"link": placeNew, "rename": renameNew} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var made atomic.Pointer[string]
			var wait sync.WaitGroup
			for i := range 16 {
				wait.Go(func() {
					f, err := CreateIn(openRoot(t, dir), "new/a", nil)
					if err != nil {
						t.Error(err)
						return
					}
					defer f.Abort()
					content := strconv.Itoa(i)
					if _, err := f.Write([]byte(content)); err != nil {
						t.Error(err)
					}
					if err := f.flush(); err != nil {
						t.Error(err)
					}
					switch err := f.place(how); {
					case err == nil:
						if other := made.Swap(&content); other != nil {
							t.Errorf("%s and %s were both made", *other, content)
						}
					case !errors.Is(err, fs.ErrExist):
						t.Errorf("got error %v, want that it exists", err)
					}
				})
			}
			wait.Wait()
			if made.Load() == nil {
				t.Fatal("none was made")
			}
			check(t, filepath.Join(dir, "new"), map[string]string{"a": *made.Load()})
		})
	}
}

// TestLostAnswer: a file that the first of two requests made is ours.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := CreateIn(openRoot(t, dir), "a", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.dir.Link(f.temp, "a"); err != nil {
		t.Fatal(err)
	}
	if err := f.CommitNew(); err != nil {
		t.Error(err)
	}
	check(t, dir, map[string]string{"a": ""})
}
