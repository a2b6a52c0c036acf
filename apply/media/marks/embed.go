package marks

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"assetform/config/format"
)

// Embed writes the picture that encode writes, with a packet of XMP in it: in a
// PNG behind its head, in a JPEG in front of what it says of its pixels, in a
// WebP at its end, for which alone the picture is held in memory. What is in
// another format has no place for it and is written as it is. The picture must
// have no packet yet; nil is none to write.
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
	w   io.Writer
	xmp []byte // nil as soon as it is written
	// head is the picture as long as it does not tell where that is; of a WebP,
	// all of it.
	head []byte
}

func (e *embedder) Write(p []byte) (int, error) {
	if e.xmp == nil {
		return e.w.Write(p)
	}
	e.head = append(e.head, p...)
	at, part, ok := place(e.head)
	if !ok {
		return len(p), nil
	}
	for _, b := range [][]byte{e.head[:at], part(e.xmp), e.head[at:]} {
		if _, err := e.w.Write(b); err != nil {
			return 0, err
		}
	}
	e.head, e.xmp = nil, nil
	return len(p), nil
}

// close writes what is left of the picture.
func (e *embedder) close() (err error) {
	b := e.head
	switch format.Sniff(b) {
	case "image/webp":
		b, err = webpWith(b, e.xmp)
	case "image/png", "image/jpeg":
		err = fmt.Errorf("a picture of %d bytes is cut short", len(b))
	}
	if err == nil {
		_, err = e.w.Write(b)
	}
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
	case "image/webp":
		return 0, nil, false
	}
	return 0, func([]byte) []byte { return nil }, true // no place
}

func pngText(xmp []byte) []byte {
	body := append([]byte("iTXtXML:com.adobe.xmp\x00\x00\x00\x00\x00"), xmp...)
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(body)-4)), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(body))
}

// webpWith puts a text behind a WebP's picture. The header of the extended form
// tells that it is there; a WebP of the simple form gets one.
func webpWith(b, xmp []byte) ([]byte, error) {
	const head, frame, withXMP = 12, 8, 0x04
	le := binary.LittleEndian
	if len(b) < head+frame+10 || int64(len(b)) != int64(le.Uint32(b[4:]))+8 {
		return nil, fmt.Errorf("a WebP of %d bytes is damaged", len(b))
	}
	extended := bytes.Clone(b[head+frame:][:10])
	first := b[head:]
	switch name := string(first[:4]); name {
	case "VP8X":
		first = first[frame+10:]
	default:
		size, ok := webpCanvas(name, first[frame:])
		if !ok {
			return nil, fmt.Errorf("a WebP that begins with a chunk %q is damaged", name)
		}
		extended = size
	}
	extended[0] |= withXMP
	out := append(bytes.Clone(b[:head]), riff("VP8X", extended)...)
	out = append(append(out, first...), riff("XMP ", xmp)...)
	le.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
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
