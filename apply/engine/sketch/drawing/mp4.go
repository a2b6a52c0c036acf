package drawing

import (
	"context"
	"io"

	"github.com/Eyevinn/mp4ff/mp4"
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

// writeMP4 lays out a file of one track and one chunk.
func writeMP4(w io.Writer, enc *encoder, sizes []uint32, data []byte) error {
	const scale = 12288 // ticks a second
	init := mp4.CreateEmptyInit()
	init.AddEmptyTrack(scale, "video", "und")
	moov := init.Moov
	moov.Children = moov.Children[:0] // without mvex: this is no fragmented file
	moov.Mvex = nil
	trak := moov.Trak
	moov.AddChild(moov.Mvhd)
	moov.AddChild(trak)
	if err := trak.SetAVCDescriptor("avc1", [][]byte{enc.sps()}, [][]byte{enc.pps()}, true); err != nil {
		return err
	}
	moov.Mvhd.Timescale = scale
	moov.Mvhd.Duration = frameCount * scale / fps
	trak.Tkhd.Duration = moov.Mvhd.Duration
	trak.Mdia.Mdhd.Duration = moov.Mvhd.Duration

	stbl := trak.Mdia.Minf.Stbl
	stbl.Stts.SampleCount = []uint32{frameCount}
	stbl.Stts.SampleTimeDelta = []uint32{scale / fps}
	stbl.Stsz.SampleNumber = frameCount
	stbl.Stsz.SampleSize = sizes
	stbl.AddChild(&mp4.StssBox{SampleNumber: []uint32{1}})
	if err := stbl.Stsc.AddEntry(1, frameCount, 1); err != nil {
		return err
	}
	ftyp := mp4.NewFtyp("isom", 0x200, []string{"isom", "iso2", "avc1", "mp41"})
	stbl.Stco.ChunkOffset = []uint32{0}
	stbl.Stco.ChunkOffset[0] = uint32(ftyp.Size() + moov.Size() + 8)

	for _, box := range []mp4.Box{ftyp, moov, &mp4.MdatBox{Data: data}} {
		if err := box.Encode(w); err != nil {
			return err
		}
	}
	return nil
}
