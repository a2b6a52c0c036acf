package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"assetform/lockfile/datadir"
)

// Journal is the memory of what was asked and paid for. It is a file of JSON
// lines that only grows: a header, then one Record for each state that a
// request reaches. Once Append returns, its record survives any crash.
//
// One goroutine owns the file. It takes all records that wait, writes them at
// once, calls fsync once and lets all callers go: with many assets in flight
// an fsync is shared, with one there is nothing to wait for.
//
// The caller holds the project's run lock. Methods may be called concurrently.
type Journal struct {
	data    *datadir.Dir
	clock   func() time.Time
	appends chan appendRequest
	compact chan compactRequest
	closing chan struct{}
	done    chan struct{} // closed when the writer has ended
	once    sync.Once
	err     error // of closing the file; read after done

	mu      sync.RWMutex // guards the fields below for readers; the writer alone changes them
	history *history
	records int   // that the history was made from
	durable int64 // bytes that are on disk

	fresh bool

	// The writer's own.
	file    *os.File
	size    int64
	failure error // not nil: no record can be made durable any more
	lost    bool  // nothing can be written any more either

	testOnlyFault func(op string) error // injected failures of "write", "truncate", "sync" and "rename"
}

// Options are settings of a Journal; the zero value works.
type Options struct {
	// Clock gives the time of records that have none; nil is time.Now.
	Clock func() time.Time

	// TestOnlyFault injects failures of "write", "truncate", "sync" and "rename".
	TestOnlyFault func(op string) error
}

// ErrBroken says that the journal cannot promise durability any more,
// because an fsync failed. No request may be sent. A new run reads the journal
// again and goes on with what is on disk.
var ErrBroken = errors.New("the journal can record nothing more in this run")

// ErrTaken says that something else took the journal away or wrote to
// it while this run had it.
var ErrTaken = errors.New("something else changed the journal during this apply")

var ErrClosed = errors.New("the journal is closed")

// FileName is the journal's name in the data directory.
const FileName = "journal"

// Open opens the journal of a data directory for appending and creates
// it, with the directory, if need be. A last record that a crash cut short is
// removed; any other damage is a *damageError and changes nothing.
func Open(data *datadir.Dir, o Options) (*Journal, error) {
	f, fresh, err := openOrBegin(data)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	path := data.Shown(FileName)
	r, err := replay(path, f)
	if err != nil {
		f.Close()
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	j := &Journal{
		data: data, clock: o.Clock, fresh: fresh,
		appends: make(chan appendRequest), compact: make(chan compactRequest),
		closing: make(chan struct{}), done: make(chan struct{}),
		history: r.history, records: r.records, file: f, size: r.size,
		testOnlyFault: o.TestOnlyFault,
	}
	if err := j.repair(r); err != nil {
		f.Close()
		return nil, fmt.Errorf("open journal %q: %w", path, err)
	}
	j.durable = j.size
	go j.write()
	return j, nil
}

// openOrBegin opens the journal. A new one comes into being whole, so that no
// crash leaves one without its header: an empty journal is damage.
func openOrBegin(data *datadir.Dir) (f *os.File, fresh bool, err error) {
	f, err = data.OpenWrite(FileName)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, false, err
	}
	if err := data.Write(FileName, headerLine()); err != nil {
		return nil, false, err
	}
	f, err = data.OpenWrite(FileName)
	return f, true, err
}

// Fresh tells that there was no journal before this one: what was sent from
// this project before, nobody here knows.
func (j *Journal) Fresh() bool { return j.fresh }

// Ours returns nil if the journal is still the file that has its name and
// holds all that was recorded. If something took it away or cut it, no request
// may be sent: it would be known to nobody.
func (j *Journal) Ours() error {
	j.mu.RLock()
	file, durable := j.file, j.durable // before the look: others append meanwhile
	j.mu.RUnlock()
	there, err := j.data.Stat(FileName)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrTaken, err)
	}
	opened, err := file.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(there, opened) || there.Size() < durable || !legible(file, durable) {
		return fmt.Errorf("%w: %q", ErrTaken, j.data.Shown(FileName))
	}
	return nil
}

// legible tells whether the file still begins and ends as a journal of that
// length does: something may have written over it.
func legible(file *os.File, size int64) bool {
	var first, last [1]byte
	if _, err := file.ReadAt(first[:], 0); err != nil {
		return false
	}
	_, err := file.ReadAt(last[:], size-1)
	return err == nil && first[0] == '{' && last[0] == '\n'
}

// repair makes the file end after its last whole record, so that the next one
// begins a line, and makes that durable together with the file's name.
func (j *Journal) repair(r *replayed) error {
	end, err := j.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	var missing []byte
	if r.unended {
		missing = []byte("\n")
	}
	if end == j.size && missing == nil {
		return nil
	}
	if err := j.truncate(); err != nil {
		return err
	}
	if err := j.put(missing); err != nil {
		return err
	}
	if err := j.sync(); err != nil {
		return err
	}
	return j.data.Sync()
}

// Append records r and returns when it is durable. If ctx ends before the
// writer has taken the record, it is not written; after that Append waits for
// the disk. An error that matches ErrBroken is final: no request may be
// sent any more. After any other error the journal is as it was before.
func (j *Journal) Append(ctx context.Context, r Record) error {
	return j.append(ctx, r, make(chan error, 1))
}

// Note records r with the next record that somebody waits for, or soon: for
// what a next run finds out again at no cost. What becomes of it nobody is
// told. Records keep the order in which they were given.
func (j *Journal) Note(ctx context.Context, r Record) error { return j.append(ctx, r, nil) }

func (j *Journal) append(ctx context.Context, r Record, reply chan error) error {
	if r.Time.IsZero() {
		r.Time = j.clock()
	}
	r = r.normalized()
	line, err := encodeRecord(r, time.Time{})
	if err != nil {
		return fmt.Errorf("record %q of %s: %w", r.State, r.Address, err)
	}
	q := appendRequest{record: r, line: line, reply: reply}
	select {
	case j.appends <- q:
	case <-j.closing:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	if reply == nil {
		return nil
	}
	if err := <-reply; err != nil {
		return fmt.Errorf("record %q of intent %q in %q: %w", r.State, r.ID, j.shown(), err)
	}
	return nil
}

// Flush returns once all that was noted is on disk, if it can be written.
func (j *Journal) Flush() {
	q := compactRequest{reply: make(chan error, 1)}
	select {
	case j.compact <- q:
		<-q.reply
	case <-j.closing:
		<-j.done
	}
}

// shown is the journal's path for messages.
func (j *Journal) shown() string { return j.data.Shown(FileName) }

// Intent returns what is known of an intent.
func (j *Journal) Intent(id string) (Intent, bool) {
	j.Flush()
	j.mu.RLock()
	defer j.mu.RUnlock()
	if in := j.history.byID[id]; in != nil {
		return *in, true
	}
	return Intent{}, false
}

// Intents returns all intents in the order in which they began.
func (j *Journal) Intents() []Intent {
	j.Flush()
	j.mu.RLock()
	defer j.mu.RUnlock()
	return j.history.list()
}

// Close ends the journal. Records whose Append has returned are durable
// already; a concurrent Append either still succeeds or fails.
func (j *Journal) Close() error {
	j.once.Do(func() { close(j.closing) })
	<-j.done
	return j.err
}
