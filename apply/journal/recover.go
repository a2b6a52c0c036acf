package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"

	"assetform/lockfile/datadir"
)

// Recovered says what became of a damaged journal.
type Recovered struct {
	MovedTo string // where the damaged file lies now
	// Tasks are the requests whose lines could still be read and that had a
	// task or an unknown outcome: what may be paid for and is known here no
	// more.
	Tasks []Intent
}

// ErrNotDamaged says that a journal can be read as it is.
var ErrNotDamaged = errors.New("the journal is not damaged")

// Recover moves a damaged journal aside and begins a new one. The
// caller holds the run lock.
func Recover(data *datadir.Dir) (Recovered, error) {
	var damage *damageError
	switch _, err := Read(data); {
	case err == nil:
		return Recovered{}, ErrNotDamaged
	case !errors.As(err, &damage):
		return Recovered{}, err
	}
	tasks, err := readable(data)
	if err != nil {
		return Recovered{}, fmt.Errorf("recover the journal: %w", err)
	}
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.damaged-%d", FileName, n)
		if _, err := data.Stat(aside); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := data.Move(FileName, data, aside); err != nil {
			return Recovered{}, fmt.Errorf("recover the journal: %w", err)
		}
		if err := data.Write(FileName, headerLine()); err != nil {
			return Recovered{}, fmt.Errorf("begin a journal: %w", err)
		}
		return Recovered{MovedTo: data.Shown(aside), Tasks: tasks}, data.Sync()
	}
}

// readable lists what the whole lines of a damaged journal say of tasks.
func readable(data *datadir.Dir) ([]Intent, error) {
	f, err := data.Open(FileName)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := newHistory()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 64<<10), maxRecordBytes)
	for lines.Scan() {
		if r, created, err := decodeRecord(lines.Bytes()); err == nil && h.check(&r) == nil {
			h.add(r, created)
		}
	}
	var open []Intent
	for _, in := range h.list() {
		if in.State.Paid() || in.State.Unsettled() {
			open = append(open, in)
		}
	}
	return open, nil // a line too long to be a record ends the reading
}
