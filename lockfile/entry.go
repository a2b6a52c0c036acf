package lockfile

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// Protections that an entry may carry, from the lifecycle block it was
// written under.
const (
	ProtectDestroy    = "destroy"
	ProtectRegenerate = "regenerate"
)

// Entry is what the lock knows of one asset: what was asked, what came back
// and what it cost.
type Entry struct {
	Output   string // slash-separated, relative to the lock's directory
	Provider string // its type
	Method   string // as its engine calls it

	Inputs      Inputs
	InputsHash  InputsHash
	ContentHash ContentHash // of the output file
	SourceHash  ContentHash // of the delivered file if it was converted, else zero

	MediaType string
	Bytes     int64
	Width     int     // pixels, 0 if not known
	Height    int     // pixels, 0 if not known
	Duration  float64 // seconds, of videos; 0 if not known

	// What the generation cost; empty for what a free engine or a person made.
	Cost Cost

	TaskID  string // task that delivered the file, "" if none did
	Adopted bool   // a person made the bytes: the file was adopted or imported

	// Candidates are the results to choose from, in order; nil: the asset has
	// one result. Picked is the number of the chosen one, from 1; 0: nobody
	// has chosen.
	Candidates  []Candidate
	Picked      int
	Placeholder bool // a sketch that stands in for the real result

	Marks  map[string]string // marks of origin that the file carries, such as "c2pa"
	Frames map[string][]int  // an atlas' frames by sprite: 4 numbers, or 8 of a trimmed one

	Protect []string // ProtectDestroy, ProtectRegenerate or both, sorted

	// legacyCost is what version 1 said of a result that cost nothing. Only
	// the text of that version has it.
	legacyCost int
}

// Candidate is one of the results of an asset that has several. The zero
// Candidate is one that is missing.
type Candidate struct {
	ContentHash ContentHash
	TaskID      string // "" if no task delivered it
}

// maxCandidates is the largest number of candidates that an entry may have.
const maxCandidates = 16

// UpstreamHash returns what assets that use this one as an input hash: the
// delivered file, so that another output format regenerates nothing.
func (e Entry) UpstreamHash() ContentHash {
	if e.SourceHash.IsZero() {
		return e.ContentHash
	}
	return e.SourceHash
}

// ReleasedInput is recorded among the inputs of a file that a person made, once
// they have taken the mark of adoption off: edits generate the asset again, and
// until then its bytes are still none that these inputs gave.
const ReleasedInput = "released"

// ByHand tells that a person made the bytes, whether or not they still hold
// them: nothing that its inputs give.
func (e *Entry) ByHand() bool {
	_, released := e.Inputs[ReleasedInput]
	return e.Adopted || released
}

// Equal reports whether both entries say the same: in one version of the
// format they are written with the same bytes.
func (e Entry) Equal(other Entry) bool {
	return e.Output == other.Output && e.Provider == other.Provider && e.Method == other.Method &&
		e.InputsHash == other.InputsHash && e.ContentHash == other.ContentHash &&
		e.SourceHash == other.SourceHash && e.MediaType == other.MediaType &&
		e.Bytes == other.Bytes && e.Width == other.Width && e.Height == other.Height &&
		e.Duration == other.Duration && maps.Equal(e.Cost, other.Cost) &&
		e.TaskID == other.TaskID && e.Adopted == other.Adopted &&
		slices.Equal(e.Candidates, other.Candidates) && e.Picked == other.Picked &&
		e.Placeholder == other.Placeholder && maps.Equal(e.Marks, other.Marks) &&
		maps.EqualFunc(e.Frames, other.Frames, slices.Equal[[]int]) &&
		slices.Equal(e.Protect, other.Protect) && e.Inputs.Equal(other.Inputs)
}

// Clone returns a copy that shares nothing which can be changed.
func (e Entry) Clone() Entry {
	e.Inputs = e.Inputs.Clone()
	e.Cost = maps.Clone(e.Cost)
	e.Candidates = slices.Clone(e.Candidates)
	e.Marks = maps.Clone(e.Marks)
	e.Frames = maps.Clone(e.Frames)
	for name, frame := range e.Frames {
		e.Frames[name] = slices.Clone(frame)
	}
	e.Protect = slices.Clone(e.Protect)
	return e
}

// Lock is the content of a lock file: entries by asset address. Those who
// change one that was read use Put and Drop.
type Lock struct {
	Assets map[string]Entry

	// Dir is the lock's directory relative to the project root, as Parse takes
	// it. It is not written.
	Dir string

	// legacy tells that the lock was read from a text of version 1 and says
	// what that said: it is written in version 1 still, so that whoever
	// changes nothing writes the bytes that stand there.
	legacy bool
}

// New returns an empty lock.
func New() *Lock { return &Lock{Assets: map[string]Entry{}} }

// version is the version of the format that the lock is written in.
func (l *Lock) version() int {
	if l.legacy {
		return legacyVersion
	}
	return formatVersion
}

// Put gives an address an entry and reports whether that changed anything. The
// first change makes a lock of an older version one of formatVersion.
func (l *Lock) Put(address string, e Entry) bool {
	if old, stands := l.Assets[address]; stands && old.Equal(e) {
		return false
	}
	l.Assets[address] = e
	l.legacy = false
	return true
}

// Drop removes an address' entry and reports whether there was one. It
// changes the version as Put does.
func (l *Lock) Drop(address string) bool {
	if _, stands := l.Assets[address]; !stands {
		return false
	}
	delete(l.Assets, address)
	l.legacy = false
	return true
}

// Only returns a lock of the same version with the entries of these
// addresses, all of which it has.
func (l *Lock) Only(addresses []string) *Lock {
	part := &Lock{Assets: make(map[string]Entry, len(addresses)), Dir: l.Dir, legacy: l.legacy}
	for _, address := range addresses {
		part.Assets[address] = l.Assets[address]
	}
	return part
}

// Equal reports whether both locks have the same entries, whichever version
// each is written in.
func (l *Lock) Equal(other *Lock) bool {
	return maps.EqualFunc(l.Assets, other.Assets, Entry.Equal)
}

// Addresses returns the addresses in byte order.
func (l *Lock) Addresses() []string { return slices.Sorted(maps.Keys(l.Assets)) }

// Clone returns a copy that shares nothing which can be changed.
func (l *Lock) Clone() *Lock {
	c := &Lock{Assets: make(map[string]Entry, len(l.Assets)), Dir: l.Dir, legacy: l.legacy}
	for address, e := range l.Assets {
		c.Assets[address] = e.Clone()
	}
	return c
}

// Check tells why no lock could have an entry, whatever its output: what is
// recorded elsewhere and may get into one.
func (e Entry) Check() error {
	text := "image.recorded"
	e.Output, e.Protect = "recorded.png", nil
	if strings.HasPrefix(e.MediaType, "video/") {
		text, e.Output = "video.recorded", "recorded.mp4"
	}
	l := New()
	l.Put(text, e)
	back, err := Parse(Filename, "", l.Encode())
	if wrong := (*SyntaxError)(nil); errors.As(err, &wrong) {
		return errors.New(wrong.Detail)
	}
	if err == nil && !back.Equal(l) {
		err = errors.New("it holds what a lock cannot")
	}
	return err
}
