package media

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// mp4Track is what the movie box says of one track.
type mp4Track struct {
	id            uint32
	handler       string // "vide" for video
	timescale     uint32 // ticks a second
	duration      uint64 // ticks: the sum of what the samples last
	width, height int64
	samples       uint32
	bytes         int64 // of all samples
	sizes, chunks box   // the tables of the samples, and of where they lie
	runs          box   // how many samples each chunk has
	encrypted     bool
	sideways      bool      // it is displayed turned by a quarter
	pixel         [2]uint32 // how wide and high a pixel is, in any unit
	edits         []mp4Edit
	// What a sample of a fragment lasts and has in bytes unless it says so.
	defaultTicks, defaultSize uint32
	fragments                 uint64 // ticks of all samples in fragments
}

// mp4Edit is a part of a track that is shown.
type mp4Edit struct {
	length uint64 // ticks of the movie
	start  int64  // ticks of the track; -1: nothing is shown so long
}

// shown is how many seconds are shown of a track that has so many.
func (t *mp4Track) shown(seconds float64, scale uint32) float64 {
	var sum float64
	for _, e := range t.edits {
		part := float64(e.length) / float64(scale)
		if e.start >= 0 {
			part = min(part, seconds)
		}
		sum += part
	}
	if sum > 0 && scale > 0 {
		return sum
	}
	return seconds
}

// displayed is the size in which a film is shown: pixels that are not square
// make one side longer, and a camera may have been held upright.
func (t *mp4Track) displayed() (w, h int64) {
	w, h = t.width, t.height
	if x, y := int64(t.pixel[0]), int64(t.pixel[1]); x > 0 && y > 0 {
		w, h = max(w, (w*x+y/2)/y), max(h, (h*y+x/2)/x)
	}
	if t.sideways {
		w, h = h, w
	}
	return w, h
}

// inside visits the boxes in a box.
func (f *mp4File) inside(b box, visit func(box) error) error { return f.each(b.body, b.end, visit) }

// movie reads the tracks of a "moov" box.
func (f *mp4File) movie(moov box) ([]*mp4Track, error) {
	var tracks []*mp4Track
	defaults := map[uint32][2]uint32{}
	err := f.inside(moov, func(b box) error {
		switch b.name {
		case "mvhd":
			scale, err := f.timescale(b)
			f.scale = scale
			return err
		case "trak":
			t := &mp4Track{}
			tracks = append(tracks, t)
			if len(tracks) > 64 {
				return errors.New("it has too many tracks")
			}
			return f.track(b, t)
		case "mvex":
			return f.inside(b, func(b box) error {
				if b.name != "trex" {
					return nil
				}
				p, err := f.fields(b, 20)
				if err == nil && len(defaults) < 64 {
					defaults[binary.BigEndian.Uint32(p[4:])] = [2]uint32{binary.BigEndian.Uint32(p[12:]), binary.BigEndian.Uint32(p[16:])}
				}
				return err
			})
		}
		return nil
	})
	for _, t := range tracks {
		t.defaultTicks, t.defaultSize = defaults[t.id][0], defaults[t.id][1]
	}
	return tracks, err
}

// track reads a "trak" box and what lies in it on the way to the tables.
func (f *mp4File) track(trak box, t *mp4Track) error {
	return f.inside(trak, func(b box) error {
		switch b.name {
		case "tkhd":
			p, err := f.fields(b, 24)
			if err != nil {
				return err
			}
			t.id = binary.BigEndian.Uint32(p[12:])
			turn := int64(40) // the matrix
			if p[0] == 1 {
				t.id, turn = binary.BigEndian.Uint32(p[20:]), 52
			}
			if p, err := f.fields(b, turn+8); err == nil {
				t.sideways = p[turn]|p[turn+1]|p[turn+2]|p[turn+3] == 0 && binary.BigEndian.Uint32(p[turn+4:]) != 0
			}
		case "edts":
			return f.inside(b, func(b box) error { return f.edits(b, t) })
		case "mdia":
			return f.inside(b, func(b box) error { return f.mediaBox(b, t) })
		}
		return nil
	})
}

// timescale reads how many ticks a second has from the header of a movie or of
// a track's media.
func (f *mp4File) timescale(b box) (uint32, error) {
	p, err := f.fields(b, 24)
	if err != nil {
		return 0, err
	}
	if p[0] == 1 {
		return binary.BigEndian.Uint32(p[20:]), nil
	}
	return binary.BigEndian.Uint32(p[12:]), nil
}

