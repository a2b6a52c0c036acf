package derive

import (
	"bytes"
	"image"
	"strings"
	"sync/atomic"
	"testing"

	"assetform/apply/engine/derive/raster"
)

func TestVariant(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	s := file("art/hero.png", encoded(t, scene(120, 80, 1), raster.PNG), nil)
	s.Record.Width, s.Record.Height = 120, 80
	for _, c := range []struct {
		output string
		params map[string]any
		size   image.Point
		head   string
	}{
		{"a.png", map[string]any{"width": int64(60)}, image.Pt(60, 40), "\x89PNG"},
		{"a.webp", map[string]any{"width": int64(60)}, image.Pt(60, 40), "RIFF"},
		{"a.webp", map[string]any{"lossless": true}, image.Pt(120, 80), "RIFF"},
		{"a.jpg", map[string]any{"height": int64(20), "quality": int64(50)}, image.Pt(30, 20), "\xff\xd8"},
		{"a.JPEG", nil, image.Pt(120, 80), "\xff\xd8"},
		{"a.gif", map[string]any{"dither": true}, image.Pt(120, 80), "GIF8"},
		{"a.ico", nil, image.Pt(48, 48), "\x00\x00\x01\x00"},
		{"a.ico", map[string]any{"sizes": []float64{16, 64}}, image.Pt(64, 64), "\x00\x00\x01\x00"},
		{"a.png", map[string]any{"width": int64(300), "height": int64(300), "fit": "contain", "background": "#fff"}, image.Pt(300, 300), "\x89PNG"},
		{"a.png", map[string]any{"width": int64(64), "height": int64(64), "focus": "left", "padding": int64(4)}, image.Pt(64, 64), "\x89PNG"},
		{"a.png", map[string]any{"width": int64(300)}, image.Pt(120, 80), "\x89PNG"},
		{"a.png", map[string]any{"width": int64(240), "enlarge": true, "kernel": "nearest"}, image.Pt(240, 160), "\x89PNG"},
		{"a.png", map[string]any{"crop": []float64{10, 20, 30, 40}}, image.Pt(30, 40), "\x89PNG"},
		{"a.png", map[string]any{"grid": []float64{4, 2}, "cell": []float64{3, 1}}, image.Pt(30, 40), "\x89PNG"},
		{"a.png", map[string]any{"palette": int64(8)}, image.Pt(120, 80), "\x89PNG"},
		{"a.png", map[string]any{"palette": []string{"#000000", "#ffffff"}}, image.Pt(120, 80), "\x89PNG"},
	} {
		j := variantJob(c.output, s, c.params)
		size, known, err := Size(j)
		if err != nil || !known || size != c.size {
			t.Errorf("%s %v: foretold %v %v %v, want %v", c.output, c.params, size, known, err, c.size)
		}
		b, r := made(t, m, j)
		if got := image.Pt(r.Width, r.Height); got != c.size {
			t.Errorf("%s %v: %v, want %v", c.output, c.params, got, c.size)
		}
		if !strings.HasPrefix(string(b), c.head) {
			t.Errorf("%s %v: begins %q", c.output, c.params, b[:4])
		}
		again, _ := made(t, New(Options{}), j)
		if !bytes.Equal(b, again) {
			t.Errorf("%s %v: another time other bytes", c.output, c.params)
		}
	}
}

// TestVariantIcon is the second example of the documentation.
func TestVariantIcon(t *testing.T) {
	t.Parallel()
	s := file("art/icon.png", encoded(t, disc(200, 160, 50, green, red), raster.PNG), nil)
	j := variantJob("game/icon.png", s, map[string]any{
		"cutout": true, "cutout_key": "auto", "trim": true, "width": int64(64), "height": int64(64), "fit": "contain", "padding": int64(4),
	})
	b, _ := made(t, New(Options{}), j)
	golden(t, "icon.png", b)
	m := decoded(t, b)
	if m.NRGBAAt(0, 0).A != 0 || m.NRGBAAt(32, 32) != red || m.NRGBAAt(32, 5).A == 0 {
		t.Errorf("corner %v, middle %v, top %v", m.NRGBAAt(0, 0), m.NRGBAAt(32, 32), m.NRGBAAt(32, 5))
	}
}

// TestVariantCopied keeps bytes where nothing is to be done.
func TestVariantCopied(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	for ext, f := range map[string]raster.Format{".png": raster.PNG, ".jpeg": raster.JPEG, ".webp": raster.WebP} {
		b := encoded(t, scene(30, 20, 2), f)
		s := file("art/a"+ext, b, nil)
		for _, params := range []map[string]any{nil, {"fit": "contain", "padding": int64(0), "trim": false}} {
			got, r := made(t, m, variantJob("copy"+ext, s, params))
			if !bytes.Equal(got, b) || r.Width != 30 || r.Height != 20 {
				t.Errorf("%s: other bytes, %dx%d", ext, r.Width, r.Height)
			}
		}
		got, _ := made(t, m, variantJob("copy.png", s, map[string]any{"padding": int64(1)}))
		if bytes.Equal(got, b) {
			t.Errorf("%s: nothing was done", ext)
		}
	}
}

