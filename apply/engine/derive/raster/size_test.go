package raster

import (
	"image"
	"image/color"
	"testing"
)

// TestSize holds that what is said of sizes before there are pixels is what
// comes of them, and that errors are the same.
func TestSize(t *testing.T) {
	t.Parallel()
	left := &Focus{0, 0}
	for _, c := range []struct {
		name   string
		source image.Point
		s      Settings
		want   string // a size, "unknown" or an error
	}{
		{"nothing", image.Pt(50, 40), Settings{}, "50x40"},
		{"width", image.Pt(50, 40), Settings{Width: 25}, "25x20"},
		{"height", image.Pt(50, 40), Settings{Height: 13}, "16x13"},
		{"width beyond", image.Pt(50, 40), Settings{Width: 100}, "50x40"},
		{"width enlarged", image.Pt(50, 40), Settings{Width: 100, Enlarge: true}, "100x80"},
		{"a line", image.Pt(50, 1), Settings{Width: 5}, "5x1"},
		{"cover", image.Pt(50, 40), Settings{Width: 20, Height: 30}, "20x30"},
		{"cover to the left", image.Pt(50, 40), Settings{Width: 20, Height: 40, Focus: left}, "20x40"},
		{"cover too small", image.Pt(50, 40), Settings{Width: 20, Height: 41}, `the picture has 50x40, too small to cover 20x41: set enlarge = true, or fit = "contain" or "inside"`},
		{"cover enlarged", image.Pt(50, 40), Settings{Width: 20, Height: 41, Enlarge: true}, "20x41"},
		{"fill too small", image.Pt(50, 40), Settings{Width: 51, Height: 4, Fit: Fill}, `the picture has 50x40, too small to fill 51x4: set enlarge = true, or fit = "contain" or "inside"`},
		{"fill", image.Pt(50, 40), Settings{Width: 50, Height: 4, Fit: Fill}, "50x4"},
		{"contain", image.Pt(50, 40), Settings{Width: 20, Height: 20, Fit: Contain}, "20x20"},
		{"contain of its size", image.Pt(50, 40), Settings{Width: 200, Height: 100, Fit: Contain}, "200x100"},
		{"contain enlarged", image.Pt(50, 40), Settings{Width: 200, Height: 100, Fit: Contain, Enlarge: true}, "200x100"},
		{"inside", image.Pt(50, 40), Settings{Width: 20, Height: 20, Fit: Inside}, "20x16"},
		{"inside as it is", image.Pt(50, 40), Settings{Width: 200, Height: 100, Fit: Inside}, "50x40"},
		{"inside enlarged", image.Pt(50, 40), Settings{Width: 200, Height: 100, Fit: Inside, Enlarge: true}, "125x100"},
		{"padding around", image.Pt(50, 40), Settings{Padding: 3}, "56x46"},
		{"padding around a width", image.Pt(50, 40), Settings{Width: 25, Padding: 3}, "31x26"},
		{"padding inside", image.Pt(50, 40), Settings{Width: 30, Height: 30, Padding: 4}, "30x30"},
		{"padding inside of inside", image.Pt(50, 40), Settings{Width: 30, Height: 30, Padding: 5, Fit: Inside}, "30x26"},
		{"just large enough in its padding", image.Pt(50, 40), Settings{Width: 60, Height: 48, Padding: 4, Fit: Fill}, `the picture has 50x40, too small to fill 52x40 inside its padding of 4: set enlarge = true, or fit = "contain" or "inside"`},
		{"padding too wide", image.Pt(50, 40), Settings{Width: 30, Height: 20, Padding: 10}, `padding 10 on each side leaves nothing of 30x20: make it less than half of the shorter side`},
		{"crop", image.Pt(50, 40), Settings{Crop: Area{10, 10, 40, 10}}, "40x10"},
		{"crop beyond", image.Pt(50, 40), Settings{Crop: Area{10, 10, 41, 10}}, `crop [10, 10, 41, 10] reaches beyond the picture, which has 50x40`},
		{"crop from before", image.Pt(50, 40), Settings{Crop: Area{-1, 0, 6, 5}}, `crop is [-1, 0, 6, 5], expected [x, y, width, height] with sides of at least 1`},
		{"grid", image.Pt(50, 40), Settings{Grid: image.Pt(5, 4), Cell: image.Pt(4, 3)}, "10x10"},
		{"columns that do not divide", image.Pt(50, 40), Settings{Grid: image.Pt(3, 4)}, `the width of 50x40 does not divide evenly into 3 columns`},
		{"rows that do not divide", image.Pt(50, 40), Settings{Grid: image.Pt(5, 3)}, `the height of 50x40 does not divide evenly into 3 rows`},
		{"cell beyond", image.Pt(50, 40), Settings{Grid: image.Pt(5, 4), Cell: image.Pt(5, 0)}, `cell is [5, 0], expected columns 0 to 4 and rows 0 to 3`},
		{"cell alone", image.Pt(50, 40), Settings{Cell: image.Pt(1, 0)}, `cell is set without grid: say how many columns and rows there are`},
		{"crop and grid", image.Pt(50, 40), Settings{Crop: Area{0, 0, 1, 1}, Grid: image.Pt(5, 4)}, `crop and grid are set, expected one of them`},
		{"trim", image.Pt(50, 40), Settings{Trim: true}, "unknown"},
		{"trim and width", image.Pt(50, 40), Settings{Trim: true, Width: 20}, "unknown"},
		{"trim and inside", image.Pt(50, 40), Settings{Trim: true, Width: 20, Height: 20, Fit: Inside}, "unknown"},
		{"trim and contain", image.Pt(50, 40), Settings{Trim: true, Width: 20, Height: 20, Fit: Contain}, "20x20"},
		{"trim and cover", image.Pt(50, 40), Settings{Trim: true, Width: 20, Height: 20}, "20x20"},
		{"trim and too small before", image.Pt(50, 40), Settings{Trim: true, Width: 20, Height: 50}, `the picture has 50x40, too small to cover 20x50: set enlarge = true, or fit = "contain" or "inside"`},
		{"too long", image.Pt(1, 40), Settings{Width: 1000, Enlarge: true}, `the result would have 1000x40000, expected at most 16384 pixels a side`},
		{"too many pixels", image.Pt(50, 40), Settings{Width: 9000, Height: 8000, Enlarge: true}, `the result would have 9000x8000, expected at most 64 megapixels`},
		{"too long with padding", image.Pt(50, 40), Settings{Padding: 9000}, `the result would have 18050x18040, expected at most 16384 pixels a side`},
		{"a long source", image.Pt(1, 65536), Settings{}, `the picture has 1x65536, expected at most 65535 pixels a side`},
		{"no pixels", image.Pt(0, 40), Settings{}, `the picture has 0x40 pixels`},
		{"width", image.Pt(1, 1), Settings{Width: 16385}, `width is 16385, expected 1 to 16384`},
		{"height", image.Pt(1, 1), Settings{Height: -1}, `height is -1, expected 1 to 16384`},
		{"fit", image.Pt(1, 1), Settings{Fit: "crop"}, `fit is "crop", expected cover, contain, fill or inside`},
		{"kernel", image.Pt(1, 1), Settings{Kernel: "lanczos"}, `kernel is "lanczos", expected auto or nearest`},
		{"focus", image.Pt(1, 1), Settings{Focus: &Focus{0, 1.5}}, `focus is [0, 1.5], expected shares from 0 to 1`},
		{"one colour", image.Pt(1, 1), Settings{Colors: 1}, `palette has 1 colours, expected 2 to 256`},
		{"no colours", image.Pt(1, 1), Settings{Palette: []color.NRGBA{}}, `palette lists 0 colours, expected 1 to 256`},
		{"two palettes", image.Pt(1, 1), Settings{Colors: 2, Palette: []color.NRGBA{{}}}, `the palette is a number and a list of colours, expected one of them`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			size, known, err := c.s.Size(c.source)
			got := sized(size)
			switch {
			case err != nil:
				got = err.Error()
			case !known:
				got = "unknown"
			}
			if got != c.want {
				t.Fatalf("got  %s\nwant %s", got, c.want)
			}
			if c.source.X == 0 || c.source.Y > 1000 {
				return
			}
			m, err2 := allSteps(c.s, noise(c.source.X, c.source.Y, 1))
			if err != nil && (err2 == nil || err2.Error() != err.Error()) {
				t.Errorf("with pixels the error is %v", err2)
			}
			if known && err == nil && (err2 != nil || m.Rect.Size() != size) {
				t.Errorf("the picture has %v: %v", m.Rect, err2)
			}
		})
	}
}

