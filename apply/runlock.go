package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"assetform/lockfile/datadir"
)

// RunLock keeps two applies of one project apart. The system drops it when its
// process ends, however that happens, so a dead owner never has to be cleared
// away. The file stays: removing it could part two processes that wait.
type RunLock struct {
	// Waited tells that somebody else had it first: what was read before is
	// not what stands now.
	Waited bool

	data *datadir.Dir
	file *os.File
}

// Holder is who holds a run lock, as that process wrote it down.
type Holder struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Started time.Time `json:"started"`
}

// LockedError says that another process holds the run lock.
type LockedError struct {
	Path   string
	Holder Holder // zero if it could not be read
}

func (e *LockedError) Error() string {
	who := "another process"
	if e.Holder.PID != 0 {
		who = fmt.Sprintf("process %d on %q (since %s)", e.Holder.PID, e.Holder.Host, e.Holder.Started.Local().Format(time.DateTime))
	}
	return fmt.Sprintf("%s is working on this project and holds %q: wait for it, or give it time with --lock-timeout", who, e.Path)
}

// lockPoll is how often a waiting process looks again.
const lockPoll = 100 * time.Millisecond

// runLockName is the lock's name in the data directory.
const runLockName = "lock"

// AcquireRunLock takes the run lock of a data directory, which it creates, and
// waits up to timeout for another holder. With a timeout of 0 it does not
// wait. If it does not get the lock the error is a *LockedError, or that of ctx.
func AcquireRunLock(ctx context.Context, data *datadir.Dir, timeout time.Duration) (*RunLock, error) {
	path := data.Shown(runLockName)
	waited := false
	for until := time.Now().Add(timeout); ; waited = true {
		f, err := tryLock(data)
		if err == nil && f != nil {
			if err = writeHolder(f); err == nil {
				return &RunLock{Waited: waited, data: data, file: f}, nil
			}
			f.Close()
		}
		if err != nil {
			return nil, fmt.Errorf("take the run lock %q: %w", path, err)
		}
		left := time.Until(until)
		if left <= 0 {
			return nil, &LockedError{Path: path, Holder: readHolder(data)}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("take the run lock %q: %w", path, ctx.Err())
		case <-time.After(min(left, lockPoll)):
		}
	}
}

// tryLock returns the locked file, or nil if somebody else has it: the lock,
// or the name since.
func tryLock(data *datadir.Dir) (*os.File, error) {
	f, err := data.OpenOrCreate(runLockName)
	if err != nil {
		return nil, err
	}
	got, err := datadir.TryLock(f)
	if got {
		got, err = stands(data, f)
	}
	if !got {
		f.Close()
		return nil, err
	}
	return f, nil
}

// stands tells whether the file still has its name. A lock on one that was
// removed keeps nobody out.
func stands(data *datadir.Dir, f *os.File) (bool, error) {
	there, err := data.Stat(runLockName)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	opened, err := f.Stat()
	return err == nil && os.SameFile(there, opened), err
}

// Held returns nil while the lock keeps others out: its file still has its
// name.
func (l *RunLock) Held() error {
	there, err := stands(l.data, l.file)
	if err == nil && !there {
		err = fmt.Errorf("the run lock %q was removed", l.data.Shown(runLockName))
	}
	return err
}

// Release lets the next process in.
func (l *RunLock) Release() error {
	return errors.Join(datadir.Unlock(l.file), l.file.Close())
}

// The holder stands behind the first byte of the lock file, which is the one
// that Windows locks against readers too. It is padded instead of the file
// being cut, for the same reason.
const (
	holderOffset = 1
	holderSize   = 511
)

func writeHolder(f *os.File) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	b, err := json.Marshal(Holder{PID: os.Getpid(), Host: host, Started: time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	text := string(b) + strings.Repeat(" ", max(0, holderSize-1-len(b))) + "\n"
	_, err = f.WriteAt([]byte(text), holderOffset)
	return err
}

// readHolder returns who wrote itself down last; the zero Holder if nobody
// can be made out, as while the file is being written.
func readHolder(data *datadir.Dir) Holder {
	f, err := data.Open(runLockName)
	if err != nil {
		return Holder{}
	}
	defer f.Close()
	b := make([]byte, holderSize)
	n, _ := f.ReadAt(b, holderOffset)
	var h Holder
	if err := json.Unmarshal(b[:n], &h); err != nil {
		return Holder{}
	}
	return h
}
