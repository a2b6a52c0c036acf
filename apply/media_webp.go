package apply

import "image"

// webpColours returns a decoded WebP in its true colours. The format has luma
// from 16 to 235, but Go's YCbCr means JPEG's, from 0 to 255: taken as that,
// black would come out grey.
func webpColours(m image.Image) image.Image {
	switch m := m.(type) {
	case *image.YCbCr:
		return straightYCbCr(m, nil, 0)
	case *image.NYCbCrA:
		return straightYCbCr(&m.YCbCr, m.A, m.AStride)
	}
	return m // the lossless form has red, green and blue
}

// straightYCbCr converts with the arithmetic of libwebp. Without alpha all is
// opaque. Decoders of WebP return images whose bounds begin at 0,0.
func straightYCbCr(m *image.YCbCr, alpha []uint8, stride int) *image.NRGBA {
	dst := image.NewNRGBA(image.Rect(0, 0, m.Rect.Dx(), m.Rect.Dy()))
	i := 0
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := m.COffset(x, y)
			luma := int(m.Y[m.YOffset(x, y)]) * 19077 >> 8
			u, v := int(m.Cb[c]), int(m.Cr[c])
			dst.Pix[i] = clip6(luma + v*26149>>8 - 14234)
			dst.Pix[i+1] = clip6(luma - u*6419>>8 - v*13320>>8 + 8708)
			dst.Pix[i+2] = clip6(luma + u*33050>>8 - 17685)
			dst.Pix[i+3] = 255
			if alpha != nil {
				dst.Pix[i+3] = alpha[y*stride+x]
			}
			i += 4
		}
	}
	return dst
}

// clip6 takes a number with 6 bits of fraction.
func clip6(n int) uint8 { return uint8(min(max(n>>6, 0), 255)) }
