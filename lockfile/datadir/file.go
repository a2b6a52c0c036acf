package datadir

import (
	"errors"
	"io/fs"
	"os"

	"assetform/lockfile/atomicfile"
)

// tries is how often a file is looked at again that was replaced between the
// look and the opening: another process may do that once or twice, not always.
const tries = 20

// Stat describes a file. The error is an *EntryError if something else stands
// there, and matches fs.ErrNotExist if nothing does.
func (d *Dir) Stat(name string) (fs.FileInfo, error) {
	root, err := d.open(false)
	if err != nil {
		return nil, err
	}
	info, err := root.Lstat(name)
	if err != nil {
		return nil, d.named(err, name)
	}
	return info, d.check(name, info, nil)
}

// check refuses all but regular files with one name. An open file is asked as
// well, since Windows tells only then.
func (d *Dir) check(name string, info fs.FileInfo, f *os.File) error {
	if !info.Mode().IsRegular() || links(info, f) > 1 {
		return d.refused(name, info)
	}
	return nil
}

// Open opens a file for reading. The error matches fs.ErrNotExist if nothing
// stands there.
func (d *Dir) Open(name string) (*os.File, error) { return d.openFile(name, os.O_RDONLY) }

// OpenWrite opens a file for reading and writing.
func (d *Dir) OpenWrite(name string) (*os.File, error) { return d.openFile(name, os.O_RDWR) }

// OpenOrCreate is OpenWrite that creates the file, empty, if there is none.
func (d *Dir) OpenOrCreate(name string) (*os.File, error) {
	var f *os.File
	var err error
	for range tries {
		if f, err = d.OpenWrite(name); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		if f, err = d.CreateFile(name); !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return f, err
}

func (d *Dir) openFile(name string, flag int) (*os.File, error) {
	root, err := d.open(false)
	if err != nil {
		return nil, err
	}
	for range tries {
		info, err := root.Lstat(name)
		if err != nil {
			return nil, d.named(err, name)
		}
		if err := d.check(name, info, nil); err != nil {
			return nil, err
		}
		f, err := root.OpenFile(name, flag|nonblock, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed or replaced since
		}
		if err != nil {
			return nil, d.named(err, name)
		}
		opened, err := f.Stat()
		if err == nil && os.SameFile(info, opened) {
			if err = d.check(name, opened, f); err == nil {
				return f, nil
			}
		}
		f.Close()
		if err != nil {
			return nil, d.named(err, name)
		}
	}
	return nil, &EntryError{d.Shown(name), "is exchanged whenever it is opened", "leave it alone"}
}

// CreateFile creates a file for reading and writing, and the directory if need
// be. The error matches fs.ErrExist if anything stands there.
func (d *Dir) CreateFile(name string) (*os.File, error) {
	var f *os.File
	var err error
	for range tries { // the directory may be removed between the two steps
		var root *os.Root
		if root, err = d.open(true); err == nil {
			f, err = root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|nonblock, fileMode)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return f, d.named(err, name)
}

// Write replaces a file in one step: a temporary file beside it is written,
// made durable and renamed.
func (d *Dir) Write(name string, data []byte) error {
	root, err := d.open(true)
	if err != nil {
		return err
	}
	if _, err := d.Stat(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return d.named(atomicfile.WriteIn(root, name, fileMode, data), name)
}

// Move gives a file another name, in a directory that is made if need be, in
// place of what has it. Sync of that directory makes it durable.
func (d *Dir) Move(name string, to *Dir, newName string) error {
	return d.named(rename(d, name, to, newName), name)
}

// Remove removes a file, whatever it is: a link goes, not what it leads to.
func (d *Dir) Remove(name string) error {
	root, err := d.open(false)
	if err != nil {
		return err
	}
	return d.named(root.Remove(name), name)
}
