package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"assetform/lockfile/atomicfile"
)

// Dir is the data directory or a directory in it. Its methods may be called
// concurrently, and several processes may work in one data directory.
type Dir struct {
	parent *Dir   // nil: the data directory itself
	name   string // in parent, or the path of the data directory
	follow bool   // the path may lead through links

	mu      sync.Mutex
	root    *os.Root    // nil until it was opened
	info    fs.FileInfo // of root
	file    *os.File    // root, for what os.Root cannot do; nil until it is asked for
	subs    map[string]*Dir
	ignored bool // of the data directory: it has its .gitignore

	syncer atomicfile.Syncer // of the data directory
}

const (
	dirMode  = 0o700
	fileMode = 0o600

	// ownName is the base name of a data directory that is ours whatever
	// stands in it.
	ownName    = ".assetform"
	ignoreFile = ".gitignore"
)

// EntryError says that something in the data directory is not what may stand
// there. It was not opened.
type EntryError struct {
	Path string // for messages
	What string // "is a symlink"
	Fix  string // "remove it"
}

func (e *EntryError) Error() string {
	return fmt.Sprintf("%q %s, and nothing in the data directory may be that: %s, or name another directory with ASSETFORM_DATA_DIR",
		filepath.ToSlash(e.Path), e.What, e.Fix)
}

// errUnusable is why a nil Dir takes nothing.
var errUnusable = errors.New("the data directory may not be used")

// Open returns the data directory at path, which may not be a link. It need
// not exist.
func Open(path string) *Dir { return &Dir{name: path} }

// OpenNamed returns the data directory that the environment names: its path
// may lead through links.
func OpenNamed(path string) *Dir { return &Dir{name: path, follow: true} }

// maxSubs is how many directories in one are kept open: a store has 256 for its
// blobs, and a process may not have as many files.
const maxSubs = 24

// Sub returns the directory of that name in this one.
func (d *Dir) Sub(name string) *Dir {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.subs[name] == nil {
		if len(d.subs) >= maxSubs || d.subs == nil {
			d.subs = map[string]*Dir{} // who is using one keeps it
		}
		d.subs[name] = &Dir{parent: d, name: name}
	}
	return d.subs[name]
}

// Shown is the path of an entry for messages. Nothing is opened by it.
func (d *Dir) Shown(name string) string {
	switch {
	case d == nil:
		return name
	case d.parent == nil:
		return filepath.Join(d.name, name)
	}
	return d.parent.Shown(filepath.Join(d.name, name))
}

// Exists returns nil if the directory can be used as it stands, an
// *EntryError if something else stands there, and an error that matches
// fs.ErrNotExist if nothing does.
func (d *Dir) Exists() error {
	_, err := d.open(false)
	return err
}

