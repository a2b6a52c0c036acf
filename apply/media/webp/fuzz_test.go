package webp

import (
	"bytes"
	"image"
	"testing"

	"golang.org/x/image/webp"
)

// fuzzed returns a small image whose pixels are data over and over, changed a
// little each time, so that short data makes pictures and not only stripes.
func fuzzed(data []byte, w, h int, opaque bool) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = data[i%len(data)] + byte(i/len(data)*3)
		if opaque && i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

// FuzzEncode decodes what was encoded: the size and the alpha are as they were,
// and the luma is as near as the quantiser has it.
func FuzzEncode(f *testing.F) {
	f.Add([]byte{0}, uint8(1), uint8(1), uint8(90), true, false)
	f.Add([]byte{0, 255, 255, 0, 1, 7}, uint8(17), uint8(16), uint8(100), true, true)
	f.Add([]byte("a picture of nothing at all"), uint8(50), uint8(33), uint8(1), false, false)
	f.Add([]byte{9, 200, 30, 128, 0, 0, 0, 0}, uint8(64), uint8(64), uint8(75), false, true)
	f.Fuzz(func(t *testing.T, data []byte, w, h, quality uint8, opaque, fast bool) {
		if len(data) == 0 {
			return
		}
		m := fuzzed(data, int(w%80)+1, int(h%80)+1, opaque)
		o := Options{Quality: int(quality%100) + 1, Fast: fast}
		var b bytes.Buffer
		if err := Encode(&b, m, o); err != nil {
			t.Fatal(err)
		}
		got, err := webp.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		if got.Bounds() != m.Bounds() {
			t.Fatalf("the size is %v, want %v", got.Bounds(), m.Bounds())
		}
		checkAlpha(t, got, m)
		checkLuma(t, got, m, o.Quality, 3)
	})
}

func checkAlpha(t *testing.T, got image.Image, m *image.NRGBA) {
	t.Helper()
	a, ok := got.(*image.NYCbCrA)
	if ok == m.Opaque() {
		t.Fatalf("an image whose opacity is %v came back as %T", m.Opaque(), got)
	}
	for y := range m.Rect.Max.Y {
		for x := range m.Rect.Max.X {
			if ok && a.A[a.AOffset(x, y)] != m.NRGBAAt(x, y).A {
				t.Fatalf("alpha at %d,%d is %d, want %d", x, y, a.A[a.AOffset(x, y)], m.NRGBAAt(x, y).A)
			}
		}
	}
}

// checkLuma holds the mean squared error to a part of the squared step, and to
// what the loop filter may do besides. Rounding leaves a tenth; where a picture
// asks for it, rounding to the smaller value can leave a third.
func checkLuma(t *testing.T, got image.Image, m *image.NRGBA, quality, part int) {
	t.Helper()
	var ycc *image.YCbCr
	switch got := got.(type) {
	case *image.YCbCr:
		ycc = got
	case *image.NYCbCrA:
		ycc = &got.YCbCr
	}
	want := subsampled(m, false)
	sum, n := 0, 0
	for y := range m.Rect.Max.Y {
		for x := range m.Rect.Max.X {
			if m.NRGBAAt(x, y).A > 0 {
				d := int(want.Y[want.YOffset(x, y)]) - int(ycc.Y[ycc.YOffset(x, y)])
				sum, n = sum+d*d, n+1
			}
		}
	}
	e := newEncoder(1, 1, Options{Quality: quality})
	step, level := int(e.luma.ac.step), e.filter
	if limit := step*step/part + level*level/4 + 2; n > 0 && sum > n*limit {
		t.Errorf("at quality %d the mean squared error is %d, want at most %d", quality, sum/n, limit)
	}
}
