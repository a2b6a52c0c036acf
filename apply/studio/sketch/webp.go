package sketch

import (
	"image"
	"io"

	"golang.org/x/image/webp"
)

// decodeWebP reads a WebP in its true colours. The lossy form has luma from 16
// to 235, but Go's YCbCr means JPEG's, from 0 to 255: taken as that, black
// would come out grey.
func decodeWebP(r io.Reader) (image.Image, error) {
	m, err := webp.Decode(r)
	switch m := m.(type) {
	case *image.YCbCr:
		return limitedRange(m, nil, 0), err
	case *image.NYCbCrA:
		return limitedRange(&m.YCbCr, m.A, m.AStride), err
	}
	return m, err // the lossless form has red, green and blue
}

// limitedRange converts with the arithmetic of libwebp; without alpha all is
// opaque. The bounds of a decoded WebP begin at 0,0.
func limitedRange(m *image.YCbCr, alpha []uint8, stride int) *image.NRGBA {
	dst := image.NewNRGBA(image.Rect(0, 0, m.Rect.Dx(), m.Rect.Dy()))
	clip := func(n int) uint8 { return uint8(min(max(n>>6, 0), 255)) } // 6 bits of fraction
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := m.COffset(x, y)
			luma := int(m.Y[m.YOffset(x, y)]) * 19077 >> 8
			u, v := int(m.Cb[c]), int(m.Cr[c])
			p := dst.Pix[dst.PixOffset(x, y):][:4:4]
			p[0] = clip(luma + v*26149>>8 - 14234)
			p[1] = clip(luma - u*6419>>8 - v*13320>>8 + 8708)
			p[2] = clip(luma + u*33050>>8 - 17685)
			p[3] = 255
			if alpha != nil {
				p[3] = alpha[y*stride+x]
			}
		}
	}
	return dst
}