func TestVariantErrors(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	b := encoded(t, scene(40, 30, 1), raster.PNG)
	good := file("art/a.png", b, nil)
	cut := file("art/cut.png", b[:len(b)/2], nil)
	jpeg := encoded(t, scene(40, 30, 1), raster.JPEG)
	cutJPEG := file("art/cut.jpg", jpeg[:len(jpeg)/2], nil)
	text := file("art/notes.txt", []byte("just words"), nil)
	changed := good
	changed.Hash = "sha256:" + strings.Repeat("0", 64)
	longer := file("art/a.png", b, nil)
	longer.Size--
	longer.Hash = file("", b[:len(b)-1], nil).Hash
	for _, c := range []struct {
		name   string
		s      Source
		output string
		params map[string]any
		want   string
	}{
		{"too small", good, "a.png", map[string]any{"width": int64(50), "height": int64(50)}, `art/a.png: the picture has 40x30, too small to cover 50x50: set enlarge = true, or fit = "contain" or "inside"`},
		{"crop", good, "a.png", map[string]any{"crop": []float64{0, 0, 41, 1}}, "art/a.png: crop [0, 0, 41, 1] reaches beyond the picture, which has 40x30"},
		{"grid", good, "a.png", map[string]any{"grid": []float64{3, 1}, "cell": []float64{0, 0}}, "art/a.png: the width of 40x30 does not divide evenly into 3 columns"},
		{"palette in JPEG", good, "a.jpg", map[string]any{"palette": int64(4)}, "palette is set for jpg, which keeps no colour as it is: use png or gif, or webp with lossless = true"},
		{"palette in WebP", good, "a.webp", map[string]any{"palette": []string{"#000000"}}, "palette is set for webp, which without lossless keeps no colour as it is: set lossless = true, or use png"},
		{"grid alone", good, "a.png", map[string]any{"grid": []float64{4, 1}}, "expected both of grid and cell: how many columns and rows there are, and which one to take"},
		{"at", good, "a.png", map[string]any{"at": "first"}, "art/a.png: at is set, and it is no video"},
		{"no ground", good, "a.png", map[string]any{"cutout": true, "cutout_tolerance": 0.0}, "art/a.png: "},
		{"tolerance", good, "a.png", map[string]any{"cutout": true, "cutout_tolerance": 1.5}, "tolerance of cutout is 1.5, expected 0 to 1"},
		{"width", good, "a.png", map[string]any{"width": int64(0)}, "width is 0, expected at least 1"},
		{"too wide", good, "a.png", map[string]any{"width": int64(20000)}, "width is 20000, expected 1 to 16384"},
		{"quality", good, "a.png", map[string]any{"quality": int64(80)}, "quality is set for png, which keeps every detail: it is for jpg and webp"},
		{"quality 0", good, "a.webp", map[string]any{"quality": int64(0)}, "quality is 0, expected at least 1"},
		{"both", good, "a.webp", map[string]any{"quality": int64(80), "lossless": true}, "quality and lossless are set, expected one of them"},
		{"format", good, "a.avif", nil, `a picture is not written as "", expected png, jpg, webp, gif or ico`},
		{"unknown", good, "a.png", map[string]any{"colour": "red"}, `variant takes no parameter "colour"`},
		{"type", good, "a.png", map[string]any{"trim": "yes"}, `trim: found "yes", expected true or false`},
		{"value", good, "a.png", map[string]any{"background": "red"}, `background: found "red", expected a colour: #rgb, #rrggbb, #rrggbbaa or transparent`},
		{"truncated", cut, "a.webp", nil, "art/cut.png: "},
		{"truncated copy", cut, "a.png", nil, "art/cut.png: "},
		{"truncated JPEG", cutJPEG, "a.png", nil, "art/cut.jpg: "},
		{"text", text, "a.png", nil, "art/notes.txt: found text that begins with"},
		{"changed", changed, "a.webp", nil, "art/a.png: its content is not what was planned with: it changed meanwhile, so plan again"},
		{"changed copy", changed, "a.png", nil, "art/a.png: its content is not what was planned with: it changed meanwhile, so plan again"},
		{"longer", longer, "a.webp", nil, "art/a.png: its content is not what was planned with: it changed meanwhile, so plan again"},
	} {
		if got := failed(t, m, variantJob(c.output, c.s, c.params)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got  %s\nwant %s", c.name, got, c.want)
		}
	}
	if m.memory.held != m.memory.resting {
		t.Errorf("%d bytes are held and %d rest", m.memory.held, m.memory.resting)
	}
}

