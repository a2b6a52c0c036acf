package drawing

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"slices"
)

// Every film is four seconds long.
const (
	fps        = 24
	frameCount = 4 * fps
)

// MP4 draws the request's film and writes it as H.264 in MP4, index first so
// that it plays while it loads. Nothing is written before the whole film is
// drawn. The errors are those of ctx and w.
func MP4(ctx context.Context, w io.Writer, r Request) error {
	width, height := size(MethodVideo, r.Aspect)
	fl := newFilm(r)
	enc := newEncoder(width, height)
	sizes := make([]uint32, 0, frameCount)
	var data []byte
	now, before := newFrame(width, height), newFrame(width, height)
	for i := range frameCount {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := len(data)
		if fl.draw(i, now) {
			data = enc.encode(data, now, fl.moves(i))
			now, before = before, now
		} else {
			data = enc.repeat(data)
		}
		sizes = append(sizes, uint32(len(data)-at))
	}
	return writeMP4(w, enc, sizes, data)
}

// writeMP4 lays out a file of one track and one chunk, as ISO 14496-12 and
// 14496-15 describe it. Its names are those of the program that wrote the
// films which locks have recorded: another byte would be another film.
func writeMP4(w io.Writer, enc *encoder, sizes []uint32, data []byte) error {
	const (
		scale    = 12288 // ticks a second
		duration = frameCount * scale / fps
		one      = 1 << 16 // in fixed point
		unit     = 1 << 30 // of a matrix
	)
	matrix := words32(one, 0, 0, 0, one, 0, 0, 0, unit)
	width, height := uint32(enc.mbw*mbSize), uint32(enc.mbh*mbSize)
	sps, pps := enc.sps(), enc.pps()

	coded := box("avcC", []byte{1}, sps[1:4], []byte{0xff, 0xe1}, words16(uint32(len(sps))), sps, []byte{1}, words16(uint32(len(pps))), pps)
	packager := make([]byte, 32)
	packager[0] = byte(copy(packager[1:], "mp4ff video packager"))
	sample := box("avc1", words16(0, 0, 0, 1), make([]byte, 16), words16(width, height), words32(72*one, 72*one, 0),
		words16(1), packager, words16(24, 0xffff), coded)
	table := func(offset uint32) []byte {
		return box("stbl",
			box("stsd", words32(0, 1), sample),
			box("stts", words32(0, 1, frameCount, scale/fps)),
			box("stsc", words32(0, 1, 1, frameCount, 1)),
			box("stsz", words32(0, 0, frameCount), words32(sizes...)),
			box("stco", words32(0, 1, offset)),
			box("stss", words32(0, 1, 1)))
	}
	movie := func(offset uint32) []byte {
		return box("moov",
			box("mvhd", words32(0, 0, 0, scale, duration, one), words16(1<<8, 0), words32(0, 0), matrix, make([]byte, 24), words32(2)),
			box("trak",
				box("tkhd", words32(7, 0, 0, 1, 0, duration, 0, 0, 0, 0), matrix, words32(width*one, height*one)),
				box("mdia",
					box("mdhd", words32(0, 0, 0, scale, duration), words16(undetermined, 0)),
					box("hdlr", words32(0, 0), []byte("vide"), make([]byte, 12), []byte("mp4ff video handler\x00")),
					box("minf",
						box("vmhd", words32(1, 0, 0)),
						box("dinf", box("dref", words32(0, 1), box("url ", words32(1)))),
						table(offset)))))
	}
	kind := box("ftyp", []byte("isom"), words32(0x200), []byte("isomiso2avc1mp41"))
	const head = 8 // of the box that has the frames
	offset := uint32(len(kind) + len(movie(0)) + head)
	for _, part := range [][]byte{kind, movie(offset), words32(uint32(head + len(data))), []byte("mdat"), data} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// undetermined is the language "und", five bits a letter.
const undetermined = ('u'-0x60)<<10 | ('n'-0x60)<<5 | ('d' - 0x60)

// box is one box of an MP4 file.
func box(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return slices.Concat(words32(uint32(4+len(kind)+len(body))), []byte(kind), body)
}

func words32(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

func words16(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	return b
}
