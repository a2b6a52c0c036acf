package media

import "encoding/binary"

// mp4Fragment is what a "traf" box says of the samples of one track.
type mp4Fragment struct {
	track       *mp4Track // nil: one that the movie does not have
	ticks, size uint32    // of a sample that does not say its own
	base        int64     // what places are counted from
	at          int64     // where the next samples lie
}

// fragment adds what the samples of a "moof" box last to their tracks, and
// looks at those of video.
func (f *mp4File) fragment(moof box, tracks []*mp4Track) error {
	return f.inside(moof, func(b box) error {
		if b.name != "traf" {
			return nil
		}
		var fr mp4Fragment
		return f.inside(b, func(b box) (err error) {
			switch b.name {
			case "tfhd":
				fr, err = f.fragmentHeader(b, moof.start, tracks)
			case "trun":
				err = f.run(b, &fr)
			}
			return err
		})
	})
}

// Flags of "tfhd" and "trun" that tell which optional fields stand there.
const (
	tfhdBaseOffset, tfhdDescription, tfhdDuration, tfhdSize = 0x1, 0x2, 0x8, 0x10

	trunOffset, trunFirstFlags = 0x1, 0x4
	trunDuration, trunSize     = 0x100, 0x200
	trunSampleFields           = 0xf00
)

// fragmentHeader returns the track of a fragment, which begins at start, and
// what its samples are by default.
func (f *mp4File) fragmentHeader(b box, start int64, tracks []*mp4Track) (fr mp4Fragment, err error) {
	p, err := f.fields(b, 8)
	if err != nil {
		return fr, err
	}
	fr.base = start
	flags, id := binary.BigEndian.Uint32(p)&0xffffff, binary.BigEndian.Uint32(p[4:])
	for _, t := range tracks {
		if t.id == id {
			fr.track, fr.ticks, fr.size = t, t.defaultTicks, t.defaultSize
		}
	}
	off := int64(8)
	field := func(flag uint32, size int64, take func([]byte)) error {
		if flags&flag == 0 || err != nil {
			return err
		}
		if p, err = f.fields(b, off+size); err == nil && take != nil {
			take(p[off:])
		}
		off += size
		return err
	}
	_ = field(tfhdBaseOffset, 8, func(p []byte) { fr.base = int64(binary.BigEndian.Uint64(p)) })
	_ = field(tfhdDescription, 4, nil)
	_ = field(tfhdDuration, 4, func(p []byte) { fr.ticks = binary.BigEndian.Uint32(p) })
	err = field(tfhdSize, 4, func(p []byte) { fr.size = binary.BigEndian.Uint32(p) })
	fr.at = fr.base
	return fr, err
}

// run adds what the samples of a "trun" box last, and looks at those of video.
func (f *mp4File) run(b box, fr *mp4Fragment) error {
	p, err := f.fields(b, 8)
	if err != nil {
		return err
	}
	flags, count := binary.BigEndian.Uint32(p)&0xffffff, binary.BigEndian.Uint32(p[4:])
	off, size := int64(8), 0
	if flags&trunOffset != 0 {
		if p, err = f.fields(b, off+4); err != nil {
			return err
		}
		fr.at = fr.base + int64(int32(binary.BigEndian.Uint32(p[off:])))
		off += 4
	}
	if flags&trunFirstFlags != 0 {
		off += 4
	}
	for flag := uint32(trunDuration); flag&trunSampleFields != 0; flag <<= 1 {
		if flags&flag != 0 {
			size += 4
		}
	}
	if fr.track == nil {
		return nil
	}
	if size == 0 { // all are alike, and no table bounds how many
		fr.track.fragments += uint64(count) * uint64(fr.ticks)
		return nil
	}
	return f.table(b, off, count, size, func(row []byte) error {
		ticks, n := fr.ticks, fr.size
		if flags&trunDuration != 0 {
			ticks, row = binary.BigEndian.Uint32(row), row[4:]
		}
		if flags&trunSize != 0 {
			n = binary.BigEndian.Uint32(row)
		}
		fr.track.fragments += uint64(ticks)
		at := fr.at
		fr.at += int64(n)
		if fr.track.handler != "vide" {
			return nil
		}
		return f.frame(at, int64(n))
	})
}