// TestCheck says before there are pixels what would fail.
func TestCheck(t *testing.T) {
	t.Parallel()
	s := Source{Input: inputSource, Path: "a.png"}
	s.Record.Width, s.Record.Height, s.Record.Type = 40, 30, "image/png"
	film := Source{Input: inputSource, Path: "a.mp4"}
	film.Record.Type, film.Record.Duration, film.Record.Width, film.Record.Height = "video/mp4", 4, 64, 36
	icon := s
	icon.Path, icon.Record.Type = "a.ico", "image/x-icon"
	for _, c := range []struct {
		j    Job
		want string
	}{
		{variantJob("a.png", icon, nil), "a.ico: its type is image/x-icon, expected a PNG, JPEG or WebP image"},
		{variantJob("a.png", s, map[string]any{"width": int64(20)}), ""},
		{variantJob("a.png", s, map[string]any{"width": int64(50), "height": int64(20)}), "a.png: the picture has 40x30, too small"},
		{variantJob("a.png", film, nil), "a.mp4: it is a video: say with at"},
		{variantJob("a.png", film, map[string]any{"at": 4.5}), "a.mp4: at is 4.5 seconds, and the video ends after 4"},
		{variantJob("a.png", film, map[string]any{"at": 4.0}), ""},
		{Job{Method: Variant, Output: "a.png"}, "source is not set or empty"},
		{Job{Method: "paint"}, `nothing is derived by method "paint"`},
		{Job{Method: Atlas, Output: "a.gif", Sources: []Source{named("a", s)}}, `an atlas is not written to a ".gif" file`},
		{Job{Method: Atlas, Output: "a.png", Sources: []Source{named("a", s), named("a", s)}}, `a.png and a.png are both named "a"`},
		{Job{Method: Atlas, Output: "a.png", Sources: []Source{named("a", s)}, Params: map[string]any{"max_size": int64(32)}}, `"a" (40x30) does not fit a sheet of 32x32`},
		{Job{Method: Atlas, Output: "a.png", Sources: []Source{named("a", s)}, Params: map[string]any{"columns": int64(2)}}, "columns, cell_size and anchor are of a grid"},
		{Job{Method: Atlas, Output: "a.png", Sources: []Source{named("a", film)}}, "a.mp4: it is a video, and a sprite is a picture"},
	} {
		err := Check(c.j)
		if got := ""; err != nil || c.want != "" {
			if err != nil {
				got = err.Error()
			}
			if c.want == "" || !strings.HasPrefix(got, c.want) {
				t.Errorf("%v: got %q, want %q", c.j.Params, got, c.want)
			}
		}
	}
}

// TestOnlyResized tells srcset from pictures of something else.
func TestOnlyResized(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		params map[string]any
		want   bool
	}{
		{nil, true},
		{map[string]any{"width": int64(20), "height": int64(12)}, true},
		{map[string]any{"width": int64(20), "height": int64(12), "fit": "contain"}, true},
		{map[string]any{"width": int64(20), "height": int64(12), "fit": "fill"}, true},
		{map[string]any{"width": int64(20), "height": int64(13)}, false},
		{map[string]any{"width": int64(20), "height": int64(13), "fit": "contain"}, false},
		{map[string]any{"width": int64(80), "height": int64(48), "fit": "contain"}, false},
		{map[string]any{"width": int64(80), "height": int64(48), "fit": "contain", "enlarge": true}, true},
		{map[string]any{"width": int64(10), "enlarge": true}, true},
		{map[string]any{"width": int64(10), "height": int64(10)}, false},
		{map[string]any{"width": int64(10), "height": int64(10), "fit": "inside"}, true},
		{map[string]any{"trim": false, "padding": int64(0), "enlarge": true}, true},
		{map[string]any{"trim": true}, false},
		{map[string]any{"cutout": true}, false},
	} {
		if got := OnlyResized(c.params, "a.png", image.Pt(40, 24)); got != c.want {
			t.Errorf("%v: %v", c.params, got)
		}
		if c.params["quality"] == nil && OnlyResized(c.params, "a.ico", image.Pt(40, 24)) {
			t.Errorf("%v: an icon", c.params)
		}
	}
}

// TestDecodedOnce has many make something of one source.
func TestDecodedOnce(t *testing.T) {
	t.Parallel()
	var opened atomic.Int64
	s := file("a.png", encoded(t, scene(64, 64, 1), raster.PNG), &opened)
	m := New(Options{Memory: 64 << 20})
	done := make(chan error)
	const all = 5000
	for i := range all {
		go func() {
			_, err := m.Make(t.Context(), variantJob("a.jpg", s, map[string]any{"width": int64(1 + i%50)}), &bytes.Buffer{})
			done <- err
		}()
	}
	for range all {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	// A look each until one is remembered, and one reading.
	if n := opened.Load(); n > int64(cap(m.slots))+1 {
		t.Errorf("it was opened %d times", n)
	}
	if m.memory.held != 4*64*64 || m.memory.resting != 4*64*64 {
		t.Errorf("%d bytes are held, %d rest", m.memory.held, m.memory.resting)
	}
}
