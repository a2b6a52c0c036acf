package cutout

import (
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden compares decoded pixels. The sources are files: they were drawn
// with floating point.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		make  func(t *testing.T) *image.NRGBA // what the source was made of
		holes bool
	}{
		{"fur", func(t *testing.T) *image.NRGBA { return paintFur(rgb{}).over(grounds[1].at) }, true},
		{"glass", func(t *testing.T) *image.NRGBA { return paintGlass(rgb{}).over(grounds[2].at) }, true},
		{"shadow", func(t *testing.T) *image.NRGBA { return throughJPEG(t, paintShadow(rgb{}).over(grounds[7].at), 90) }, false},
		{"lines", func(t *testing.T) *image.NRGBA { return paintLines(rgb{}).over(grounds[4].at) }, false},
		{"hair", func(t *testing.T) *image.NRGBA { return throughJPEG(t, paintFur(rgb{}).over(grounds[8].at), 90) }, true},
		{"text", func(t *testing.T) *image.NRGBA {
			return throughJPEG(t, grainy(paintText(rgb{}).over(grounds[9].at), 3), 80)
		}, true},
		{"paper", func(t *testing.T) *image.NRGBA { return throughJPEG(t, paintPaper(rgb{}).over(grounds[4].at), 90) }, false},
		{"flat", func(t *testing.T) *image.NRGBA { return throughJPEG(t, paintFlat(rgb{}).over(grounds[4].at), 90) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			source := filepath.Join("testdata", c.name+".png")
			if _, err := os.Stat(source); *update && err != nil {
				writePNG(t, source, c.make(t))
			}
			s := Defaults()
			s.Holes = c.holes
			got, err := Cut(readPNG(t, source), s)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", c.name+"-cut.png")
			if *update {
				writePNG(t, golden, got)
			}
			want := readPNG(t, golden)
			if got.Rect != want.Rect {
				t.Fatalf("size %v, want %v", got.Rect, want.Rect)
			}
			for i, v := range want.Pix {
				if got.Pix[i] != v {
					x, y := i/4%got.Rect.Dx(), i/4/got.Rect.Dx()
					t.Fatalf("%d,%d is %v, want %v", x, y, got.NRGBAAt(x, y), want.NRGBAAt(x, y))
				}
			}
		})
	}
}

func readPNG(t testing.TB, name string) *image.NRGBA {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := m.(*image.NRGBA); ok {
		return n // drawing it would round what is half transparent
	}
	return nrgba(m)
}
