package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxFrames bounds the frames that are looked at in one file: an hour of 240 a
// second has fewer.
const maxFrames = 1 << 20

var errNoPlaces = errors.New("its tables do not say where all of its frames lie")

// frames looks at each frame that the tables of a track place in the file: how
// many bytes it has, how many lie in each chunk, and where the chunks lie.
func (f *mp4File) frames(t *mp4Track) error {
	if t.samples == 0 {
		return nil // they lie in fragments
	}
	if t.samples > maxFrames {
		return fmt.Errorf("it has more than %d frames", maxFrames)
	}
	each, err := f.fields(t.sizes, 12)
	if err != nil {
		return err
	}
	size := int64(binary.BigEndian.Uint32(each[4:]))
	sizes, chunks, runs := f.rows(t.sizes, 8, 4), f.rows(t.chunks, 4, 4), f.rows(t.runs, 4, 12)
	if t.chunks.name == "co64" {
		chunks.size = 8
	}
	run := runs.next() // the first chunk of it, and how many frames each has
	perChunk := uint32(0)
	for chunk, found := uint32(1), uint32(0); found < t.samples; chunk++ {
		for run != nil && chunk >= binary.BigEndian.Uint32(run) {
			perChunk = binary.BigEndian.Uint32(run[4:])
			run = runs.next()
		}
		place := chunks.next()
		if place == nil || perChunk == 0 {
			return errNoPlaces
		}
		at := int64(binary.BigEndian.Uint32(place))
		if len(place) == 8 {
			at = int64(binary.BigEndian.Uint64(place))
		}
		for i := uint32(0); i < perChunk && found < t.samples; i++ {
			n := size
			if n == 0 {
				row := sizes.next()
				if row == nil {
					return errNoPlaces
				}
				n = int64(binary.BigEndian.Uint32(row))
			}
			if err := f.frame(at, n); err != nil {
				return err
			}
			at += n
			found++
		}
	}
	return nil
}

// rows reads a table row by row.
type rows struct {
	r    *bufio.Reader
	left int64
	size int
	row  [12]byte
}

// rows returns a table of a box, whose count of rows stands at that offset and
// whose rows, of so many bytes, follow. Without such a box it has none.
func (f *mp4File) rows(b box, countAt int64, size int) *rows {
	t := &rows{size: size}
	if p, err := f.fields(b, countAt+4); err == nil {
		t.left = int64(binary.BigEndian.Uint32(p[countAt:]))
		t.r = bufio.NewReader(io.NewSectionReader(f.r, b.body+countAt+4, b.end-b.body-countAt-4))
	}
	return t
}

// next is good until it is called again; nil behind the last row.
func (t *rows) next() []byte {
	if t.left--; t.left < 0 {
		return nil
	}
	row := t.row[:t.size]
	if _, err := io.ReadFull(t.r, row); err != nil {
		t.left = 0
		return nil
	}
	return row
}
