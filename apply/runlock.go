package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"assetform/apply/store"

	"github.com/gofrs/flock"
)

// RunLock keeps two applies of one project apart. The system drops it when its
// process ends, however that happens, so a dead owner never has to be cleared
// away. The file stays: removing it could part two processes that wait.
type RunLock struct {
	lock *flock.Flock
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

// AcquireRunLock takes the lock at path, whose directory it creates, and waits
// up to timeout for another holder. With a timeout of 0 it does not wait. If
// it does not get the lock the error is a *LockedError, or that of ctx.
func AcquireRunLock(ctx context.Context, path string, timeout time.Duration) (*RunLock, error) {
	if err := store.CreateDataDir(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("take the run lock: %w", err)
	}
	l := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o666))
	got, err := tryLock(ctx, l, timeout)
	if err != nil {
		return nil, fmt.Errorf("take the run lock %q: %w", path, err)
	}
	if !got {
		return nil, &LockedError{Path: path, Holder: readHolder(path)}
	}
	if err := writeHolder(path); err != nil {
		return nil, fmt.Errorf("take the run lock %q: %w", path, errors.Join(err, l.Unlock()))
	}
	return &RunLock{lock: l}, nil
}

func tryLock(ctx context.Context, l *flock.Flock, timeout time.Duration) (bool, error) {
	if got, err := l.TryLock(); got || err != nil || timeout <= 0 {
		return got, err
	}
	waiting, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	got, err := l.TryLockContext(waiting, lockPoll)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return false, nil
	}
	return got, err
}

// Release lets the next process in.
func (l *RunLock) Release() error { return l.lock.Unlock() }

// The holder stands behind the first byte of the lock file, which is the one
// that Windows locks against readers too. It is padded instead of the file
// being cut, for the same reason.
const (
	holderOffset = 1
	holderSize   = 511
)

func writeHolder(path string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	b, err := json.Marshal(Holder{PID: os.Getpid(), Host: host, Started: time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	text := string(b) + strings.Repeat(" ", max(0, holderSize-1-len(b))) + "\n"
	_, err = f.WriteAt([]byte(text), holderOffset)
	return errors.Join(err, f.Close())
}

// readHolder returns who wrote itself down last; the zero Holder if nobody
// can be made out, as while the file is being written.
func readHolder(path string) Holder {
	f, err := os.Open(path)
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
