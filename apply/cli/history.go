package cli

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"

	"assetform/apply/repo"
	"assetform/config"
	"assetform/config/pathname"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render"
)

// historyTimeout bounds how long git may take to find when the lock was
// written: it only makes a plan's first lines better.
const historyTimeout = 2 * time.Second

// causes groups a plan's changes by the edits behind them. Git is asked when
// the first file is compared.
func (w *workspace) causes(p *plan.Plan) []render.Cause {
	asked, then := false, (*commitFiles)(nil)
	defer func() {
		if then != nil {
			then.Close()
		}
	}()
	forget := func() {}
	defer func() { forget() }()
	past := sync.OnceValue(func() (p *config.Project) {
		p, forget = w.past(then)
		return p
	})
	return render.Causes(w.project, p, func(name string) (now, before []byte, dated bool) {
		if _, read := w.project.Reads[name]; !read {
			return nil, nil, false // evaluation never read it, so nothing else does
		}
		if now = w.readText(name); now == nil {
			return nil, nil, false
		}
		if !asked {
			asked, then = true, w.lockCommit()
		}
		if then == nil {
			return now, nil, false
		}
		before, _, err := then.File(then.commit, pathname.Relative(w.lock.Dir, name))
		return now, before, err == nil
	}, past)
}

// lockCommit finds the commit that wrote the lock, if it is the one that
// stands. What came before a shallow clone's first commit is not known.
func (w *workspace) lockCommit() *commitFiles {
	ctx, cancel := context.WithTimeout(context.Background(), historyTimeout)
	defer cancel()
	r, err := repo.Open(ctx, w.project.Dir, w.environ)
	if err != nil {
		return nil
	}
	path, ok := r.Path(lockfile.Filename)
	if !ok {
		return nil
	}
	commit, err := r.LastCommit(ctx, path)
	if err != nil || commit == "" || r.CutAt(commit) {
		return nil
	}
	f, err := r.Finder(context.Background())
	if err != nil {
		return nil
	}
	lock, ok, err := f.File(commit, lockfile.Filename)
	if err != nil || !ok || !bytes.Equal(lock, w.raw) {
		f.Close()
		return nil
	}
	return &commitFiles{f, commit}
}

// commitFiles are the files of a commit.
type commitFiles struct {
	*repo.Finder
	commit string
}

// readText is a file of the project by its key in Reads; nil if it cannot be
// read any more.
func (w *workspace) readText(name string) []byte {
	tree, err := worktree.Open(w.project.Root, w.project.Dir)
	if err != nil {
		return nil
	}
	defer tree.Close()
	f, err := tree.OpenRegular(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, worktree.MaxFileBytes))
	if err != nil {
		return nil
	}
	return b
}
