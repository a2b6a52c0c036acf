package webp

import (
	"image"
	"image/draw"
)

// straight returns an image with 8 bits and alpha that is not multiplied in.
func straight(m image.Image) *image.NRGBA {
	b := m.Bounds()
	if src, ok := m.(*image.NRGBA); ok && b.Min == (image.Point{}) {
		return src
	}
	dst := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	if o, ok := m.(interface{ Opaque() bool }); ok && o.Opaque() {
		// With alpha 255 both forms have the same bytes, and drawing to RGBA
		// has fast paths.
		draw.Draw(&image.RGBA{Pix: dst.Pix, Stride: dst.Stride, Rect: dst.Rect}, dst.Rect, m, b.Min, draw.Src)
		return dst
	}
	draw.Draw(dst, dst.Rect, m, b.Min, draw.Src)
	return dst
}

// alphaOf returns the alpha of an image, or nothing if all of it is opaque.
func alphaOf(m *image.NRGBA) []uint8 {
	if m.Opaque() {
		return nil
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	alpha := make([]uint8, 0, w*h)
	for y := range h {
		row := m.Pix[y*m.Stride:][:4*w]
		for x := 3; x < len(row); x += 4 {
			alpha = append(alpha, row[x])
		}
	}
	return alpha
}

// hiding gives the pixels that nobody sees the mean colour of those in their
// macroblock that can be seen, or that of the macroblock before it: whatever they
// were would cost bytes.
type hiding struct {
	m    *image.NRGBA
	band *image.NRGBA // a row of macroblocks
	mean [3]uint8
}

// rows returns the rows from y on, which is a multiple of 16, up to the end of
// their macroblocks, until the next call.
func (h *hiding) rows(y int) *image.NRGBA {
	area := image.Rect(0, y, h.m.Rect.Max.X, y+16).Intersect(h.m.Rect)
	if h.band == nil {
		h.band = image.NewNRGBA(image.Rect(0, 0, area.Dx(), 16))
	}
	h.band.Rect.Max.Y = area.Dy()
	draw.Draw(h.band, h.band.Rect, h.m, area.Min, draw.Src)
	for x := 0; x < area.Max.X; x += 16 {
		fillHidden(h.band, image.Rect(x, 0, x+16, 16).Intersect(h.band.Rect), &h.mean)
	}
	return h.band
}

func fillHidden(m *image.NRGBA, r image.Rectangle, mean *[3]uint8) {
	var sum [3]int
	n := 0
	each := func(f func(p []uint8)) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for i := m.PixOffset(r.Min.X, y); i < m.PixOffset(r.Max.X, y); i += 4 {
				f(m.Pix[i : i+4 : i+4])
			}
		}
	}
	each(func(p []uint8) {
		if p[3] > 0 {
			sum[0], sum[1], sum[2], n = sum[0]+int(p[0]), sum[1]+int(p[1]), sum[2]+int(p[2]), n+1
		}
	})
	if n == r.Dx()*r.Dy() {
		return
	}
	for i := range sum {
		if n > 0 {
			mean[i] = uint8((sum[i] + n/2) / n)
		}
	}
	each(func(p []uint8) {
		if p[3] == 0 {
			copy(p, mean[:])
		}
	})
}

// The matrix of BT.601 with luma from 16 to 235 and chroma from 16 to 240, of
// 65536. Each row of chroma sums to nothing, that of luma to 219/255.
const (
	lumaR, lumaG, lumaB = 16829, 33039, 6416
	blueR, blueG, blueB = -9714, -19070, 28784
	redR, redG, redB    = 28784, -24103, -4681
)

// subsampled converts to what VP8 has. A sample of chroma is the mean of four
// pixels, each counted as far as it can be seen. With hide, what cannot be seen
// at all has another colour.
func subsampled(m *image.NRGBA, hide bool) *image.YCbCr {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewYCbCr(m.Rect, image.YCbCrSubsampleRatio420)
	hidden := &hiding{m: m}
	for top := 0; top < h; top += 16 {
		band := &image.NRGBA{Pix: m.Pix[top*m.Stride:], Stride: m.Stride, Rect: image.Rect(0, 0, w, min(16, h-top))}
		if hide {
			band = hidden.rows(top)
		}
		for y := 0; y < band.Rect.Max.Y; y += 2 {
			below := min(y+1, band.Rect.Max.Y-1)
			rows := [2][]uint8{band.Pix[y*band.Stride:][:4*w], band.Pix[below*band.Stride:][:4*w]}
			luma(rows[0], out.Y[(top+y)*out.YStride:])
			luma(rows[1], out.Y[(top+below)*out.YStride:])
			at := (top + y) / 2 * out.CStride
			cb, cr := out.Cb[at:][:out.CStride], out.Cr[at:][:out.CStride]
			for i := range cb {
				next := min(8*i+4, 4*w-4)
				cb[i], cr[i] = chroma(rows[0][8*i:][:4:4], rows[0][next:][:4:4], rows[1][8*i:][:4:4], rows[1][next:][:4:4])
			}
		}
	}
	return out
}

func luma(row, out []uint8) {
	for ; len(row) >= 4; row = row[4:] {
		out[0] = uint8((lumaR*int32(row[0]) + lumaG*int32(row[1]) + lumaB*int32(row[2]) + 16<<16 + 1<<15) >> 16)
		out = out[1:]
	}
}

func chroma(p, q, s, t []uint8) (cb, cr uint8) {
	r := int32(p[0]) + int32(q[0]) + int32(s[0]) + int32(t[0])
	g := int32(p[1]) + int32(q[1]) + int32(s[1]) + int32(t[1])
	b := int32(p[2]) + int32(q[2]) + int32(s[2]) + int32(t[2])
	if seen := int32(p[3]) + int32(q[3]) + int32(s[3]) + int32(t[3]); seen < 4*255 && seen > 0 {
		mean := func(i int) int32 { // of four, like the sums above
			sum := int32(p[i])*int32(p[3]) + int32(q[i])*int32(q[3]) + int32(s[i])*int32(s[3]) + int32(t[i])*int32(t[3])
			return (4*sum + seen/2) / seen
		}
		r, g, b = mean(0), mean(1), mean(2)
	}
	cb = uint8((blueR*r + blueG*g + blueB*b + 128<<18 + 1<<17) >> 18)
	cr = uint8((redR*r + redG*g + redB*b + 128<<18 + 1<<17) >> 18)
	return cb, cr
}