// open opens the directory, or returns it as it was opened before if it still
// is what stands there. The error matches fs.ErrNotExist if nothing does.
func (d *Dir) open(create bool) (*os.Root, error) {
	switch {
	case d == nil && create:
		return nil, errUnusable
	case d == nil:
		return nil, fs.ErrNotExist
	}
	if root := d.held(); root != nil && (!create || d.parent != nil) {
		return root, nil
	}
	var up *os.Root // nil above the data directory
	if d.parent != nil {
		var err error
		if up, err = d.parent.open(create); err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	info, err := d.lstat(up)
	if create && errors.Is(err, fs.ErrNotExist) {
		if err = d.make(up); err == nil {
			info, err = d.lstat(up)
		}
	}
	switch {
	case err != nil:
		return nil, d.named(err, "")
	case !info.IsDir():
		return nil, d.refused("", info)
	case d.root == nil || !os.SameFile(d.info, info):
		if err := d.enter(up, info); err != nil {
			return nil, err
		}
	}
	if create && d.parent == nil {
		err = d.ignore()
	}
	return d.root, err
}

// held is the directory as it was opened before, if it still stands in the
// one above it as that was opened: no link can have got in between, and a
// store of 50,000 files is looked at in half the time.
func (d *Dir) held() *os.Root {
	var up *os.Root
	if d.parent != nil {
		d.parent.mu.Lock()
		up = d.parent.root
		d.parent.mu.Unlock()
		if up == nil {
			return nil
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.root == nil {
		return nil
	}
	if info, err := d.lstat(up); err != nil || !os.SameFile(d.info, info) {
		return nil
	}
	return d.root
}

// lstat looks at what stands at the directory's name.
func (d *Dir) lstat(up *os.Root) (fs.FileInfo, error) {
	switch {
	case up != nil:
		return up.Lstat(d.name)
	case d.follow:
		return os.Stat(d.name)
	}
	return os.Lstat(d.name)
}

// enter opens the directory that info describes. The one that was open before
// is left to those who are using it.
func (d *Dir) enter(up *os.Root, info fs.FileInfo) error {
	openRoot := os.OpenRoot
	if up != nil {
		openRoot = up.OpenRoot
	}
	root, err := openRoot(d.name)
	if err != nil {
		return d.named(err, "")
	}
	opened, err := root.Stat(".")
	if err == nil && !os.SameFile(info, opened) {
		err = &EntryError{d.Shown(""), "was exchanged while it was opened", "leave it alone"}
	}
	if err != nil {
		root.Close()
		return d.named(err, "")
	}
	d.root, d.info, d.file = root, opened, nil
	return nil
}

// Syncer makes files in the data directory durable, and may make others
// durable beside them.
func (d *Dir) Syncer() *atomicfile.Syncer {
	switch {
	case d == nil:
		return nil
	case d.parent == nil:
		return &d.syncer
	}
	return d.parent.Syncer()
}

// make creates the directory. Each new name is on disk before the next one is
// made.
func (d *Dir) make(up *os.Root) error {
	if up == nil {
		return makeAll(d.name)
	}
	if err := up.Mkdir(d.name, dirMode); err != nil {
		return ignoreExist(err)
	}
	return syncRoot(up, d.Syncer())
}

// makeAll creates a directory above which nothing is the data directory's.
func makeAll(dir string) error {
	err := os.Mkdir(dir, dirMode)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
		if err := makeAll(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, dirMode)
	}
	if err != nil {
		return ignoreExist(err)
	}
	up, err := os.OpenRoot(filepath.Dir(dir))
	if err != nil {
		return err
	}
	defer up.Close()
	return syncRoot(up, nil)
}

func ignoreExist(err error) error {
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was faster, or it is no directory: opening it tells
	}
	return err
}

// ignore gives the data directory a .gitignore that hides all of it. A
// directory with other content that somebody else made, say one that
// ASSETFORM_DATA_DIR names, gets none.
func (d *Dir) ignore() error {
	if d.ignored {
		return nil
	}
	if _, err := d.root.Lstat(ignoreFile); !errors.Is(err, fs.ErrNotExist) {
		d.ignored = err == nil
		return err
	}
	// A crash between the two steps leaves an empty directory, so emptiness
	// and not "created just now" is what counts.
	entries, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil || len(entries) > 0 && filepath.Base(d.name) != ownName {
		d.ignored = err == nil
		return err
	}
	f, err := d.root.OpenFile(ignoreFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return ignoreExist(err)
	}
	d.ignored = true
	_, err = f.WriteString("*\n")
	return errors.Join(err, f.Close())
}

// Entries lists the directory by name. One that does not exist has none.
func (d *Dir) Entries() ([]fs.DirEntry, error) {
	root, err := d.open(false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	return entries, d.named(err, "")
}

// Check refuses what may not stand in the directory. It does not look into
// the directories in it.
func (d *Dir) Check() error {
	entries, err := d.Entries()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		if _, err := d.Stat(e.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Sync makes the names in the directory durable.
func (d *Dir) Sync() error {
	root, err := d.open(false)
	if err != nil {
		return err
	}
	return d.named(syncRoot(root, d.Syncer()), "")
}

// named gives an error of package os the whole path of an entry.
func (d *Dir) named(err error, name string) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return &fs.PathError{Op: strings.TrimSuffix(at.Op, "at"), Path: d.Shown(name), Err: at.Err}
	}
	return err
}

// refused says what stands at an entry instead of what may.
func (d *Dir) refused(name string, info fs.FileInfo) error {
	what, fix := "is no regular file", "remove it"
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		what = "is a symlink"
	case name == "":
		what = "is no directory"
	case mode.IsDir():
		what = "is a directory in a file's place"
	case mode&fs.ModeNamedPipe != 0:
		what = "is a named pipe"
	case mode.IsRegular():
		what, fix = "has several names (hard links)", "put a copy of its own in its place"
	}
	return &EntryError{d.Shown(name), what, fix}
}
