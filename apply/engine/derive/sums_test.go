package derive

import (
	"crypto/sha256"
	"fmt"
	"image"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"assetform/apply/engine/derive/export"
	"assetform/apply/engine/derive/raster"
	"assetform/apply/media/marks"
)

// figure is a ring with soft edges on a ground of one colour.
func figure() *image.NRGBA {
	m := scene(90, 70, 5)
	for i := range 90 * 70 {
		dx, dy := i%90-45, i/90-35
		d, cover := dx*dx+dy*dy, 0
		if d > 60 {
			cover = min(max((900-d)*255/150, 0), 255)
		}
		p := m.Pix[4*i:][:3]
		for c, ground := range []int{0, 200, (dx + dy) & 3} {
			p[c] = uint8((int(p[c])*cover + ground*(255-cover)) / 255)
		}
	}
	return m
}

// summed are jobs with every setting at another than its default.
func summed(t *testing.T) (jobs []Job) {
	t.Helper()
	hero := file("art/hero.png", encoded(t, scene(120, 80, 1), raster.PNG), nil)
	photo := file("art/photo.jpg", encoded(t, scene(120, 80, 2), raster.JPEG), nil)
	cut := file("art/cut.png", encoded(t, figure(), raster.PNG), nil)
	says := markedFile(t, "art/says.png", marks.Want{SourceType: marks.Trained, Credit: "A", Rights: "B"})
	says.Made = Service
	type settings = map[string]any
	for _, c := range []struct {
		output string
		source Source
		params settings
	}{
		{"crop.png", hero, settings{"crop": []float64{10, 20, 30, 40}}},
		{"cell.png", hero, settings{"grid": []float64{4, 2}, "cell": []float64{3, 1}}},
		{"cutout.png", cut, settings{"cutout": true}},
		{"cutout-key.png", cut, settings{"cutout": true, "cutout_key": "#00c800", "cutout_tolerance": 0.25}},
		{"cutout-spill.png", cut, settings{"cutout": true, "cutout_despill": false}},
		{"cutout-holes.png", cut, settings{"cutout": true, "cutout_holes": true, "cutout_min_ground": 0.5}},
		{"trim.png", cut, settings{"cutout": true, "trim": true}},
		{"width.png", hero, settings{"width": int64(50)}},
		{"height.png", photo, settings{"height": int64(33)}},
		{"cover.png", hero, settings{"width": int64(40), "height": int64(50), "focus": "bottom-right"}},
		{"contain.png", hero, settings{"width": int64(60), "height": int64(60), "fit": "contain", "focus": []float64{0.5, 0.2}, "background": "#11223344"}},
		{"fill.png", hero, settings{"width": int64(77), "height": int64(31), "fit": "fill"}},
		{"inside.png", hero, settings{"width": int64(77), "height": int64(31), "fit": "inside"}},
		{"enlarge.png", hero, settings{"width": int64(301), "enlarge": true}},
		{"nearest.png", hero, settings{"width": int64(45), "kernel": "nearest"}},
		{"padding.png", cut, settings{"cutout": true, "trim": true, "padding": int64(3), "background": "#f00"}},
		{"palette.png", hero, settings{"palette": int64(8)}},
		{"dither.png", hero, settings{"palette": []string{"#000", "#fff", "#c33"}, "dither": true}},
		{"plain.webp", cut, settings{"cutout": true}},
		{"quality.webp", hero, settings{"quality": int64(50)}},
		{"lossless.webp", cut, settings{"cutout": true, "lossless": true}},
		{"flat.jpg", cut, settings{"cutout": true}},
		{"quality.jpg", hero, settings{"quality": int64(50)}},
		{"still.gif", cut, settings{"cutout": true, "dither": true}},
		{"app.ico", cut, settings{"cutout": true, "sizes": []float64{16, 48}}},
		{"marked.png", says, settings{"width": int64(10)}},
		{"marked.jpg", says, settings{"width": int64(10)}},
		{"marked.webp", says, settings{"width": int64(10)}},
	} {
		jobs = append(jobs, variantJob(c.output, c.source, c.params))
	}
	for _, c := range []struct {
		output string
		params settings
	}{
		{"packed.png", settings{"trim": true, "extrude": int64(1), "padding": int64(1), "max_size": int64(256)}},
		{"packed.webp", settings{"power_of_two": true}},
		{"atlas-grid.png", settings{"layout": "grid", "columns": int64(3), "cell_size": []float64{70, 50}, "anchor": "bottom", "extrude": int64(2)}},
	} {
		jobs = append(jobs, Job{Method: Atlas, Address: "atlas.units", Output: c.output, Sources: spritesFor(t), Params: c.params})
	}
	for _, format := range export.Formats()[:6] {
		jobs = append(jobs, exportJob(t, "assets."+format, settings{"format": format, "placeholder": "thumbhash"}))
	}
	return jobs
}

// TestSums holds what each setting makes, by the bytes of the file and, where
// it is a picture that can be read again, by its pixels. They are the same on every processor: the
// sums were written on one and hold on the others.
func TestSums(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	for _, j := range summed(t) {
		b, r := made(t, New(Options{}), j)
		fmt.Fprintf(&got, "%s %x", j.Output, sha256.Sum256(b))
		if slices.Contains([]string{".png", ".jpg", ".webp"}, path.Ext(j.Output)) {
			fmt.Fprintf(&got, " %x", sha256.Sum256(decoded(t, b).Pix))
		}
		if len(r.Frames) > 0 {
			fmt.Fprint(&got, " ", r.Frames)
		}
		fmt.Fprintln(&got)
	}
	const file = "testdata/sums.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("not as in %s:\n%s", file, got.String())
	}
}
