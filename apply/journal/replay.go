package journal

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

// version is the version of the journal's format.
const version = 1

// header is the journal's first line.
type header struct {
	Version int `json:"assetform_journal"`
}

func headerLine() []byte {
	return fmt.Appendf(nil, "{\"assetform_journal\":%d}\n", version)
}

// damageError says that the journal has a line that cannot be
// understood. The file was not changed.
type damageError struct {
	Path string
	Line int // from 1
	Err  error
}

func (e *damageError) Error() string {
	return fmt.Sprintf("read journal %q: line %d: %v; nothing was changed or sent: "+
		"repair that line, or look for the tasks that only the journal knew with \"assetform tasks list\", "+
		"then go on with \"assetform tasks recover\", which moves the file aside; "+
		"\"assetform tasks attach ADDR TASK_ID\" takes such a task back", e.Path, e.Line, e.Err)
}

func (e *damageError) Unwrap() error { return e.Err }

// Read returns the intents of a data directory's journal in the order
// in which they began. It takes no lock and changes nothing, and another process may be
// appending: a last record that is not whole is left out. A journal that does
// not exist has no intents. Other damage is a *damageError.
func Read(data *datadir.Dir) ([]Intent, error) {
	f, err := data.Open(FileName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	defer f.Close()
	r, err := replay(data.Shown(FileName), f)
	if err != nil {
		return nil, err
	}
	return r.list(), nil
}

// replayed is what a journal's file holds.
type replayed struct {
	*history
	size    int64 // bytes up to the end of the last whole record
	unended bool  // that record lacks its line break
	records int
	plain   plain
}

// replay reads a journal. A crash can cut only what was being appended, and
// nobody was told that this was durable: a last line without line break counts
// if it is whole and is left out if it is not. No crash of ours leaves a file
// without its header or with NUL bytes: something else took away what was
// known.
func replay(path string, f io.Reader) (*replayed, error) {
	out := &replayed{history: newHistory()}
	lines := bufio.NewReaderSize(f, 64<<10)
	var buf []byte
	for n := 1; ; n++ {
		line, err := readLine(lines, buf[:0])
		buf = line
		if err == io.EOF && len(line) == 0 {
			if n == 1 {
				return nil, &damageError{Path: path, Line: 1, Err: errors.New("the journal is empty")}
			}
			return out, nil
		}
		if err != nil && err != io.EOF {
			if errors.Is(err, errLongLine) {
				return nil, &damageError{Path: path, Line: n, Err: err}
			}
			return nil, fmt.Errorf("read journal: %w", err)
		}
		ended := err == nil
		if err := out.take(line, n); err != nil {
			if !ended && n > 1 && bytes.IndexByte(line, 0) < 0 {
				return out, nil
			}
			return nil, &damageError{Path: path, Line: n, Err: err}
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
		return nil
	}
	r, created, err := decodeLike(&out.plain, line)
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
	var h header
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&h); err != nil {
		return fmt.Errorf("this is no journal of assetform: %w", err)
	}
	if h.Version > version {
		return fmt.Errorf("a newer assetform wrote the journal (version %d, expected %d): update assetform", h.Version, version)
	}
	if h.Version != version {
		return fmt.Errorf("version %d is not known, expected %d", h.Version, version)
	}
	return nil
}
