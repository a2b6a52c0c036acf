package webp

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/vp8"
)

// decodeFrame decodes a bare key frame.
func decodeFrame(t testing.TB, frame []byte) *image.YCbCr {
	t.Helper()
	d := vp8.NewDecoder()
	d.Init(bytes.NewReader(frame), len(frame))
	if _, err := d.DecodeFrameHeader(); err != nil {
		t.Fatal(err)
	}
	m, err := d.DecodeFrame()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestDecoderSeesWhatTheEncoderSaw compares each decoded sample with that from
// which the encoder went on, the loop filter aside, which comes last.
func TestDecoderSeesWhatTheEncoderSaw(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []image.Point{{1, 1}, {16, 16}, {17, 15}, {64, 48}, {100, 77}, {200, 200}} {
		for _, q := range []int{1, 20, 50, 75, 90, 100} {
			m := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
			for i := range m.Y {
				m.Y[i] = uint8(i*3 + r.IntN(1+i/20))
			}
			for i := range m.Cb {
				m.Cb[i], m.Cr[i] = uint8(r.IntN(256)), uint8(i)
			}
			e := newEncoder(size.X, size.Y, Options{Quality: q})
			e.filter = 0
			e.fill(m)
			e.rows()
			parts, err := e.parts()
			if err != nil {
				t.Fatal(err)
			}
			got := decodeFrame(t, bytes.Join(parts, nil))
			for y := range size.Y {
				if !bytes.Equal(got.Y[y*got.YStride:][:size.X], e.y.pix[e.y.at(0, y):][:size.X]) {
					t.Fatalf("%v at %d: luma row %d differs\n%v\n%v", size, q, y, got.Y[y*got.YStride:][:size.X], e.y.pix[e.y.at(0, y):][:size.X])
				}
			}
			for y := range (size.Y + 1) / 2 {
				if !bytes.Equal(got.Cb[y*got.CStride:][:(size.X+1)/2], e.u.pix[e.u.at(0, y):][:(size.X+1)/2]) {
					t.Fatalf("%v at %d: Cb row %d differs", size, q, y)
				}
				if !bytes.Equal(got.Cr[y*got.CStride:][:(size.X+1)/2], e.v.pix[e.v.at(0, y):][:(size.X+1)/2]) {
					t.Fatalf("%v at %d: Cr row %d differs", size, q, y)
				}
			}
		}
	}
}
