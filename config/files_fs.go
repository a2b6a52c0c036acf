package config

import (
	"io/fs"
	"os"
)

// confinedFS shows the project root to package doublestar. What must not be
// reached does not exist in it.
type confinedFS struct{ files *files }

// Open implements [fs.FS].
func (c confinedFS) Open(name string) (fs.File, error) {
	real, info, err := c.lookup("open", name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		// Only directories are opened by a walk; opening a pipe would block.
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return c.files.root.Open(real)
}

// Stat implements [fs.StatFS].
func (c confinedFS) Stat(name string) (fs.FileInfo, error) {
	_, info, err := c.lookup("stat", name)
	return info, err
}

// ReadDir implements [fs.ReadDirFS].
func (c confinedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	dir, err := c.Open(name)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	all, err := dir.(*os.File).ReadDir(-1)
	entries := all[:0]
	for _, e := range all {
		if reservedName(e.Name()) == "" {
			entries = append(entries, e)
		}
	}
	return entries, err
}

func (c confinedFS) lookup(op, name string) (string, fs.FileInfo, error) {
	if !fs.ValidPath(name) || reservedPart(name) != "" {
		return "", nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	real, info, err := c.files.stat(name)
	if err != nil {
		return "", nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return real, info, nil
}
