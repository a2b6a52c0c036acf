package picture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/webp"
)

// openWebP walks the chunks.
func (f *File) openWebP() error {
	var h [20]byte
	if _, err := f.r.ReadAt(h[:12], 0); err != nil {
		return ErrCutShort
	}
	const frame = 8 // name and length of a chunk
	end := int64(binary.LittleEndian.Uint32(h[4:])) + 8
	if end > f.size {
		return ErrCutShort
	}
	lossless, alpha := false, false
	for at, n := int64(12), 0; end-at >= frame; n++ {
		if n > maxChunks {
			return fmt.Errorf("it has more than %d chunks", maxChunks)
		}
		if _, err := f.r.ReadAt(h[:frame], at); err != nil {
			return ErrCutShort
		}
		name, size := string(h[:4]), int64(binary.LittleEndian.Uint32(h[4:]))
		if at += frame; size > end-at {
			return ErrCutShort
		}
		switch name {
		case "VP8X":
			if b := f.metadata(at, 1); size > 0 && len(b) == 1 && b[0]&0x02 != 0 {
				return ErrAnimated
			}
		case "VP8L":
			lossless = true
		case "ALPH":
			alpha = true
		case "ICCP":
			f.profile = f.metadata(at, size)
		case "XMP ":
			f.setXMP(f.metadata(at, size))
		case "EXIF":
			f.orientation = orientationOf(f.metadata(at, size))
		}
		at += size + size&1
	}
	f.stream = func() io.Reader { return f.section(0, f.size) }
	c, err := webp.DecodeConfig(f.stream())
	if err != nil {
		return webpError(err)
	}
	if err := f.config(c); err != nil {
		return err
	}
	f.clear = lossless || alpha
	f.decoded = 2 * f.pixels()
	f.decoding = f.decoded + f.size // a frame is read before it is decoded
	switch {
	case lossless:
		f.decoded, f.decoding = 4*f.pixels(), 8*f.pixels()
	case alpha:
		f.decoded, f.decoding = 3*f.pixels(), 8*f.pixels()+f.size
	}
	return nil
}

func (f *File) decodeWebP() (image.Image, error) {
	m, err := webp.Decode(f.stream())
	if err != nil {
		return nil, webpError(err)
	}
	return m, nil
}

func webpError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrCutShort
	}
	return fmt.Errorf("%w: its parts do not fit each other; open it in a program that does not mind, and save it again", err)
}

// trueColours returns a decoded WebP in its colours. The lossy form has luma
// from 16 to 235, but Go's YCbCr means JPEG's, from 0 to 255: taken as that,
// black would come out grey.
func trueColours(m image.Image) image.Image {
	switch m := m.(type) {
	case *image.YCbCr:
		return smooth(m, nil, 0)
	case *image.NYCbCrA:
		return smooth(&m.YCbCr, m.A, m.AStride)
	}
	return m // the lossless form has red, green and blue
}

// smooth converts to red, green and blue as libwebp does: each pixel's chroma
// lies between the samples around it, the nearest of four counted nine times,
// the next two three times. Without alpha all is opaque. The bounds of a decoded
// WebP begin at 0,0, and its chroma has half the size.
func smooth(m *image.YCbCr, alpha []uint8, stride int) *image.NRGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	cw, ch := (w+1)/2, (h+1)/2
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	cb, cr := make([]uint8, 2*cw), make([]uint8, 2*cw)
	for y := range h {
		near, far := y/2, y/2-1+2*(y&1) // rows of chroma
		if far < 0 || far >= ch {
			far = near
		}
		widen(cb, m.Cb[near*m.CStride:][:cw], m.Cb[far*m.CStride:][:cw])
		widen(cr, m.Cr[near*m.CStride:][:cw], m.Cr[far*m.CStride:][:cw])
		luma, row := m.Y[y*m.YStride:][:w], dst.Pix[y*dst.Stride:][:4*w]
		for x, l := range luma {
			opaque := uint8(255)
			if alpha != nil {
				opaque = alpha[y*stride+x]
			}
			colour(row[4*x:][:4:4], int(l), int(cb[x]), int(cr[x]), opaque)
		}
	}
	return dst
}

// widen makes one row of chroma with a sample for each pixel from the nearest
// row and the next one. It rounds in the two steps of libwebp.
func widen(out, near, far []uint8) {
	last := len(near) - 1
	out[0] = uint8((3*int(near[0]) + int(far[0]) + 2) >> 2)
	for i := range last {
		a, b, c, d := int(near[i]), int(near[i+1]), int(far[i]), int(far[i+1])
		sum := a + b + c + d + 8
		falling, rising := (sum+2*(b+c))>>3, (sum+2*(a+d))>>3
		out[2*i+1] = uint8((falling + a) >> 1)
		out[2*i+2] = uint8((rising + b) >> 1)
	}
	out[2*last+1] = uint8((3*int(near[last]) + int(far[last]) + 2) >> 2)
}

func colour(p []uint8, luma, u, v int, alpha uint8) {
	clip := func(n int) uint8 { return uint8(min(max(n>>6, 0), 255)) } // 6 bits of fraction
	luma = luma * 19077 >> 8
	p[0] = clip(luma + v*26149>>8 - 14234)
	p[1] = clip(luma - u*6419>>8 - v*13320>>8 + 8708)
	p[2] = clip(luma + u*33050>>8 - 17685)
	p[3] = alpha
}
