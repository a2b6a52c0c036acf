package sheet

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"assetform/apply/engine/derive/raster"
)

// boxesOf are so many sprites of sides from low to high.
func boxesOf(n, low, high int, seed uint64) []Box {
	r := rand.New(rand.NewPCG(seed, 9))
	boxes := make([]Box, n)
	for i := range boxes {
		boxes[i] = Box{fmt.Sprint("s", i), image.Pt(low+r.IntN(high-low+1), low+r.IntN(high-low+1))}
	}
	return boxes
}

// density is the share of a sheet that sprites and their gaps take.
func density(a *Arrangement, boxes []Box, s Settings) float64 {
	sum := 0
	for _, b := range boxes {
		gap := s.Padding + 2*s.Extrude
		sum += (b.Size.X + gap) * (b.Size.Y + gap)
	}
	return float64(sum) / float64((a.Size.X-s.Padding)*(a.Size.Y-s.Padding))
}

// checkPlaces holds that sprites with what is extruded keep the padding to each
// other and to the border.
func checkPlaces(t *testing.T, a *Arrangement, boxes []Box, s Settings) {
	t.Helper()
	inner := image.Rectangle{Max: a.Size}.Inset(s.Padding)
	var outer []image.Rectangle
	for i, b := range boxes {
		r := image.Rectangle{Min: a.Places[i], Max: a.Places[i].Add(b.Size)}.Inset(-s.Extrude)
		if !r.In(inner) {
			t.Fatalf("sprite %s at %v: beyond the border of %v", b, a.Places[i], a.Size)
		}
		outer = append(outer, r)
	}
	for i, r := range outer {
		r.Max = r.Max.Add(image.Pt(s.Padding, s.Padding))
		r.Min = r.Min.Sub(image.Pt(s.Padding, s.Padding))
		for _, other := range outer[i+1:] {
			if r.Overlaps(other) {
				t.Fatalf("%v and %v are nearer than %d", outer[i], other, s.Padding)
			}
		}
	}
}

func TestArrange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		boxes   []Box
		s       Settings
		size    image.Point // if it must be that
		atLeast float64     // of density
	}{
		{"one", boxesOf(1, 60, 60, 1), Settings{Padding: 2}, image.Pt(64, 64), 1},
		{"equal squares", boxesOf(16, 64, 64, 1), Settings{}, image.Pt(256, 256), 1},
		{"equal squares with gaps", boxesOf(9, 30, 30, 1), Settings{Padding: 2, Extrude: 1}, image.Pt(104, 104), 1},
		{"few", boxesOf(12, 20, 90, 2), Settings{Padding: 2}, image.Point{}, 0.9},
		{"some", boxesOf(100, 16, 128, 3), Settings{Padding: 2, Extrude: 1}, image.Point{}, 0.94},
		{"many", boxesOf(700, 8, 64, 4), Settings{Padding: 1}, image.Point{}, 0.95},
		{"power of two", boxesOf(60, 16, 64, 5), Settings{Padding: 2, PowerOfTwo: true}, image.Pt(512, 256), 0.75},
		{"long ones", append(boxesOf(20, 8, 12, 6), Box{"bar", image.Pt(500, 6)}), Settings{Padding: 2}, image.Point{}, 0.6},
		{"grid", boxesOf(7, 20, 30, 7), Settings{Grid: true, Columns: 3, CellSize: image.Pt(32, 40), Padding: 2, Extrude: 1}, image.Pt(3*36+2, 3*44+2), 0},
		{"grid of its own", boxesOf(7, 30, 30, 7), Settings{Grid: true}, image.Pt(90, 90), 0},
		{"grid power of two", boxesOf(7, 30, 30, 7), Settings{Grid: true, PowerOfTwo: true}, image.Pt(128, 128), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, err := Arrange(c.boxes, c.s)
			if err != nil {
				t.Fatal(err)
			}
			checkPlaces(t, a, c.boxes, c.s)
			d := density(a, c.boxes, c.s)
			t.Logf("%v, %.1f%% full", a.Size, 100*d)
			if c.size != (image.Point{}) && a.Size != c.size {
				t.Errorf("the sheet has %v, want %v", a.Size, c.size)
			}
			if d < c.atLeast {
				t.Errorf("%.1f%% are full, want %.1f%%", 100*d, 100*c.atLeast)
			}
			again, err := Arrange(c.boxes, c.s)
			if err != nil || !slices.Equal(again.Places, a.Places) {
				t.Errorf("the same sprites are arranged otherwise: %v", err)
			}
		})
	}
}

