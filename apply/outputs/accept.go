package outputs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image/gif"
	"io"
	"unicode/utf8"

	"assetform/apply/media"
	"assetform/config/format"
)

// A person's file may be of formats that no service delivers: what is derived
// has them, and nothing reads them but this.

const (
	mediaTypeText = "text/plain" // of what a template or a format of code gives
	maxTextBytes  = 16 << 20     // as much as an export may have
	maxIconBytes  = 16 << 20
	maxGIFPixels  = 64 << 20
)

// identify verifies a file of that many bytes that is to be adopted for an
// output with this extension, and says what it is. The error says what it is
// instead.
func identify(r io.ReaderAt, size int64, ext string) (media.Info, error) {
	switch kind := format.TypeOf(ext); kind {
	case "":
		return identifyText(r, size)
	case "image/gif":
		return identifyGIF(r, size)
	case "image/x-icon":
		return identifyIcon(r, size)
	}
	return media.Probe(r, size)
}

// identifyText takes any text.
func identifyText(r io.ReaderAt, size int64) (media.Info, error) {
	if size > maxTextBytes {
		return media.Info{}, fmt.Errorf("the file has %d bytes, and an export at most %d", size, maxTextBytes)
	}
	text, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	switch {
	case err != nil:
		return media.Info{}, err
	case !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		return media.Info{}, errors.New("the file is no text in UTF-8")
	}
	return media.Info{Type: mediaTypeText, Bytes: size}, nil
}

// identifyGIF takes a still or a moving one.
func identifyGIF(r io.ReaderAt, size int64) (media.Info, error) {
	head, err := gif.DecodeConfig(io.NewSectionReader(r, 0, size))
	if err == nil && head.Width*head.Height > maxGIFPixels { // each side has 16 bits
		err = fmt.Errorf("it has more than %d pixels", maxGIFPixels)
	}
	if err == nil {
		_, err = gif.Decode(io.NewSectionReader(r, 0, size))
	}
	if err != nil {
		return media.Info{}, fmt.Errorf("the file is no usable GIF: %w", err)
	}
	return media.Info{Type: "image/gif", Bytes: size, Width: head.Width, Height: head.Height}, nil
}

// identifyIcon looks at the table of an ICO: each picture lies within the file.
// Its size is that of the largest.
func identifyIcon(r io.ReaderAt, size int64) (media.Info, error) {
	const headBytes, entryBytes, maxEntries = 6, 16, 256
	m := media.Info{Type: "image/x-icon", Bytes: size}
	none := errors.New("the file is no usable ICO")
	var head [headBytes]byte
	if _, err := r.ReadAt(head[:], 0); err != nil || size > maxIconBytes || !bytes.HasPrefix(head[:], []byte{0, 0, 1, 0}) {
		return m, none
	}
	count := int(binary.LittleEndian.Uint16(head[4:]))
	if count == 0 || count > maxEntries {
		return m, none
	}
	table := make([]byte, count*entryBytes)
	if _, err := r.ReadAt(table, headBytes); err != nil {
		return m, none
	}
	for ; len(table) > 0; table = table[entryBytes:] {
		length, at := int64(binary.LittleEndian.Uint32(table[8:])), int64(binary.LittleEndian.Uint32(table[12:]))
		if length == 0 || at < headBytes || at+length > size {
			return m, none
		}
		m.Width, m.Height = max(m.Width, side(table[0])), max(m.Height, side(table[1]))
	}
	return m, nil
}

// side is a side of a picture in an ICO: 0 stands for 256.
func side(b byte) int {
	if b == 0 {
		return 256
	}
	return int(b)
}
