package journal

import (
	"bufio"
	"errors"
	"fmt"
	"time"
)

// compactRequest asks the writer for a smaller file.
type compactRequest struct {
	keep  func(Intent) bool // nil: only notes are written
	reply chan error
}

// Compact rewrites the journal in one step to the intents that keep wants,
// each as one record. Everything is durable when it returns; after an error
// the old journal stands. keep must not use the journal. A dropped intent is
// unknown from now on: its task id too.
func (j *Journal) Compact(keep func(Intent) bool) error {
	q := compactRequest{keep: keep, reply: make(chan error, 1)}
	select {
	case j.compact <- q:
	case <-j.closing:
		return ErrClosed
	}
	if err := <-q.reply; err != nil {
		return fmt.Errorf("compact journal %q: %w", j.shown(), err)
	}
	return nil
}

// Redundant tells whether Compact would make a long journal much shorter even
// if it kept all: every command reads it, for as long as tasks are remembered.
func (j *Journal) Redundant() bool {
	const long, much = 1000, 2
	j.Flush()
	j.mu.RLock()
	defer j.mu.RUnlock()
	return j.records > long && j.records > much*len(j.history.intents)
}

// rewrite runs on the writer's goroutine.
func (j *Journal) rewrite(keep func(Intent) bool) error {
	if j.failure != nil {
		return j.failure
	}
	kept := newHistory()
	size, err := j.writeKept(kept, keep)
	if err != nil {
		j.dropNew()
		return err
	}
	// Windows renames onto no open file. Between here and the reopening this
	// process has no journal; if that cannot be mended it says so for good.
	if err := j.file.Close(); err != nil {
		j.dropNew()
		return j.broken(err)
	}
	err = j.replace()
	if err != nil {
		j.dropNew()
	}
	f, openErr := j.data.OpenWrite(FileName)
	if openErr != nil {
		return j.broken(errors.Join(err, openErr))
	}
	j.mu.Lock()
	if j.file = f; err == nil {
		j.size, j.history, j.records, j.durable = size, kept, len(kept.intents), size
	}
	j.mu.Unlock()
	if err != nil {
		return err
	}
	if err := j.data.Sync(); err != nil {
		return j.broken(err) // the name may still lead to the old file
	}
	return nil
}

// newJournal is what the smaller journal is called until it is whole. The run
// lock keeps others away from that name.
const newJournal = FileName + ".new"

// dropNew removes it. What stays after all is removed before the next one.
func (j *Journal) dropNew() { _ = j.data.Remove(newJournal) }

func (j *Journal) replace() error {
	if err := j.fault("rename"); err != nil {
		return err
	}
	return j.data.Move(newJournal, j.data, FileName)
}

func (j *Journal) broken(err error) error {
	j.failure = fmt.Errorf("%w: %w", ErrBroken, err)
	return j.failure
}

// writeKept writes the smaller journal to a file of its own and returns its
// length.
func (j *Journal) writeKept(kept *history, keep func(Intent) bool) (int64, error) {
	j.dropNew() // a kill may have left one
	f, err := j.data.CreateFile(newJournal)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	header := headerLine()
	size := int64(len(header))
	w := bufio.NewWriter(f)
	w.Write(header) // an error stays with w until Flush
	for _, in := range j.history.intents {
		if !keep(*in) {
			continue
		}
		created := in.Created
		if created.Equal(in.Time) {
			created = time.Time{}
		}
		line, err := encodeRecord(in.Record, created)
		if err != nil {
			return 0, err
		}
		w.Write(line)
		size += int64(len(line))
		kept.add(in.Record, in.Created)
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	if err := j.fault("sync"); err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	return size, f.Close()
}
