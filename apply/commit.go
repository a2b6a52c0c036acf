package apply

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"assetform/config/address"
	"assetform/lockfile"
	"assetform/lockfile/atomicfile"
)

// checkpointEvery is how often the lock is written at most. Writing it costs
// time in proportion to its size, so a large one is written even less often: for
// a hundredth of the time, or an apply of 50,000 assets would cost more of each.
const (
	checkpointEvery = time.Second
	checkpointShare = 100
)

// errLockMoved says that the lock changed on disk, so that today's outputs
// may be another branch's.
var errLockMoved = errors.New("the lock was changed by something else while this apply ran")

// lockChange is what one finished asset changes in the lock.
type lockChange struct {
	address address.Address
	from    address.Address // the entry to drop, if it stood elsewhere
	entry   *lockfile.Entry
}

// committer owns the lock: one goroutine takes the changes and writes the
// file. What a kill between two checkpoints loses the journal and the store
// have, so the next plan finds it again.
//
// Before it writes it compares the file on disk with what it wrote last. If
// something else wrote there, the work tree is not the one that the plan was
// made for, and nothing is written any more.
type committer struct {
	path    string
	changes chan []lockChange
	done    chan struct{}
	closed  chan struct{} // closed when nothing may be written any more
	started bool

	noted        func()       // writes down what the journal was told of the results in the lock; nil: nothing was
	testOnlyStep func(string) // see Options

	mu    sync.Mutex // guards the fields below; the goroutine alone writes them
	stamp fs.FileInfo
	raw   []byte // of the file as it should be; nil: absent
	next  []byte // of the file that is being written; nil: none
	err   error
	lost  error // why it is closed, if not because the lock was changed

	// The goroutine's own.
	lock   *lockfile.Lock
	placed map[string]bool // addresses that were given an entry in this run
	dirty  bool
	last   time.Time // when the file was written last
	took   time.Duration
}

func newCommitter(path string, raw []byte, lock *lockfile.Lock) *committer {
	return &committer{
		path: path, raw: raw, lock: lock, placed: map[string]bool{},
		testOnlyStep: func(string) {},
		changes:      make(chan []lockChange, 256),
		done:         make(chan struct{}),
		closed:       make(chan struct{}),
	}
}

// start begins to take changes.
func (c *committer) start() {
	c.started = true
	go c.loop()
}

// put hands changes over. Those of one call reach the file together: entries
// that swap their addresses must not be written half.
func (c *committer) put(changes ...lockChange) { c.changes <- changes }

// finish writes what is left and waits for it.
func (c *committer) finish() {
	if !c.started {
		return
	}
	close(c.changes)
	<-c.done
}

func (c *committer) loop() {
	defer close(c.done)
	var due <-chan time.Time
	for {
		select {
		case changes, ok := <-c.changes:
			if !ok {
				c.save()
				return
			}
			for _, ch := range changes {
				c.take(ch)
			}
			if due == nil && c.dirty {
				due = time.After(max(0, max(checkpointEvery, checkpointShare*c.took)-time.Since(c.last)))
			}
		case <-due:
			due = nil
			c.save()
		}
	}
}

func (c *committer) take(ch lockChange) {
	if from := ch.from.String(); !ch.from.IsZero() && ch.from != ch.address && !c.placed[from] {
		c.dirty = c.lock.Drop(from) || c.dirty
	}
	key := ch.address.String()
	c.placed[key] = ch.entry != nil
	if ch.entry == nil {
		c.dirty = c.lock.Drop(key) || c.dirty
	} else {
		c.dirty = c.lock.Put(key, *ch.entry) || c.dirty
	}
}

// save writes the lock if it has changed and nobody else wrote it.
func (c *committer) save() {
	if !c.dirty || c.check(true) != nil {
		return
	}
	began := time.Now()
	if c.noted != nil {
		c.noted() // or a task whose result the lock has would be asked about again
	}
	b := c.lock.Encode()
	c.announce(b)
	c.testOnlyStep("saving")
	err := lockfile.SaveEncoded(c.path, c.lock, b)
	c.testOnlyStep("saved")
	c.last = time.Now()
	c.took = c.last.Sub(began)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	if err != nil {
		return // tried again at the next checkpoint and at the end
	}
	c.dirty = false
	c.raw, c.next = c.next, nil
	c.stamp, _ = os.Stat(c.path) // without it the next look reads the file
}

// announce tells check which bytes are about to be written.
func (c *committer) announce(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = b
}

// unchanged is what outputs ask before they write: a look at the lock's stamps.
func (c *committer) unchanged() error { return c.check(false) }

// check returns errLockMoved if the lock on disk is not the one that was read
// or written last. Unless thorough it trusts the file's stamps: whoever
// replaces the file, as git does, cannot keep them all.
func (c *committer) check(thorough bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isClosed() {
		return errLockMoved
	}
	info, err := os.Stat(c.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if c.raw == nil {
			return nil
		}
		return c.close()
	case err != nil:
		return err
	case !thorough && c.stamp != nil && os.SameFile(info, c.stamp) && info.Size() == c.stamp.Size() && info.ModTime().Equal(c.stamp.ModTime()):
		return nil
	}
	raw, err := atomicfile.ReadRegular(c.path, atomicfile.AnySize)
	if err != nil {
		return err
	}
	if c.next != nil && bytes.Equal(raw, c.next) {
		return nil
	}
	if c.raw == nil || !bytes.Equal(raw, c.raw) {
		return c.close()
	}
	c.stamp = info
	return nil
}

func (c *committer) close() error {
	close(c.closed)
	return errLockMoved
}

func (c *committer) isClosed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

// abandon lets nothing be written any more, as when the lock was changed.
func (c *committer) abandon(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.isClosed() {
		c.lost = why
		close(c.closed)
	}
}

// abandoned is why, if that was done.
func (c *committer) abandoned() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

// moved tells whether the lock was changed by something else.
func (c *committer) moved() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.isClosed()
}

// failure is why the lock could not be written, if it could not.
func (c *committer) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// saved tells that the file has all changes. Only after finish.
func (c *committer) saved() bool { return !c.moved() && c.failure() == nil && !c.dirty }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
