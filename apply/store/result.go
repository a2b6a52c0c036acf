package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"assetform/lockfile"
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
	Inputs      Inputs               `json:"inputs"`
	ContentHash lockfile.ContentHash `json:"content_hash"`
	SourceHash  lockfile.ContentHash `json:"source_hash,omitzero"`
	MediaType   string               `json:"media_type"`
	Bytes       int64                `json:"bytes"`
	Width       int                  `json:"width,omitempty"`
	Height      int                  `json:"height,omitempty"`
	Duration    float64              `json:"duration,omitempty"`
	Credits     int                  `json:"credits,omitempty"`
	Videos      int                  `json:"videos,omitempty"`
	TaskID      string               `json:"task_id,omitempty"`
}

// PutResult records that these inputs gave e, whose ContentHash must be in the
// store. It is that of the delivered file, or, with a SourceHash, that of what
// was converted from it: then what depends on the result still sees the
// delivered file's hash. An older record of the same inputs is replaced: the
// newest result is the one that restores.
func (s *Store) PutResult(h lockfile.InputsHash, e lockfile.Entry) error {
	if !s.Has(e.ContentHash) {
		return fmt.Errorf("store the result of %s: its content %s is not stored", h, e.ContentHash)
	}
	b, err := json.MarshalIndent(record{
		Version: recordVersion, InputsHash: h,
		Provider: e.Provider, Method: e.Method, Inputs: Inputs(e.Inputs),
		ContentHash: e.ContentHash, SourceHash: e.SourceHash, MediaType: e.MediaType, Bytes: e.Bytes,
		Width: e.Width, Height: e.Height, Duration: e.Duration,
		Credits: e.Credits, Videos: e.Videos, TaskID: e.TaskID,
	}, "", "  ")
	if err == nil {
		err = s.writeResult(resultName(h), append(b, '\n'))
	}
	if err != nil {
		return fmt.Errorf("store the result of %s: %w", h, err)
	}
	return nil
}

// writeResult writes a record in one step.
func (s *Store) writeResult(name string, b []byte) error {
	p, err := s.Create()
	if err != nil {
		return err
	}
	defer p.Abort()
	if _, err := p.Write(b); err != nil {
		return err
	}
	return p.commitAs(s.results, name)
}

// Result returns the newest result of these inputs, if its blob is there. A
// record that cannot be understood counts as absent and is told to Warn: it
// costs a generation, not the run. The error is one of reading the disk.
func (s *Store) Result(h lockfile.InputsHash) (lockfile.Entry, bool, error) {
	name := resultName(h)
	b, err := s.readRecord(name)
	if errors.Is(err, fs.ErrNotExist) {
		return lockfile.Entry{}, false, nil
	}
	if err != nil {
		return lockfile.Entry{}, false, fmt.Errorf("read the stored result of %s: %w", h, err)
	}
	e, err := parseRecord(h, b)
	if err != nil {
		s.warn("the stored result %q is damaged and is ignored: %v", s.results.Shown(name), err)
		return lockfile.Entry{}, false, nil
	}
	size, err := s.size(e.ContentHash)
	if errors.Is(err, fs.ErrNotExist) {
		return lockfile.Entry{}, false, nil
	}
	if err != nil {
		return lockfile.Entry{}, false, fmt.Errorf("read the stored result of %s: %w", h, err)
	}
	if size != e.Bytes {
		s.warn("the stored result %q is ignored: its content %s has %d bytes, expected %d", s.results.Shown(name), e.ContentHash, size, e.Bytes)
		return lockfile.Entry{}, false, nil
	}
	return e, true, nil
}

// readRecord reads a record of at most maxRecordBytes; of a longer one it
// returns that much and one byte, which is no record.
func (s *Store) readRecord(name string) ([]byte, error) {
	f, err := s.results.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxRecordBytes+1))
}

func parseRecord(h lockfile.InputsHash, b []byte) (lockfile.Entry, error) {
	if len(b) > maxRecordBytes {
		return lockfile.Entry{}, errors.New("it is too long")
	}
	var r record
	if err := json.Unmarshal(b, &r); err != nil {
		return lockfile.Entry{}, err
	}
	switch {
	case r.Version != recordVersion:
		return lockfile.Entry{}, fmt.Errorf("its version is %d, expected %d", r.Version, recordVersion)
	case r.InputsHash != h:
		return lockfile.Entry{}, fmt.Errorf("it is the result of %s", r.InputsHash)
	case r.ContentHash.IsZero():
		return lockfile.Entry{}, errors.New("it names no content")
	case r.Bytes < 0 || r.Width < 0 || r.Height < 0 || r.Duration < 0 || r.Credits < 0 || r.Videos < 0:
		return lockfile.Entry{}, errors.New("it holds a negative number")
	}
	return lockfile.Entry{
		Provider: r.Provider, Method: r.Method, Inputs: lockfile.Inputs(r.Inputs), InputsHash: h,
		ContentHash: r.ContentHash, SourceHash: r.SourceHash, MediaType: r.MediaType, Bytes: r.Bytes,
		Width: r.Width, Height: r.Height, Duration: r.Duration,
		Credits: r.Credits, Videos: r.Videos, TaskID: r.TaskID,
	}, nil
}
