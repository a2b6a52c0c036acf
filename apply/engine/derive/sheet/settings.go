package sheet

import (
	"errors"
	"fmt"
	"image"
	"math/bits"
	"slices"

	"assetform/apply/engine/derive/raster"
)

// Bounds and defaults.
const (
	MaxSprites     = 10_000
	DefaultMaxSize = 2048
	DefaultPadding = 2
	maxGap         = 1024 // of padding and extrusion
)

// Settings are how a sheet is laid out.
type Settings struct {
	Grid bool // else packed
	// Columns and CellSize are of a grid; 0: as many columns as rows, cells as
	// large as the largest sprite.
	Columns  int
	CellSize image.Point
	Anchor   *raster.Focus // of a sprite in its cell; nil is the centre

	MaxSize    int  // pixels a side; 0 is DefaultMaxSize
	Padding    int  // pixels between frames and at the border
	Extrude    int  // pixels by which a sprite's edge goes on around it
	Trim       bool // for Trimmed
	PowerOfTwo bool
}

// Check returns what is wrong with the settings whatever the sprites.
func (s *Settings) Check() error {
	switch {
	case s.MaxSize < 0 || s.MaxSize > raster.MaxSide:
		return fmt.Errorf("max_size is %d, expected 1 to %d", s.MaxSize, raster.MaxSide)
	case s.Padding < 0 || s.Padding > maxGap:
		return fmt.Errorf("padding is %d, expected 0 to %d", s.Padding, maxGap)
	case s.Extrude < 0 || s.Extrude > maxGap:
		return fmt.Errorf("extrude is %d, expected 0 to %d", s.Extrude, maxGap)
	case !s.Grid && (s.Columns != 0 || s.CellSize != image.Point{} || s.Anchor != nil):
		return errors.New("columns, cell_size and anchor are of a grid: set layout = \"grid\"")
	case s.Columns < 0 || s.Columns > MaxSprites:
		return fmt.Errorf("columns is %d, expected 1 to %d", s.Columns, MaxSprites)
	case s.CellSize != image.Point{} && (s.CellSize.X < 1 || s.CellSize.Y < 1 || s.CellSize.X > raster.MaxSide || s.CellSize.Y > raster.MaxSide):
		return fmt.Errorf("cell_size is [%d, %d], expected sides of 1 to %d", s.CellSize.X, s.CellSize.Y, raster.MaxSide)
	}
	return nil
}

// maxSide is how long a side may be.
func (s *Settings) maxSide() int {
	n := s.MaxSize
	if n == 0 {
		n = DefaultMaxSize
	}
	if s.PowerOfTwo {
		n = 1 << (bits.Len(uint(n)) - 1)
	}
	return n
}

// rounded is the least side that holds n pixels.
func (s *Settings) rounded(n int) int {
	if s.PowerOfTwo && n > 1 {
		return 1 << bits.Len(uint(n-1))
	}
	return n
}

// allows reports whether a sheet may have that size.
func (s *Settings) allows(w, h int) bool {
	w, h = s.rounded(w), s.rounded(h)
	return w <= s.maxSide() && h <= s.maxSide() && int64(w)*int64(h) <= raster.MaxPixels
}

// Box is a sprite of which the size is known.
type Box struct {
	Name string
	Size image.Point // pixels
}

func (b Box) String() string { return fmt.Sprintf("%q (%dx%d)", b.Name, b.Size.X, b.Size.Y) }

func checkBoxes(boxes []Box) error {
	if len(boxes) == 0 {
		return errors.New("there are no sprites")
	}
	if len(boxes) > MaxSprites {
		return fmt.Errorf("there are %d sprites, expected at most %d", len(boxes), MaxSprites)
	}
	seen := make(map[string]bool, len(boxes))
	for _, b := range boxes {
		if seen[b.Name] {
			return fmt.Errorf("two sprites are named %q: give sprites as a map with a name for each", b.Name)
		}
		seen[b.Name] = true
		if b.Size.X < 1 || b.Size.Y < 1 {
			return fmt.Errorf("sprite %s has no pixels", b)
		}
	}
	return nil
}

// listed names the first few of some sprites.
func listed(boxes []Box) string {
	const most = 5
	var s string
	for i, b := range boxes[:min(most, len(boxes))] {
		if i > 0 {
			s += ", "
		}
		s += b.String()
	}
	if n := len(boxes) - most; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}

// Arrangement is where sprites stand on a sheet.
type Arrangement struct {
	Size   image.Point
	Places []image.Point // of each sprite's left upper corner, in their order
}

// Arrange finds places for sprites of these sizes. The error names what does
// not fit, with sizes.
func Arrange(boxes []Box, s Settings) (*Arrangement, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if err := checkBoxes(boxes); err != nil {
		return nil, err
	}
	if s.Grid {
		return s.grid(boxes)
	}
	edge := 2 * (s.Padding + s.Extrude)
	large := slices.DeleteFunc(slices.Clone(boxes), func(b Box) bool { return s.allows(b.Size.X+edge, b.Size.Y+edge) })
	if len(large) > 0 {
		return nil, fmt.Errorf("%s not fit a sheet of %dx%d%s: make the sprites smaller or max_size larger", does(large), s.maxSide(), s.maxSide(), s.edges())
	}
	return s.pack(boxes)
}

func does(boxes []Box) string {
	if len(boxes) == 1 {
		return listed(boxes) + " does"
	}
	return listed(boxes) + " do"
}

// edges says what a sprite needs beside its size.
func (s *Settings) edges() string {
	if n := s.Padding + s.Extrude; n > 0 {
		return fmt.Sprintf(" with %d pixels of padding and extrusion on each side", n)
	}
	return ""
}
