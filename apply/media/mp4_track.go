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
	// defaultTicks is what a sample of a fragment lasts unless it says so.
	defaultTicks uint32
}

// inside visits the boxes in a box.
func (f *mp4File) inside(b box, visit func(box) error) error { return f.each(b.body, b.end, visit) }

// movie reads the tracks of a "moov" box.
func (f *mp4File) movie(moov box, fileSize int64) ([]*mp4Track, error) {
	var tracks []*mp4Track
	defaults := map[uint32]uint32{}
	err := f.inside(moov, func(b box) error {
		switch b.name {
		case "trak":
			t := &mp4Track{}
			tracks = append(tracks, t)
			if len(tracks) > 64 {
				return errors.New("it has too many tracks")
			}
			return f.track(b, t, fileSize)
		case "mvex":
			return f.inside(b, func(b box) error {
				if b.name != "trex" {
					return nil
				}
				p, err := f.fields(b, 16)
				if err == nil {
					defaults[binary.BigEndian.Uint32(p[4:])] = binary.BigEndian.Uint32(p[12:])
				}
				return err
			})
		}
		return nil
	})
	for _, t := range tracks {
		t.defaultTicks = defaults[t.id]
	}
	return tracks, err
}

// track reads a "trak" box and what lies in it on the way to the tables.
func (f *mp4File) track(trak box, t *mp4Track, fileSize int64) error {
	return f.inside(trak, func(b box) error {
		switch b.name {
		case "tkhd":
			p, err := f.fields(b, 24)
			if err != nil {
				return err
			}
			t.id = binary.BigEndian.Uint32(p[12:])
			if p[0] == 1 {
				t.id = binary.BigEndian.Uint32(p[20:])
			}
		case "mdia":
			return f.inside(b, func(b box) error { return f.mediaBox(b, t, fileSize) })
		}
		return nil
	})
}

// mediaBox reads one box of "mdia".
func (f *mp4File) mediaBox(b box, t *mp4Track, fileSize int64) error {
	switch b.name {
	case "mdhd":
		p, err := f.fields(b, 24)
		if err != nil {
			return err
		}
		t.timescale = binary.BigEndian.Uint32(p[12:])
		if p[0] == 1 {
			t.timescale = binary.BigEndian.Uint32(p[20:])
		}
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
			return f.inside(b, func(b box) error { return f.sampleTable(b, t, fileSize) })
		})
	}
	return nil
}

// sampleTable reads one box of "stbl".
func (f *mp4File) sampleTable(b box, t *mp4Track, fileSize int64) error {
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
	case "stco", "co64":
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
			if at >= uint64(fileSize) {
				return fmt.Errorf("its frames lie at %d, after the end: %w", at, errCutShort)
			}
			return nil
		})
	}
	return nil
}

func (f *mp4File) sampleSizes(b box, t *mp4Track) error {
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

// description reads the frame's size from the first entry of "stsd". What it
// finds in a track that is no video means nothing and is not used.
func (f *mp4File) description(stsd box, t *mp4Track) error {
	entry, err := f.header(stsd.body+8, stsd.end)
	if err != nil || entry.end-entry.body < 28 {
		return err
	}
	p, err := f.fields(entry, 28)
	if err != nil {
		return err
	}
	t.width = int64(binary.BigEndian.Uint16(p[24:]))
	t.height = int64(binary.BigEndian.Uint16(p[26:]))
	return nil
}

// fragment adds what the samples of a "moof" box last to ticks, by track.
func (f *mp4File) fragment(moof box, tracks []*mp4Track, ticks map[uint32]uint64) error {
	return f.inside(moof, func(b box) error {
		if b.name != "traf" {
			return nil
		}
		var id, each uint32
		return f.inside(b, func(b box) (err error) {
			switch b.name {
			case "tfhd":
				id, each, err = f.fragmentHeader(b, tracks)
			case "trun":
				var sum uint64
				sum, err = f.run(b, each)
				if _, ok := ticks[id]; ok || len(ticks) < 64 {
					ticks[id] += sum
				}
			}
			return err
		})
	})
}

// Flags of "tfhd" and "trun" that tell which optional fields stand there.
const (
	tfhdBaseOffset, tfhdDescription, tfhdDuration = 0x1, 0x2, 0x8

	trunOffset, trunFirstFlags = 0x1, 0x4
	trunDuration               = 0x100
	trunSampleFields           = 0xf00
)

// fragmentHeader returns the track of a fragment and what its samples last by
// default.
func (f *mp4File) fragmentHeader(b box, tracks []*mp4Track) (id, each uint32, err error) {
	p, err := f.fields(b, 8)
	if err != nil {
		return 0, 0, err
	}
	flags, id := binary.BigEndian.Uint32(p)&0xffffff, binary.BigEndian.Uint32(p[4:])
	for _, t := range tracks {
		if t.id == id {
			each = t.defaultTicks
		}
	}
	if flags&tfhdDuration == 0 {
		return id, each, nil
	}
	off := int64(8)
	if flags&tfhdBaseOffset != 0 {
		off += 8
	}
	if flags&tfhdDescription != 0 {
		off += 4
	}
	if p, err = f.fields(b, off+4); err != nil {
		return 0, 0, err
	}
	return id, binary.BigEndian.Uint32(p[off:]), nil
}

// run returns what the samples of a "trun" box last together.
func (f *mp4File) run(b box, each uint32) (uint64, error) {
	p, err := f.fields(b, 8)
	if err != nil {
		return 0, err
	}
	flags, count := binary.BigEndian.Uint32(p)&0xffffff, binary.BigEndian.Uint32(p[4:])
	if flags&trunDuration == 0 {
		return uint64(count) * uint64(each), nil
	}
	off, size := int64(8), 0
	for _, flag := range []uint32{trunOffset, trunFirstFlags} {
		if flags&flag != 0 {
			off += 4
		}
	}
	for flag := uint32(trunDuration); flag&trunSampleFields != 0; flag <<= 1 {
		if flags&flag != 0 {
			size += 4
		}
	}
	var sum uint64
	err = f.table(b, off, count, size, func(row []byte) error {
		sum += uint64(binary.BigEndian.Uint32(row)) // the duration is the first field
		return nil
	})
	return sum, err
}
