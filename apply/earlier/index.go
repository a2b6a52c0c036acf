package earlier

import (
	"bytes"
	"context"
	"errors"
	"hash/maphash"

	"assetform/apply/repo"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
)

// index tells which versions of the lock have an entry with an inputs hash. It
// is made of the texts: only what has candidates is parsed, since its output
// may have inputs of its own.
type index struct {
	versions []repo.LockVersion // the newest first
	read     int                // of these, how many there were bytes and time for
	missing  int                // that are not on this machine
	byInputs map[lockfile.InputsHash][]*span
}

// span is from the newest to the oldest version that has an entry with the same
// text.
type span struct{ newest, oldest int }

var errTooMuch = errors.New("the versions are too large")

// fill reads the versions. After an error it knows those that were read.
func (x *index) fill(ctx context.Context, r *repo.Repo, engines engine.Registry, below string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	x.byInputs = map[lockfile.InputsHash][]*span{}
	seed, spans, size := maphash.MakeSeed(), map[uint64]*span{}, 0
	at := 0
	err := r.ReadVersions(ctx, x.versions, func(_ repo.LockVersion, text []byte, here bool) {
		number := at
		at++
		if size += len(text); size > maxRead {
			cancel(errTooMuch)
		}
		if ctx.Err() != nil {
			return
		}
		if !here {
			x.missing++
			return
		}
		x.read = at
		several := false
		for _, entry := range bytes.Split(text, []byte("\n    }")) { // as they are written; otherwise it is more at once
			key := maphash.Bytes(seed, entry)
			if s := spans[key]; s != nil {
				s.oldest = number
				continue
			}
			s := &span{number, number}
			spans[key] = s
			x.note(entry, s)
			several = several || bytes.Contains(entry, []byte(`"candidates"`))
		}
		if several {
			x.noteOutputs(text, below, engines, number)
		}
	})
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// note finds the inputs hashes in a text.
func (x *index) note(text []byte, s *span) {
	const name, hash = `"inputs_hash"`, "v1:sha256:"
	for {
		_, rest, found := bytes.Cut(text, []byte(name))
		if !found {
			return
		}
		text = rest
		from := bytes.Index(rest[:min(len(rest), 40)], []byte(hash))
		end := from + len(hash) + 2*len(lockfile.InputsHash{})
		if from < 0 || end > len(rest) {
			continue
		}
		var h lockfile.InputsHash
		if h.UnmarshalText(rest[from:end]) == nil {
			x.byInputs[h] = append(x.byInputs[h], s)
		}
	}
}

// noteOutputs adds the inputs of outputs that are one of several candidates.
func (x *index) noteOutputs(text []byte, below string, engines engine.Registry, number int) {
	l, err := lockfile.Parse(lockfile.Filename, below, text)
	if err != nil {
		return
	}
	for _, e := range l.Assets {
		if len(e.Candidates) == 0 {
			continue
		}
		if alone, ok := plan.OutputAlone(engines, e); ok && alone.InputsHash != e.InputsHash {
			x.byInputs[alone.InputsHash] = append(x.byInputs[alone.InputsHash], &span{number, number})
		}
	}
}
