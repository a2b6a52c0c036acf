package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestReadRegular(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link, big := filepath.Join(dir, "file"), filepath.Join(dir, "link"), filepath.Join(dir, "big")
	if err := os.WriteFile(file, []byte("text"), 0o666); err != nil {
		t.Fatal(err)
	}
	if b, err := ReadRegular(file, 4); err != nil || string(b) != "text" {
		t.Errorf("a file within the limit: got %q, %v", b, err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Skip("no symbolic links here")
	}
	if b, err := ReadRegular(link, 4); !errors.Is(err, errIsLink) {
		t.Errorf("a symlink: got %q, %v", b, err)
	}
	if _, err := ReadRegular(dir, 4); !errors.Is(err, errNotRegular) {
		t.Errorf("a directory: got %v", err)
	}
	if _, err := ReadRegular(filepath.Join(dir, "none"), 4); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: got %v", err)
	}
	f, err := os.Create(big)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(8 << 30); err != nil {
		t.Skip("no sparse files here")
	}
	if _, err := ReadRegular(big, 1<<20); err == nil {
		t.Error("a file of 8 GiB was read whole")
	}
}
