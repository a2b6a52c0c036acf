package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"assetform/config/picture"
)

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
			return nil // its end is missing, and nothing else
		}
		n, name := int64(binary.BigEndian.Uint32(h[:])), string(h[4:])
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
			return picture.ErrAnimated
		default:
			if name[0]&0x20 == 0 {
				return fmt.Errorf("a chunk %q that no PNG has", name)
			}
			err = c.pngMetadata(name, at+8, min(n, c.size-at-8))
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
	end, err := picture.WalkJPEG(io.NewSectionReader(c.r, 0, c.size), func(marker byte, at, n int64) error {
		if err := c.part(); err != nil {
			return err
		}
		if marker >= 0xe0 && marker <= 0xef {
			return c.carry(fmt.Sprintf("APP%d", marker-0xe0), at, n)
		}
		switch marker {
		case picture.MarkerComment:
			return c.carry("COM", at, n)
		case picture.MarkerNone:
			return c.carry("data between segments", at, n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.behind(end)
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
			return picture.ErrAnimated
		default:
			if err := c.carry(name, at+frame, n); err != nil {
				return err
			}
		}
		at += frame + n + n&1
	}
	return c.behind(end)
}
