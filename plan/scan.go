package plan

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"sync"
	"time"

	"assetform/config"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/lockfile/datadir"

	"golang.org/x/sync/errgroup"
)

// ScanOptions say how files are looked at.
type ScanOptions struct {
	// Data has the index, which remembers hashes; nil: every file is read.
	Data *datadir.Dir
	// Witness notes what is looked at; nil: nobody asks.
	Witness *worktree.Witness
}

// Scan looks at every output path of configuration and lock and at every
// input file. Files that stand unchanged since the index remembered them are
// not read. Nothing outside the project root is looked at.
func Scan(p *config.Project, lock *lockfile.Lock, o ScanOptions) (map[string]worktree.State, error) {
	tree, err := worktree.Open(p.Root, p.Dir)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	tree.Tell(o.Witness)
	s := &scan{
		tree: tree, witness: o.Witness,
		index: loadIndex(o.Data), files: make(map[string]worktree.State, len(p.Specs)),
	}
	if err := s.run(s.paths(p, lock)); err != nil {
		return nil, err
	}
	s.index.save()
	return s.files, nil
}

type scan struct {
	tree    *worktree.Tree
	witness *worktree.Witness

	mu    sync.Mutex // guards index and files
	index *index
	files map[string]worktree.State
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
		dir := path.Dir(path.Join(s.tree.Below, name))
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
	sub, err := s.tree.OpenDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		// A file in the directory's place, a symlink that leads out of the
		// project or into git's own files: nothing is written there.
		why := s.tree.Obstacle(dir)
		for _, pl := range places {
			s.note(pl.path, worktree.State{Kind: worktree.Foreign, What: why})
		}
		return nil
	}
	defer sub.Close()
	real, err := s.tree.RealDir(dir)
	if err != nil {
		return err // it was there
	}
	for _, pl := range places {
		state, err := s.look(sub, real, pl)
		if err != nil {
			return err
		}
		if state.Exists() {
			s.note(pl.path, state)
		}
	}
	return nil
}

func (s *scan) note(name string, state worktree.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = state
}

// look looks at a place in its directory, which is opened, and whose path
// without links is real.
func (s *scan) look(dir *os.Root, real string, pl place) (worktree.State, error) {
	name := path.Base(s.tree.At(pl.path))
	open := func() (*os.File, error) { return dir.Open(name) }
	info, err := dir.Lstat(name)
	real = path.Join(real, name)
	if err == nil && !pl.output && info.Mode()&fs.ModeSymlink != 0 {
		real, info, err = s.tree.Follow(real)
		open = func() (*os.File, error) { return s.tree.Open(real) }
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid):
		return worktree.State{}, nil
	case err != nil:
		return worktree.State{Kind: worktree.Foreign, What: fmt.Sprintf("what stands there cannot be looked at: %v", worktree.WithoutPath(err))}, nil
	case !info.Mode().IsRegular():
		return worktree.State{Kind: worktree.Foreign, What: worktree.What(info) + " stands there"}, nil
	}
	s.witness.Hashed(real, info)
	s.mu.Lock()
	state, ok := s.index.lookup(pl.path, info)
	s.mu.Unlock()
	if ok {
		return state, nil
	}
	began := time.Now()
	f, err := open()
	if err == nil {
		defer f.Close()
		state, err = worktree.StateOf(f)
	}
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
