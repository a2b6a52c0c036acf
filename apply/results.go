package apply

import (
	"context"
	"errors"
	"fmt"
	"path"
	"sync"

	"assetform/apply/media"
	"assetform/apply/outputs"
	"assetform/apply/store"
	"assetform/config/engine"
	"assetform/config/format"
	"assetform/lockfile"
	"assetform/plan"
)

// storedResults are the results that need not be paid for again: those of the
// store, and outputs that stand as the lock has them. Methods may be called
// concurrently.
type storedResults struct {
	engines  engine.Registry
	store    *store.Store
	sharing  *sharing
	earlier  Earlier // nil: nothing
	outputs  *outputs.Files
	lock     *lockfile.Lock                          // as it was when the plan was made
	byInputs func() map[lockfile.InputsHash][]string // addresses in the lock, sorted; built when asked for
	several  func() []lockfile.Entry                 // outputs of the lock that are one of several candidates, as results by themselves; built when asked for
}

// Earlier is what git still has of results that were generated once.
type Earlier interface {
	// Find finds the result of these inputs, and the commit in which it stands.
	Find(lockfile.InputsHash) (e lockfile.Entry, commit string, ok bool)
	// Holds tells in which commit the content of an entry of the lock stands at
	// its path; "": in none.
	Holds(*lockfile.Entry) string
	// TakeIn brings a content that was found into the store.
	TakeIn(*store.Store, lockfile.ContentHash) error
}

func newStoredResults(engines engine.Registry, s *store.Store, share *sharing, earlier Earlier, out *outputs.Files, lock *lockfile.Lock) *storedResults {
	return &storedResults{
		engines: engines, store: s, sharing: share, earlier: earlier, outputs: out, lock: lock,
		byInputs: sync.OnceValue(func() map[lockfile.InputsHash][]string { return byInputs(lock) }),
		several:  sync.OnceValue(func() []lockfile.Entry { return several(engines, lock) }),
	}
}

// usable tells of which results an asset can have one.
func (s *storedResults) usable(n *node) func(lockfile.Entry) bool {
	ext := path.Ext(n.change.Output)
	return func(e lockfile.Entry) bool {
		// A paid service would deliver the same container again, for money: the
		// film is taken, and the asset fails with the extension to use.
		if s.engines.Derives(e.Provider) && format.TypeOf(ext) != "" { // made in the format of its path
			return media.Fits(e.MediaType, ext)
		}
		return !media.IsVideo(e.MediaType) || media.Fits(e.MediaType, ext) || s.engines.Charges(n.change.Provider)
	}
}

// find returns a result for an asset whose inputs have just become known: in
// the store, or in an entry whose file stands unchanged, or, if it may be
// looked for there, in git's history.
//
// An error says that it cannot be told: nothing may be paid for then.
func (s *storedResults) find(n *node, past bool) (lockfile.Entry, bool, error) {
	usable := s.usable(n)
	if n.of == nil { // a person's file is no candidate
		if e, ok, err := s.store.Adopted(n.address().String(), n.hash); err != nil || ok && usable(e) {
			return e, ok, err
		}
	}
	if e, ok, err := s.store.Result(n.hash); err != nil || ok && usable(e) {
		return e, ok, err
	}
	for _, address := range s.byInputs()[n.hash] {
		e := s.lock.Assets[address]
		ok := !plan.Contradicts(s.engines, &e)
		if n.of != nil || address != n.address().String() || len(e.Candidates) > 0 {
			e, ok = plan.Shared(s.engines, e)
		}
		if ok && usable(e) {
			if taken, err := s.takeIn(&e); taken || err != nil {
				return e, taken, err
			}
		}
	}
	if e, ok, err := s.findOutput(n.hash, usable); ok || err != nil || !past {
		return e, ok, err
	}
	return s.findPast(n, usable)
}

// findAnywhere is find for who may wait: the remote comes before git.
func (s *storedResults) findAnywhere(ctx context.Context, n *node) (lockfile.Entry, bool, error) {
	if e, ok, err := s.find(n, !s.sharing.hasResults(n)); ok || err != nil || !s.sharing.hasResults(n) {
		return e, ok, err
	}
	if e, ok, err := s.sharing.find(ctx, n, s.usable(n)); ok || err != nil {
		n.fromRemote = ok
		return e, ok, err
	}
	return s.findPast(n, s.usable(n))
}

