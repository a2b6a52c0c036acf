package marks

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"assetform/config/picture"
)

// Each walk ends where a file is damaged: what was found until then counts.

// png looks through the chunks of a PNG.
func (f *file) png() {
	const signature, frame = 8, 12 // length, name and checksum
	for at := int64(signature); f.part() == nil; {
		var h [8]byte
		if f.read(h[:], at) != nil {
			return
		}
		n, name := int64(binary.BigEndian.Uint32(h[:])), string(h[4:])
		if name == "IEND" {
			return
		}
		if name == "caBX" && n <= f.size-at-8 {
			f.c2pa = f.c2pa || isStore(io.NewSectionReader(f, at+8, n), n)
		}
		at += n + frame
	}
}

// webp looks through the chunks of a WebP.
func (f *file) webp() {
	const signature, frame = 12, 8 // name and length
	var h [signature]byte
	if f.read(h[:], 0) != nil {
		return
	}
	end := min(int64(binary.LittleEndian.Uint32(h[4:]))+8, f.size)
	for at := int64(signature); end-at >= frame && f.part() == nil; {
		if f.read(h[:frame], at) != nil {
			return
		}
		name, n := string(h[:4]), int64(binary.LittleEndian.Uint32(h[4:]))
		at += frame
		if name == "C2PA" && n <= end-at {
			f.c2pa = f.c2pa || isStore(io.NewSectionReader(f, at, n), n)
		}
		at += n + n&1
	}
}

// errPixels ends the walk through a JPEG.
var errPixels = errors.New("no segment with marks follows")

// jpeg looks through the segments of a JPEG in front of its pixels. A box of
// JUMBF may lie in several that have one number; each has the box's head again.
func (f *file) jpeg() {
	const app11, scan = 0xeb, 0xda
	var stores []*jpegStore
	// What stops it is damage, or an error of the reader that f remembers.
	_, _ = picture.WalkJPEG(io.NewSectionReader(f, 0, f.size), func(marker byte, at, n int64) error {
		if marker == scan {
			return errPixels
		}
		if err := f.part(); err != nil || marker != app11 {
			return err
		}
		b := make([]byte, min(n, f.size-at))
		if err := f.read(b, at); err != nil || int64(len(b)) < n {
			return err
		}
		stores = collect(stores, b)
		return nil
	})
	for _, s := range stores {
		f.c2pa = f.c2pa || isStore(bytes.NewReader(s.head), s.bytes)
	}
}

// jpegStore is a box of JUMBF that lies in the segments of a JPEG.
type jpegStore struct {
	number uint16
	last   uint32 // part
	head   []byte // what the first part holds
	bytes  int64  // in all parts so far
}

// collect takes the part of a box that an APP11 segment holds.
func collect(stores []*jpegStore, b []byte) []*jpegStore {
	const front, maxStores = 8, 16 // "JP", the box's number and the part's
	if len(b) < front+8 || string(b[:2]) != "JP" || string(b[front+4:front+8]) != "jumb" {
		return stores
	}
	number, part := binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint32(b[4:])
	for _, s := range stores {
		if s.number == number {
			boxHead := 8
			if binary.BigEndian.Uint32(b[front:]) == 1 {
				boxHead = 16
			}
			if part == s.last+1 && len(b) >= front+boxHead {
				s.last, s.bytes = part, s.bytes+int64(len(b)-front-boxHead)
			}
			return stores
		}
	}
	if len(stores) == maxStores {
		return stores
	}
	return append(stores, &jpegStore{number: number, last: part, head: b[front:], bytes: int64(len(b) - front)})
}

// Boxes "uuid" of an MP4 that hold marks.
const (
	uuidC2PA = "\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81"
	uuidXMP  = "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac"
)

// mp4 looks through the boxes of an MP4, and of its movie those that describe
// it.
func (f *file) mp4() {
	f.boxes(0, f.size, func(name string, at, n int64) {
		switch name {
		case "uuid":
			f.uuid(at, n)
		case "jumb": // with its head
			f.c2pa = f.c2pa || isStore(io.NewSectionReader(f, at-8, n+8), n+8)
		case "moov":
			f.boxes(at, at+n, f.movie)
		}
	})
}

// movie takes a box of an MP4's movie. XMP stands there in QuickTime's place.
func (f *file) movie(name string, at, n int64) {
	switch name {
	case "uuid":
		f.uuid(at, n)
	case "udta":
		f.boxes(at, at+n, func(name string, at, n int64) {
			if name == "XMP_" {
				f.packet(at, n)
			}
		})
	}
}

func (f *file) uuid(at, n int64) {
	const purpose = 16 + 4 + 9 // id, version and flags, the longest word and its NUL
	var h [purpose]byte
	if n < 16 || f.read(h[:min(n, purpose)], at) != nil {
		return
	}
	switch string(h[:16]) {
	case uuidXMP:
		f.packet(at+16, n-16)
	case uuidC2PA:
		word, _, ok := bytes.Cut(h[20:], []byte{0})
		switch string(word) {
		case "manifest", "original", "update": // another one tells hashes alone
		default:
			return
		}
		skip := int64(20 + len(word) + 1 + 8) // and where hashes stand
		if ok && n > skip {
			f.c2pa = f.c2pa || isStore(io.NewSectionReader(f, at+skip, n-skip), n-skip)
		}
	}
}

// packet takes a packet of XMP, the first of a film.
func (f *file) packet(at, n int64) {
	if n == 0 || n > maxPacket || f.xmp != nil {
		return
	}
	b := make([]byte, n)
	if f.read(b, at) == nil && bytes.Contains(b[:min(n, 1<<10)], []byte("<")) {
		f.xmp = b
	}
}

// boxes calls visit for each box between two places of an MP4 with where its
// body stands.
func (f *file) boxes(at, end int64, visit func(name string, at, n int64)) {
	for end-at >= 8 && f.part() == nil {
		head, n, name, err := boxHead(f, at, end-at)
		if err != nil {
			return
		}
		visit(name, at+head, n-head)
		at += n
	}
}
