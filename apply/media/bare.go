package media

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"

	"assetform/config/picture"
)

// Bare is a picture's file without what describes it: the pixels as they are
// encoded, and what decoders and screens need to show them.
type Bare struct {
	// Private is that something was left out that says where the picture was
	// taken or with which device, or that lies behind its end, where cameras put
	// pictures that say the same.
	Private bool

	r     io.ReaderAt
	parts []part
}

// part is bytes of its own, or else a stretch of the file.
type part struct {
	own    []byte
	at, n  int64
	padded bool // with a zero
}

// BareOf finds out what of a PNG, JPEG or WebP, which is known to decode, is the
// picture. XMP is left out and no reason for Private: package marks reads it.
func BareOf(r io.ReaderAt, size int64) (*Bare, error) {
	b := &Bare{r: r}
	switch TypeOf(io.NewSectionReader(r, 0, size)) {
	case typePNG:
		return b, b.png(size)
	case typeJPEG:
		return b, b.jpeg(size)
	case typeWebP:
		return b, b.webp(size)
	}
	return nil, errCutShort
}

// Encode writes the file.
func (b *Bare) Encode(w io.Writer) error {
	for _, p := range b.parts {
		if _, err := w.Write(p.own); err != nil {
			return err
		}
		if _, err := io.Copy(w, io.NewSectionReader(b.r, p.at, p.n)); err != nil {
			return err
		}
		if p.padded {
			if _, err := w.Write([]byte{0}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *Bare) keep(at, n int64) { b.parts = append(b.parts, part{at: at, n: n}) }

// describing looks at EXIF, of which the caller has the place.
func (b *Bare) describing(at, n int64) error {
	exif := make([]byte, min(n, maxCargo))
	if _, err := b.r.ReadAt(exif, at); err != nil && err != io.EOF {
		return err
	}
	b.Private = b.Private || picture.IsPrivate(exif)
	return nil
}

// behind looks at what follows the end.
func (b *Bare) behind(end, size int64) {
	if c := (&cargo{r: b.r, size: size}); c.behind(end) != nil {
		b.Private = true
	}
}

// png keeps the chunks of pixels, colours and the density.
func (b *Bare) png(size int64) error {
	const signature, frame = 8, 12 // length, name and checksum
	b.keep(0, signature)
	for at := int64(signature); ; {
		var h [8]byte
		if n, err := b.r.ReadAt(h[:], at); n < len(h) {
			if err != io.EOF {
				return err
			}
			break // its end is missing
		}
		n, name := int64(binary.BigEndian.Uint32(h[:])), string(h[4:])
		if name == "IEND" || n > size-at-frame {
			b.behind(min(at+frame+n, size), size)
			break
		}
		switch name {
		case "IHDR", "PLTE", "tRNS", "IDAT", "iCCP", "sRGB", "gAMA", "cHRM", "cICP", "sBIT", "bKGD", "pHYs":
			b.keep(at, n+frame)
		case "eXIf":
			if err := b.describing(at+8, n); err != nil {
				return err
			}
		case "tEXt", "zTXt", "iTXt":
			// So some programs keep the EXIF and the IPTC of other formats.
			const keyword = "Raw profile type "
			head := make([]byte, min(n, int64(len(keyword))))
			if _, err := b.r.ReadAt(head, at+8); err != nil && err != io.EOF {
				return err
			}
			b.Private = b.Private || string(head) == keyword
		}
		at += n + frame
	}
	end := binary.BigEndian.AppendUint32([]byte("\x00\x00\x00\x00IEND"), crc32.ChecksumIEEE([]byte("IEND")))
	b.parts = append(b.parts, part{own: end})
	return nil
}

// jpeg keeps all but comments and the segments of applications, of which it
// keeps those that decoders look at.
func (b *Bare) jpeg(size int64) error {
	const jfif, exif, other, photoshop, adobe, last = 0xe0, 0xe1, 0xe2, 0xed, 0xee, 0xef
	from := int64(0) // what follows here is kept
	drop := func(at, end int64) {
		b.keep(from, at-from)
		from = end
	}
	end, err := picture.WalkJPEG(io.NewSectionReader(b.r, 0, size), func(marker byte, at, n int64) error {
		if marker == picture.MarkerNone {
			drop(at, at+n)
			return nil
		}
		if marker != picture.MarkerComment && (marker < jfif || marker > last) || marker == adobe {
			return nil
		}
		body := make([]byte, n)
		if _, err := b.r.ReadAt(body, at); err != nil && err != io.EOF {
			return err
		}
		text := string(body)
		switch {
		case marker == jfif && strings.HasPrefix(text, "JFIF\x00"), marker == other && strings.HasPrefix(text, "ICC_PROFILE\x00"):
			return nil
		case marker == exif && strings.HasPrefix(text, "Exif\x00"):
			b.Private = b.Private || picture.IsPrivate(body)
		case marker == other && strings.HasPrefix(text, "MPF\x00"):
			b.Private = true
		case marker == photoshop:
			b.Private = b.Private || namesPlace(body)
		}
		drop(at-4, at+n)
		return nil
	})
	if err != nil {
		return err
	}
	drop(end, size)
	b.behind(end, size)
	return nil
}

// namesPlace reports whether there is IPTC's older form of metadata with a city,
// a part of one, a province or a country.
func namesPlace(photoshop []byte) bool {
	for _, dataset := range []byte{90, 92, 95, 100, 101} {
		if bytes.Contains(photoshop, []byte{0x1c, 2, dataset}) {
			return true
		}
	}
	return false
}

// webp keeps the chunks of pixels and colours, and takes back in the extended
// form's header that there are others.
func (b *Bare) webp(size int64) error {
	const signature, frame, described = 12, 8, 0x04 | 0x08
	riff := make([]byte, signature)
	if _, err := b.r.ReadAt(riff, 0); err != nil {
		return errCutShort
	}
	end := min(int64(binary.LittleEndian.Uint32(riff[4:]))+frame, size)
	b.parts = append(b.parts, part{own: riff})
	kept := int64(signature - frame)
	for at := int64(signature); end-at >= frame; {
		var h [frame + 1]byte
		if n, err := b.r.ReadAt(h[:], at); n < frame {
			return err
		}
		name, n := string(h[:4]), int64(binary.LittleEndian.Uint32(h[4:]))
		switch name {
		case "VP8X":
			h[frame] &^= described
			b.parts = append(b.parts, part{own: h[:], at: at + frame + 1, n: n - 1, padded: n&1 == 1})
			kept += frame + n + n&1
		case "VP8 ", "VP8L", "ALPH", "ICCP":
			b.parts = append(b.parts, part{at: at, n: frame + n, padded: n&1 == 1})
			kept += frame + n + n&1
		case "EXIF":
			if err := b.describing(at+frame, n); err != nil {
				return err
			}
		}
		at += frame + n + n&1
	}
	binary.LittleEndian.PutUint32(riff[4:], uint32(kept))
	b.behind(end, size)
	return nil
}
