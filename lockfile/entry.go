package lockfile

import (
	"maps"
	"slices"
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
	Provider string // type of the provider: "imaginator" or "local"
	Method   string // API method, such as "generate_image"

	Inputs      Inputs
	InputsHash  InputsHash
	ContentHash ContentHash // of the output file
	SourceHash  ContentHash // of the delivered file if it was converted, else zero

	MediaType string
	Bytes     int64
	Width     int     // pixels, 0 if not known
	Height    int     // pixels, 0 if not known
	Duration  float64 // seconds, of videos; 0 if not known

	// What the generation cost; 0 for a file that was imported or adopted.
	// An image's entry has Credits, a video's has Videos; the other is 0.
	Credits int
	Videos  int

	TaskID  string   // task that delivered the file, "" if none did
	Protect []string // ProtectDestroy, ProtectRegenerate or both, sorted
}

// UpstreamHash returns what assets that use this one as an input hash: the
// delivered file, so that another output format regenerates nothing.
func (e Entry) UpstreamHash() ContentHash {
	if e.SourceHash.IsZero() {
		return e.ContentHash
	}
	return e.SourceHash
}

// Equal reports whether both entries are written with the same bytes.
func (e Entry) Equal(other Entry) bool {
	return e.Output == other.Output && e.Provider == other.Provider && e.Method == other.Method &&
		e.InputsHash == other.InputsHash && e.ContentHash == other.ContentHash &&
		e.SourceHash == other.SourceHash && e.MediaType == other.MediaType &&
		e.Bytes == other.Bytes && e.Width == other.Width && e.Height == other.Height &&
		e.Duration == other.Duration && e.Credits == other.Credits && e.Videos == other.Videos &&
		e.TaskID == other.TaskID && slices.Equal(e.Protect, other.Protect) &&
		e.Inputs.Equal(other.Inputs)
}

// Clone returns a copy that shares nothing which can be changed.
func (e Entry) Clone() Entry {
	e.Inputs = e.Inputs.Clone()
	e.Protect = slices.Clone(e.Protect)
	return e
}

// Lock is the content of a lock file: entries by asset address.
type Lock struct {
	Assets map[string]Entry

	// Dir is the lock's directory relative to the project root, as Parse takes
	// it. It is not written.
	Dir string
}

// New returns an empty lock.
func New() *Lock { return &Lock{Assets: map[string]Entry{}} }

// Equal reports whether both locks are written with the same bytes.
func (l *Lock) Equal(other *Lock) bool {
	return maps.EqualFunc(l.Assets, other.Assets, Entry.Equal)
}

// Addresses returns the addresses in byte order.
func (l *Lock) Addresses() []string { return slices.Sorted(maps.Keys(l.Assets)) }

// Clone returns a copy that shares nothing which can be changed.
func (l *Lock) Clone() *Lock {
	c := &Lock{Assets: make(map[string]Entry, len(l.Assets)), Dir: l.Dir}
	for address, e := range l.Assets {
		c.Assets[address] = e.Clone()
	}
	return c
}
