package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"strings"
	"unicode"

	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// recordVersion is the version of the form of records.
const recordVersion = 1

// maxRecordBytes bounds what is read as a record. The longest prompt with its
// references is far below it.
const maxRecordBytes = 4 << 20

// record is a result's record as it is written. It has what a lock entry has,
// but for what belongs to an asset and not to the result: output and
// protections. A source hash stands only where the delivered file is on
// another machine and the converted one was recorded in its place.
type record struct {
	Version     int                  `json:"version"`
	InputsHash  lockfile.InputsHash  `json:"inputs_hash"`
	Provider    string               `json:"provider"`
	Method      string               `json:"method"`
	Inputs      lockfile.Inputs      `json:"inputs"`
	ContentHash lockfile.ContentHash `json:"content_hash"`
	SourceHash  lockfile.ContentHash `json:"source_hash,omitzero"`
	MediaType   string               `json:"media_type"`
	Bytes       int64                `json:"bytes"`
	Width       int                  `json:"width,omitempty"`
	Height      int                  `json:"height,omitempty"`
	Duration    float64              `json:"duration,omitempty"`
	Cost        lockfile.Cost        `json:"cost,omitempty"`
	TaskID      string               `json:"task_id,omitempty"`
	Adopted     string               `json:"adopted,omitempty"` // the address whose file it is; see PutAdopted
	Origin      string               `json:"origin,omitempty"`  // of the API that gave it; see EncodeShared
	Marks       map[string]string    `json:"marks,omitempty"`
	Frames      map[string][]int     `json:"frames,omitempty"`
	Picks       map[string]int       `json:"picks,omitempty"` // by address; see SetPick

	// The cost as earlier releases wrote it, in place of Cost.
	Credits int `json:"credits,omitempty"`
	Videos  int `json:"videos,omitempty"`
	// The pick of whichever asset had these inputs, which they wrote too.
	Picked int `json:"picked,omitempty"`
}

// cost is what the record says of the cost in either form.
func (r *record) cost() lockfile.Cost {
	c := lockfile.Cost{}
	maps.Copy(c, r.Cost)
	for unit, n := range map[string]int{"image_credits": r.Credits, "videos": r.Videos} {
		if n != 0 {
			c[unit] += n
		}
	}
	if len(c) == 0 {
		return nil
	}
	return c
}

// PutResult records that these inputs gave e, which no person has made and
// whose ContentHash must be in the store. It is that of the delivered file, or, with a SourceHash, that of what
// was converted from it: then what depends on the result still sees the
// delivered file's hash. An older record of the same inputs is replaced: the
// newest result is the one that restores.
func (s *Store) PutResult(h lockfile.InputsHash, e lockfile.Entry) error {
	return s.PutPaid(h, e, s.Origin(h, e.UpstreamHash()))
}

// PutPaid is PutResult of what an API of this origin gave.
func (s *Store) PutPaid(h lockfile.InputsHash, e lockfile.Entry, origin string) error {
	if e.ByHand() {
		return fmt.Errorf("store the result of %s: it is a person's, and no generated one", h)
	}
	return s.putRecord(s.results, resultName(h), h, e, record{Origin: origin})
}

// Origin is that of the API which gave the result of these inputs with this
// delivered content; "": that is not known.
func (s *Store) Origin(h lockfile.InputsHash, delivered lockfile.ContentHash) string {
	b, err := readRecord(s.results, resultName(h))
	if err != nil {
		return ""
	}
	e, _, origin, err := parseOrigin(h, b)
	if err != nil || e.UpstreamHash() != delivered {
		return ""
	}
	return origin
}

