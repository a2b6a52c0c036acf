package media

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A picture or a film is written as it was delivered, and then it is committed,
// built into a game and served by a website. So a delivered file may hold its
// picture or film and what describes it, within bounds, and nothing else: no
// second file behind its end, no archive, page or program in a place that
// decoders pass over, no text or profile that unpacks to more than any has,
// and no second picture. What it may carry stays as it is: colour profiles,
// EXIF, XMP, texts and the manifests of C2PA.
//
// Files that a person adopts or imports are theirs and are not looked at like
// this.

// Bounds of what a delivered file carries beside its picture or film. A
// manifest of C2PA with small pictures of its own has a few MiB, a colour
// profile at most three.
const (
	maxCargo    = 16 << 20 // bytes of metadata and padding
	maxUnpacked = 16 << 20 // bytes that compressed metadata unpacks to
	maxParts    = 1 << 16  // chunks, segments or boxes
	maxPadding  = 1 << 10  // zeros and blanks behind the end
)

// cargo is the search through one file. It holds little of it at a time.
type cargo struct {
	r        io.ReaderAt
	size     int64
	carried  int64
	unpacked int64
	parts    int
}

// CheckCargo refuses a delivered file, which is known to be media of that
// type, for what else it carries.
func CheckCargo(r io.ReaderAt, size int64, mediaType string) error {
	c := &cargo{r: r, size: size}
	var err error
	switch mediaType {
	case typePNG:
		err = c.png()
	case typeJPEG:
		err = c.jpeg()
	case typeWebP:
		err = c.webp()
	case typeMP4:
		err = c.mp4()
	case typeWebM:
		err = c.webm()
	}
	if err == nil {
		err = c.secondFile()
	}
	if err != nil {
		return fmt.Errorf("the %s file carries what a result may not: %w", mediaType, err)
	}
	return nil
}

// part counts one chunk, segment or box.
func (c *cargo) part() error {
	if c.parts++; c.parts > maxParts {
		return fmt.Errorf("it has more than %d parts", maxParts)
	}
	return nil
}

// carry takes n bytes of metadata at an offset; name is what holds them.
func (c *cargo) carry(name string, at, n int64) error {
	if c.carried += n; c.carried > maxCargo {
		return fmt.Errorf("beside the picture it has more than %d MiB, the last of it in %q", maxCargo>>20, name)
	}
	head := make([]byte, min(n, 128))
	if _, err := c.r.ReadAt(head, at); err != nil && err != io.EOF {
		return err
	}
	return c.foreign(name, head)
}

// foreign refuses metadata that is a file of another kind.
func (c *cargo) foreign(name string, head []byte) error {
	// A text has its keyword and a few flags in front.
	for _, start := range [][]byte{head, afterKeyword(head)} {
		if kind := foreignKind(start); kind != "" {
			return fmt.Errorf("%q holds %s", name, kind)
		}
	}
	return nil
}

func afterKeyword(head []byte) []byte {
	const longestKeyword = 79
	i := bytes.IndexByte(head, 0)
	if i < 1 || i > longestKeyword {
		return nil
	}
	return bytes.TrimLeft(head[i:], "\x00\x01")
}

// foreignKinds are how files begin that something runs or opens.
var foreignKinds = []struct{ start, kind string }{
	{"<!doctype html", "an HTML page"}, {"<html", "an HTML page"}, {"<script", "a script"}, {"<svg", "an SVG document"},
	{"<?php", "a PHP program"}, {"#!", "a script"}, {"%pdf-", "a PDF document"}, {"pk\x03\x04", "a ZIP archive"},
	{"\x7felf", "a program"}, {"mz\x90\x00", "a program"}, {"rar!", "a RAR archive"}, {"7z\xbc\xaf\x27\x1c", "a 7z archive"},
	{"\x00asm", "a program"}, {"\xca\xfe\xba\xbe", "a program"}, {"\xcf\xfa\xed\xfe", "a program"},
}

func foreignKind(b []byte) string {
	b = bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\ufeff")), " \t\r\n")
	for _, f := range foreignKinds {
		if len(b) >= len(f.start) && lowerASCII(b[:len(f.start)]) == f.start {
			return f.kind
		}
	}
	return ""
}

// lowerASCII leaves all bytes but A to Z as they are.
func lowerASCII(b []byte) string {
	low := bytes.Clone(b)
	for i, ch := range low {
		if 'A' <= ch && ch <= 'Z' {
			low[i] = ch | 0x20
		}
	}
	return string(low)
}

// unpack reads compressed metadata to its end and keeps none of it but its
// beginning.
func (c *cargo) unpack(name string, r io.Reader) error {
	z, err := zlib.NewReader(r)
	if err != nil {
		return nil // nothing unpacks it
	}
	head := make([]byte, 128)
	n, err := io.ReadFull(z, head)
	if err == nil {
		var rest int64
		rest, _ = io.Copy(io.Discard, io.LimitReader(z, maxUnpacked-c.unpacked+1))
		c.unpacked += rest
	}
	if c.unpacked += int64(n); c.unpacked > maxUnpacked {
		return fmt.Errorf("%q unpacks to more than %d MiB", name, maxUnpacked>>20)
	}
	return c.foreign(name, head[:n])
}

// behind looks at what follows the end of a file's format.
func (c *cargo) behind(end int64) error {
	n := c.size - end
	if n <= 0 {
		return nil
	}
	rest := make([]byte, min(n, maxPadding))
	if _, err := c.r.ReadAt(rest, end); err != nil && err != io.EOF {
		return err
	}
	if padding := len(bytes.Trim(rest, "\x00 \r\n")) == 0; !padding || n > maxPadding {
		kind := foreignKind(rest)
		if kind == "" {
			kind = "other data"
		}
		return fmt.Errorf("%s of %d bytes behind its end", kind, n)
	}
	return nil
}

// secondFile refuses a file that programs take for a PDF document or a ZIP
// archive though it begins as a picture: they look for the one among its first
// bytes, and for the directory of the other at its end, whatever stands in
// front of it.
func (c *cargo) secondFile() error {
	head := make([]byte, min(c.size, 1024))
	if _, err := c.r.ReadAt(head, 0); err != nil && err != io.EOF {
		return err
	}
	if bytes.Contains(head, []byte("%PDF-")) {
		return errors.New("the beginning of a PDF document")
	}
	const record, longestComment = 22, 0xffff
	tail := make([]byte, min(c.size, record+longestComment))
	if _, err := c.r.ReadAt(tail, c.size-int64(len(tail))); err != nil && err != io.EOF {
		return err
	}
	for i := len(tail) - record; i >= 0; i-- {
		b := tail[i:]
		if string(b[:4]) != "PK\x05\x06" {
			continue
		}
		le := binary.LittleEndian
		entries, size, comment := le.Uint16(b[10:]), int64(le.Uint32(b[12:])), int(le.Uint16(b[20:]))
		at := c.size - int64(len(tail)-i) // of the record
		if comment <= len(b)-record && entries > 0 && size >= 46 && size <= at {
			return errors.New("a ZIP archive that ends with the file")
		}
	}
	return nil
}
