package derive

import (
	"fmt"
	"strings"
	"testing"

	"assetform/apply/engine"
	"assetform/apply/engine/derive/export"
	"assetform/apply/engine/derive/raster"
	"assetform/config/address"
	"assetform/lockfile"
)

// exportJob lists a picture and a film.
func exportJob(t *testing.T, output string, params map[string]any) Job {
	t.Helper()
	hero := file("public/hero.png", encoded(t, scene(120, 80, 1), raster.PNG), nil)
	hero.Input, hero.Record = inputAssets, record("image.hero", "image", "hero", "public/hero.png", "image/png")
	hero.Record.Width, hero.Record.Height, hero.Record.Alt = 120, 80, "The hero"
	film := Source{Input: inputAssets, Path: "public/intro.mp4", Record: record("video.intro", "video", "intro", "public/intro.mp4", "video/mp4")}
	film.Record.Duration = 4
	return Job{Method: Export, Address: "export.assets", Output: output, Sources: []Source{film, hero}, Params: params}
}

func TestExport(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	for _, format := range export.Formats()[:6] {
		b, r := made(t, m, exportJob(t, "src/assets", map[string]any{"format": format, "base": "public"}))
		if text := string(b); !strings.Contains(text, "hero.png") || strings.Contains(text, "public/hero.png") && format != "css" || !export.IsGenerated(b) {
			t.Errorf("%s:\n%s", format, text)
		}
		if r.Width != 0 || r.Frames != nil {
			t.Errorf("%s: %+v", format, r)
		}
	}
	b, _ := made(t, m, exportJob(t, "assets.json", map[string]any{"format": "json", "placeholder": "thumbhash"}))
	if text := string(b); strings.Count(text, `"thumbhash": "`) != 1 || !strings.Contains(text, `"alt": "The hero"`) {
		t.Errorf("%s", text)
	}
}

func TestExportTemplate(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	j := exportJob(t, "assets.txt", nil)
	source := file("assets.tmpl", []byte("{{range .Assets}}{{.Path}} {{.Width}}\n{{end}}"), nil)
	source.Input = inputTemplate
	j.Sources = append(j.Sources, source)
	b, _ := made(t, m, j)
	if got, want := string(b), "public/hero.png 120\npublic/intro.mp4 0\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	bad := file("bad.tmpl", []byte("\n{{printf \"%d\" 1}}"), nil)
	bad.Input = inputTemplate
	j.Sources[2] = bad
	if got := failed(t, m, j); !strings.HasPrefix(got, "bad.tmpl:2: ") {
		t.Errorf("got %s", got)
	}
}

func TestExportErrors(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	for _, c := range []struct {
		params map[string]any
		want   string
	}{
		{nil, "expected format or template: nothing says what to write"},
		{map[string]any{"format": "json", "base": "web"}, `video.intro: "public/intro.mp4" is outside of base "web"`},
		{map[string]any{"format": "json", "base": "../web"}, `video.intro: "public/intro.mp4" is outside of base "../web"`},
		{map[string]any{"format": "json", "package": "assets"}, "package is set, which is of the format go"},
		{map[string]any{"format": "texturepacker-hash"}, ""},
		{map[string]any{"format": "xml"}, `format: found "xml", expected "json", "typescript"`},
	} {
		j := exportJob(t, "assets.json", c.params)
		got := failed(t, m, j)
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
		if err := Check(j); err == nil || err.Error() != got {
			t.Errorf("checked %v, made %s", err, got)
		}
	}
}

func TestSrcsetByTypeAndWidth(t *testing.T) {
	t.Parallel()
	parsed := func(text string) address.Address {
		a, err := address.ParseExact(text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	hero := parsed("image.hero")
	all := []engine.Source{{Input: inputAssets, Address: hero, Entry: &lockfile.Entry{MediaType: "image/png", Width: 1280, Height: 640}}}
	for _, width := range []int{1280, 320, 640} {
		a := parsed(fmt.Sprintf("variant.card[\"%d\"]", width))
		all = append(all, engine.Source{Input: inputAssets, Address: a, Path: a.Index() + ".webp", Of: hero, Entry: &lockfile.Entry{MediaType: "image/webp", Width: width, Height: width / 2}})
	}
	jpeg := engine.Source{Input: inputAssets, Address: parsed("variant.old"), Path: "old.jpg", Of: hero, Entry: &lockfile.Entry{MediaType: "image/jpeg", Width: 640, Height: 320}}
	var got []string
	for _, s := range srcsets(append(all, jpeg))[hero] {
		got = append(got, fmt.Sprintf("%s %d", s.Type, s.Width))
	}
	if want := "image/jpeg 640, image/webp 320, image/webp 640, image/webp 1280"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
