package drawing

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"io"
	"math"
	"math/bits"
	"slices"

	"assetform/apply/media/webp"
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
	clusters := make([]cluster, 0, frameCount/fps)
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
			clusters = append(clusters, cluster{start: i * 1000 / fps})
		}
		c := &clusters[len(clusters)-1]
		c.blocks = append(c.blocks, vp8Block{i % fps * 1000 / fps, data})
	}
	return writeWebM(w, width, height, clusters)
}

// cluster is a second of film: key frames by their time in milliseconds, which
// counts from its beginning.
type cluster struct {
	start  int
	blocks []vp8Block
}

type vp8Block struct {
	at   int
	data []byte
}

// writeWebM lays out a file of one track, as RFC 8794 and RFC 9559 describe it.
func writeWebM(w io.Writer, width, height int, clusters []cluster) error {
	const (
		title = "assetform"
		track = 1
		key   = 0x80 // flag of a block
	)
	segment := [][]byte{
		element(0x1549a966, // Info
			number(0x2ad7b1, 1000000), // TimecodeScale, nanoseconds: times are in milliseconds
			element(0x4d80, []byte(title)),
			element(0x5741, []byte(title)),
			element(0x4489, binary.BigEndian.AppendUint64(nil, math.Float64bits(frameCount*1000/fps)))), // Duration
		element(0x1654ae6b, // Tracks
			element(0xae,
				number(0xd7, track), // TrackNumber
				number(0x73c5, 1),   // TrackUID
				element(0x86, []byte("V_VP8")),
				number(0x83, 1),                           // TrackType: video
				number(0x23e383, webmStep*1000000000/fps), // DefaultDuration
				element(0xe0, number(0xb0, uint64(width)), number(0xba, uint64(height))))),
	}
	for _, c := range clusters {
		parts := [][]byte{number(0xe7, uint64(c.start))}
		for _, b := range c.blocks {
			parts = append(parts, element(0xa3, dataSize(track), words16(uint32(b.at)), []byte{key}, b.data)) // SimpleBlock
		}
		segment = append(segment, element(0x1f43b675, parts...))
	}
	header := element(0x1a45dfa3,
		number(0x4286, 1), number(0x42f7, 1), // versions of EBML, written and needed
		number(0x42f2, 4), number(0x42f3, 8), // the longest id and size
		element(0x4282, []byte("webm")),
		number(0x4287, 4), number(0x4285, 2)) // versions of WebM
	for _, part := range [][]byte{header, element(0x18538067, segment...)} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// element is one element of EBML; its id has its length in it.
func element(id uint32, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return slices.Concat(bigEndian(uint64(id)), dataSize(len(body)), body)
}

func number(id uint32, v uint64) []byte { return element(id, bigEndian(v)) }

// bigEndian is a number in as few bytes as it needs, at least one.
func bigEndian(v uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, v)[min(bits.LeadingZeros64(v)/8, 7):]
}

// dataSize is a size, with a bit in front that tells its length. Of each
// length the greatest value means something else.
func dataSize(n int) []byte {
	length := 1
	for n >= 1<<(7*length)-1 {
		length++
	}
	return binary.BigEndian.AppendUint64(nil, uint64(n)|1<<(7*length))[8-length:]
}
