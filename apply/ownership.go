package apply

import "assetform/apply/journal"

// ownership is what must still be this run's before it sends or writes: the
// journal that would know of a request, the run lock, and the lock.
type ownership struct {
	journal *journal.Journal
	held    func() error // see Options.Held
	commit  *committer
}

// check returns nil while this run may send. If not, nothing is written any
// more.
func (o ownership) check() error {
	err := o.journal.Ours()
	if err == nil && o.held != nil {
		err = o.held()
	}
	if err != nil {
		o.commit.abandon(err)
		return err
	}
	return o.commit.unchanged()
}
