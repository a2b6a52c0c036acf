package apply

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"assetform/apply/store"
	"assetform/config"
	"assetform/lockfile"
	"assetform/lockfile/atomicfile"
	"assetform/lockfile/datadir"
	"assetform/plan"
)

// outputs writes and removes the project's output files, confined to its
// root. What it replaces or removes is in the store first. Paths are relative
// to the root module's directory, with slashes. Methods may be called
// concurrently for different paths.
type outputs struct {
	root   *os.Root // of the project
	prefix string   // the root module's directory below it
	store  *store.Store

	// owned is the content that the lock has for each path, when the run
	// began: what stands there may be replaced if it is that.
	owned            map[string]lockfile.ContentHash
	proven           map[string]bool // see plan.Plan
	overwriteDrifted bool
	// frozen returns the reason why nothing may be written any more, or nil.
	frozen func() error

	wanted      map[string]bool // output paths of the configuration
	aliasesOnce sync.Once
	aliases     map[string][]string // wanted, by pathname.Fold of the real path

	converting chan struct{} // bounds how many images are held decoded at once

	testOnlyStep func(string) // see Options

	mu      sync.Mutex   // guards the fields below
	data    *datadir.Dir // has the list of directories that were made for outputs
	made    map[string]bool
	unsaved bool
}

// errLockMoved says that the lock changed on disk, so that today's outputs
// may be another branch's.
var errLockMoved = errors.New("the lock was changed by something else while this apply ran")

// DriftError says that something else stands at a path than what the plan saw.
type DriftError struct {
	Path string
	What string // what stands there
}

func (e *DriftError) Error() string {
	return fmt.Sprintf("%q %s", e.Path, e.What)
}

func openOutputs(p *config.Project, data *datadir.Dir, s *store.Store) (*outputs, error) {
	root, err := os.OpenRoot(p.Root)
	if err != nil {
		return nil, fmt.Errorf("open project root: %w", err)
	}
	prefix, err := filepath.Rel(p.Root, p.Dir)
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("relate %q to the project root: %w", p.Dir, err)
	}
	return &outputs{
		root: root, prefix: filepath.ToSlash(prefix), store: s,
		converting:   make(chan struct{}, 2),
		owned:        map[string]lockfile.ContentHash{},
		frozen:       func() error { return nil },
		testOnlyStep: func(string) {},
		data:         data,
	}, nil
}

func (o *outputs) close() { o.root.Close() }

// name is a path below the project's root, in the system's form.
func (o *outputs) name(p string) string { return filepath.FromSlash(path.Join(o.prefix, p)) }

// found is what stands at a path, and how to tell that it still does.
type found struct {
	state plan.FileState
	info  fs.FileInfo // nil if absent
}

// look reads what stands at a path. A symlink is not followed.
func (o *outputs) look(p string) (found, error) {
	if o.offLimits(p) {
		return found{state: plan.FileState{Kind: plan.Foreign}}, nil
	}
	info, err := o.root.Lstat(o.name(p))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return found{}, nil
	case err != nil:
		return found{}, err
	case !info.Mode().IsRegular():
		return found{state: plan.FileState{Kind: plan.Foreign}, info: info}, nil
	}
	f, err := o.root.Open(o.name(p))
	if err != nil {
		return found{}, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return found{}, err
	}
	state, err := contentOf(f, info.Size())
	return found{state: state, info: info}, err
}

// contentOf hashes a file; a Git LFS pointer counts as what it names.
func contentOf(f io.Reader, size int64) (plan.FileState, error) {
	const maxPointer = 1024
	sum := sha256.New()
	var head []byte
	if size <= maxPointer {
		var err error
		if head, err = io.ReadAll(io.LimitReader(f, maxPointer)); err != nil {
			return plan.FileState{}, err
		}
		if oid, n, ok := plan.ParsePointer(head); ok {
			return plan.FileState{Kind: plan.Pointer, Hash: oid, Size: n}, nil
		}
	}
	sum.Write(head)
	n, err := io.Copy(sum, f)
	if err != nil {
		return plan.FileState{}, err
	}
	return plan.FileState{Kind: plan.Regular, Hash: lockfile.ContentHash(sum.Sum(nil)), Size: int64(len(head)) + n}, nil
}

// mayReplace says why what stands at a path may not be replaced or removed:
// it is neither what the lock has, nor stored, nor what is written anyhow.
func (o *outputs) mayReplace(p string, is found, by lockfile.ContentHash) error {
	owned, isOwned := o.owned[p]
	switch state := is.state; {
	case state.Kind == plan.Absent, state.Is(by):
		return nil
	case state.Kind == plan.Foreign:
		return &DriftError{p, "is no regular file any more, but a symlink, a directory or a device"}
	case isOwned && state.Is(owned), o.store.Has(state.Hash):
		return nil
	case isOwned && o.overwriteDrifted:
		return nil
	case isOwned:
		return &DriftError{p, "was changed by hand since it was written"}
	}
	return &DriftError{p, "is a file that assetform did not write"}
}

// keep puts what stands at a path into the store. A pointer has no bytes to
// keep: its content lies with Git LFS.
func (o *outputs) keep(p string, is found) error {
	if is.state.Kind != plan.Regular {
		return nil
	}
	f, err := o.root.Open(o.name(p))
	if err != nil {
		return err
	}
	defer f.Close()
	return o.add(p, f, is.state.Hash)
}