// findPast finds a result in git's history, and takes it in. What is derived is
// made again.
func (s *storedResults) findPast(n *node, usable func(lockfile.Entry) bool) (lockfile.Entry, bool, error) {
	if s.earlier == nil || s.engines.Derives(n.change.Provider) {
		return lockfile.Entry{}, false, nil
	}
	e, _, ok := s.earlier.Find(n.hash)
	if !ok || !usable(e) {
		return lockfile.Entry{}, false, nil
	}
	return e, true, s.earlier.TakeIn(s.store, e.ContentHash)
}

// findOutput finds an output that is a candidate with these inputs.
func (s *storedResults) findOutput(h lockfile.InputsHash, usable func(lockfile.Entry) bool) (lockfile.Entry, bool, error) {
	for _, e := range s.several() {
		if e.InputsHash == h && usable(e) {
			if taken, err := s.takeIn(&e); taken || err != nil {
				return e, taken, err
			}
		}
	}
	return lockfile.Entry{}, false, nil
}

// takeIn takes in a file that stands as the lock says. One that is with Git LFS
// is an error: it would be paid for again, and one command brings it.
func (s *storedResults) takeIn(e *lockfile.Entry) (bool, error) {
	err := s.outputs.TakeIn(e.ContentHash, e.Output)
	var unpulled *outputs.UnpulledError
	if errors.As(err, &unpulled) {
		return false, err
	}
	return err == nil, nil
}

// restorable is the result that a restore writes, with its bytes in the store.
func (s *storedResults) restorable(ctx context.Context, n *node) (lockfile.Entry, error) {
	c := n.change
	if n.stored == nil {
		if err := s.sharing.fetch(ctx, c); err != nil {
			return lockfile.Entry{}, err
		}
	}
	switch {
	case n.stored != nil:
		return s.outputs.Original(*n.stored)
	case c.Stored != nil:
		return s.outputs.Original(c.Stored.Entry)
	case !c.WaitFor.IsZero():
		// n.fp is known: the one that was waited for has the same inputs. It
		// may have turned out that they had not changed, and then it is its
		// entry that has the result.
		n.hash = n.fp.Hash()
		if e, ok := s.derivedBy(n); ok {
			return e, nil
		}
		e, ok, err := s.findAnywhere(ctx, n)
		if err != nil {
			return e, err
		}
		if !ok {
			return e, fmt.Errorf("the result of %s, which has the same inputs, is not stored", c.WaitFor)
		}
		return s.outputs.Original(e)
	}
	e := *c.Prior
	if s.store.Has(e.ContentHash) && media.Fits(e.MediaType, path.Ext(c.Output)) {
		return e, nil
	}
	return s.outputs.Original(e)
}

// derivedBy is what the asset that was waited for derived. In the store there may
// be a result of these inputs in another format by now.
func (s *storedResults) derivedBy(n *node) (lockfile.Entry, bool) {
	if n.led == nil || !s.engines.Derives(n.led.Provider) {
		return lockfile.Entry{}, false
	}
	e, ok := plan.Shared(s.engines, *n.led)
	return e, ok && e.InputsHash == n.hash && s.outputs.TakeIn(e.ContentHash, e.Output) == nil
}

// addressed is a result of the lock, and the address of its entry.
type addressed struct {
	address string
	lockfile.Entry
}

// byTask arranges the results of tasks that were paid for.
func byTask(engines engine.Registry, l *lockfile.Lock) map[string][]addressed {
	index := map[string][]addressed{}
	for _, address := range l.Addresses() {
		for _, e := range plan.Alone(engines, l.Assets[address]) {
			if e.TaskID != "" && engines.Charges(e.Provider) {
				index[e.TaskID] = append(index[e.TaskID], addressed{address, e})
			}
		}
	}
	return index
}

func byInputs(l *lockfile.Lock) map[lockfile.InputsHash][]string {
	index := make(map[lockfile.InputsHash][]string, len(l.Assets))
	for _, address := range l.Addresses() {
		h := l.Assets[address].InputsHash
		index[h] = append(index[h], address)
	}
	return index
}

func several(engines engine.Registry, l *lockfile.Lock) (list []lockfile.Entry) {
	for _, address := range l.Addresses() {
		if e := l.Assets[address]; len(e.Candidates) > 0 {
			if alone, ok := plan.OutputAlone(engines, e); ok {
				list = append(list, alone)
			}
		}
	}
	return list
}
