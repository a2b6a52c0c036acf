package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"assetform/config/picture"
)

// The boxes that matter are looked up by name, without recursion and without
// reading what they hold into memory: libraries for MP4 build the whole tree
// and follow the nesting and the counts that a file claims.

// maxBoxes bounds the boxes that are looked at in one file.
const maxBoxes = 1 << 20

// box is one box of an MP4 file; where it starts, its body and its end are
// offsets in the file.
type box struct {
	name             string
	start, body, end int64
}

type mp4File struct {
	r     io.ReaderAt
	size  int64
	boxes int    // looked at so far
	scale uint32 // ticks of the movie a second
}

var (
	errCutShort  = picture.ErrCutShort
	errEncrypted = errors.New("it is encrypted, and nobody can play it without a key")
)

// each calls visit for the boxes between start and end.
func (f *mp4File) each(start, end int64, visit func(box) error) error {
	for start < end {
		if f.boxes++; f.boxes > maxBoxes {
			return errors.New("it has too many boxes")
		}
		b, err := f.header(start, end)
		if err != nil {
			return err
		}
		if err := visit(b); err != nil {
			return err
		}
		start = b.end
	}
	return nil
}

// header reads the header of the box at start, which must lie before end.
func (f *mp4File) header(start, end int64) (box, error) {
	var h [16]byte
	if end-start < 8 {
		return box{}, errCutShort
	}
	if err := f.read(h[:8], start); err != nil {
		return box{}, err
	}
	b := box{name: string(h[4:8]), start: start, body: start + 8}
	size := int64(binary.BigEndian.Uint32(h[:]))
	switch size {
	case 0: // to the end
		b.end = end
		return b, nil
	case 1:
		if end-start < 16 {
			return box{}, errCutShort
		}
		if err := f.read(h[8:], start+8); err != nil {
			return box{}, err
		}
		b.body += 8
		size = int64(binary.BigEndian.Uint64(h[8:]))
	}
	switch {
	case size < b.body-start: // negative too
		return box{}, fmt.Errorf("the size of box %q is wrong", b.name)
	case size > end-start:
		return box{}, fmt.Errorf("box %q ends after what holds it: %w", b.name, errCutShort)
	}
	b.end = start + size
	return b, nil
}

func (f *mp4File) read(p []byte, at int64) error {
	n, err := f.r.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	if err == io.EOF {
		return errCutShort
	}
	return err
}

// fields reads n bytes at the beginning of a box's body.
func (f *mp4File) fields(b box, n int64) ([]byte, error) {
	if b.end-b.body < n {
		return nil, fmt.Errorf("box %q is too short", b.name)
	}
	p := make([]byte, n)
	return p, f.read(p, b.body)
}

// table calls visit with the big-endian numbers of a table that begins off
// bytes into a box and has count rows of size bytes.
func (f *mp4File) table(b box, off int64, count uint32, size int, visit func(row []byte) error) error {
	if b.end-b.body-off < int64(count)*int64(size) {
		return fmt.Errorf("box %q is shorter than its table", b.name)
	}
	r := io.NewSectionReader(f.r, b.body+off, int64(count)*int64(size))
	buf := make([]byte, 4096*size)
	for left := int(count); left > 0; {
		rows := buf[:min(left, 4096)*size]
		if _, err := io.ReadFull(r, rows); err != nil {
			return errCutShort
		}
		for ; len(rows) > 0; rows = rows[size:] {
			if err := visit(rows[:size]); err != nil {
				return err
			}
			left--
		}
	}
	return nil
}

// filmBoxes are those that a file consists of. One of another name that does
// not fit is none, but bytes that were left behind the end.
var filmBoxes = map[string]bool{
	"ftyp": true, "styp": true, "moov": true, "moof": true, "mdat": true, "free": true, "skip": true, "wide": true, "uuid": true,
	"meta": true, "sidx": true, "ssix": true, "mfra": true, "prft": true, "emsg": true, "pdin": true, "udta": true, "imda": true,
}

