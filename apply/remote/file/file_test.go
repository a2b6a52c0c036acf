package file_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assetform/apply/remote"
	"assetform/apply/remote/file"
	"assetform/apply/remote/remotetest"
)

// place is an empty remote.
func place(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "v1"), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

func open(t *testing.T, dir string) remote.Files {
	t.Helper()
	f, err := file.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestContract(t *testing.T) {
	t.Parallel()
	dir := place(t)
	remotetest.Run(t, remotetest.Backend{
		Open:   func(t *testing.T) remote.Files { return open(t, dir) },
		Create: remotetest.Atomic,
	})
	t.Cleanup(func() { // after the parallel tests
		filepath.WalkDir(dir, func(p string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(p, "-tmp") || err != nil {
				t.Errorf("%s is left, error %v", p, err)
			}
			return nil
		})
	})
}

// TestNotThere: a mount that is missing is an error, and nothing is made.
func TestNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	os.Mkdir(empty, 0o777)
	plain := filepath.Join(dir, "plain")
	os.WriteFile(plain, nil, 0o666)
	marked := filepath.Join(dir, "marked")
	os.Mkdir(marked, 0o777)
	os.WriteFile(filepath.Join(marked, "v1"), nil, 0o666)
	for place, words := range map[string]string{
		filepath.Join(dir, "none"): "not mounted", empty: "if a share belongs there, mount it", plain: "not mounted", marked: "not as they were",
	} {
		_, err := file.Open(place)
		if !errors.Is(err, remote.ErrNowhere) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: got error %v, want words %q", place, err, words)
		}
	}
	if entries, err := os.ReadDir(empty); err != nil || len(entries) > 0 {
		t.Errorf("found %v, error %v", entries, err)
	}
}

// TestLinks: none leads out, in no place of a name.
func TestLinks(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	os.WriteFile(secret, []byte("secret"), 0o666)
	dir := place(t)
	for link, target := range map[string]string{"v1/file": secret, "v1/nowhere": "nothing", "v1/dir": outside, "v1/up": "../.."} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	files := open(t, dir)
	defer files.Close()
	for _, name := range []string{"v1/file", "v1/dir/secret"} {
		if r, _, err := files.Get(t.Context(), name); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s was read: %v, %v", name, r, err)
		}
	}
	// A file that is a link which cannot be read is damaged: not absent, and written over.
	for _, name := range []string{"v1/file", "v1/nowhere"} {
		_, _, err := files.Get(t.Context(), name)
		_, statErr := files.Stat(t.Context(), name)
		if !errors.Is(err, remote.ErrDamaged) || !errors.Is(statErr, remote.ErrDamaged) {
			t.Errorf("%s: got errors %v and %v, want that it is damaged", name, err, statErr)
		}
	}
	for _, name := range []string{"v1/dir/new", "v1/up/new"} {
		if err := files.Put(t.Context(), name, strings.NewReader("x"), 1); err == nil {
			t.Errorf("%s was written", name)
		}
		if err := files.Create(t.Context(), name, strings.NewReader("x"), 1); err == nil {
			t.Errorf("%s was created", name)
		}
	}
	for info, err := range files.List(t.Context(), "v1/") {
		t.Errorf("listed %v, error %v", info, err)
	}
	// What is written in the place of a link replaces it.
	if err := files.Put(t.Context(), "v1/file", strings.NewReader("mine"), 4); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(secret); err != nil || string(b) != "secret" {
		t.Errorf("the file outside has %q, error %v", b, err)
	}
}

// TestLeftovers: the file of a writer at work is not listed, that of a dead one
// is, and can be deleted.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	dir := place(t)
	live, dead := "v1/."+strings.Repeat("A", 26)+".assetform-tmp", "v1/."+strings.Repeat("B", 26)+".assetform-tmp"
	for _, name := range []string{live, dead} {
		os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o666)
	}
	old := time.Now().Add(-72 * time.Hour)
	os.Chtimes(filepath.Join(dir, dead), old, old)
	files := open(t, dir)
	defer files.Close()
	for info, err := range files.List(t.Context(), "v1/") {
		if err != nil || info.Name != dead {
			t.Errorf("listed %v, error %v", info, err)
		}
		if err := files.Delete(t.Context(), info.Name); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, dead)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

// TestReadOnly: who may not write hears that access is denied.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	unprivileged(t)
	dir := place(t)
	os.WriteFile(filepath.Join(dir, "v1", "a"), []byte("a"), 0o666)
	os.Chmod(filepath.Join(dir, "v1"), 0o555)
	t.Cleanup(func() { os.Chmod(filepath.Join(dir, "v1"), 0o777) })
	files := open(t, dir)
	defer files.Close()
	for _, write := range []func(context.Context, string, *bytes.Reader) error{
		func(ctx context.Context, name string, b *bytes.Reader) error {
			return files.Put(ctx, name, b, b.Size())
		},
		func(ctx context.Context, name string, b *bytes.Reader) error {
			return files.Create(ctx, name+"b", b, b.Size())
		},
		func(ctx context.Context, name string, _ *bytes.Reader) error { return files.Delete(ctx, name) },
	} {
		if err := write(t.Context(), "v1/a", bytes.NewReader([]byte("x"))); !errors.Is(err, remote.ErrDenied) {
			t.Errorf("got error %v, want that access is denied", err)
		}
	}
	if size, err := files.Stat(t.Context(), "v1/a"); err != nil || size != 1 {
		t.Errorf("got size %d, error %v", size, err)
	}
}

// A pipe in the place of a file is neither waited for nor read.
func TestNoRegularFile(t *testing.T) {
	t.Parallel()
	dir := place(t)
	makePipe(t, filepath.Join(dir, "v1", "pipe"))
	files := open(t, dir)
	defer files.Close()
	if _, _, err := files.Get(t.Context(), "v1/pipe"); !errors.Is(err, remote.ErrDamaged) {
		t.Errorf("got error %v, want that it is no regular file", err)
	}
	if _, err := files.Stat(t.Context(), "v1/pipe"); !errors.Is(err, remote.ErrDamaged) {
		t.Errorf("got error %v, want that it is no regular file", err)
	}
	if err := files.Put(t.Context(), "v1/pipe", strings.NewReader("x"), 1); err != nil {
		t.Error(err)
	}
}