// allSteps does with a picture what the settings say.
func allSteps(s Settings, m *image.NRGBA) (*image.NRGBA, error) {
	m, err := s.Cropped(m)
	if err != nil {
		return nil, err
	}
	if m, _, err = s.Trimmed(m); err != nil {
		return nil, err
	}
	if m, err = s.Resized(m); err != nil {
		return nil, err
	}
	if m, err = s.Padded(m); err != nil {
		return nil, err
	}
	return s.Reduced(m), nil
}

func TestParseFocus(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Focus{
		"center": {0.5, 0.5}, "top": {0.5, 0}, "bottom": {0.5, 1}, "left": {0, 0.5}, "right": {1, 0.5},
		"top-left": {0, 0}, "top-right": {1, 0}, "bottom-left": {0, 1}, "bottom-right": {1, 1},
	} {
		if got, err := ParseFocus(name); err != nil || got != want {
			t.Errorf("%s is %v, want %v: %v", name, got, want, err)
		}
	}
	for _, name := range []string{"", "middle", "left-top", "top-", "top-bottom"} {
		if got, err := ParseFocus(name); err == nil {
			t.Errorf("%q is %v, want an error", name, got)
		}
	}
}

// FuzzSteps holds that sizes are told as they come out, whatever the settings.
func FuzzSteps(f *testing.F) {
	f.Add(uint8(50), uint8(40), int16(20), int16(30), uint8(0), int8(0), uint8(0), uint8(0))
	f.Add(uint8(50), uint8(40), int16(20), int16(0), uint8(9), int8(3), uint8(5), uint8(4))
	f.Add(uint8(1), uint8(255), int16(300), int16(300), uint8(27), int8(1), uint8(1), uint8(5))
	f.Fuzz(func(t *testing.T, sw, sh uint8, w, h int16, bits uint8, padding int8, columns, rows uint8) {
		if w > 600 || h > 600 {
			return
		}
		s := Settings{Width: int(w), Height: int(h), Padding: int(padding), Enlarge: bits&1 > 0, Trim: bits&2 > 0, Grid: image.Pt(int(columns), int(rows))}
		s.Fit = []Fit{Cover, Contain, Fill, Inside}[bits>>2&3]
		if bits&16 > 0 {
			s.Kernel = Nearest
		}
		if bits&32 > 0 {
			s.Focus = &Focus{float64(bits>>6) / 3, 1}
		}
		source := image.Pt(int(sw), int(sh))
		size, known, err := s.Size(source)
		if source.X == 0 || source.Y == 0 {
			return
		}
		m, err2 := allSteps(s, noise(source.X, source.Y, 1))
		switch {
		case err != nil && (err2 == nil || !s.Trim && err.Error() != err2.Error()):
			t.Fatalf("%+v of %v: %v, with pixels %v", s, source, err, err2)
		case err == nil && err2 == nil && known && m.Rect.Size() != size:
			t.Fatalf("%+v of %v: %v, with pixels %v", s, source, size, m.Rect)
		case err == nil && err2 != nil && !s.Trim:
			t.Fatalf("%+v of %v: %v, with pixels %v", s, source, size, err2)
		}
	})
}
