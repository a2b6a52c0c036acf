package media

import (
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

// box is one box of an MP4 file; body and end are offsets in the file.
type box struct {
	name      string
	body, end int64
}

type mp4File struct {
	r     io.ReaderAt
	boxes int // looked at so far
}

var errCutShort = picture.ErrCutShort

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
	b := box{name: string(h[4:8]), body: start + 8}
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

// probeMP4 wants complete boxes, a video track, and tables that point into
// the file.
func probeMP4(r io.ReaderAt, size int64) (Info, error) {
	if size > maxVideoBytes {
		return Info{}, fmt.Errorf("its %d bytes are more than %d", size, int64(maxVideoBytes))
	}
	f := &mp4File{r: r}
	var tracks []*mp4Track
	var data int64
	fragments := map[uint32]uint64{} // track -> ticks
	err := f.each(0, size, func(b box) (err error) {
		switch b.name {
		case "moov":
			tracks, err = f.movie(b, size)
		case "moof":
			err = f.fragment(b, tracks, fragments)
		case "mdat":
			data += b.end - b.body
		}
		return err
	})
	if err != nil {
		return Info{}, err
	}
	for _, t := range tracks {
		if t.handler != "vide" {
			continue
		}
		return t.info(data, fragments[t.id])
	}
	return Info{}, errors.New("it has no video track")
}

// info checks what was found out about a video track.
func (t *mp4Track) info(data int64, fragments uint64) (Info, error) {
	if err := checkFrame(t.width, t.height); err != nil {
		return Info{}, err
	}
	ticks := t.duration
	if t.samples == 0 {
		ticks = fragments
	}
	switch {
	case t.timescale == 0:
		return Info{}, errors.New("its video track has no time scale")
	case t.samples == 0 && fragments == 0, data == 0:
		return Info{}, errors.New("its video track has no frames")
	case t.bytes > data:
		return Info{}, fmt.Errorf("its frames have %d bytes, the file holds %d: %w", t.bytes, data, errCutShort)
	}
	seconds := float64(ticks) / float64(t.timescale)
	if err := checkDuration(seconds); err != nil {
		return Info{}, err
	}
	return Info{Width: int(t.width), Height: int(t.height), Duration: seconds}, nil
}
