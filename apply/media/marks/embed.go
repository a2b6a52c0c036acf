package marks

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"assetform/config/format"
)

// Embed writes the picture that encode writes, with a packet of XMP in it: in a
// PNG behind its head, in a JPEG in front of what it says of its pixels, in a
// WebP at its end. What is in another format has no place for it and is written
// as it is. The picture must have no packet yet; nil is none to write. No more of
// it is held than its beginning.
//
// A packet that one segment of a JPEG does not hold is written as XMP has it for
// that case: the marks in the first one, all of it in those that follow.
//
// Errors are those of dst and encode, and of a picture that is cut short.
func Embed(dst io.Writer, xmp []byte, encode func(io.Writer) error) error {
	if len(xmp) == 0 {
		return encode(dst)
	}
	if len(xmp) > maxPacket {
		return errLarge
	}
	e := &embedder{w: dst, xmp: xmp}
	if err := encode(e); err != nil {
		return err
	}
	return e.close()
}

// embedder passes a picture on and puts the packet where it belongs.
type embedder struct {
	w    io.Writer
	xmp  []byte // nil as soon as it is placed
	head []byte // the picture as long as it does not tell where that is
	// tail is the packet that a WebP ends with, and left how many bytes of the
	// picture are to come before.
	tail []byte
	left int64
}

func (e *embedder) Write(p []byte) (int, error) {
	if e.xmp == nil {
		e.left -= int64(len(p))
		return e.w.Write(p)
	}
	e.head = append(e.head, p...)
	parts, ok, err := e.begun()
	if err != nil || !ok {
		return len(p), err
	}
	for _, b := range parts {
		if _, err := e.w.Write(b); err != nil {
			return 0, err
		}
	}
	e.head, e.xmp = nil, nil
	return len(p), nil
}

// begun is what the picture begins with, with the packet in its place; ok is
// false as long as nothing tells it.
func (e *embedder) begun() (parts [][]byte, ok bool, err error) {
	if format.Sniff(e.head) == "image/webp" {
		if len(e.head) < webpHead {
			return nil, false, nil
		}
		if parts, err = webpBegun(e.head, e.xmp); err != nil {
			return nil, false, err
		}
		e.tail = riff("XMP ", e.xmp)
		e.left = int64(binary.LittleEndian.Uint32(e.head[4:])) + 8 - int64(len(e.head))
		return parts, true, nil
	}
	at, part, ok := place(e.head)
	if !ok {
		return nil, false, nil
	}
	return [][]byte{e.head[:at], part(e.xmp), e.head[at:]}, true, nil
}

// close writes what is left.
func (e *embedder) close() error {
	short := e.tail != nil && e.left != 0
	switch format.Sniff(e.head) {
	case "image/png", "image/jpeg", "image/webp":
		short = true
	}
	if short {
		return errors.New("the picture is cut short, or too long")
	}
	_, err := e.w.Write(append(e.head, e.tail...))
	return err
}

// place finds out which part goes where into a picture that begins like this; ok
// is false as long as nothing tells it.
func place(head []byte) (at int, part func(xmp []byte) []byte, ok bool) {
	const start, segment, pngHead = 2, 4, 33 // of a PNG, signature and IHDR
	if len(head) < 12 {
		return 0, nil, false
	}
	switch format.Sniff(head) {
	case "image/png":
		return pngHead, pngText, len(head) >= pngHead
	case "image/jpeg":
		at = start
		if head[2] == 0xff && head[3] == 0xe0 { // JFIF wants to be the first
			at = segment + int(binary.BigEndian.Uint16(head[segment:]))
		}
		return at, jpegText, len(head) >= at
	}
	return 0, func([]byte) []byte { return nil }, true // no place
}

func pngText(xmp []byte) []byte {
	body := append([]byte("iTXtXML:com.adobe.xmp\x00\x00\x00\x00\x00"), xmp...)
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(body)-4)), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(body))
}

const webpHead = 12 + 8 + 10 // of a WebP, with what its first chunk begins with

// webpBegun is what a WebP begins with that has a text behind its picture. The
// header of the extended form tells that it is there; a WebP of the simple form
// gets one.
func webpBegun(b, xmp []byte) ([][]byte, error) {
	const head, frame, withXMP = 12, 8, 0x04
	le := binary.LittleEndian
	extended := bytes.Clone(b[head+frame : webpHead])
	rest, more := b[webpHead:], 0
	if name := string(b[head:][:4]); name != "VP8X" {
		size, ok := webpCanvas(name, extended)
		if !ok {
			return nil, fmt.Errorf("a WebP that begins with a chunk %q is damaged", name)
		}
		extended, rest, more = size, b[head:], frame+len(size)
	}
	extended[0] |= withXMP
	begin := bytes.Clone(b[:head])
	le.PutUint32(begin[4:], le.Uint32(begin[4:])+uint32(more+frame+len(xmp)+len(xmp)&1))
	return [][]byte{begin, riff("VP8X", extended), rest}, nil
}

// webpCanvas makes the header of the extended form from what a picture's chunk
// begins with: flags, of which it knows alpha, and width and height less one in
// 24 bits each.
func webpCanvas(name string, b []byte) ([]byte, bool) {
	const withAlpha = 0x10
	le := binary.LittleEndian
	var w, h uint32
	var flags byte
	switch {
	case name == "VP8 " && bytes.Equal(b[3:6], []byte{0x9d, 0x01, 0x2a}):
		w, h = uint32(le.Uint16(b[6:])&0x3fff), uint32(le.Uint16(b[8:])&0x3fff)
		if w == 0 || h == 0 {
			return nil, false
		}
		w, h = w-1, h-1
	case name == "VP8L" && b[0] == 0x2f:
		bits := le.Uint32(b[1:])
		w, h = bits&0x3fff, bits>>14&0x3fff
		if bits>>28&1 != 0 {
			flags = withAlpha
		}
	default:
		return nil, false
	}
	return []byte{flags, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)}, true
}

func riff(name string, body []byte) []byte {
	c := append(binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body))), body...)
	return append(c, make([]byte, len(body)&1)...)
}
