package export_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assetform/apply/engine/derive/export"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// chosen are the records that a format can write.
func chosen(format string, records []export.Record) []export.Record {
	if strings.HasPrefix(format, "texturepacker") {
		return slices.DeleteFunc(slices.Clone(records), func(r export.Record) bool { return r.Kind != "atlas" })
	}
	return records
}

func render(t testing.TB, format string, records []export.Record, s export.Settings) []byte {
	t.Helper()
	out, err := export.Render(format, chosen(format, records), s)
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return out
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, format := range export.Formats() {
		for name, out := range map[string][]byte{
			format:            render(t, format, sample(), settings()),
			format + "-nasty": render(t, format, nasty(), nastySettings()),
		} {
			path := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(path, out, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(out)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
	}
}

// What holds in every format.
func TestEveryFormat(t *testing.T) {
	t.Parallel()
	for _, format := range export.Formats() {
		for _, records := range [][]export.Record{sample(), nasty()} {
			out := render(t, format, records, nastySettings())
			slices.Reverse(records)
			if !bytes.Equal(out, render(t, format, records, nastySettings())) {
				t.Errorf("%s: the order of the records is seen", format)
			}
			if !export.IsGenerated(out) || !export.IsGenerated(out[:min(len(out), 1024)]) {
				t.Errorf("%s: not recognised as generated:\n%.300s", format, out)
			}
			if !bytes.HasSuffix(out, []byte("\n")) || bytes.HasSuffix(out, []byte("\n\n")) || bytes.ContainsAny(out, "\r\x00\v\a\u2028\u2029\u202e\ufeff\u0085") {
				t.Errorf("%s: line ends or characters that have to be escaped", format)
			}
			if strings.Contains(string(out), "</script") && (format == "json" || format == "typescript" || format == "css") {
				t.Errorf("%s: a script that the file stands in would end", format)
			}
		}
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	for _, f := range export.Formats() {
		out, err := export.Render(f, nil, settings())
		if strings.HasPrefix(f, "texturepacker") {
			if err == nil {
				t.Errorf("%s of nothing: %s", f, out)
			}
			continue
		}
		if err != nil || !export.IsGenerated(out) {
			t.Errorf("%s: %v\n%s", f, err, out)
		}
	}
}

// The texts come back as they went in.
func TestJSONTexts(t *testing.T) {
	t.Parallel()
	var got struct {
		GeneratedBy string `json:"generated_by"`
		Assets      struct {
			Image struct {
				Class struct {
					Alt, Path, Hash string
					Srcset          []export.Source
				}
				Nasty map[string]struct {
					Address string
					Width   int
				}
			}
		}
	}
	if err := json.Unmarshal(render(t, "json", nasty(), nastySettings()), &got); err != nil {
		t.Fatal(err)
	}
	want := nasty()[0]
	if c := got.Assets.Image.Class; c.Alt != want.Alt || c.Path != want.Path || c.Hash != want.Hash || !slices.Equal(c.Srcset, want.Srcset) {
		t.Errorf("texts are others: %+v", c)
	}
	if len(got.Assets.Image.Nasty) != len(nastyNames) {
		t.Errorf("%d of %d keys", len(got.Assets.Image.Nasty), len(nastyNames))
	}
	for i, name := range nastyNames {
		if got.Assets.Image.Nasty[name].Width != i+1 {
			t.Errorf("key %q is lost", name)
		}
	}
}

func TestGoIsFormatted(t *testing.T) {
	t.Parallel()
	for _, records := range [][]export.Record{nil, sample(), nasty()} {
		out := render(t, "go", records, nastySettings())
		formatted, err := format.Source(out)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(formatted), string(out)); diff != "" {
			t.Errorf("gofmt would change it (-gofmt +got):\n%s", diff)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	image := func(name string) export.Record {
		return export.Record{Address: "image." + name, Kind: "image", Name: name, Path: "public/" + name + ".png"}
	}
	keyed := func(name, key string) export.Record {
		r := image(name)
		r.Address, r.Key, r.Keyed = r.Address+`["`+key+`"]`, key, true
		return r
	}
	with := func(change func(*export.Record)) export.Record {
		r := image("a")
		change(&r)
		return r
	}
	one := func(r ...export.Record) []export.Record { return r }
	two := units()
	two.Address, two.Name, two.Frames = "atlas.two", "two", map[string]export.Frame{"a b": {}, "a_b": {}}
	for _, test := range []struct {
		format  string
		records []export.Record
		change  func(*export.Settings)
		want    []string
	}{
		{format: "yaml", want: []string{`"yaml"`, `"typescript"`}},
		{format: "json", records: one(image("a"), image("a")), want: []string{"image.a is exported twice"}},
		{format: "json", records: one(image("a"), keyed("a", "b")), want: []string{"image.a and ", `image.a["b"]`}},
		{format: "json", records: one(keyed("a", "b"), image("a")), want: []string{"image.a and ", `image.a["b"]`}},
		{format: "csharp", records: one(keyed("a", "x y"), keyed("a", "x_y")), want: []string{`image.a["x y"]`, `image.a["x_y"]`, "XY in C#"}},
		{format: "go", records: one(image("some_icon"), keyed("someIcon", "k")), want: []string{"image.some_icon", `image.someIcon["k"]`, "SomeIcon in Go"}},
		{format: "css", records: one(image("a-b"), keyed("a", "b")), want: []string{"image.a-b", `image.a["b"]`, "--image-a-b in CSS"}},
		{format: "css", records: one(two), want: []string{`frame "a b" of atlas.two`, `frame "a_b" of atlas.two`, ".two-a_b"}},
		{format: "csharp", records: one(two), want: []string{`"a b"`, `"a_b"`, "atlas.two", "AB in C#"}},
		{format: "texturepacker-hash", records: one(units(), two), want: []string{"2 assets"}},
		{format: "texturepacker-array", records: one(image("a")), want: []string{"image.a is none"}},
		{format: "json", records: one(with(func(r *export.Record) { r.Path = "art/a.png" })), want: []string{"image.a", `"art/a.png" is outside of base "public"`}},
		{format: "json", records: one(with(func(r *export.Record) { r.Path = "publicity/a.png" })), want: []string{"outside of base"}},
		{format: "json", records: one(with(func(r *export.Record) { r.Path = "public/../a.png" })), want: []string{"outside of base"}},
		{format: "json", records: one(with(func(r *export.Record) { r.Srcset = []export.Source{{Path: "a.png"}} })), want: []string{"srcset of image.a"}},
		{format: "json", records: one(with(func(r *export.Record) { r.Alt = "a\x00b" })), want: []string{"image.a", "character 0"}},
		{format: "json", records: one(with(func(r *export.Record) { r.Alt = "\xff" })), want: []string{"image.a", "UTF-8"}},
		{format: "json", records: one(with(func(r *export.Record) { r.Width = -1 })), want: []string{"image.a"}},
		{format: "go", change: func(s *export.Settings) { s.Package = "func" }, want: []string{`"func" is no name of a package`}},
		{format: "go", change: func(s *export.Settings) { s.Package = "a;b" }, want: []string{"no name of a package"}},
		{format: "csharp", change: func(s *export.Settings) { s.Namespace = "Game.class" }, want: []string{`"Game.class" is no namespace`}},
		{format: "csharp", change: func(s *export.Settings) { s.Namespace = "Game..X" }, want: []string{"no namespace"}},
	} {
		s := settings()
		if test.change != nil {
			test.change(&s)
		}
		out, err := export.Render(test.format, test.records, s)
		if err == nil {
			t.Errorf("%s: no error, want %q\n%s", test.format, test.want, out)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %q lacks %q", test.format, err, want)
			}
		}
	}
}

func TestIsGenerated(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]bool{
		"// Code generated by assetform from export.a. DO NOT EDIT.\r\n":                              true,
		"\ufeff// <auto-generated/> Code generated by assetform from export.a. DO NOT EDIT.\n":        true,
		"{\"generated_by\":\"assetform\",\"assets\":{}}":                                              true,
		"{\r\n\t\"generated_by\": \"assetform\",\r\n":                                                 true,
		"<?xml version=\"1.0\"?>\n<!-- Code generated by assetform from export.a. DO NOT EDIT. -->\n": true,
		"-- Code generated by assetform from export.a. DO NOT EDIT.":                                  true,
		"": false,
		"// Code generated by stringer. DO NOT EDIT.\n":                            false,
		"{\"x\": {\"generated_by\": \"assetform\"}}":                               false,
		"// See what is Code generated by assetform from export.a. DO NOT EDIT.\n": false,
		"\n\n\n\n\n\n// Code generated by assetform from export.a. DO NOT EDIT.\n": false,
		"var s = \"Code generated by assetform from x. DO NOT EDIT.\"":             false,
	} {
		if export.IsGenerated([]byte(head)) != want {
			t.Errorf("%q: want %v", head, want)
		}
	}
}

// What is not there yet is no error, and a name is one.
func TestCheck(t *testing.T) {
	t.Parallel()
	atlas := export.Record{Address: "atlas.a", Kind: "atlas", Name: "a", Path: "public/a.png"}
	other := export.Record{Address: "atlas.b", Kind: "atlas", Name: "a", Path: "public/b.png"}
	for _, format := range export.Formats() {
		if err := export.Check(format, []export.Record{atlas}, settings()); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if err := export.Check(format, []export.Record{atlas, other}, settings()); err == nil {
			t.Errorf("%s: no error", format)
		}
	}
	if _, err := export.Render("texturepacker-hash", []export.Record{atlas}, settings()); err == nil || !strings.Contains(err.Error(), "no frames") {
		t.Errorf("rendered without frames: %v", err)
	}
	if err := export.Check("texturepacker-x", []export.Record{atlas}, settings()); err == nil {
		t.Error("an unknown format")
	}
}

// Where a stylesheet and TexturePacker's JSON say that pictures are.
func TestRelativePaths(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ output, base, css, image string }{
		{"public/game/units.css", "public", "units.png", "units.png"},
		{"public/css/a/units.css", "public", "../../game/units.png", "../../game/units.png"},
		{"public/units.css", "public", "game/units.png", "game/units.png"},
		{"src/units.css", "public", "/game/units.png", "../public/game/units.png"},
		{"src/units.css", "", "../public/game/units.png", "../public/game/units.png"},
		{"", "", "public/game/units.png", "public/game/units.png"},
		{"public/gam/units.css", "./public/", "../game/units.png", "../game/units.png"},
	} {
		s := export.Settings{Output: test.output, Base: test.base}
		if out := render(t, "css", []export.Record{units()}, s); !strings.Contains(string(out), `--atlas-units: url("`+test.css+`");`) {
			t.Errorf("%+v:\n%s", test, out)
		}
		if out := render(t, "texturepacker-hash", []export.Record{units()}, s); !strings.Contains(string(out), `"image": "`+test.image+`"`) {
			t.Errorf("%+v:\n%s", test, out)
		}
	}
}
