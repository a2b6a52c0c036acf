package drawing

import (
	"context"
	"image"
	"io"

	"assetform/apply/media/webp"

	"github.com/at-wat/ebml-go"
	"github.com/at-wat/ebml-go/webm"
)

// webmStep thins the film out to the frames that are drawn: each frame of a
// WebM is a key frame and costs a full encoding.
const webmStep = onTwos

const webmQuality = 80

// WebM draws the request's film and writes it as VP8 in WebM. The errors are
// those of ctx, w and the VP8 encoder.
func WebM(ctx context.Context, w io.Writer, r Request) error {
	width, height := size(MethodVideo, r.Aspect)
	fl := newFilm(r)
	f, m := newFrame(width, height), image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	clusters := make([]webm.Cluster, 0, frameCount/fps)
	for i := 0; i < frameCount; i += webmStep {
		if err := ctx.Err(); err != nil {
			return err
		}
		fl.draw(i, f)
		f.bt601(m)
		data, err := webp.KeyFrame(m, webp.Options{Quality: webmQuality, Fast: true})
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
