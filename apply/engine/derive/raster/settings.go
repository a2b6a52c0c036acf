package raster

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"

	"assetform/config/picture"
)

// Bounds of what is made.
const (
	MaxSide   = 16384             // pixels
	maxSource = 1<<16 - 1         // pixels; no row of a source is longer
	MaxPixels = picture.MaxPixels // of the whole
	MaxColors = 256               // of a palette
)

// Fit is how a picture comes to a size that has both sides.
type Fit string

// The fits, as CSS knows them, but for Inside: scaled to lie within, and no
// larger than that.
const (
	Cover   Fit = "cover"
	Contain Fit = "contain"
	Fill    Fit = "fill"
	Inside  Fit = "inside"
)

// Kernel is what a scaled pixel is made of.
type Kernel string

// Auto is the cubic of Catmull and Rom in linear light, widened where the
// picture gets smaller. Nearest takes the one pixel that lies there.
const (
	Auto    Kernel = "auto"
	Nearest Kernel = "nearest"
)

// Settings are what is to be done with the pixels of a picture. The zero value
// does nothing.
type Settings struct {
	Crop Area // zero: the whole
	// Grid is so many columns and rows, of which Cell is the column and the row
	// to take, from 0. A zero Grid is none.
	Grid, Cell image.Point
	Trim       bool

	Width, Height int // pixels; 0: follows from the other, or from the picture
	Enlarge       bool
	Fit           Fit    // "" is Cover
	Focus         *Focus // nil is the centre
	Kernel        Kernel // "" is Auto
	Padding       int    // pixels on each side
	// Background lies behind all of the picture; nil is none.
	Background *color.NRGBA

	Colors  int           // of the palette, a transparent one among them; 0: all
	Palette []color.NRGBA // the colours to use, instead of a number
	Dither  bool
}

// Check returns what is wrong with the settings whatever the picture.
func (s *Settings) Check() error {
	switch {
	case !slices.Contains([]Fit{"", Cover, Contain, Fill, Inside}, s.Fit):
		return fmt.Errorf("fit is %q, expected cover, contain, fill or inside", s.Fit)
	case !slices.Contains([]Kernel{"", Auto, Nearest}, s.Kernel):
		return fmt.Errorf("kernel is %q, expected auto or nearest", s.Kernel)
	case s.Focus != nil && !s.Focus.valid():
		return fmt.Errorf("focus is [%v, %v], expected shares from 0 to 1", s.Focus.X, s.Focus.Y)
	}
	if err := errors.Join(inRange("width", s.Width, 1), inRange("height", s.Height, 1), inRange("padding", s.Padding, 0)); err != nil {
		return err
	}
	if err := s.checkCut(); err != nil {
		return err
	}
	if err := s.checkColors(); err != nil {
		return err
	}
	if !s.both() {
		return nil
	}
	if box := s.box(); box.X < 1 || box.Y < 1 {
		return fmt.Errorf("padding %d on each side leaves nothing of %s: make it less than half of the shorter side", s.Padding, sized(image.Pt(s.Width, s.Height)))
	}
	return checkSize(image.Pt(s.Width, s.Height))
}

// inRange checks a number of pixels, of which 0 says that there is none.
func inRange(name string, n, least int) error {
	if n < 0 || n > MaxSide {
		return fmt.Errorf("%s is %d, expected %d to %d", name, n, least, MaxSide)
	}
	return nil
}

func (s *Settings) checkCut() error {
	grid, crop := s.Grid != image.Point{}, s.Crop != Area{}
	switch {
	case grid && crop:
		return errors.New("crop and grid are set, expected one of them")
	case crop && (s.Crop.X < 0 || s.Crop.Y < 0 || s.Crop.W < 1 || s.Crop.H < 1):
		return fmt.Errorf("crop is %s, expected [x, y, width, height] with sides of at least 1", s.Crop)
	case !grid && s.Cell != image.Point{}:
		return errors.New("cell is set without grid: say how many columns and rows there are")
	case grid && (s.Grid.X < 1 || s.Grid.Y < 1):
		return fmt.Errorf("grid is [%d, %d], expected at least one column and row", s.Grid.X, s.Grid.Y)
	case grid && !s.Cell.In(image.Rectangle{Max: s.Grid}):
		return fmt.Errorf("cell is [%d, %d], expected columns 0 to %d and rows 0 to %d", s.Cell.X, s.Cell.Y, s.Grid.X-1, s.Grid.Y-1)
	}
	return nil
}

func (s *Settings) checkColors() error {
	switch {
	case s.Colors != 0 && s.Palette != nil:
		return errors.New("the palette is a number and a list of colours, expected one of them")
	case s.Colors == 1 || s.Colors < 0 || s.Colors > MaxColors:
		return fmt.Errorf("palette has %d colours, expected 2 to %d", s.Colors, MaxColors)
	case s.Palette != nil && (len(s.Palette) == 0 || len(s.Palette) > MaxColors):
		return fmt.Errorf("palette lists %d colours, expected 1 to %d", len(s.Palette), MaxColors)
	}
	return nil
}

// both reports whether the result's size is given whole.
func (s *Settings) both() bool { return s.Width > 0 && s.Height > 0 }

// box is what padding leaves of a size that is given whole.
func (s *Settings) box() image.Point {
	return image.Pt(s.Width-2*s.Padding, s.Height-2*s.Padding)
}

// Focus is the share of the slack that lies left of and above the picture, or
// of what is cut off it, each from 0 to 1: object-position of CSS.
type Focus struct{ X, Y float64 }

func (f Focus) valid() bool { return f.X >= 0 && f.X <= 1 && f.Y >= 0 && f.Y <= 1 }

func (s *Settings) focus() Focus {
	if s.Focus == nil {
		return Focus{0.5, 0.5}
	}
	return *s.Focus
}

// ParseFocus reads "center", "top", "bottom-left" and so on.
func ParseFocus(name string) (Focus, error) {
	f := Focus{0.5, 0.5}
	switch name {
	case "center", "top", "bottom", "left", "right", "top-left", "top-right", "bottom-left", "bottom-right":
	default:
		return f, fmt.Errorf("focus is %q, expected center, top, bottom, left, right, a corner like top-left, or [x, y]", name)
	}
	for _, part := range strings.Split(name, "-") {
		switch part {
		case "top":
			f.Y = 0
		case "bottom":
			f.Y = 1
		case "left":
			f.X = 0
		case "right":
			f.X = 1
		}
	}
	return f, nil
}

func sized(p image.Point) string { return fmt.Sprintf("%dx%d", p.X, p.Y) }

// Area is a part of a picture as it is written, [x, y, width, height].
type Area struct{ X, Y, W, H int }

func (a Area) String() string { return fmt.Sprintf("[%d, %d, %d, %d]", a.X, a.Y, a.W, a.H) }
