package drawing

import (
	"bytes"
	"io"
	"testing"

	"github.com/Eyevinn/mp4ff/mp4"
	"github.com/at-wat/ebml-go"
	"github.com/at-wat/ebml-go/webm"
)

// The files are, byte for byte, what the libraries make of the same that films
// were once written with: locks have recorded their hashes.
func TestContainers(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 100, 126, 127, 128, 16382, 16383, 20000} {
		data := bytes.Repeat([]byte("frame"), n)
		enc := newEncoder(size(MethodVideo, "portrait"))
		sizes := make([]uint32, frameCount)
		for i := range sizes {
			sizes[i] = uint32(i * n)
		}
		var got, want bytes.Buffer
		if writeMP4(&got, enc, sizes, data) != nil || libraryMP4(&want, enc, sizes, data) != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("MP4 of %d bytes: got %d bytes, want %d", len(data), got.Len(), want.Len())
		}
		got.Reset()
		want.Reset()
		clusters := []cluster{{0, []vp8Block{{0, data}, {83, data[:n]}}}, {1000, []vp8Block{{916, data[:n-1]}}}}
		if writeWebM(&got, 1280, 720, clusters) != nil || libraryWebM(&want, 1280, 720, clusters) != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("WebM of %d bytes: got %d bytes, want %d", len(data), got.Len(), want.Len())
		}
	}
}

func libraryMP4(w io.Writer, enc *encoder, sizes []uint32, data []byte) error {
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

func libraryWebM(w io.Writer, width, height int, list []cluster) error {
	var clusters []webm.Cluster
	for _, c := range list {
		of := webm.Cluster{Timecode: uint64(c.start)}
		for _, b := range c.blocks {
			of.SimpleBlock = append(of.SimpleBlock, ebml.Block{TrackNumber: 1, Timecode: int16(b.at), Keyframe: true, Data: [][]byte{b.data}})
		}
		clusters = append(clusters, of)
	}
	file := struct {
		Header  webm.EBMLHeader `ebml:"EBML"`
		Segment webm.Segment    `ebml:"Segment"`
	}{*webm.DefaultEBMLHeader, webm.Segment{
		Info: webm.Info{
			TimecodeScale: 1000000, // nanoseconds: times are in milliseconds
			MuxingApp:     "assetform",
			WritingApp:    "assetform",
			Duration:      frameCount * 1000 / fps,
		},
		Tracks: webm.Tracks{TrackEntry: []webm.TrackEntry{{
			TrackNumber:     1,
			TrackUID:        1,
			CodecID:         "V_VP8",
			TrackType:       1,
			DefaultDuration: webmStep * 1000000000 / fps,
			Video:           &webm.Video{PixelWidth: uint64(width), PixelHeight: uint64(height)},
		}}},
		Cluster: clusters,
	}}
	return ebml.Marshal(&file, w)
}
