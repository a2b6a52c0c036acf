package studio

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// tasksBucket holds the records by ID, big endian, so that a cursor meets them
// in order. Its sequence is the last ID given out, even if swept since.
var tasksBucket = []byte("tasks")

// maxGroup is the most changes that go into one transaction.
const maxGroup = 1000

// An archive is the durable copy of the register. Every transaction costs an
// fsync, so changes that come together are committed together by one
// goroutine: under load the cost of a task falls, alone it pays one fsync.
type archive struct {
	db      *bbolt.DB
	changes chan change

	mu     sync.RWMutex // guards closed against a send on a closed channel
	closed bool
	done   chan struct{}
}

// A change is a record to write, or an ID to delete.
type change struct {
	id     uint64
	value  []byte // nil: delete
	result func(error)
}

var errClosed = errors.New("the archive is closed")

// openArchive opens or creates the database, and calls each with the records
// in the order of their IDs. lastID is 0 if there never was a task.
func openArchive(dir string, each func(record)) (a *archive, lastID uint64, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, 0, fmt.Errorf("create data directory: %w", err)
	}
	path := filepath.Join(dir, "studio.db")
	if err := notLink(path); err != nil {
		return nil, 0, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: time.Second, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType,
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, 0, fmt.Errorf("open %q: another server uses this data directory", path)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("open %q: %w", path, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists(tasksBucket)
		if err != nil {
			return err
		}
		lastID = bucket.Sequence()
		return bucket.ForEach(func(key, value []byte) error {
			var rec record
			if err := json.Unmarshal(value, &rec); err != nil {
				return fmt.Errorf("task %x: %w", key, err)
			}
			if rec.method() == nil {
				return fmt.Errorf("task %x: unknown method %q", key, rec.Method)
			}
			each(rec)
			return nil
		})
	})
	if err != nil {
		db.Close()
		return nil, 0, fmt.Errorf("read %q: %w", path, err)
	}
	a = &archive{db: db, changes: make(chan change, maxGroup), done: make(chan struct{})}
	go a.commit()
	return a, lastID, nil
}

// put writes a record and calls result, from another goroutine, when it is on
// disk or could not be written.
func (a *archive) put(rec record, result func(error)) {
	value, err := json.Marshal(rec)
	if err != nil {
		result(fmt.Errorf("encode task %d: %w", rec.ID, err))
		return
	}
	a.enqueue(change{rec.ID, value, result})
}

// putNow is put that waits.
func (a *archive) putNow(rec record) error {
	done := make(chan error, 1)
	a.put(rec, func(err error) { done <- err })
	return <-done
}

// delete removes a record. A failure is met again by the next sweep.
func (a *archive) delete(id uint64) { a.enqueue(change{id, nil, func(error) {}}) }

func (a *archive) enqueue(c change) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if a.closed {
		c.result(errClosed)
		return
	}
	a.changes <- c
}

// commit writes what is waiting, over and over, until the archive is closed.
func (a *archive) commit() {
	defer close(a.done)
	for first := range a.changes {
		group := []change{first}
	gather:
		for len(group) < maxGroup {
			select {
			case c, ok := <-a.changes:
				if !ok {
					break gather
				}
				group = append(group, c)
			default:
				break gather
			}
		}
		err := a.db.Update(func(tx *bbolt.Tx) error { return apply(tx.Bucket(tasksBucket), group) })
		for _, c := range group {
			c.result(err)
		}
	}
}

func apply(bucket *bbolt.Bucket, group []change) error {
	last := bucket.Sequence()
	for _, c := range group {
		key := binary.BigEndian.AppendUint64(nil, c.id)
		if c.value == nil {
			if err := bucket.Delete(key); err != nil {
				return err
			}
			continue
		}
		if err := bucket.Put(key, c.value); err != nil {
			return err
		}
		last = max(last, c.id)
	}
	return bucket.SetSequence(last)
}

// close commits what was enqueued and closes the database.
func (a *archive) close() error {
	a.mu.Lock()
	wasClosed := a.closed
	a.closed = true
	a.mu.Unlock()
	if wasClosed {
		return nil
	}
	close(a.changes)
	<-a.done
	return a.db.Close()
}
