package derive

import (
	"fmt"
	"slices"
	"testing"

	"assetform/apply/engine/derive/raster"
)

func spritesFor(t *testing.T) []Source {
	var list []Source
	for i, name := range []string{"sword", "shield", "potion", "ring"} {
		m := disc(40+8*i, 40, 10+2*i, green, red)
		for p := 0; p < len(m.Pix); p += 4 {
			if m.Pix[p] == 0 {
				m.Pix[p+3] = 0
			}
		}
		list = append(list, named(name, file("game/"+name+".png", encoded(t, m, raster.PNG), nil)))
	}
	return list
}

func TestAtlas(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	j := Job{Method: Atlas, Address: "atlas.units", Output: "game/units.png", Sources: spritesFor(t),
		Params: map[string]any{"trim": true, "extrude": int64(1), "power_of_two": true}}
	b, r := made(t, m, j)
	golden(t, "atlas.png", b)
	sheet := decoded(t, b)
	if sheet.Rect.Dx() != r.Width || r.Width&(r.Width-1) != 0 || r.Height&(r.Height-1) != 0 {
		t.Errorf("%dx%d, the picture has %v", r.Width, r.Height, sheet.Rect)
	}
	f := r.Frames["ring"]
	if want := []int{32, 32, 16, 4, 64, 40}; len(r.Frames) != 4 || len(f) != 8 || !slices.Equal(f[2:], want) {
		t.Errorf("frames %v, want the ring to be %v", r.Frames, want)
	}
	if c := sheet.NRGBAAt(f[0]+f[2]/2, f[1]+f[3]/2); c != red {
		t.Errorf("the ring's middle is %v", c)
	}
	for _, output := range []string{"game/units.webp", "game/units.jpg"} {
		j.Output = output
		if _, r := made(t, m, j); len(r.Frames) != 4 {
			t.Errorf("%s: frames %v", output, r.Frames)
		}
	}
}

func TestAtlasGrid(t *testing.T) {
	t.Parallel()
	j := Job{Method: Atlas, Address: "atlas.units", Output: "units.png", Sources: spritesFor(t),
		Params: map[string]any{"layout": "grid", "columns": int64(2), "cell_size": []float64{64, 48}, "anchor": "bottom", "padding": int64(2)}}
	for i := range j.Sources { // as a plan knows them
		j.Sources[i].Record.Width, j.Sources[i].Record.Height = 40+8*i, 40
	}
	size, known, err := Size(j)
	_, r := made(t, New(Options{}), j)
	if err != nil || !known || size.X != r.Width || size.Y != r.Height {
		t.Errorf("foretold %v %v %v, made %dx%d", size, known, err, r.Width, r.Height)
	}
	if got := fmt.Sprint(r.Frames["sword"], r.Frames["ring"]); got != "[14 10 40 40] [68 60 64 40]" {
		t.Errorf("frames %s", got)
	}
}

func TestAtlasErrors(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	large := named("large", file("l.png", encoded(t, scene(90, 90, 1), raster.PNG), nil))
	other := named("other", file("o.png", encoded(t, scene(90, 80, 2), raster.PNG), nil))
	broken := other
	broken.Hash = large.Hash[:20] + "0" + large.Hash[21:]
	for _, c := range []struct {
		sources []Source
		params  map[string]any
		want    string
	}{
		{[]Source{large}, map[string]any{"max_size": int64(64)}, `"large" (90x90) does not fit a sheet of 64x64 with 2 pixels of padding and extrusion on each side: make the sprites smaller or max_size larger`},
		{[]Source{large}, map[string]any{"max_size": int64(64), "trim": true}, `"large" (90x90) does not fit a sheet of 64x64 with 2 pixels of padding and extrusion on each side: make the sprites smaller or max_size larger`},
		{[]Source{large, broken}, nil, "o.png: its content is not what was planned with: it changed meanwhile, so plan again"},
		{[]Source{large}, map[string]any{"layout": "spiral"}, `layout: found "spiral", expected "packed" or "grid"`},
	} {
		j := Job{Method: Atlas, Address: "atlas.a", Output: "a.png", Sources: c.sources, Params: c.params}
		if got := failed(t, m, j); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	if m.memory.held != 0 {
		t.Errorf("%d bytes are held", m.memory.held)
	}
}