// edits reads which parts of a track are shown.
func (f *mp4File) edits(b box, t *mp4Track) error {
	if b.name != "elst" {
		return nil
	}
	p, err := f.fields(b, 8)
	if err != nil {
		return err
	}
	size := 12
	if p[0] == 1 {
		size = 20
	}
	return f.table(b, 8, binary.BigEndian.Uint32(p[4:]), size, func(row []byte) error {
		e := mp4Edit{length: uint64(binary.BigEndian.Uint32(row)), start: int64(int32(binary.BigEndian.Uint32(row[4:])))}
		if size == 20 {
			e = mp4Edit{length: binary.BigEndian.Uint64(row), start: int64(binary.BigEndian.Uint64(row[8:]))}
		}
		if t.edits = append(t.edits, e); len(t.edits) > 1<<12 {
			return errors.New("it has too many edits")
		}
		return nil
	})
}

// mediaBox reads one box of "mdia".
func (f *mp4File) mediaBox(b box, t *mp4Track) (err error) {
	switch b.name {
	case "mdhd":
		t.timescale, err = f.timescale(b)
		return err
	case "hdlr":
		p, err := f.fields(b, 12)
		if err != nil {
			return err
		}
		t.handler = string(p[8:12])
	case "minf":
		return f.inside(b, func(b box) error {
			if b.name != "stbl" {
				return nil
			}
			return f.inside(b, func(b box) error { return f.sampleTable(b, t) })
		})
	}
	return nil
}

// sampleTable reads one box of "stbl".
func (f *mp4File) sampleTable(b box, t *mp4Track) error {
	switch b.name {
	case "stsd":
		return f.description(b, t)
	case "stts":
		p, err := f.fields(b, 8)
		if err != nil {
			return err
		}
		return f.table(b, 8, binary.BigEndian.Uint32(p[4:]), 8, func(row []byte) error {
			t.duration += uint64(binary.BigEndian.Uint32(row)) * uint64(binary.BigEndian.Uint32(row[4:]))
			return nil
		})
	case "stsz":
		return f.sampleSizes(b, t)
	case "stsc":
		t.runs = b
	case "stco", "co64":
		t.chunks = b
		p, err := f.fields(b, 8)
		if err != nil {
			return err
		}
		size := 4
		if b.name == "co64" {
			size = 8
		}
		return f.table(b, 8, binary.BigEndian.Uint32(p[4:]), size, func(row []byte) error {
			at := uint64(binary.BigEndian.Uint32(row))
			if size == 8 {
				at = binary.BigEndian.Uint64(row)
			}
			if at >= uint64(f.size) {
				return fmt.Errorf("its frames lie at %d, after the end: %w", at, errCutShort)
			}
			return nil
		})
	}
	return nil
}

func (f *mp4File) sampleSizes(b box, t *mp4Track) error {
	t.sizes = b
	p, err := f.fields(b, 12)
	if err != nil {
		return err
	}
	t.samples = binary.BigEndian.Uint32(p[8:])
	if each := binary.BigEndian.Uint32(p[4:]); each != 0 {
		t.bytes = int64(each) * int64(t.samples)
		return nil
	}
	return f.table(b, 12, t.samples, 4, func(row []byte) error {
		t.bytes += int64(binary.BigEndian.Uint32(row))
		return nil
	})
}

// description reads the frame's size from the first entry of "stsd", and
// whether the track is encrypted. What it finds else in a track that is no video
// means nothing and is not used.
func (f *mp4File) description(stsd box, t *mp4Track) error {
	entry, err := f.header(stsd.body+8, stsd.end)
	if err != nil {
		return err
	}
	t.encrypted = entry.name == "encv" || entry.name == "enca"
	const fields = 78 // of a video, before its boxes
	if entry.end-entry.body < 28 {
		return nil
	}
	p, err := f.fields(entry, 28)
	if err != nil {
		return err
	}
	t.width = int64(binary.BigEndian.Uint16(p[24:]))
	t.height = int64(binary.BigEndian.Uint16(p[26:]))
	// In a track of another kind these are no boxes, and that is no error.
	_ = f.each(entry.body+fields, entry.end, func(b box) error {
		if b.name == "pasp" {
			if p, err := f.fields(b, 8); err == nil {
				t.pixel = [2]uint32{binary.BigEndian.Uint32(p), binary.BigEndian.Uint32(p[4:])}
			}
		}
		return nil
	})
	return nil
}
