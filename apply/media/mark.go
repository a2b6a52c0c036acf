package media

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"io"
)

// What a delivered picture says of itself in XMP goes along when it is
// converted: generators write there that it is generated, and who has rights
// in it.

// marked encodes a picture with its XMP.
func marked(w io.Writer, m image.Image, to string, xmp []byte, encode func(io.Writer, image.Image) error) error {
	if len(xmp) == 0 {
		return encode(w, m)
	}
	switch to {
	case typePNG:
		const afterHead = 33 // signature and IHDR
		return encode(&inserting{w: w, at: afterHead, part: pngText(xmp)}, m)
	case typeJPEG:
		const afterStart = 2
		return encode(&inserting{w: w, at: afterStart, part: jpegText(xmp)}, m)
	}
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		return err
	}
	_, err := w.Write(webpText(b.Bytes(), m.Bounds().Size(), xmp))
	return err
}

// inserting writes a part where so many bytes have been written.
type inserting struct {
	w    io.Writer
	at   int
	part []byte
}

func (i *inserting) Write(p []byte) (int, error) {
	head := p[:min(i.at, len(p))]
	n, err := i.w.Write(head)
	if i.at -= n; err != nil || i.at > 0 {
		return n, err
	}
	part := i.part
	i.part = nil
	if _, err := i.w.Write(part); err != nil {
		return n, err
	}
	more, err := i.w.Write(p[n:])
	return n + more, err
}

func pngText(xmp []byte) []byte {
	body := append([]byte("iTXtXML:com.adobe.xmp\x00\x00\x00\x00\x00"), xmp...)
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(body)-4)), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(body))
}

// jpegText is nothing for what does not fit into a segment.
func jpegText(xmp []byte) []byte {
	body := append([]byte("http://ns.adobe.com/xap/1.0/\x00"), xmp...)
	if len(body)+2 > 0xffff {
		return nil
	}
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2)), body...)
}

// webpText puts a text behind a WebP's picture. The header of the extended form
// tells that it is there.
func webpText(b []byte, size image.Point, xmp []byte) []byte {
	const head, flags, withXMP = 12, 20, 0x04
	chunk := func(name string, body []byte) []byte {
		c := append(binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body))), body...)
		return append(c, make([]byte, len(body)&1)...)
	}
	if string(b[head:head+4]) != "VP8X" {
		w, h := uint32(size.X-1), uint32(size.Y-1)
		extended := chunk("VP8X", []byte{0, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)})
		b = bytes.Join([][]byte{b[:head], extended, b[head:]}, nil)
	}
	b[flags] |= withXMP
	b = append(b, chunk("XMP ", xmp)...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}