// add puts a file that stands at a path into the store. Only if it is the
// lock's and the plan has seen proof of that may the store show from then on
// that its content is ours.
func (o *outputs) add(p string, f *os.File, content lockfile.ContentHash) error {
	if o.proven[p] && o.owned[p] == content {
		_, _, err := o.store.AddFile(f, content)
		return err
	}
	return o.store.AddClaimed(f, content)
}

// still tells whether a path holds what was found there: the same file, with
// the same stamps; only if they differ is it read again.
func (o *outputs) still(p string, was found) error {
	info, err := o.root.Lstat(o.name(p))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // nothing is there to be lost
	case err != nil:
		return err
	case was.info != nil && os.SameFile(info, was.info) && info.Size() == was.info.Size() && info.ModTime().Equal(was.info.ModTime()):
		return nil
	}
	now, err := o.look(p)
	if err != nil {
		return err
	}
	if was.info != nil && now.state == was.state {
		return nil
	}
	return &DriftError{p, "was changed while this apply was about to replace it"}
}

// write makes a stored blob the content of a path: the new bytes go to a
// temporary file beside it and are synced; then it is looked at for the last
// time what stands there, and renamed over. Content that stands already is
// left alone.
func (o *outputs) write(p string, content lockfile.ContentHash) error {
	is, err := o.look(p)
	if err != nil {
		return err
	}
	if is.state.Is(content) {
		return o.frozen()
	}
	if err := o.mayReplace(p, is, content); err != nil {
		return err
	}
	if err := o.keep(p, is); err != nil {
		return err
	}
	if err := o.noteDirs(path.Dir(path.Join(o.prefix, p))); err != nil {
		return err
	}
	f, err := atomicfile.CreateIn(o.root, path.Join(o.prefix, p))
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := o.store.CopyTo(content, f); err != nil {
		return err
	}
	return f.Commit(func() error {
		o.testOnlyStep("renaming")
		if err := o.frozen(); err != nil {
			return err
		}
		return o.still(p, is)
	})
}

// remove deletes the file at a path, after its content went to the store, and
// the directories above it that assetform made and that are empty now. It
// takes only what the lock has (mayReplace decides).
func (o *outputs) remove(p string, content lockfile.ContentHash) error {
	is, err := o.look(p)
	if err != nil || is.state.Kind == plan.Absent || o.isAnother(p) {
		return err
	}
	if !is.state.Is(content) {
		if err := o.mayReplace(p, is, lockfile.ContentHash{}); err != nil {
			return err
		}
	}
	if err := o.keep(p, is); err != nil {
		return err
	}
	if err := o.frozen(); err != nil {
		return err
	}
	if err := o.still(p, is); err != nil {
		return err
	}
	o.testOnlyStep("removing")
	if err := o.root.Remove(o.name(p)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return o.removeEmptyDirs(path.Dir(path.Join(o.prefix, p)))
}

// rename gives a file another free path.
func (o *outputs) rename(from, to string) error {
	if err := o.frozen(); err != nil {
		return err
	}
	dir := path.Dir(path.Join(o.prefix, to))
	if err := o.noteDirs(dir); err != nil {
		return err
	}
	if err := o.root.MkdirAll(filepath.FromSlash(dir), 0o777); err != nil {
		return err
	}
	o.testOnlyStep("moving")
	if err := o.root.Rename(o.name(from), o.name(to)); err != nil {
		return err
	}
	o.testOnlyStep("moved")
	return o.removeEmptyDirs(path.Dir(path.Join(o.prefix, from)))
}

// noteDirs writes down which directories are about to be made, so that they
// can go with their last file. A directory that the list misses stays: it is
// some user's.
func (o *outputs) noteDirs(dir string) error {
	if _, err := o.root.Lstat(filepath.FromSlash(dir)); err == nil {
		return nil
	}
	var missing []string
	for d := dir; d != "."; d = path.Dir(d) {
		if _, err := o.root.Lstat(filepath.FromSlash(d)); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, d)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.loadDirs()
	var lines strings.Builder
	for _, d := range missing {
		if !o.made[d] {
			o.made[d] = true
			lines.WriteString(strconv.Quote(d) + "\n")
		}
	}
	if lines.Len() == 0 {
		return nil
	}
	f, err := o.data.OpenOrCreate(dirList)
	if err != nil {
		return err
	}
	if _, err = f.Seek(0, io.SeekEnd); err == nil {
		_, err = f.WriteString(lines.String())
	}
	return errors.Join(err, f.Close())
}

// dirList is the list's name in the data directory.
const dirList = "dirs"

// loadDirs reads the list once. Lines that cannot be read name nothing.
func (o *outputs) loadDirs() {
	if o.made != nil {
		return
	}
	o.made = map[string]bool{}
	f, err := o.data.Open(dirList)
	if err != nil {
		return
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if d, err := strconv.Unquote(lines.Text()); err == nil {
			o.made[d] = true
		}
	}
}

// removeEmptyDirs removes a directory and those above it as far as assetform
// made them and they are empty. One that is in use is left.
func (o *outputs) removeEmptyDirs(dir string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.loadDirs()
	for d := dir; o.made[d]; d = path.Dir(d) {
		if err := o.root.Remove(filepath.FromSlash(d)); err != nil {
			return nil // not empty, or not ours to remove: both leave it
		}
		delete(o.made, d)
		o.unsaved = true
	}
	return nil
}

// saveDirs writes the list anew if directories were removed.
func (o *outputs) saveDirs() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.unsaved {
		return nil
	}
	var lines strings.Builder
	for _, d := range sortedKeys(o.made) {
		lines.WriteString(strconv.Quote(d) + "\n")
	}
	o.unsaved = false
	return o.data.Write(dirList, []byte(lines.String()))
}
