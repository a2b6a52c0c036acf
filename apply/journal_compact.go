package apply

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"assetform/apply/store"
)

// compactRequest asks the writer for a smaller file.
type compactRequest struct {
	keep  func(Intent) bool
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
		return errJournalClosed
	}
	if err := <-q.reply; err != nil {
		return fmt.Errorf("compact journal %q: %w", j.path, err)
	}
	return nil
}

// rewrite runs on the writer's goroutine.
func (j *Journal) rewrite(keep func(Intent) bool) error {
	if j.failure != nil {
		return j.failure
	}
	kept := newHistory()
	temp := j.path + ".new"
	size, err := j.writeKept(temp, kept, keep)
	if err != nil {
		os.Remove(temp)
		return err
	}
	// Windows renames onto no open file. Between here and the reopening this
	// process has no journal; if that cannot be mended it says so for good.
	if err := j.file.Close(); err != nil {
		os.Remove(temp)
		return j.broken(err)
	}
	err = j.replace(temp)
	if err != nil {
		os.Remove(temp)
	}
	f, openErr := os.OpenFile(j.path, os.O_RDWR, 0)
	if openErr != nil {
		return j.broken(errors.Join(err, openErr))
	}
	j.file = f
	if err != nil {
		return err
	}
	j.size = size
	j.mu.Lock()
	j.history = kept
	j.mu.Unlock()
	if err := store.SyncDir(filepath.Dir(j.path)); err != nil {
		return j.broken(err) // the name may still lead to the old file
	}
	return nil
}

func (j *Journal) replace(temp string) error {
	if err := j.fault("rename"); err != nil {
		return err
	}
	return os.Rename(temp, j.path)
}

func (j *Journal) broken(err error) error {
	j.failure = fmt.Errorf("%w: %w", ErrJournalBroken, err)
	return j.failure
}

// writeKept writes the smaller journal to a file of its own and returns its
// length.
func (j *Journal) writeKept(name string, kept *history, keep func(Intent) bool) (int64, error) {
	f, err := os.Create(name)
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