// SetPick notes beside the result of these inputs which of its candidates was
// picked for an asset, so that they give the same again; 0: none was. Where
// there is no result nothing is noted.
func (s *Store) SetPick(h lockfile.InputsHash, address string, number int) error {
	e, ok, err := s.Result(h)
	if err != nil || !ok {
		return err
	}
	r, err := s.readPicks(h)
	if err != nil || r.Picks[address] == number {
		return err
	}
	picks := maps.Clone(r.Picks)
	if picks == nil {
		picks = map[string]int{}
	}
	picks[address] = number
	if number == 0 {
		delete(picks, address)
	}
	return s.putRecord(s.results, resultName(h), h, e, record{Picks: picks, Origin: s.Origin(h, e.UpstreamHash())})
}

// Picked is the number of the candidate that was picked for an asset when it
// had these inputs; 0: none was.
func (s *Store) Picked(h lockfile.InputsHash, address string) (int, error) {
	r, err := s.readPicks(h)
	if len(r.Picks) == 0 {
		return r.Picked, err
	}
	return r.Picks[address], err
}

// readPicks reads what a record says of picks; one that cannot be understood
// says nothing.
func (s *Store) readPicks(h lockfile.InputsHash) (r record, err error) {
	b, err := readRecord(s.results, resultName(h))
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("read the stored result of %s: %w", h, err)
	}
	if json.Unmarshal(b, &r) != nil {
		return record{}, nil
	}
	return r, nil
}

// putRecord writes a record. Beside the entry it has the address of an adopted
// file, or picks.
func (s *Store) putRecord(dir *datadir.Dir, name string, h lockfile.InputsHash, e lockfile.Entry, beside record) error {
	if !s.Has(e.ContentHash) {
		return fmt.Errorf("store the result of %s: its content %s is not stored", h, e.ContentHash)
	}
	p, err := s.newRecord(h, e, beside)
	if err == nil {
		defer p.Abort()
		err = s.commit(place{p, dir, name})
	}
	if err != nil {
		return fmt.Errorf("store the result of %s: %w", h, err)
	}
	return nil
}

// newRecord begins a file with a record.
func (s *Store) newRecord(h lockfile.InputsHash, e lockfile.Entry, beside record) (*Pending, error) {
	b, err := encodeRecord(h, e, beside)
	if err != nil {
		return nil, err
	}
	return s.newFile(b)
}

func encodeRecord(h lockfile.InputsHash, e lockfile.Entry, beside record) ([]byte, error) {
	b, err := json.MarshalIndent(record{
		Version: recordVersion, InputsHash: h,
		Provider: e.Provider, Method: e.Method, Inputs: e.Inputs,
		ContentHash: e.ContentHash, SourceHash: e.SourceHash, MediaType: e.MediaType, Bytes: e.Bytes,
		Width: e.Width, Height: e.Height, Duration: e.Duration,
		Cost: e.Cost, TaskID: e.TaskID, Adopted: beside.Adopted, Origin: beside.Origin, Marks: e.Marks, Frames: e.Frames, Picks: beside.Picks,
	}, "", "  ")
	return append(b, '\n'), err
}

// EncodeShared is the record of a result for other machines, with the origin of
// the API that gave it. Which candidate was picked is the lock's to say there.
func EncodeShared(h lockfile.InputsHash, e lockfile.Entry, origin string) ([]byte, error) {
	if e.ByHand() {
		return nil, errors.New("it is a person's, and no generated one")
	}
	return encodeRecord(h, e, record{Origin: origin})
}

// MaxSharedBytes bounds the record of a result.
const MaxSharedBytes = maxRecordBytes

