package drawing

import "image"

// frame is one picture of a film: 4:2:0, BT.709, limited range.
type frame struct {
	w, h      int
	y, cb, cr []byte
}

func newFrame(w, h int) *frame {
	return &frame{w, h, make([]byte, w*h), make([]byte, w*h/4), make([]byte, w*h/4)}
}

// window copies the part of src that begins at the even point (x, y).
func (f *frame) window(src *frame, x, y int) {
	for r := range f.h {
		copy(f.y[r*f.w:][:f.w], src.y[(y+r)*src.w+x:])
	}
	cw, sw := f.w/2, src.w/2
	for r := range f.h / 2 {
		from := (y/2+r)*sw + x/2
		copy(f.cb[r*cw:][:cw], src.cb[from:])
		copy(f.cr[r*cw:][:cw], src.cr[from:])
	}
}

// paste copies a frame of the same width over the rows from the even row y on.
func (f *frame) paste(src *frame, y int) {
	copy(f.y[y*f.w:], src.y)
	copy(f.cb[y/2*f.w/2:], src.cb)
	copy(f.cr[y/2*f.w/2:], src.cr)
}

// convert sets the pixels of f inside rect from m, whose origin is that of f.
// The rectangle is widened to even coordinates.
func (f *frame) convert(m *image.RGBA, rect image.Rectangle) {
	rect = evenRect(rect).Intersect(image.Rect(0, 0, f.w, f.h))
	for y := rect.Min.Y; y < rect.Max.Y; y += 2 {
		for x := rect.Min.X; x < rect.Max.X; x += 2 {
			p := m.Pix[y*m.Stride+x*4:]
			q := m.Pix[(y+1)*m.Stride+x*4:]
			i := y*f.w + x
			f.y[i] = lumaOf(p[0], p[1], p[2])
			f.y[i+1] = lumaOf(p[4], p[5], p[6])
			f.y[i+f.w] = lumaOf(q[0], q[1], q[2])
			f.y[i+f.w+1] = lumaOf(q[4], q[5], q[6])
			r := int(p[0]) + int(p[4]) + int(q[0]) + int(q[4])
			g := int(p[1]) + int(p[5]) + int(q[1]) + int(q[5])
			b := int(p[2]) + int(p[6]) + int(q[2]) + int(q[6])
			// Sums of four samples, so the weights lose two bits more.
			c := y/2*(f.w/2) + x/2
			f.cb[c] = uint8(128 + (-6596*r-22189*g+28784*b+1<<17)>>18)
			f.cr[c] = uint8(128 + (28784*r-26145*g-2639*b+1<<17)>>18)
		}
	}
}

func lumaOf(r, g, b uint8) uint8 {
	return uint8(16 + (11966*int(r)+40254*int(g)+4064*int(b)+1<<15)>>16)
}

// evenRect widens a rectangle to even coordinates.
func evenRect(r image.Rectangle) image.Rectangle {
	return image.Rect(r.Min.X&^1, r.Min.Y&^1, (r.Max.X+1)&^1, (r.Max.Y+1)&^1)
}

// bt601 converts to the other matrix, which is VP8's. Both stay in the limited
// range, so that no way through RGB is needed.
func (f *frame) bt601(dst *image.YCbCr) {
	clamp := func(v int) uint8 { return uint8(min(max(v>>16, 0), 255)) }
	for y := range f.h {
		row, out := f.y[y*f.w:][:f.w], dst.Y[y*dst.YStride:][:f.w]
		cb, cr := f.cb[y/2*(f.w/2):], f.cr[y/2*(f.w/2):]
		for x, l := range row {
			b, r := int(cb[x/2])-128, int(cr[x/2])-128
			out[x] = clamp(int(l)<<16 + 6509*b + 12563*r + 1<<15)
			if x%2 == 0 && y%2 == 0 {
				c := y/2*dst.CStride + x/2
				dst.Cb[c] = clamp(64871*b - 7252*r + 128<<16 + 1<<15)
				dst.Cr[c] = clamp(64448*r - 4748*b + 128<<16 + 1<<15)
			}
		}
	}
}
