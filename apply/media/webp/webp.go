package webp

import (
	"encoding/binary"
	"fmt"
	"image"
	"io"
)

// Options say how much detail is kept.
type Options struct {
	Quality int  // from 1 to 100; 0 stands for 75
	Fast    bool // less time for some more bytes
}

// Encode writes m as a lossy WebP. Its alpha, if there is any, is kept without
// loss; the colour of what is wholly transparent is not kept.
func Encode(w io.Writer, m image.Image, o Options) error {
	size := m.Bounds().Size()
	if err := checkSize(size.X, size.Y); err != nil {
		return err
	}
	src := straight(m)
	alpha := alphaOf(src)
	if alpha != nil {
		src = hidden(src)
	}
	frame, err := KeyFrame(subsampled(src), o)
	if err != nil {
		return err
	}
	var body []byte
	if alpha != nil {
		const hasAlpha = 0x10
		x, y := size.X-1, size.Y-1
		body = chunk(body, "VP8X", []byte{hasAlpha, 0, 0, 0, byte(x), byte(x >> 8), 0, byte(y), byte(y >> 8), 0})
		body = chunk(body, "ALPH", alphaChunk(alpha, size.X, size.Y))
	}
	body = chunk(body, "VP8 ", frame)
	if int64(len(body)) > 1<<32-12 {
		return fmt.Errorf("encode WebP: %d bytes are more than the format can hold", len(body))
	}
	if _, err := w.Write(chunk(nil, "RIFF", append([]byte("WEBP"), body...))); err != nil {
		return fmt.Errorf("encode WebP: %w", err)
	}
	return nil
}

// chunk appends a chunk of RIFF, whose length is made even.
func chunk(to []byte, name string, data []byte) []byte {
	to = append(to, name...)
	to = binary.LittleEndian.AppendUint32(to, uint32(len(data)))
	to = append(to, data...)
	if len(data)%2 > 0 {
		to = append(to, 0)
	}
	return to
}
