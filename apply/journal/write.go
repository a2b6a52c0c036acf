package journal

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// appendRequest is a record on its way to the writer.
type appendRequest struct {
	record Record
	line   []byte
	reply  chan error // buffered: the writer never waits; nil: nobody does
}

func (q *appendRequest) tell(err error) {
	if q.reply != nil {
		q.reply <- err
	}
}

// noteWithin is how long a record that nobody waits for may stay in memory.
const noteWithin = 50 * time.Millisecond

// maxBatchBytes bounds what is written with one fsync.
const maxBatchBytes = 1 << 20

// write is the goroutine that owns the file.
func (j *Journal) write() {
	defer close(j.done)
	var batch []appendRequest // between two rounds, the notes that nobody waits for
	var buf []byte
	var due <-chan time.Time // when they are written
	flush := func() {
		due = nil
		j.flush(batch, buf)
		clear(batch)
		batch, buf = batch[:0], buf[:0]
	}
	for {
		select {
		case q := <-j.appends:
			noted := len(batch)
			batch, buf = j.gather(append(batch, q), append(buf, q.line...))
			waited := func(q appendRequest) bool { return q.reply != nil }
			if len(buf) >= maxBatchBytes || slices.ContainsFunc(batch[noted:], waited) {
				flush()
			} else if due == nil {
				due = time.After(noteWithin)
			}
		case <-due:
			flush()
		case q := <-j.compact:
			flush()
			if q.keep == nil {
				q.reply <- nil
				continue
			}
			q.reply <- j.rewrite(q.keep)
		case <-j.closing:
			flush()
			j.err = j.file.Close()
			return
		}
	}
}

// gather adds the records that already wait. It waits for none.
func (j *Journal) gather(batch []appendRequest, buf []byte) ([]appendRequest, []byte) {
	for len(buf) < maxBatchBytes {
		select {
		case q := <-j.appends:
			batch = append(batch, q)
			buf = append(buf, q.line...)
		default:
			return batch, buf
		}
	}
	return batch, buf
}

// flush makes a batch durable and tells each caller. A record that may not
// follow what is known is refused alone.
func (j *Journal) flush(batch []appendRequest, buf []byte) {
	good := batch[:0]
	var refused bool
	for _, q := range batch {
		if err := j.check(q.record, good); err != nil {
			q.tell(err)
			refused = true
			continue
		}
		good = append(good, q)
	}
	if refused {
		buf = buf[:0]
		for _, q := range good {
			buf = append(buf, q.line...)
		}
	}
	if len(good) == 0 {
		return
	}
	err := j.persist(buf)
	if errors.Is(err, ErrBroken) {
		j.leave(good)
	}
	if err == nil {
		j.mu.Lock()
		j.durable = j.size
		j.records += len(good)
		for _, q := range good {
			j.history.add(q.record, time.Time{})
		}
		j.mu.Unlock()
	}
	for _, q := range good {
		q.tell(err)
	}
}

// check says why a record may not be written after the history and those of
// its batch that go before it.
func (j *Journal) check(r Record, before []appendRequest) error {
	err := j.history.check(&r)
	if err == nil || j.history.byID[r.ID] != nil {
		return err
	}
	// An intent whose first record is in the same batch: two goroutines do
	// that only by mistake, but it is no damage.
	for _, q := range before {
		if q.record.ID == r.ID {
			h := newHistory()
			for _, q := range before {
				h.add(q.record, time.Time{})
			}
			return h.check(&r)
		}
	}
	return err
}

// persist appends bytes and makes them durable.
func (j *Journal) persist(b []byte) error {
	if j.failure != nil {
		return j.failure
	}
	// Writing behind the end of a file that was cut would fill it with zeros.
	if info, err := j.file.Stat(); err == nil && info.Size() != j.size {
		j.failure = fmt.Errorf("%w: %q", ErrTaken, j.shown())
		return j.failure
	}
	before := j.size
	if err := j.put(b); err != nil {
		// A full disk leaves part of the batch. It is taken back, so that a
		// later record does not follow half a line.
		j.size = before
		if cutErr := j.truncate(); cutErr != nil {
			j.lost = true
			j.failure = fmt.Errorf("%w: %w", ErrBroken, errors.Join(err, cutErr))
			return j.failure
		}
		return err
	}
	if err := j.sync(); err != nil {
		// After a failed fsync the system may have dropped the pages and call
		// the next one a success. Nothing more can be promised.
		j.failure = fmt.Errorf("%w: %w", ErrBroken, err)
		j.size = before
		j.lost = j.truncate() != nil
		return j.failure
	}
	return nil
}

// leave writes what servers said into a journal that can promise nothing any
// more: it may well reach the disk, and then the next run need not ask. Intents
// are left out. Their requests are never sent, and would look as if they were.
func (j *Journal) leave(batch []appendRequest) {
	for _, q := range batch {
		if q.record.State == StateIntent || j.lost {
			continue
		}
		before := j.size
		if j.put(q.line) != nil {
			j.size = before
			j.lost = true
			_ = j.truncate() // half a line at the end is read as none
		}
	}
}

// put writes bytes at the end.
func (j *Journal) put(b []byte) error {
	if err := j.fault("write"); err != nil {
		n, _ := j.file.WriteAt(b[:len(b)/2], j.size) // as a disk that fills up does
		j.size += int64(n)
		return err
	}
	n, err := j.file.WriteAt(b, j.size)
	j.size += int64(n)
	return err
}

// truncate cuts the file to its known size.
func (j *Journal) truncate() error {
	if err := j.fault("truncate"); err != nil {
		return err
	}
	return j.file.Truncate(j.size)
}

func (j *Journal) sync() error {
	if err := j.fault("sync"); err != nil {
		return err
	}
	return j.file.Sync()
}

func (j *Journal) fault(op string) error {
	if j.testOnlyFault == nil {
		return nil
	}
	return j.testOnlyFault(op)
}
