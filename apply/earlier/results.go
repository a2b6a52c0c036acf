package earlier

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	named    map[lockfile.InputsHash]string // the commit whose Git LFS pointer leads nowhere here
	version  int                            // that was read last
	read     *entries
	note     string
}

// place is where a content was found.
type place struct {
	want   repo.Wanted
	commit string
	inputs lockfile.InputsHash // it is the result of, zero if none
	entry  lockfile.Entry
}

// Find returns the result of these inputs whose bytes git has, the newest
// first, and the commit in which they stand.
func (p *Results) Find(h lockfile.InputsHash) (lockfile.Entry, string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready() {
		return lockfile.Entry{}, "", false
	}
	named := ""
	for _, at := range p.index.byInputs[h] {
		for _, e := range p.entriesOf(at.newest).giving[h] {
			if commit := p.locate(e, h, at); commit != "" {
				return p.places[e.ContentHash].entry, commit, true
			}
			if v := p.index.versions[at.newest]; named == "" && p.points(v, &e) {
				named = v.Commit
			}
		}
	}
	if named != "" {
		p.named[h] = named
	}
	return lockfile.Entry{}, "", false
}

// entries are those of a version of the lock, in the order of their addresses.
type entries struct {
	giving map[lockfile.InputsHash][]lockfile.Entry // what they give, by its inputs
	picked map[lockfile.InputsHash][]pickedOf       // those with several candidates, by their inputs
}

// pickedOf is an entry with several candidates, and its output alone.
type pickedOf struct {
	address      string
	entry, alone lockfile.Entry
}

// entriesOf are the entries of a version, none if it cannot be read.
func (p *Results) entriesOf(version int) *entries {
	if p.read != nil && p.version == version {
		return p.read
	}
	p.version, p.read = version, &entries{giving: map[lockfile.InputsHash][]lockfile.Entry{}, picked: map[lockfile.InputsHash][]pickedOf{}}
	v := p.index.versions[version]
	text, ok, err := p.finder.File(v.Commit, p.repo.Beside(v, lockfile.Filename))
	if !ok || err != nil {
		return p.read
	}
	l, err := lockfile.Parse(lockfile.Filename, p.Below, text)
	if err != nil {
		return p.read
	}
	for _, a := range l.Addresses() {
		e := l.Assets[a]
		alone, ok := plan.Shared(p.Engines, e)
		if len(e.Candidates) > 0 {
			alone, ok = plan.OutputAlone(p.Engines, e)
		}
		if !ok {
			continue
		}
		p.read.giving[alone.InputsHash] = append(p.read.giving[alone.InputsHash], alone)
		if len(e.Candidates) > 1 {
			p.read.picked[e.InputsHash] = append(p.read.picked[e.InputsHash], pickedOf{a, e, alone})
		}
	}
	return p.read
}

// Recorded returns the newest entry with several candidates of these inputs
// whose output git has, that of an address before those of others, and the
// commit in which it stands.
func (p *Results) Recorded(address string, h lockfile.InputsHash) (lockfile.Entry, string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready() {
		return lockfile.Entry{}, "", false
	}
	var other lockfile.Entry
	var otherAt string
	for _, at := range p.index.byInputs[h] {
		for _, of := range p.entriesOf(at.newest).picked[h] {
			if otherAt != "" && of.address != address {
				continue
			}
			commit := p.locate(of.alone, of.alone.InputsHash, at)
			e := of.entry
			e.Output, e.Protect = "", nil
			switch {
			case commit == "":
			case of.address == address:
				return e, commit, true
			default: // somebody picked for that one, not for this
				other, otherAt = e, commit
				other.Picked = 0
			}
		}
	}
	return other, otherAt, otherAt != ""
}

// Holds tells in which commit the content of an entry of the lock stands at its
// path; "": in none that has the entry.
func (p *Results) Holds(e *lockfile.Entry) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready() {
		return ""
	}
	for _, at := range p.index.byInputs[e.InputsHash] {
		if commit := p.locate(*e, lockfile.InputsHash{}, at); commit != "" {
			return commit
		}
	}
	return ""
}

// points tells that a Git LFS pointer to the content of an entry stands at its
// path. Outputs that are not kept in git are nothing to be told of.
func (p *Results) points(v repo.LockVersion, e *lockfile.Entry) bool {
	stands, err := p.finder.Stands(v.Commit, repo.Wanted{Hash: e.ContentHash, Size: e.Bytes, Path: p.repo.Beside(v, e.Output)})
	return err == nil && stands
}

// locate finds the content of an entry that a span of versions has at its path,
// and remembers where.
func (p *Results) locate(e lockfile.Entry, inputs lockfile.InputsHash, at *span) string {
	for _, v := range p.index.versions[at.newest : at.oldest+1] {
		want := repo.Wanted{Hash: e.ContentHash, Size: e.Bytes, Path: p.repo.Beside(v, e.Output)}
		if here, err := p.finder.Here(v.Commit, want); err != nil || !here {
			continue
		}
		e.Output, e.Protect = "", nil
		p.places[e.ContentHash] = place{want: want, commit: v.Commit, inputs: inputs, entry: e}
		return v.Commit
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
	return take(p.finder, s, at.want, []string{at.commit}, func(b *store.Pending) error {
		if at.inputs.IsZero() {
			_, _, err := b.Commit()
			return err
		}
		return b.CommitResult(at.inputs, at.entry)
	})
}

// Note says what the search left out, and what it found of which Git LFS on
// this machine has no bytes; "": nothing, or nothing was searched.
func (p *Results) Note() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	notes := slices.DeleteFunc([]string{p.note}, func(s string) bool { return s == "" })
	if len(p.named) > 0 {
		notes = append(notes, fmt.Sprintf("a Git LFS pointer in commit %.10s names a result whose bytes are not on this machine; \"git lfs fetch --all\" gets them", slices.Min(slices.Collect(maps.Values(p.named)))))
	}
	return strings.Join(notes, "; ")
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
	p.searched, p.places, p.named = true, map[lockfile.ContentHash]place{}, map[lockfile.InputsHash]string{}
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
	cut := fmt.Sprintf("history is cut at %s of the lock: ", diag.Count(p.index.read, "version"))
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errTooMuch):
		p.note = cut + fmt.Sprintf("more of it cannot be read in %.0f s and 1 GiB", maxTime.Seconds())
	case err != nil:
		p.note = "history cannot be searched: " + err.Error()
	case r.Shallow() && p.index.read < p.Commits:
		p.note = cut + "this clone is shallow"
	case p.index.missing > 0:
		p.note = fmt.Sprintf("history is searched without %s of the lock, which %s not on this machine", diag.Count(p.index.missing, "version"), map[bool]string{true: "is", false: "are"}[p.index.missing == 1])
	case len(p.index.versions) == p.Commits:
		p.note = cut + "--history N searches more"
	}
}
