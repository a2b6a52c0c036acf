package derive

import (
	"reflect"
	"slices"
	"testing"

	"assetform/config/engine"
)

func TestEngine(t *testing.T) {
	t.Parallel()
	if _, err := engine.NewRegistry(&Engine); err != nil {
		t.Fatal(err)
	}
	for _, m := range Engine.Methods {
		keys := map[string]bool{}
		for _, p := range m.Params {
			key := p.Key()
			if keys[key] {
				t.Errorf("%s: %s is there twice", m.Name, key)
			}
			keys[key] = true
			if p.Block != "" && !keys[p.Block] {
				t.Errorf("%s: the block %s is no parameter in front of %s", m.Name, p.Block, p.Name)
			}
			if (p.Accept != nil) != (p.Type == engine.Setting) || p.Doc == "" {
				t.Errorf("%s: %s lacks its function or its words", m.Name, key)
			}
			if p.Default == nil {
				continue
			}
			if got, err := accept(p, p.Default); err != nil || !reflect.DeepEqual(got, p.Default) {
				t.Errorf("%s: the default of %s is not canonical: %v %v", m.Name, key, got, err)
			}
		}
	}
}

// others are values that are not defaults.
var others = map[string]any{
	"grid": []float64{3, 3}, "cell": []float64{1, 1}, "crop": []float64{1, 2, 3, 4}, "at": 2.5, "width": int64(9), "height": int64(9), "fit": "fill", "focus": []float64{0.2, 0.5},
	"background": "#ff0000", "kernel": "nearest", "padding": int64(3), "palette": []string{"#000000", "#ffffff"}, "quality": int64(7),
	"cutout_key": "#00ff00", "cutout_tolerance": 0.3, "cutout_min_ground": 0.5, "cutout_despill": false, "sizes": []float64{32},
	"layout": "grid", "columns": int64(2), "cell_size": []float64{8, 9}, "anchor": "top", "max_size": int64(512), "extrude": int64(2),
	"format": "go", "base": "web", "placeholder": "thumbhash", "package": "names", "namespace": "Names",
}

