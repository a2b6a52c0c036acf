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
	var chunks []chunk
	alpha := alphaOf(src)
	if alpha != nil {
		const hasAlpha = 0x10
		x, y := size.X-1, size.Y-1
		chunks = append(chunks,
			chunk{"VP8X", [][]byte{{hasAlpha, 0, 0, 0, byte(x), byte(x >> 8), 0, byte(y), byte(y >> 8), 0}}},
			chunk{"ALPH", alphaChunk(alpha, size.X, size.Y)})
	}
	frame, err := frameParts(subsampled(src, alpha != nil), o)
	if err != nil {
		return err
	}
	return writeRIFF(w, append(chunks, chunk{"VP8 ", frame})...)
}

// chunk is one of RIFF, in parts.
type chunk struct {
	name  string
	parts [][]byte
}

func (c *chunk) bytes() (n int64) {
	for _, p := range c.parts {
		n += int64(len(p))
	}
	return n
}

// writeRIFF writes a file. The length of each chunk is made even.
func writeRIFF(w io.Writer, chunks ...chunk) error {
	const frame, most = 8, 1<<32 - 12
	all := int64(4)
	for _, c := range chunks {
		n := c.bytes()
		all += frame + n + n%2
	}
	if all > most {
		return fmt.Errorf("encode WebP: %d bytes are more than the format can hold", all)
	}
	head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(all))
	head = append(head, "WEBP"...)
	for _, c := range chunks {
		n := c.bytes()
		head = binary.LittleEndian.AppendUint32(append(head, c.name...), uint32(n))
		for _, p := range append([][]byte{head}, c.parts...) {
			if _, err := w.Write(p); err != nil {
				return fmt.Errorf("encode WebP: %w", err)
			}
		}
		head = make([]byte, n%2, frame)
	}
	if _, err := w.Write(head); err != nil {
		return fmt.Errorf("encode WebP: %w", err)
	}
	return nil
}
