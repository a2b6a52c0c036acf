package apply

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"assetform/lockfile/datadir"
)

// journalVersion is the version of the journal's format.
const journalVersion = 1

// journalHeader is the journal's first line.
type journalHeader struct {
	Version int `json:"assetform_journal"`
}

func headerLine() []byte {
	return fmt.Appendf(nil, "{\"assetform_journal\":%d}\n", journalVersion)
}

// JournalDamageError says that the journal has a line that cannot be
// understood. The file was not changed.
type JournalDamageError struct {
	Path string
	Line int // from 1
	Err  error
}

func (e *JournalDamageError) Error() string {
	return fmt.Sprintf("read journal %q: line %d: %v; nothing was changed or sent: "+
		"repair that line, or rename the file to go on without it; requests that only the journal knows are then forgotten "+
		"and may be paid for twice, so look for their tasks with \"assetform tasks list\" "+
		"and take them back with \"assetform tasks attach ADDR TASK_ID\"", e.Path, e.Line, e.Err)
}

func (e *JournalDamageError) Unwrap() error { return e.Err }

// ReadJournal returns the intents of a data directory's journal in the order
// in which they began. It takes no lock and changes nothing, and another process may be
// appending: a last record that is not whole is left out. A journal that does
// not exist has no intents. Other damage is a *JournalDamageError.
func ReadJournal(data *datadir.Dir) ([]Intent, error) {
	f, err := data.Open(journalName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	defer f.Close()
	r, err := replay(data.Shown(journalName), f)
	if err != nil {
		return nil, err
	}
	return r.list(), nil
}

// replayed is what a journal's file holds.
type replayed struct {
	*history
	size     int64 // bytes up to the end of the last whole record
	unended  bool  // that record lacks its line break
	records  int
	noHeader bool // the file is new, or died while its first line was written
}

// replay reads a journal. A crash can cut only what was being appended, and
// nobody was told that this was durable: a last line without line break counts
// if it is whole and is left out if it is not.
func replay(path string, f io.Reader) (*replayed, error) {
	out := &replayed{history: newHistory(), noHeader: true}
	lines := bufio.NewReaderSize(f, 64<<10)
	var buf []byte
	for n := 1; ; n++ {
		line, err := readLine(lines, buf[:0])
		buf = line
		if err == io.EOF && len(line) == 0 {
			return out, nil
		}
		if err != nil && err != io.EOF {
			if errors.Is(err, errLongLine) {
				return nil, &JournalDamageError{Path: path, Line: n, Err: err}
			}
			return nil, fmt.Errorf("read journal: %w", err)
		}
		ended := err == nil
		if err := out.take(line, n); err != nil {
			if !ended {
				return out, nil
			}
			return nil, &JournalDamageError{Path: path, Line: n, Err: err}
		}
		out.size += int64(len(line))
		out.unended = !ended
		if !ended {
			return out, nil
		}
	}
}

func (out *replayed) take(line []byte, n int) error {
	if n == 1 {
		if err := checkHeader(line); err != nil {
			return err
		}
		out.noHeader = false
		return nil
	}
	r, created, err := decodeRecord(line)
	if err == nil {
		err = out.check(&r)
	}
	if err != nil {
		return err
	}
	out.add(out.shared(r), created)
	out.records++
	return nil
}

// shared makes the intent's later records use the texts of its first, so that
// 100,000 records do not hold as many copies of the API's origin.
func (out *replayed) shared(r Record) Record {
	if len(out.intents) == 0 {
		return r
	}
	last := out.intents[len(out.intents)-1]
	for _, s := range []struct{ mine, other *string }{
		{&r.Origin, &last.Origin}, {&r.Provider, &last.Provider},
		{&r.Method, &last.Method}, {&r.Model, &last.Model},
	} {
		if *s.mine == *s.other {
			*s.mine = *s.other
		}
	}
	return r
}

var errLongLine = errors.New("the line is too long for a record")

// readLine appends a line with its line break to buf. At the end of the file
// it returns what stands there and io.EOF.
func readLine(r *bufio.Reader, buf []byte) ([]byte, error) {
	for {
		part, err := r.ReadSlice('\n')
		buf = append(buf, part...)
		if len(buf) > maxRecordBytes {
			return buf, errLongLine
		}
		if err != bufio.ErrBufferFull {
			return buf, err
		}
	}
}

func checkHeader(line []byte) error {
	var h journalHeader
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&h); err != nil {
		return fmt.Errorf("this is no journal of assetform: %w", err)
	}
	if h.Version > journalVersion {
		return fmt.Errorf("a newer assetform wrote the journal (version %d, expected %d): update assetform", h.Version, journalVersion)
	}
	if h.Version != journalVersion {
		return fmt.Errorf("version %d is not known, expected %d", h.Version, journalVersion)
	}
	return nil
}