// TestParameters holds that each row of the table says something.
func TestParameters(t *testing.T) {
	t.Parallel()
	read := func(j Job) (any, error) {
		switch j.Method {
		case Variant:
			return variantOf(&j)
		case Atlas:
			s, _, err := atlasOf(&j)
			return s, err
		}
		return exportOf(&j)
	}
	for _, m := range Engine.Methods {
		for _, p := range m.Params {
			key := p.Key()
			base, j := map[string]any{}, Job{Method: m.Name, Output: "a.webp", Address: "x.a"}
			switch {
			case key == "grid" || key == "cell":
				base = map[string]any{"grid": []float64{2, 2}, "cell": []float64{0, 0}}
			case p.Block != "":
				base[p.Block] = true
			case key == "sizes":
				j.Output = "a.ico"
			case key == "dither":
				base["palette"], j.Output = int64(4), "a.png"
			case key == "palette":
				j.Output = "a.png"
			case key == "columns" || key == "cell_size" || key == "anchor":
				base["layout"] = "grid"
			case m.Name == Export && key != "format":
				base["format"] = map[string]string{"package": "go", "namespace": "csharp"}[key]
				if base["format"] == "" {
					base["format"] = "json"
				}
			case m.Name == Export:
				base["format"] = "json"
			}
			j.Params = base
			before, err := read(j)
			if err != nil {
				t.Fatalf("%s.%s: %v", m.Name, key, err)
			}
			j.Params = map[string]any{}
			for k, v := range base {
				j.Params[k] = v
			}
			value, ok := others[key]
			if !ok {
				value = p.Default != true
			}
			j.Params[key] = value
			after, err := read(j)
			if err != nil || reflect.DeepEqual(before, after) {
				t.Errorf("%s: %s = %v changes nothing: %v", m.Name, key, value, err)
			}
		}
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	const colour = "expected a colour: #rgb, #rrggbb, #rrggbbaa or transparent"
	for _, c := range []struct {
		accept func(any) (any, error)
		value  any
		want   any
		err    string
	}{
		{acceptColor, "#FfF", "#ffffff", ""},
		{acceptColor, "#12345678", "#12345678", ""},
		{acceptColor, "#123456FF", "#123456", ""},
		{acceptColor, "#12345600", "transparent", ""},
		{acceptColor, "red", nil, `found "red", ` + colour},
		{acceptColor, int64(3), nil, "found 3, " + colour},
		{acceptKey, "auto", "auto", ""},
		{acceptKey, "#0F0", "#00ff00", ""},
		{acceptKey, "#00ff0080", nil, `found "#00ff0080", expected auto, or the ground's colour as #rgb or #rrggbb`},
		{acceptFocus, "top-left", "top-left", ""},
		{acceptFocus, []any{0.5, int64(1)}, "bottom", ""},
		{acceptFocus, []any{int64(0), 0.25}, []float64{0, 0.25}, ""},
		{acceptFocus, []any{int64(2), int64(0)}, nil, "found [2, 0], expected center, top, bottom, left, right, a corner like top-left, or [x, y] from 0 to 1"},
		{acceptCrop, []any{int64(0), int64(1), int64(2), int64(3)}, []float64{0, 1, 2, 3}, ""},
		{acceptCrop, []any{int64(0), int64(1), 2.5, int64(3)}, nil, "found [0, 1, 2.5, 3], expected [x, y, width, height] in whole pixels, with sides of at least 1"},
		{acceptCrop, []any{int64(0), int64(1)}, nil, "found [0, 1], expected [x, y, width, height] in whole pixels, with sides of at least 1"},
		{acceptGrid, []any{int64(0), int64(1)}, nil, "found [0, 1], expected [columns, rows], each at least 1"},
		{acceptCell, []any{int64(0), int64(1)}, []float64{0, 1}, ""},
		{acceptSize, []any{int64(8), []any{}}, nil, "found [8, [...]], expected [width, height] in whole pixels, each at least 1"},
		{acceptSizes, []any{int64(16), int64(16)}, nil, "found [16, 16], expected a list of 1 to 16 sides in pixels, each 1 to 256 and there once"},
		{acceptSizes, []any{int64(16), int64(256)}, []float64{16, 256}, ""},
		{acceptPalette, int64(16), int64(16), ""},
		{acceptPalette, 1.0, nil, "found 1, expected a number of colours from 2 to 256, or a list of at most so many colours"},
		{acceptPalette, []any{"#000", "transparent"}, []string{"#000000", "transparent"}, ""},
		{acceptPalette, []any{"#000", "white"}, nil, `found "white", ` + colour},
		{acceptAt, "last", "last", ""},
		{acceptAt, int64(2), 2.0, ""},
		{acceptAt, 0.0, "first", ""},
		{acceptAt, -1.0, nil, "found -1, expected seconds from 0, first or last"},
		{acceptAt, "middle", nil, `found "middle", expected seconds from 0, first or last`},
		{acceptBase, "./public/", "public", ""},
		{acceptBase, ".", ".", ""},
		{acceptBase, "/public", nil, `found "/public", expected a directory of the project, like public`},
		{acceptBase, true, nil, "found true, expected a directory of the project, like public"},
	} {
		got, err := c.accept(c.value)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if !reflect.DeepEqual(got, c.want) || text != c.err {
			t.Errorf("%v: got %#v, %s\nwant %#v, %s", c.value, got, text, c.want, c.err)
		}
		if again, err := c.accept(c.want); c.want != nil && (err != nil || !reflect.DeepEqual(again, c.want)) {
			t.Errorf("%v is not accepted again: %v %v", c.want, again, err)
		}
	}
}

// FuzzAccept holds that what is accepted is canonical, and that nothing panics.
func FuzzAccept(f *testing.F) {
	f.Add("#fff", 1.0, 2.0, uint8(3))
	f.Add("top", 0.5, 0.25, uint8(2))
	f.Add("a/../b", -1.0, 1e300, uint8(4))
	f.Fuzz(func(t *testing.T, text string, a, b float64, n uint8) {
		values := []any{text, a, int64(b), []any{a, b}, []any{text, a}, slices.Repeat([]any{a}, int(n)), slices.Repeat([]any{text}, int(n)), nil, []any{a, b, b, b}}
		for _, m := range Engine.Methods {
			for _, p := range m.Params {
				for _, v := range values {
					got, err := accept(p, v)
					if err != nil {
						continue
					}
					if again, err := accept(p, got); err != nil || !reflect.DeepEqual(again, got) {
						t.Errorf("%s: %v became %v and then %v, %v", p.Key(), v, got, again, err)
					}
				}
			}
		}
		j := variantJob(text, Source{}, map[string]any{"width": int64(a), "focus": []any{a, b}, "crop": []any{a, b, a, b}})
		Check(j)
	})
}

func TestTogether(t *testing.T) {
	t.Parallel()
	all := []Origin{Person, Service, Program, Composite}
	for _, a := range all {
		for _, b := range all {
			for _, c := range all {
				want := Together(a, b, c)
				if Together(c, b, a) != want || Together(b, a, c) != want || Together(Together(a, b), c) != want {
					t.Errorf("%v %v %v: the order matters", a, b, c)
				}
			}
		}
	}
}
