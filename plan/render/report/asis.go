package report

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"assetform/config/picture"
)

// maxAsIs is how large a picture may be that is shown without being decoded.
const maxAsIs = 16 << 20

// asIs is a picture in a format that browsers show and package picture does
// not read: nothing is scaled, pages show the file itself.
type asIs struct {
	ext           string
	width, height int    // of the largest picture in it
	note          string // what an icon holds
}

// asIsExtensions are those of such files.
var asIsExtensions = []string{".gif", ".ico"}

// isAsIs tells whether a file begins as one of them, and an output that it is the
// content of has that extension: under another name it is no result.
func isAsIs(head []byte, extensions []string) bool {
	return bytes.HasPrefix(head, []byte("GIF8")) && slices.Contains(extensions, ".gif") ||
		bytes.HasPrefix(head, []byte("\x00\x00\x01\x00")) && slices.Contains(extensions, ".ico")
}

// readAsIs reads what a file says of itself. It is an error where that is not
// whole, and where a browser would be asked for more pixels than are decoded
// here.
func readAsIs(b []byte) (asIs, error) {
	if bytes.HasPrefix(b, []byte("GIF87a")) || bytes.HasPrefix(b, []byte("GIF89a")) {
		return readGIF(b)
	}
	return readIcon(b)
}

func readGIF(b []byte) (asIs, error) {
	if len(b) < 13 {
		return asIs{}, errors.New("the GIF ends in its header")
	}
	p := asIs{ext: ".gif", width: int(binary.LittleEndian.Uint16(b[6:])), height: int(binary.LittleEndian.Uint16(b[8:]))}
	switch {
	case p.width == 0 || p.height == 0:
		return asIs{}, errors.New("the GIF has no size")
	case p.width*p.height > picture.MaxPixels:
		return asIs{}, fmt.Errorf("its %d x %d pixels are more than %d million", p.width, p.height, picture.MaxPixels/1_000_000)
	}
	if n := framesOfGIF(b); n > 1 {
		p.note = fmt.Sprintf("It is an animation of %d pictures.", n)
	}
	return p, nil
}

// framesOfGIF counts the pictures of a GIF, as far as its blocks go.
func framesOfGIF(b []byte) (n int) {
	table := func(flags byte) int { // bytes of a table of colours
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	for at := 13 + table(b[10]); at < len(b); {
		switch {
		case b[at] == 0x21: // an extension
			at += 2
		case b[at] == 0x2c && at+10 <= len(b): // a picture, its colours, and how wide its codes are
			n, at = n+1, at+10+table(b[at+9])+1
		default:
			return n
		}
		for at < len(b) && b[at] != 0 { // blocks of data, each behind its length
			at += 1 + int(b[at])
		}
		at++
	}
	return n
}

// An icon's directory: a header, then a line for each picture.
const (
	iconHeader = 6
	iconLine   = 16
	maxIcons   = 64
	iconSide   = 256
)

func readIcon(b []byte) (asIs, error) {
	if len(b) < iconHeader {
		return asIs{}, errors.New("the icon ends in its header")
	}
	n := int(binary.LittleEndian.Uint16(b[4:]))
	if n == 0 || n > maxIcons || len(b) < iconHeader+n*iconLine {
		return asIs{}, fmt.Errorf("an icon holds 1 to %d pictures, not %d in %d bytes", maxIcons, n, len(b))
	}
	p := asIs{ext: ".ico"}
	var sizes []string
	for i := range n {
		line := b[iconHeader+i*iconLine:][:iconLine]
		size, at := uint64(binary.LittleEndian.Uint32(line[8:])), uint64(binary.LittleEndian.Uint32(line[12:]))
		if at < uint64(iconHeader+n*iconLine) || at+size > uint64(len(b)) {
			return asIs{}, fmt.Errorf("picture %d of the icon lies outside of the file", i+1)
		}
		w, h, ok := iconSize(b[at : at+size])
		if !ok {
			return asIs{}, fmt.Errorf("picture %d of the icon is no PNG or bitmap of at most %d x %d pixels", i+1, iconSide, iconSide)
		}
		if w*h > p.width*p.height {
			p.width, p.height = w, h
		}
		if text := fmt.Sprintf("%d × %d", w, h); !slices.Contains(sizes, text) {
			sizes = append(sizes, text)
		}
	}
	if len(sizes) > 1 {
		last := len(sizes) - 1
		p.note = "The icon holds pictures of " + strings.Join(sizes[:last], ", ") + " and " + sizes[last] + " pixels."
	}
	return p, nil
}

// iconSize is the size of one picture of an icon.
func iconSize(b []byte) (w, h int, ok bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) && len(b) >= 24:
		w, h = int(binary.BigEndian.Uint32(b[16:])), int(binary.BigEndian.Uint32(b[20:]))
	case len(b) >= 40 && binary.LittleEndian.Uint32(b) == 40:
		// A bitmap has the mask below it, in the same height.
		w, h = int(binary.LittleEndian.Uint32(b[4:])), int(binary.LittleEndian.Uint32(b[8:]))/2
	}
	return w, h, w > 0 && h > 0 && w <= iconSide && h <= iconSide
}