// film calls visit for the boxes of the file, and returns where they end.
// Players pass over what stands there behind a whole film.
func (f *mp4File) film(visit func(box) error) (end int64, err error) {
	var index, data bool
	for end < f.size {
		if f.boxes++; f.boxes > maxBoxes {
			return end, errors.New("it has too many boxes")
		}
		b, err := f.header(end, f.size)
		unknown := !filmBoxes[b.name]
		if index && data && unknown && (err != nil || b.name == "\x00\x00\x00\x00") {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		index, data = index || b.name == "moov", data || b.name == "mdat"
		if err := visit(b); err != nil {
			return end, err
		}
		end = b.end
	}
	return end, nil
}

// probeMP4 wants complete boxes, a video track, and tables that point to frames
// in the file.
func probeMP4(r io.ReaderAt, size int64) (Info, error) {
	if size > maxVideoBytes {
		return Info{}, fmt.Errorf("its %d bytes are more than %d", size, int64(maxVideoBytes))
	}
	f := &mp4File{r: r, size: size}
	var tracks []*mp4Track
	var data int64
	end, err := f.film(func(b box) (err error) {
		switch b.name {
		case "moov":
			tracks, err = f.movie(b)
		case "moof":
			err = f.fragment(b, tracks)
		case "mdat":
			data += b.end - b.body
		}
		return err
	})
	if err != nil {
		return Info{}, err
	}
	for _, t := range tracks {
		if t.encrypted {
			return Info{}, errEncrypted
		}
	}
	for _, t := range tracks {
		if t.handler != "vide" {
			continue
		}
		info, err := t.info(data, f.scale)
		if err == nil {
			err = f.frames(t)
		}
		if err != nil {
			return Info{}, err
		}
		if n := size - end; n > maxPadding || n > 0 && !f.zeros(end, n) {
			info.Flaw = fmt.Sprintf("%d bytes stand behind its end", n)
		}
		return info, nil
	}
	return Info{}, errors.New("it has no video track")
}

// zeros tells whether bytes of the file are nothing but zeros.
func (f *mp4File) zeros(at, n int64) bool {
	p := make([]byte, n)
	return f.read(p, at) == nil && len(bytes.Trim(p, "\x00")) == 0
}

// frame looks at a frame of n bytes: it lies in the file, and does not begin
// with zeros, which no codec writes and which is all that stands in a file
// whose rest was never fetched.
func (f *mp4File) frame(at, n int64) error {
	if at < 0 || n < 0 || at > f.size-n {
		return fmt.Errorf("its frames lie at %d, after the end: %w", at, errCutShort)
	}
	if n >= 4 && f.zeros(at, min(n, 16)) {
		return fmt.Errorf("the frame at byte %d is nothing but zeros", at)
	}
	return nil
}

// info checks what was found out about a video track. scale is the movie's.
func (t *mp4Track) info(data int64, scale uint32) (Info, error) {
	if err := checkFrame(t.width, t.height); err != nil {
		return Info{}, err
	}
	ticks := t.duration
	if t.samples == 0 {
		ticks = t.fragments
	}
	switch {
	case t.timescale == 0:
		return Info{}, errors.New("its video track has no time scale")
	case t.samples == 0 && t.fragments == 0, data == 0:
		return Info{}, errors.New("its video track has no frames")
	case t.bytes > data:
		return Info{}, fmt.Errorf("its frames have %d bytes, the file holds %d: %w", t.bytes, data, errCutShort)
	}
	seconds := t.shown(float64(ticks)/float64(t.timescale), scale)
	if err := checkDuration(seconds); err != nil {
		return Info{}, err
	}
	w, h := t.displayed()
	if err := checkFrame(w, h); err != nil {
		return Info{}, err
	}
	return Info{Width: int(w), Height: int(h), Duration: seconds}, nil
}
