package export

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Record is one asset as code sees it. What is empty or 0 is not known, and
// is left out.
type Record struct {
	Address string // as people write it: image.icon["sword"]
	Modules []Module
	Kind    string // image, video, variant, atlas
	Name    string
	Key     string // of the instance: that of for_each, or the number of count
	Keyed   bool   // whether there is a key, which may be empty

	Path      string // from the root module's directory, with "/"
	Type      string // the media type
	Width     int    // pixels
	Height    int
	Bytes     int64
	Duration  float64 // seconds
	Hash      string  // "sha256:..."
	Alt       string
	Thumbhash string // base64
	Srcset    []Source
	Frames    map[string]Frame
}

// A Module is one step of the way to a record in modules.
type Module struct {
	Name  string
	Key   string
	Keyed bool
}

// A Source is the same picture in another size or format.
type Source struct {
	Path   string
	Type   string
	Width  int
	Height int
}

// A Frame is where a sprite stands in its atlas, in pixels. Of a trimmed sprite
// W and H are what is left of it, which stood at OffsetX and OffsetY of a
// picture of SourceW by SourceH; of another they are that picture's.
type Frame struct {
	X, Y, W, H       int
	Trimmed          bool
	OffsetX, OffsetY int
	SourceW, SourceH int
}

// FrameOf reads a frame as a lock has it: x, y, w, h, and for a trimmed sprite
// its offset and the size of its source.
func FrameOf(numbers []int) (Frame, error) {
	for _, n := range numbers {
		if n < 0 {
			return Frame{}, fmt.Errorf("a frame has the number %d, which is below 0", n)
		}
	}
	switch n := numbers; len(n) {
	case 4:
		return Frame{X: n[0], Y: n[1], W: n[2], H: n[3], SourceW: n[2], SourceH: n[3]}, nil
	case 8:
		return Frame{n[0], n[1], n[2], n[3], true, n[4], n[5], n[6], n[7]}, nil
	}
	return Frame{}, fmt.Errorf("a frame has %d numbers, and 4 or 8 were expected", len(numbers))
}

// steps are the names under which the record nests.
func (r *Record) steps() []string {
	var out []string
	for _, m := range r.Modules {
		out = append(out, "module", m.Name)
		if m.Keyed {
			out = append(out, m.Key)
		}
	}
	out = append(out, r.Kind, r.Name)
	if r.Keyed {
		out = append(out, r.Key)
	}
	return out
}

// frameNames are the names of the record's frames, sorted.
func (r *Record) frameNames() []string {
	names := make([]string, 0, len(r.Frames))
	for name := range r.Frames {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// check refuses what no language can say.
func (r *Record) check() error {
	texts := append(r.steps(), r.Address, r.Path, r.Type, r.Hash, r.Alt, r.Thumbhash)
	numbers := []int64{int64(r.Width), int64(r.Height), r.Bytes}
	for _, s := range r.Srcset {
		texts = append(texts, s.Path, s.Type)
		numbers = append(numbers, int64(s.Width), int64(s.Height))
	}
	texts = append(texts, r.frameNames()...)
	for _, text := range texts {
		switch {
		case !utf8.ValidString(text):
			return fmt.Errorf("%s: the text %.60q is not UTF-8", r.Address, text)
		case strings.ContainsRune(text, 0):
			return fmt.Errorf("%s: the text %.60q has a character 0, which not every language has in texts", r.Address, text)
		}
	}
	if slices.Min(numbers) < 0 || !(r.Duration >= 0) || math.IsInf(r.Duration, 1) {
		return fmt.Errorf("%s: a size or duration is not a number from 0", r.Address)
	}
	if r.Address == "" || r.Kind == "" || r.Name == "" || r.Path == "" {
		return errors.New("a record lacks its address, kind, name or path")
	}
	return nil
}
