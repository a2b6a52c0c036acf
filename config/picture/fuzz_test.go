package picture

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"testing"
)

// FuzzDecode holds that no bytes make the decoder panic, and that a picture has
// the size that its file says.
func FuzzDecode(f *testing.F) {
	var p, j bytes.Buffer
	m := image.NewNRGBA(image.Rect(0, 0, 9, 5))
	if png.Encode(&p, m) != nil || jpeg.Encode(&j, m, nil) != nil {
		f.Fatal("no seeds")
	}
	curve := []byte("curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x33")
	xyz := append([]byte("XYZ \x00\x00\x00\x00"), be(0.4, 0.4, 0.4)...)
	profile := iccProfile("RGB ", "XYZ ", map[string][]byte{"rTRC": curve, "gTRC": curve, "bTRC": curve, "rXYZ": xyz, "gXYZ": xyz, "bXYZ": xyz})
	grid := make([]byte, 4000)
	copy(grid, "mft1")
	grid[8], grid[9], grid[10] = 3, 3, 2
	withGrid := iccProfile("RGB ", "Lab ", map[string][]byte{"A2B0": grid})
	for _, chunks := range []map[string][]byte{nil, iccp(profile), iccp(withGrid), chroma(100000, 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000), {"eXIf": exif(6)}} {
		b := p.Bytes()
		for name, body := range chunks {
			b = withChunk(b, name, body)
		}
		f.Add(b)
	}
	f.Add(j.Bytes())
	webp, err := os.ReadFile("testdata/smooth.webp")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(webp)
	f.Add(profile)
	f.Add(withGrid)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := open(b)
		if err != nil || file.pixels() > 1<<20 {
			return
		}
		verified := file.Verify()
		m, err := file.Decode()
		if err == nil && (m.Bounds().Dx() != file.Width || m.Bounds().Dy() != file.Height) {
			t.Errorf("%v, its file says %d x %d", m.Bounds(), file.Width, file.Height)
		}
		if verified == nil && err != nil && file.Type == "image/png" {
			t.Errorf("verified, but %v", err)
		}
		if file.Type == "image/png" && file.png.head[8] == 16 && file.png.head[12] == 0 {
			if r, err := file.thinPNG(); err == nil {
				_, _ = png.Decode(r)
			}
		}
		readAsProfile(b)
	})
}

// readAsProfile reads bytes as a profile for pictures of each kind.
func readAsProfile(b []byte) {
	p := parseProfile(b)
	r := image.Rect(0, 0, 1, 1)
	for _, m := range []image.Image{image.NewNRGBA(r), image.NewCMYK(r), image.NewGray(r)} {
		if t := p.transform(m); t != nil {
			t.tables(256)
		}
		if g := p.grid(m); g != nil {
			throughGrid(m, g)
		}
	}
}
