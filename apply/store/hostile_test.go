//go:build unix

package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// A directory of the store that leads elsewhere is an error before anything is
// read, and nothing is removed where it leads: content that only seems to be
// missing would be paid for again.
func TestHostileDirectories(t *testing.T) {
	t.Parallel()
	for _, name := range []string{".", "blobs", "blobs/sha256", "blobs/sha256/ab", "results", "tmp", "damaged"} {
		for kind, plant := range map[string]func(victim, at string) error{
			"link": os.Symlink,
			"pipe": func(_, at string) error { return syscall.Mkfifo(at, 0o600) },
		} {
			dir := t.TempDir()
			victim := filepath.Join(dir, "victim", "ab", "sha256")
			file := filepath.Join(victim, "new-file")
			old := time.Now().Add(-90 * 24 * time.Hour)
			if err := errors.Join(os.MkdirAll(victim, 0o755), os.WriteFile(file, []byte("x"), 0o644), os.Chtimes(file, old, old)); err != nil {
				t.Fatal(err)
			}
			at := filepath.Join(dir, ".assetform", "store", name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), plant(victim, at)); err != nil {
				t.Fatal(err)
			}
			data := datadir.Open(filepath.Join(dir, ".assetform"))
			if _, err := Open(data); !isEntryError(err) {
				t.Errorf("%s is a %s: got error %v", name, kind, err)
			}
			// A link that was planted since.
			if err := os.Rename(at, filepath.Join(dir, "planted")); err != nil {
				t.Fatal(err)
			}
			s, err := Open(data)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(filepath.Join(dir, "planted"), at); err != nil {
				t.Fatal(err)
			}
			_, pruneErr := s.Prune(t.Context(), PruneOptions{Now: time.Now()})
			if !isEntryError(pruneErr) {
				t.Errorf("%s is a %s: prune: %v", name, kind, pruneErr)
			}
			if p, err := s.Create(); err == nil {
				p.Write([]byte("content"))
				p.Commit()
			}
			if entries, err := os.ReadDir(victim); err != nil || len(entries) != 1 {
				t.Errorf("%s is a %s: where it leads there is %v, error %v", name, kind, entries, err)
			}
		}
	}
}

func isEntryError(err error) bool {
	_, ok := errors.AsType[*datadir.EntryError](err)
	return ok
}

// A blob or a record that is no file of the store is never read, written
// through or taken for something that is merely missing.
func TestHostileEntries(t *testing.T) {
	t.Parallel()
	for kind, plant := range map[string]func(victim, at string) error{
		"link":      os.Symlink,
		"hard link": os.Link,
		"pipe":      func(_, at string) error { return syscall.Mkfifo(at, 0o600) },
	} {
		s := openStore(t)
		content, in := "content", inputsHash("x")
		h := lockfile.HashBytes([]byte(content))
		for _, at := range []string{blobPath(s, h), resultPath(s, in)} {
			if err := s.PutResult(in, entry(put(t, s, content), len(content))); err != nil {
				t.Fatal(err)
			}
			victim := filepath.Join(t.TempDir(), "victim")
			if err := errors.Join(os.Rename(at, victim), plant(victim, at)); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(victim)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok, err := s.Result(in); ok || !isEntryError(err) {
				t.Errorf("%s at %s: found %v, error %v", kind, at, ok, err)
			}
			if _, err := s.Prune(t.Context(), PruneOptions{Now: time.Now()}); !isEntryError(err) {
				t.Errorf("%s at %s: prune: %v", kind, at, err)
			}
			// Stored anew, it takes the place of what stands there.
			if err := s.PutResult(in, entry(put(t, s, content), len(content))); err != nil || get(t, s, h) != content {
				t.Errorf("%s at %s: stored anew: %v", kind, at, err)
			}
			if after, err := os.ReadFile(victim); err != nil || string(after) != string(before) {
				t.Errorf("%s at %s: the victim holds %q, error %v", kind, at, after, err)
			}
		}
	}
}
