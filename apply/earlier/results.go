package earlier

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
)

// DefaultCommits is how many commits that changed the lock are looked at.
const DefaultCommits = 1000

// Bounds of one search.
const (
	maxTime = 5 * time.Second
	maxRead = 1 << 30 // bytes of the lock's versions
)

// Results is what git still has of a lock's results. Its methods may be called
// concurrently. The zero value of everything but Engines finds nothing.
type Results struct {
	Engines engine.Registry
	Dir     string   // the project's, absolute
	Below   string   // Dir below the project's root, as lockfile.Parse takes it
	Environ []string // for git
	Commits int      // that changed the lock, at most; below 1 nothing is searched

	mu       sync.Mutex
	searched bool
	index    index
	repo     *repo.Repo // nil: there is nothing to be found
	finder   *repo.Finder
	places   map[lockfile.ContentHash]place // of what was found
	version  int                            // that was parsed last
	parsed   *lockfile.Lock
	note     string
}

// place is where a content was found.
type place struct {
	want    repo.Wanted
	commits []string
	inputs  lockfile.InputsHash // it is the result of, zero if none
	entry   lockfile.Entry
}

// Find returns the result of these inputs whose bytes git has, the newest
// first, and the commit in which they stand.
func (p *Results) Find(h lockfile.InputsHash) (lockfile.Entry, string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready() {
		return lockfile.Entry{}, "", false
	}
	for _, at := range p.index.byInputs[h] {
		for _, e := range p.entriesOf(at.newest, h) {
			if commit := p.locate(e, h, p.index.commits(at)); commit != "" {
				return p.places[e.ContentHash].entry, commit, true
			}
		}
	}
	return lockfile.Entry{}, "", false
}

// entriesOf are the entries of a version that give these inputs' result.
func (p *Results) entriesOf(version int, h lockfile.InputsHash) (list []lockfile.Entry) {
	if p.parsed == nil || p.version != version {
		p.parsed, p.version = lockfile.New(), version
		text, ok, err := p.finder.File(p.index.versions[version].Commit, lockfile.Filename)
		if l, refused := lockfile.Parse(lockfile.Filename, p.Below, text); ok && err == nil && refused == nil {
			p.parsed = l
		}
	}
	for _, a := range p.parsed.Addresses() {
		e := p.parsed.Assets[a]
		alone, ok := plan.Shared(p.Engines, e)
		if len(e.Candidates) > 0 {
			alone, ok = plan.OutputAlone(p.Engines, e)
		}
		if ok && alone.InputsHash == h {
			list = append(list, alone)
		}
	}
	return list
}

// Holds tells in which commit the content of an entry of the lock stands at its
// path; "": in none that has the entry.
func (p *Results) Holds(e *lockfile.Entry) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready() {
		return ""
	}
	var commits []string
	for _, at := range p.index.byInputs[e.InputsHash] {
		commits = append(commits, p.index.commits(at)...)
	}
	return p.locate(*e, lockfile.InputsHash{}, commits)
}

// locate finds the content of an entry at its path, and remembers where.
func (p *Results) locate(e lockfile.Entry, inputs lockfile.InputsHash, commits []string) string {
	want := repo.Wanted{Hash: e.ContentHash, Size: e.Bytes, Path: e.Output}
	for _, commit := range commits {
		if stands, err := p.finder.Here(commit, want); err == nil && stands {
			e.Output, e.Protect = "", nil
			p.places[e.ContentHash] = place{want: want, commits: []string{commit}, inputs: inputs, entry: e}
			return commit
		}
	}
	return ""
}

// TakeIn brings a content that was found into the store. An error that is a
// *repo.NotFoundError says that it is not there any more.
func (p *Results) TakeIn(s *store.Store, h lockfile.ContentHash) error {
	if s.Has(h) {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at, found := p.places[h]
	if !found || !p.ready() {
		return &repo.NotFoundError{Wanted: repo.Wanted{Hash: h}}
	}
	return take(p.finder, s, at.want, at.commits, func(b *store.Pending) error {
		if at.inputs.IsZero() {
			_, _, err := b.Commit()
			return err
		}
		return b.CommitResult(at.inputs, at.entry)
	})
}

// Note says what the search left out; "": nothing, or nothing was searched.
func (p *Results) Note() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.note
}

// Close ends the processes that answer. They are started again if need be.
func (p *Results) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.finder != nil {
		p.finder.Close()
		p.finder = nil
	}
}

// ready searches, if that was not done, and tells whether contents can be asked
// for.
func (p *Results) ready() bool {
	p.search()
	if p.repo == nil || p.finder != nil {
		return p.finder != nil
	}
	var err error
	p.finder, err = p.repo.Finder(context.Background()) // until Close
	return err == nil
}

// search reads the lock's versions, once.
func (p *Results) search() {
	if p.searched {
		return
	}
	p.searched, p.places = true, map[lockfile.ContentHash]place{}
	if p.Commits < 1 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), maxTime)
	defer cancel()
	r, err := repo.Open(ctx, p.Dir, p.Environ)
	if errors.Is(err, repo.ErrNoRepository) || errors.Is(err, repo.ErrNoGit) {
		return
	}
	if err == nil {
		p.repo = r
		p.index.versions, err = r.PastLocks(ctx, p.Commits)
	}
	if err == nil || len(p.index.versions) > 0 {
		err = errors.Join(err, p.index.fill(ctx, r, p.Engines, p.Below))
	}
	cut := fmt.Sprintf("history is cut at %s: ", diag.Count(p.index.read, "version of the lock"))
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errTooMuch):
		p.note = cut + fmt.Sprintf("more of it cannot be read in %.0f s and 1 GiB", maxTime.Seconds())
	case err != nil:
		p.note = "history cannot be searched: " + err.Error()
	case r.Shallow() && p.index.read < p.Commits:
		p.note = cut + "this clone is shallow"
	}
}
