package sketch

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"

	"github.com/at-wat/ebml-go"
	"github.com/at-wat/ebml-go/webm"
	"github.com/gen2brain/webp"
)

// webmStep thins the film out to the frames that are drawn: each frame of a
// WebM is a key frame and costs a full encoding.
const webmStep = onTwos

// WebM draws the request's film and writes it as VP8 in WebM. The errors are
// those of ctx, w and the VP8 encoder.
func WebM(ctx context.Context, w io.Writer, r Request) error {
	width, height := Size(MethodVideo, r.Aspect)
	fl := newFilm(r)
	f, m := newFrame(width, height), image.NewRGBA(image.Rect(0, 0, width, height))
	clusters := make([]webm.Cluster, 0, frameCount/fps)
	for i := 0; i < frameCount; i += webmStep {
		if err := ctx.Err(); err != nil {
			return err
		}
		fl.draw(i, f)
		f.rgba(m)
		data, err := keyFrame(m)
		if err != nil {
			return err
		}
		if i%fps == 0 {
			clusters = append(clusters, webm.Cluster{Timecode: uint64(i * 1000 / fps)})
		}
		c := &clusters[len(clusters)-1]
		c.SimpleBlock = append(c.SimpleBlock, ebml.Block{
			TrackNumber: 1,
			Timecode:    int16(i % fps * 1000 / fps),
			Keyframe:    true,
			Data:        [][]byte{data},
		})
	}
	return writeWebM(w, width, height, clusters)
}

func writeWebM(w io.Writer, width, height int, clusters []webm.Cluster) error {
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

// keyFrame encodes one VP8 frame: a lossy WebP is one, wrapped in RIFF.
func keyFrame(m *image.RGBA) ([]byte, error) {
	var b bytes.Buffer
	if err := webp.Encode(&b, m, webp.Options{Quality: 80, Method: 0}); err != nil {
		return nil, fmt.Errorf("encode a VP8 frame: %w", err)
	}
	data := b.Bytes()
	if len(data) < 12 {
		return nil, errors.New("encode a VP8 frame: short WebP")
	}
	for data = data[12:]; len(data) >= 8; {
		n := int(binary.LittleEndian.Uint32(data[4:]))
		if n > len(data)-8 {
			break
		}
		if string(data[:4]) == "VP8 " {
			return data[8 : 8+n], nil
		}
		data = data[8+min(n+n&1, len(data)-8):]
	}
	return nil, errors.New("encode a VP8 frame: no VP8 chunk in the WebP")
}