// TestArrangeAlways packs what fits exactly, and all kinds of sprites.
func TestArrangeAlways(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		s := Settings{Padding: r.IntN(4), Extrude: r.IntN(3), PowerOfTwo: seed%3 == 0, Grid: seed%5 == 0}
		boxes := boxesOf(1+r.IntN(40), 1, 1+r.IntN(100), seed)
		a, err := Arrange(boxes, s)
		if err != nil {
			t.Fatal(seed, err)
		}
		checkPlaces(t, a, boxes, s)
	}
	full := Settings{MaxSize: 64}
	a, err := Arrange(boxesOf(16, 16, 16, 1), full)
	if err != nil || a.Size != image.Pt(64, 64) {
		t.Errorf("16 squares that fill the sheet: %v, %v", a, err)
	}
}

func TestArrangeErrors(t *testing.T) {
	t.Parallel()
	anchor := &raster.Focus{}
	for _, c := range []struct {
		name  string
		boxes []Box
		s     Settings
		want  string
	}{
		{"none", nil, Settings{}, "there are no sprites"},
		{"too many", make([]Box, MaxSprites+1), Settings{}, "there are 10001 sprites, expected at most 10000"},
		{"same name", []Box{{"a", image.Pt(1, 1)}, {"a", image.Pt(2, 2)}}, Settings{}, `two sprites are named "a": give sprites as a map with a name for each`},
		{"empty", []Box{{"a", image.Pt(0, 1)}}, Settings{}, `sprite "a" (0x1) has no pixels`},
		{"too large", []Box{{"a", image.Pt(1, 1)}, {"b", image.Pt(63, 1)}}, Settings{MaxSize: 64, Padding: 1}, `"b" (63x1) does not fit a sheet of 64x64 with 1 pixels of padding and extrusion on each side: make the sprites smaller or max_size larger`},
		{"too large for a power of two", []Box{{"b", image.Pt(70, 1)}}, Settings{MaxSize: 100, PowerOfTwo: true}, `"b" (70x1) does not fit a sheet of 64x64: make the sprites smaller or max_size larger`},
		{"together", boxesOf(5, 32, 32, 1), Settings{MaxSize: 64}, `"s4" (32x32) does not fit a sheet of 64x64: the 5 sprites have 5120 pixels with padding and extrusion, the sheet at most 4096: make the sprites smaller, max_size larger or two atlases`},
		{"many together", boxesOf(20, 32, 32, 1), Settings{MaxSize: 64}, `"s4" (32x32), "s5" (32x32), "s6" (32x32), "s7" (32x32), "s8" (32x32) and 11 more do not fit a sheet of 64x64: the 20 sprites have 20480 pixels with padding and extrusion, the sheet at most 4096: make the sprites smaller, max_size larger or two atlases`},
		{"cell", boxesOf(2, 9, 9, 1), Settings{Grid: true, CellSize: image.Pt(8, 9)}, `"s0" (9x9), "s1" (9x9) do not fit a cell of 8x9: make the sprites smaller or cell_size larger`},
		{"rows", boxesOf(5, 32, 32, 1), Settings{Grid: true, Columns: 2, MaxSize: 64}, `"s4" (32x32) does not fit: 3 rows of 2 cells of 32x32 are more than a sheet of 64x64 holds, which is 2 rows: use more columns, a larger max_size or two atlases`},
		{"columns", boxesOf(5, 32, 32, 1), Settings{Grid: true, Columns: 5, MaxSize: 64}, `5 columns of 32x32 cells do not fit a sheet of 64x64: use fewer columns or a larger max_size`},
		{"max_size", boxesOf(1, 1, 1, 1), Settings{MaxSize: 20000}, `max_size is 20000, expected 1 to 16384`},
		{"padding", boxesOf(1, 1, 1, 1), Settings{Padding: -1}, `padding is -1, expected 0 to 1024`},
		{"extrude", boxesOf(1, 1, 1, 1), Settings{Extrude: 5000}, `extrude is 5000, expected 0 to 1024`},
		{"of a grid", boxesOf(1, 1, 1, 1), Settings{Anchor: anchor}, `columns, cell_size and anchor are of a grid: set layout = "grid"`},
		{"columns below", boxesOf(1, 1, 1, 1), Settings{Grid: true, Columns: -1}, `columns is -1, expected 1 to 10000`},
		{"cell size", boxesOf(1, 1, 1, 1), Settings{Grid: true, CellSize: image.Pt(4, 0)}, `cell_size is [4, 0], expected sides of 1 to 16384`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Arrange(c.boxes, c.s)
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

// disc is a sprite: a disc of one colour at x, y of a transparent picture.
func disc(w, h, x, y, radius int, c color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for dy := -radius; dy <= radius; dy++ {
		for dx := -radius; dx <= radius; dx++ {
			if dx*dx+dy*dy <= radius*radius {
				m.SetNRGBA(x+dx, y+dy, c)
			}
		}
	}
	return m
}

func TestMake(t *testing.T) {
	t.Parallel()
	red, blue := color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 255, 255}
	sources := []Sprite{
		{Name: "red", Image: disc(40, 30, 20, 12, 8, red)},
		{Name: "whole", Image: disc(11, 11, 5, 5, 5, blue)},
		{Name: "none", Image: image.NewNRGBA(image.Rect(0, 0, 9, 9))},
	}
	s := Settings{Trim: true, Padding: 2, Extrude: 1}
	var sprites []Sprite
	for _, p := range sources {
		sprites = append(sprites, s.Trimmed(p.Name, p.Image))
	}
	m, frames, err := Make(sprites, s)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"red [_ _ 17 17 12 4 40 30]", "whole [_ _ 11 11]", "none [_ _ 1 1 0 0 9 9]"}
	for i, f := range frames {
		n := f.Numbers()
		got := fmt.Sprint(f.Name, " [_ _ ", strings.TrimPrefix(fmt.Sprint(n[2:]), "["))
		if got != want[i] {
			t.Errorf("frame %s, want %s", got, want[i])
		}
		src := sources[i].Image
		for y := range f.H {
			for x := range f.W {
				if got, want := m.NRGBAAt(f.X+x, f.Y+y), src.NRGBAAt(f.OffsetX+x, f.OffsetY+y); got != want {
					t.Fatalf("%s: pixel %d,%d is %v, want %v", f.Name, x, y, got, want)
				}
			}
		}
		// What is extruded is the nearest pixel of the edge.
		for _, x := range []int{-1, f.W / 2, f.W} {
			for _, y := range []int{-1, f.H / 2, f.H} {
				in := m.NRGBAAt(f.X+min(max(x, 0), f.W-1), f.Y+min(max(y, 0), f.H-1))
				if got := m.NRGBAAt(f.X+x, f.Y+y); got != in {
					t.Errorf("%s: extruded pixel %d,%d is %v, want %v", f.Name, x, y, got, in)
				}
			}
		}
	}
}

// TestMakeGrid stands sprites on the floor of their cells.
func TestMakeGrid(t *testing.T) {
	t.Parallel()
	c := color.NRGBA{1, 2, 3, 255}
	sprites := []Sprite{{Name: "a", Image: disc(9, 9, 4, 4, 4, c)}, {Name: "b", Image: disc(5, 7, 2, 3, 2, c)}, {Name: "c", Image: disc(10, 10, 5, 5, 4, c)}}
	anchor, err := raster.ParseFocus("bottom")
	if err != nil {
		t.Fatal(err)
	}
	m, frames, err := Make(sprites, Settings{Grid: true, Columns: 2, CellSize: image.Pt(12, 16), Anchor: &anchor, Padding: 2})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(m.Rect.Size(), frames), "(30,38) [{a 3 9 9 9 false 0 0 9 9} {b 19 11 5 7 false 0 0 5 7} {c 3 26 10 10 false 0 0 10 10}]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
