package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestPower(t *testing.T) {
	t.Parallel()
	for _, p := range []float64{-1.5, 0, 0.1, 1 / 2.4, 1, 1.8, 2, 2.2, 2.4, 10, 300} {
		for _, v := range []float64{0, 1e-300, 1e-9, 0.001, 0.0404, 0.25, 0.5, math.Sqrt2 / 2, 0.75, 0.999999, 1, 1.0000001, 3, 7e5, math.Inf(1)} {
			got, want := power(v, p), math.Pow(v, p)
			if got != want && !(math.Abs(got-want) <= 1e-12*want) {
				t.Errorf("%g to the %g is %g, want %g", v, p, got, want)
			}
		}
		for i := range 1 << 16 {
			v := float64(i) / one
			if got, want := power(v, p), math.Pow(v, p); got != want && !(math.Abs(got-want) <= 1e-12*want) {
				t.Fatalf("%g to the %g is %g, want %g", v, p, got, want)
			}
		}
	}
}

// TestSums holds what becomes of colours, which is the same on every
// processor: the sums were written on one and hold on the others.
func TestSums(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	sum := sha256.New()
	for i := range 1 << 16 {
		binary.Write(sum, binary.BigEndian, power((float64(i)+0.5)/one, 2.4))
	}
	fmt.Fprintf(&got, "power %x\n", sum.Sum(nil))
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 4*64*48)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	rgb := func() image.Image {
		return &image.NRGBA{Pix: bytes.Clone(noise), Stride: 4 * 64, Rect: image.Rect(0, 0, 64, 48)}
	}
	ink := func() image.Image {
		return &image.CMYK{Pix: bytes.Clone(noise), Stride: 4 * 64, Rect: image.Rect(0, 0, 64, 48)}
	}
	// rising writes n numbers of one or two bytes that rise unevenly.
	rising := func(b []byte, n, size int) []byte {
		for i := range n {
			v := uint16((i*65535/(n-1) + int(r.Uint32N(900))) * 65535 / (65535 + 900))
			if b = append(b, byte(v>>8)); size == 2 {
				b = append(b, byte(v))
			}
		}
		return b
	}
	table := func(name string, channels, size int) []byte {
		b := append(make([]byte, 0, 9000), name+"\x00\x00\x00\x00"...)
		b = append(append(b, byte(channels), 3, 5, 0), make([]byte, 36)...)
		entries := 256
		if size == 2 {
			entries = 33
			b = append(b, 0, byte(entries), 0, byte(entries))
		}
		for range channels {
			b = rising(b, entries, size)
		}
		for range 3 * int(math.Pow(5, float64(channels))) * size {
			b = append(b, byte(r.Uint32()))
		}
		for range 3 {
			b = rising(b, entries, size)
		}
		return b
	}
	curve := func(c []byte) map[string][]byte {
		xyz := func(v ...float64) []byte { return append([]byte("XYZ \x00\x00\x00\x00"), be(v...)...) }
		return map[string][]byte{"rXYZ": xyz(0.60974, 0.31111, 0.01947), "gXYZ": xyz(0.20528, 0.62567, 0.06087),
			"bXYZ": xyz(0.14919, 0.06322, 0.74457), "rTRC": c, "gTRC": c, "bTRC": c}
	}
	for _, c := range []struct {
		name, space, connection string
		tags                    map[string][]byte
		m                       func() image.Image
	}{
		{"gamma", "RGB ", "XYZ ", curve([]byte("curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x33")), rgb},
		{"formula", "RGB ", "XYZ ", curve(append([]byte("para\x00\x00\x00\x00\x00\x03\x00\x00"), be(2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)...)), rgb},
		{"samples", "RGB ", "XYZ ", curve(rising([]byte("curv\x00\x00\x00\x00\x00\x00\x00\x21"), 33, 2)), rgb},
		{"grid of bytes", "RGB ", "Lab ", map[string][]byte{"A2B0": table("mft1", 3, 1)}, rgb},
		{"grid of words", "RGB ", "Lab ", map[string][]byte{"A2B0": table("mft2", 3, 2)}, rgb},
		{"grid of words to XYZ", "RGB ", "XYZ ", map[string][]byte{"A2B0": table("mft2", 3, 2)}, rgb},
		{"ink", "CMYK", "Lab ", map[string][]byte{"A2B0": table("mft2", 4, 2)}, ink},
	} {
		out := (&File{profile: iccProfile(c.space, c.connection, c.tags)}).inColour(c.m())
		pix := straight(out).Pix
		if bytes.Equal(pix, straight(c.m()).Pix) {
			t.Errorf("%s: nothing became of it", c.name)
		}
		fmt.Fprintf(&got, "%s %x\n", c.name, sha256.Sum256(pix))
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
