package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// errAnimation says that a picture moves.
var errAnimation = errors.New("it is an animation, expected one picture")

// maxScans bounds the passes in which a JPEG gives its picture. Each is decoded
// over the whole of it, and takes only a few bytes of the file; encoders write
// about ten.
const maxScans = 200

// png walks the chunks of a PNG, which is known to decode.
func (c *cargo) png() error {
	const signature, frame = 8, 12 // length, name and checksum
	pixels, over := false, false
	for at := int64(signature); ; {
		if err := c.part(); err != nil {
			return err
		}
		var h [8]byte
		if _, err := c.r.ReadAt(h[:], at); err != nil {
			return errCutShort
		}
		n, name := int64(binary.BigEndian.Uint32(h[:])), string(h[4:])
		if n > c.size-at-frame {
			return errCutShort
		}
		over = over || pixels && name != "IDAT"
		var err error
		switch name {
		case "IEND":
			return c.behind(at + frame)
		case "IHDR", "PLTE":
		case "IDAT":
			if pixels = true; over {
				return errors.New("pixels in two places")
			}
		case "acTL", "fcTL", "fdAT":
			return errAnimation
		default:
			if name[0]&0x20 == 0 {
				return fmt.Errorf("a chunk %q that no PNG has", name)
			}
			err = c.pngMetadata(name, at+8, n)
		}
		if err != nil {
			return err
		}
		at += n + frame
	}
}

// pngMetadata looks at an ancillary chunk, and into it where it is compressed.
func (c *cargo) pngMetadata(name string, at, n int64) error {
	if err := c.carry(name, at, n); err != nil {
		return err
	}
	if name != "zTXt" && name != "iCCP" && name != "iTXt" {
		return nil
	}
	r := bufio.NewReader(io.NewSectionReader(c.r, at, n))
	if err := skipTexts(r, 1); err != nil { // the keyword
		return nil
	}
	flags := make([]byte, 1) // the method
	if name == "iTXt" {
		flags = make([]byte, 2) // whether it is compressed, and the method
	}
	if _, err := io.ReadFull(r, flags); err != nil {
		return nil // too short to hold anything
	}
	if name == "iTXt" {
		if flags[0] == 0 || skipTexts(r, 2) != nil { // language and translated keyword
			return nil
		}
	}
	return c.unpack(name, r)
}

// skipTexts passes over texts that end in a NUL.
func skipTexts(r *bufio.Reader, n int) error {
	for range n {
		for {
			b, err := r.ReadByte()
			if err != nil {
				return err
			}
			if b == 0 {
				break
			}
		}
	}
	return nil
}

// jpeg walks the segments of a JPEG.
func (c *cargo) jpeg() error {
	end, err := walkJPEG(io.NewSectionReader(c.r, 0, c.size), func(marker byte, at, n int64) error {
		if err := c.part(); err != nil {
			return err
		}
		if marker >= 0xe0 && marker <= 0xef {
			return c.carry(fmt.Sprintf("APP%d", marker-0xe0), at, n)
		}
		switch marker {
		case markerComment:
			return c.carry("COM", at, n)
		case markerNone:
			return c.carry("data between segments", at, n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.behind(end)
}

// Markers of JPEG; markerNone is none and stands for bytes that belong to no
// segment and no pixels, which decoders pass over.
const (
	markerNone    = 0x00
	markerEnd     = 0xd9
	markerScan    = 0xda
	markerComment = 0xfe
)

// walkJPEG calls visit for each segment of a JPEG with the place of what it
// holds, and returns where the picture ends. It refuses one of so many passes
// that decoding them would take hours.
func walkJPEG(r io.Reader, visit func(marker byte, at, n int64) error) (int64, error) {
	w := jpegWalk{r: bufio.NewReaderSize(r, 64<<10)}
	scans, pixels := 0, false
	for {
		from := w.pos
		marker, err := w.marker()
		if gap := w.pos - 2 - from; err == nil && gap > 0 && !pixels {
			err = visit(markerNone, from, gap)
		}
		switch {
		case err != nil:
			return 0, err
		case marker == markerEnd:
			return w.pos, nil
		case marker == 0x01 || marker >= 0xd0 && marker <= 0xd8:
			continue // stands alone; the restart markers stand among the pixels
		}
		if pixels = marker == markerScan; pixels {
			if scans++; scans > maxScans {
				return 0, fmt.Errorf("it has more than %d passes", maxScans)
			}
		}
		var b [2]byte
		if err := w.read(b[:]); err != nil {
			return 0, err
		}
		n := int64(binary.BigEndian.Uint16(b[:])) - 2
		if n < 0 {
			return 0, errors.New("a segment is damaged")
		}
		if err := visit(marker, w.pos, n); err != nil {
			return 0, err
		}
		if err := w.skip(n); err != nil {
			return 0, err
		}
	}
}

// jpegWalk reads a JPEG once from beginning to end.
type jpegWalk struct {
	r   *bufio.Reader
	pos int64
}

// marker passes over compressed pixels to the next marker that is none of
// theirs, and returns it.
func (w *jpegWalk) marker() (byte, error) {
	for {
		b, err := w.byte()
		if err != nil {
			return 0, err
		}
		for b == 0xff {
			if b, err = w.byte(); err != nil {
				return 0, err
			}
			if b != 0 && b != 0xff {
				return b, nil
			}
		}
	}
}

func (w *jpegWalk) byte() (byte, error) {
	b, err := w.r.ReadByte()
	if err != nil {
		return 0, errCutShort
	}
	w.pos++
	return b, nil
}

func (w *jpegWalk) read(b []byte) error {
	n, err := io.ReadFull(w.r, b)
	w.pos += int64(n)
	if err != nil {
		return errCutShort
	}
	return nil
}

func (w *jpegWalk) skip(n int64) error {
	d, err := w.r.Discard(int(n))
	w.pos += int64(d)
	if err != nil {
		return errCutShort
	}
	return nil
}

// webp walks the chunks of a WebP.
func (c *cargo) webp() error {
	var h [12]byte
	if _, err := c.r.ReadAt(h[:], 0); err != nil {
		return errCutShort
	}
	const signature, frame = 12, 8 // name and length
	end := min(int64(binary.LittleEndian.Uint32(h[4:]))+8, c.size)
	for at := int64(signature); end-at >= frame; {
		if err := c.part(); err != nil {
			return err
		}
		var h [frame]byte
		if _, err := c.r.ReadAt(h[:], at); err != nil {
			return errCutShort
		}
		name, n := string(h[:4]), int64(binary.LittleEndian.Uint32(h[4:]))
		if n > end-at-frame {
			return errCutShort
		}
		switch name {
		case "VP8 ", "VP8L", "VP8X", "ALPH":
		case "ANIM", "ANMF":
			return errAnimation
		default:
			if err := c.carry(name, at+frame, n); err != nil {
				return err
			}
		}
		at += frame + n + n&1
	}
	return c.behind(end)
}