// ParseShared reads what EncodeShared wrote.
func ParseShared(h lockfile.InputsHash, b []byte) (e lockfile.Entry, origin string, err error) {
	e, adopted, origin, err := parseOrigin(h, b)
	switch {
	case err != nil:
	case adopted != "":
		err = errors.New("it is a person's file, and no generated one")
	case strings.ContainsFunc(e.TaskID, unprintable):
		err = errors.New("its task has characters that no server gives")
	}
	for name, value := range e.Marks {
		if err == nil && strings.ContainsFunc(name+value, unprintable) {
			err = errors.New("its marks have characters that none has")
		}
	}
	return e, origin, err
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// newFile begins a file with these bytes.
func (s *Store) newFile(b []byte) (*Pending, error) {
	p, err := s.Create()
	if err != nil {
		return nil, err
	}
	if _, err := p.Write(b); err != nil {
		p.Abort()
		return nil, err
	}
	return p, nil
}

// Result returns the newest result of these inputs, if its blob is there. A
// record that cannot be understood counts as absent and is told to Warn: it
// costs a generation, not the run. The error is one of reading the disk.
func (s *Store) Result(h lockfile.InputsHash) (lockfile.Entry, bool, error) {
	return s.result(s.results, resultName(h), h, "")
}

// result reads a record. The address is that of an adopted file.
func (s *Store) result(dir *datadir.Dir, name string, h lockfile.InputsHash, adopted string) (lockfile.Entry, bool, error) {
	b, err := readRecord(dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return lockfile.Entry{}, false, nil
	}
	if err != nil {
		return lockfile.Entry{}, false, fmt.Errorf("read the stored result of %s: %w", h, err)
	}
	e, by, err := parseRecord(h, b)
	if err == nil && by != adopted {
		err = errors.New("it is the result of another asset")
	}
	if err != nil {
		s.warn("the stored result %q is damaged and is ignored: %v", dir.Shown(name), err)
		return lockfile.Entry{}, false, nil
	}
	size, err := s.Size(e.ContentHash)
	if errors.Is(err, fs.ErrNotExist) {
		return lockfile.Entry{}, false, nil
	}
	if err != nil {
		return lockfile.Entry{}, false, fmt.Errorf("read the stored result of %s: %w", h, err)
	}
	if size != e.Bytes {
		s.warn("the stored result %q is ignored: its content %s has %d bytes, expected %d", dir.Shown(name), e.ContentHash, size, e.Bytes)
		return lockfile.Entry{}, false, nil
	}
	return e, true, nil
}

// readRecord reads a record of at most maxRecordBytes; of a longer one it
// returns that much and one byte, which is no record.
func readRecord(dir *datadir.Dir, name string) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxRecordBytes+1))
}

// parseRecord reads a record and the address whose adopted file it is.
func parseRecord(h lockfile.InputsHash, b []byte) (e lockfile.Entry, adopted string, err error) {
	e, adopted, _, err = parseOrigin(h, b)
	return e, adopted, err
}

func parseOrigin(h lockfile.InputsHash, b []byte) (e lockfile.Entry, adopted, origin string, err error) {
	if len(b) > maxRecordBytes {
		return e, "", "", errors.New("it is too long")
	}
	var r record
	if err := json.Unmarshal(b, &r); err != nil {
		return e, "", "", err
	}
	cost := r.cost()
	switch {
	case r.Version != recordVersion:
		return e, "", "", fmt.Errorf("its version is %d, expected %d", r.Version, recordVersion)
	case r.InputsHash != h:
		return e, "", "", fmt.Errorf("it is the result of %s", r.InputsHash)
	case r.ContentHash.IsZero():
		return e, "", "", errors.New("it names no content")
	}
	e = lockfile.Entry{
		Provider: r.Provider, Method: r.Method, Inputs: r.Inputs, InputsHash: h,
		ContentHash: r.ContentHash, SourceHash: r.SourceHash, MediaType: r.MediaType, Bytes: r.Bytes,
		Width: r.Width, Height: r.Height, Duration: r.Duration,
		Cost: cost, TaskID: r.TaskID, Marks: r.Marks, Frames: r.Frames,
	}
	e.Adopted = r.Adopted != "" && !e.ByHand() // else it was released
	if err := e.Check(); err != nil {          // it would take the whole lock with it
		return lockfile.Entry{}, "", "", fmt.Errorf("no lock can have it: %w", err)
	}
	return e, r.Adopted, r.Origin, nil
}
