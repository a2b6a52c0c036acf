package plan

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"assetform/config"
	"assetform/lockfile"
	"assetform/lockfile/datadir"

	"golang.org/x/sync/errgroup"
)

// ScanOptions say how files are looked at.
type ScanOptions struct {
	// Data has the index, which remembers hashes; nil: every file is read.
	Data *datadir.Dir
}

// Scan looks at every output path of configuration and lock and at every
// input file. Files that stand unchanged since the index remembered them are
// not read. Nothing outside the project root is looked at.
func Scan(p *config.Project, lock *lockfile.Lock, o ScanOptions) (map[string]FileState, error) {
	root, err := os.OpenRoot(p.Root)
	if err != nil {
		return nil, fmt.Errorf("open project root: %w", err)
	}
	defer root.Close()
	prefix, err := filepath.Rel(p.Root, p.Dir)
	if err != nil {
		return nil, fmt.Errorf("relate %q to the project root: %w", p.Dir, err)
	}
	s := &scan{
		root: root, rootDir: p.Root, prefix: filepath.ToSlash(prefix),
		index: loadIndex(o.Data), files: map[string]FileState{},
	}
	if err := s.run(s.paths(p, lock)); err != nil {
		return nil, err
	}
	s.index.save()
	return s.files, nil
}

type scan struct {
	root    *os.Root
	rootDir string
	prefix  string // the root module's directory below the project root

	mu    sync.Mutex // guards index and files
	index *index
	files map[string]FileState
}

// place is a path to look at: output paths are never followed through a
// symlink, input paths may lead to another file of the project.
type place struct {
	path   string // relative to the root module's directory
	output bool
}

func (s *scan) paths(p *config.Project, lock *lockfile.Lock) map[string][]place {
	seen := make(map[string]bool, len(p.Specs)+len(lock.Assets))
	byDir := map[string][]place{}
	add := func(name string, output bool) {
		if name == "" || seen[name] {
			return
		}
		seen[name] = true
		dir := path.Dir(path.Join(s.prefix, name))
		byDir[dir] = append(byDir[dir], place{path: name, output: output})
	}
	for _, spec := range p.Specs {
		add(spec.Output, true)
	}
	for _, e := range lock.Assets {
		add(e.Output, true)
	}
	for _, spec := range p.Specs {
		for _, in := range spec.Inputs {
			if in.Upstream.IsZero() {
				add(in.Path, false)
			}
		}
	}
	return byDir
}

// run looks at the places directory by directory, so that a directory is
// resolved once and not once for each of its files.
func (s *scan) run(byDir map[string][]place) error {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0) + 2)
	for dir, places := range byDir {
		g.Go(func() error { return s.directory(dir, places) })
	}
	return g.Wait()
}

func (s *scan) directory(dir string, places []place) error {
	sub, err := openDir(s.root, filepath.FromSlash(dir))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil || s.reserved(dir):
		// A file in the directory's place, a symlink that leads out of the
		// project or into git's own files: nothing is written there.
		for _, pl := range places {
			s.note(pl.path, FileState{Kind: Foreign})
		}
		return nil
	}
	defer sub.Close()
	for _, pl := range places {
		state, err := s.look(sub, pl)
		if err != nil {
			return err
		}
		if state.Exists() {
			s.note(pl.path, state)
		}
	}
	return nil
}

// openDir opens a directory, and nothing else: a pipe would wait for its other
// end.
func openDir(root *os.Root, name string) (*os.Root, error) {
	info, err := root.Stat(name)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: errors.New("it is no directory")}
	}
	if err != nil {
		return nil, err
	}
	return root.OpenRoot(name)
}

// reserved tells whether the directory, symlinks resolved, lies in .git or
// .assetform.
func (s *scan) reserved(dir string) bool {
	full, err := filepath.EvalSymlinks(filepath.Join(s.rootDir, filepath.FromSlash(dir)))
	if err != nil {
		return true
	}
	base, err := filepath.EvalSymlinks(s.rootDir)
	if err != nil {
		return true
	}
	rel, err := filepath.Rel(base, full)
	if err != nil {
		return true
	}
	return slices.ContainsFunc(strings.Split(filepath.ToSlash(rel), "/"), func(name string) bool {
		return strings.EqualFold(name, ".git") || strings.EqualFold(name, ".assetform")
	})
}

func (s *scan) note(name string, state FileState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = state
}

func (s *scan) look(dir *os.Root, pl place) (FileState, error) {
	name := path.Base(pl.path)
	stat := dir.Stat
	if pl.output {
		stat = dir.Lstat
	}
	info, err := stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid):
		return FileState{}, nil
	case err != nil:
		return FileState{Kind: Foreign}, nil
	case !info.Mode().IsRegular():
		return FileState{Kind: Foreign}, nil
	}
	s.mu.Lock()
	s.index.used[pl.path] = true
	state, ok := s.index.lookup(pl.path, info)
	s.mu.Unlock()
	if ok {
		return state, nil
	}
	began := time.Now()
	state, err = readState(dir, name)
	if err != nil {
		return state, fmt.Errorf("read %q: %w", pl.path, err)
	}
	// The stamps from before reading: a file that changed meanwhile has
	// others now and will be read again.
	s.mu.Lock()
	s.index.remember(pl.path, info, state, began)
	s.mu.Unlock()
	return state, nil
}

// readState hashes a file; a Git LFS pointer counts as what it names.
func readState(dir *os.Root, name string) (FileState, error) {
	f, err := dir.Open(name)
	if err != nil {
		return FileState{}, err
	}
	defer f.Close()
	head := make([]byte, maxPointer+1)
	n, err := io.ReadFull(f, head)
	if err == nil { // longer than any pointer
		h := sha256.New()
		h.Write(head)
		rest, err := io.Copy(h, f)
		if err != nil {
			return FileState{}, err
		}
		return FileState{Kind: Regular, Hash: lockfile.ContentHash(h.Sum(nil)), Size: int64(n) + rest}, nil
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return FileState{}, err
	}
	if oid, size, ok := ParsePointer(head[:n]); ok {
		return FileState{Kind: Pointer, Hash: oid, Size: size}, nil
	}
	return FileState{Kind: Regular, Hash: lockfile.HashBytes(head[:n]), Size: int64(n)}, nil
}
