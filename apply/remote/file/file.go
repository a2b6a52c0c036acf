package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"assetform/apply/remote"
	"assetform/lockfile/atomicfile"
)

// mark is the directory that a person makes: it shows that this is the remote
// and not the place where it should be mounted.
const mark = "v1"

// Open opens the remote in a directory.
func Open(dir string) (remote.Files, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: its directory is not there, or is not mounted: %w", remote.ErrNowhere, words(err))
	}
	info, err := root.Stat(mark)
	if err == nil && !info.IsDir() {
		err = syscall.ENOTDIR
	}
	if err != nil {
		root.Close()
		if errors.Is(err, fs.ErrNotExist) {
			marked := filepath.Join(dir, mark)
			// What is not there must never pass for a file that is not.
			return nil, fmt.Errorf("%w: %q has no directory %s; if a share belongs there, mount it; if the remote is new, make %q", remote.ErrNowhere, dir, mark, marked)
		}
		return nil, fmt.Errorf("%w: %w", remote.ErrNowhere, words(err))
	}
	return remote.Checked(&directory{root}), nil
}

type directory struct{ root *os.Root }

func (d *directory) Close() error { return d.root.Close() }

func (d *directory) Get(_ context.Context, name string) (io.ReadCloser, int64, error) {
	f, err := d.open(name)
	if err != nil {
		return nil, 0, d.wordsOfRead(name, err)
	}
	info, err := f.Stat()
	if err == nil {
		err = mustBeFile(info)
	}
	if err != nil {
		f.Close()
		return nil, 0, words(err)
	}
	return f, info.Size(), nil
}

// open opens a file for reading, without waiting should it be a pipe.
func (d *directory) open(name string) (*os.File, error) {
	f, err := d.root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|nonblock, 0)
	if errors.Is(err, fs.ErrNotExist) && d.refresh(name) {
		return d.root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|nonblock, 0)
	}
	return f, err
}

// refresh opens the directory of a name. An NFS client remembers for a while
// that a name was not there, but asks anew when the directory is opened.
func (d *directory) refresh(name string) bool {
	dir, err := d.root.Open(filepath.FromSlash(path.Dir(name)))
	if err != nil {
		return false
	}
	dir.Close()
	return true
}

func (d *directory) Stat(_ context.Context, name string) (int64, error) {
	info, err := d.root.Stat(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) && d.refresh(name) {
		info, err = d.root.Stat(filepath.FromSlash(name))
	}
	if err == nil {
		err = mustBeFile(info)
	}
	if err != nil {
		return 0, d.wordsOfRead(name, err)
	}
	return info.Size(), nil
}

// mustBeFile refuses what is no regular file. Where a directory is, there is no
// file of that name.
func mustBeFile(info fs.FileInfo) error {
	switch {
	case info.Mode().IsRegular():
		return nil
	case info.IsDir():
		return fs.ErrNotExist
	}
	return remote.ErrDamaged
}

// wordsOfRead is words for a file that cannot be read: it is damaged where
// something stands that is none, as a link that leads nowhere or out.
func (d *directory) wordsOfRead(name string, err error) error {
	if info, e := d.root.Lstat(filepath.FromSlash(name)); e == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return remote.ErrDamaged
	}
	return words(err)
}

func (d *directory) Put(_ context.Context, name string, body io.ReadSeeker, _ int64) error {
	return d.write(name, body, func(f *atomicfile.File) error { return f.Commit(nil) })
}

func (d *directory) Create(_ context.Context, name string, body io.ReadSeeker, _ int64) error {
	return d.write(name, body, (*atomicfile.File).CommitNew)
}

func (d *directory) write(name string, body io.Reader, commit func(*atomicfile.File) error) error {
	f, err := atomicfile.CreateIn(d.root, name, nil)
	if err != nil {
		return wordsOfWrite(err)
	}
	defer f.Abort()
	if _, err := io.Copy(f, body); err != nil {
		return words(err)
	}
	return wordsOfWrite(commit(f))
}

func (d *directory) Delete(_ context.Context, name string) error {
	if info, err := d.root.Lstat(filepath.FromSlash(name)); err == nil && info.IsDir() {
		return nil // no file of that name
	}
	err := d.root.Remove(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return words(err)
}

// leftoverAge is after which time a temporary file is nobody's any more: a
// large file over a slow line takes hours, and clocks differ.
const leftoverAge = 48 * time.Hour

// List implements remote.Files. What a killed process left behind is listed
// like a file that nobody needs, so that a person can remove it.
func (d *directory) List(ctx context.Context, prefix string) iter.Seq2[remote.Info, error] {
	return func(yield func(remote.Info, error) bool) {
		err := fs.WalkDir(d.root.FS(), strings.TrimSuffix(prefix, "/"), func(name string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil // it was never there, or went meanwhile
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			case !entry.Type().IsRegular():
				return nil
			}
			info, err := entry.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if atomicfile.IsTemp(entry.Name()) && time.Since(info.ModTime()) < leftoverAge {
				return nil
			}
			if !yield(remote.Info{Name: name, Size: info.Size(), Written: info.ModTime()}, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && err != errStop {
			yield(remote.Info{}, words(err))
		}
	}
}

var errStop = errors.New("the caller has seen enough")

// words says what an error of the system means for a remote.
func words(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: %w", remote.ErrDenied, err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("the remote's directories are not as they were: %w", err)
	}
	return err
}

// wordsOfWrite is words for an error of a step that may have been made all the
// same.
func wordsOfWrite(err error) error {
	switch {
	case errors.Is(err, fs.ErrExist):
		return remote.ErrExists
	case errors.Is(err, errors.ErrUnsupported):
		return fmt.Errorf("%w: its file system can neither link files nor rename them without replacing others", remote.ErrUnsupported)
	case errors.Is(err, syscall.EIO), errors.Is(err, errStale), errors.Is(err, syscall.ETIMEDOUT):
		return fmt.Errorf("%w: %w", remote.ErrUnknown, err)
	}
	return words(err)
}
