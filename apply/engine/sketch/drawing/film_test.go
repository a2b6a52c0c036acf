package drawing

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/at-wat/ebml-go"
	"github.com/at-wat/ebml-go/webm"
	"golang.org/x/image/vp8"
)

// frames draws a whole film into separate frames.
func frames(r Request) []*frame {
	w, h := size(MethodVideo, r.Aspect)
	fl := newFilm(r)
	out := make([]*frame, frameCount)
	for i := range out {
		f := newFrame(w, h)
		if i%onTwos != 0 {
			f = out[i-1]
		}
		if drawn := fl.draw(i, f); drawn != (i%onTwos == 0) {
			panic("films move on twos")
		}
		out[i] = f
	}
	return out
}

// apart is the mean difference of the luma of two frames, in 1/1000 of 255,
// over every seventh sample.
func apart(a, b *frame) int {
	sum, n := 0, 0
	for i := 0; i < len(a.y); i += 7 {
		sum += abs(int(a.y[i]) - int(b.y[i]))
		n++
	}
	return sum * 1000 / (n * 255)
}

// asFrame is an image as a film shows it.
func asFrame(m image.Image) *frame {
	k := fit(m, 1280, 720)
	f := newFrame(1280, 720)
	f.convert(k.RGBA, k.Rect)
	return f
}

func testImages() (knight, mountains *image.RGBA) {
	knight = Image(Request{Method: MethodImage, Prompt: "A knight at dusk, full figure"})
	mountains = Image(Request{Method: MethodImage, Prompt: "Mountains by day", Aspect: "portrait"})
	return knight, mountains
}

func TestTransitionJoinsItsImages(t *testing.T) {
	t.Parallel()
	a, b := testImages()
	for _, prompt := range []string{"camera pushes through the gate", "wipe left", "down"} {
		fs := frames(Request{Method: MethodVideoTransition, Prompt: prompt, Start: a, End: b})
		if d := apart(fs[0], asFrame(a)); d != 0 {
			t.Errorf("%s: the first frame is %d/1000 from the start image", prompt, d)
		}
		if d := apart(fs[frameCount-1], asFrame(b)); d > 20 {
			t.Errorf("%s: the last frame is %d/1000 from the end image", prompt, d)
		}
		if d := apart(fs[frameCount/2], asFrame(a)); d < 10 {
			t.Errorf("%s: half way the frame is only %d/1000 from the start image", prompt, d)
		}
		for i := onTwos; i < frameCount; i += onTwos {
			if d := apart(fs[i], fs[i-onTwos]); d > 40 {
				t.Errorf("%s: frame %d jumps by %d/1000", prompt, i, d)
			}
		}
	}
}

func TestImageToVideoStartsOnItsImage(t *testing.T) {
	t.Parallel()
	a, b := testImages()
	for _, m := range []image.Image{a, b} {
		fs := frames(Request{Method: MethodVideoFromImage, Prompt: "breathes", Image: m})
		if d := apart(fs[0], asFrame(m)); d != 0 {
			t.Errorf("the first frame is %d/1000 from the image", d)
		}
		moved := 0
		for i := onTwos; i < frameCount; i += onTwos {
			if !bytes.Equal(fs[i].y, fs[i-onTwos].y) {
				moved++
			}
		}
		if moved < frameCount/onTwos*3/4 {
			t.Errorf("only %d of %d drawings differ from the one before", moved, frameCount/onTwos)
		}
	}
}

func TestLoopCloses(t *testing.T) {
	t.Parallel()
	a, _ := testImages()
	r := Request{Method: MethodVideoFromImage, Prompt: "snow falls", Image: a, Loop: true}
	fs := frames(r)
	step := 0
	for i := onTwos; i < frameCount; i += onTwos {
		step = max(step, apart(fs[i], fs[i-onTwos]))
	}
	if d := apart(fs[frameCount-1], fs[0]); d > step {
		t.Errorf("from last frame to first %d/1000, the longest step inside is %d/1000", d, step)
	}
	r.Loop = false
	open := frames(r)
	if d := apart(open[frameCount-1], open[0]); d <= step {
		t.Errorf("without loop the last frame is as near to the first (%d/1000)", d)
	}
}

func TestJourneyMoves(t *testing.T) {
	withoutRace(t)
	t.Parallel()
	_, ref := testImages()
	for _, r := range []Request{
		{Method: MethodVideo, Prompt: "Flight over mountains at sunrise"},
		{Method: MethodVideoReference, Prompt: "walks in rain", Aspect: "portrait", References: []image.Image{ref}},
	} {
		fs := frames(r)
		if d := apart(fs[0], fs[frameCount-1]); d < 10 {
			t.Errorf("%s: first and last frame differ by %d/1000 only", r.Method, d)
		}
		for i := onTwos; i < frameCount; i += onTwos {
			if d := apart(fs[i], fs[i-onTwos]); d > 40 {
				t.Errorf("%s: frame %d jumps by %d/1000", r.Method, i, d)
			}
		}
	}
	plain, with := newFrame(1280, 720), newFrame(1280, 720)
	newFilm(Request{Method: MethodVideo, Prompt: "walks in rain"}).draw(0, plain)
	newFilm(Request{Method: MethodVideoReference, Prompt: "walks in rain", References: []image.Image{ref}}).draw(0, with)
	if d := apart(plain, with); d < 10 {
		t.Errorf("a reference changes the film by %d/1000 only", d)
	}
}

func TestFilmStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, write := range map[string]func(context.Context, io.Writer, Request) error{"MP4": MP4, "WebM": WebM} {
		var b bytes.Buffer
		if err := write(ctx, &b, Request{Method: MethodVideo, Prompt: "hills"}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		if b.Len() != 0 {
			t.Errorf("%s: wrote %d bytes", name, b.Len())
		}
	}
}

type failing struct{}

var errDiskFull = errors.New("disk full")

func (failing) Write([]byte) (int, error) { return 0, errDiskFull }

func TestFilmReportsWriteErrors(t *testing.T) {
	t.Parallel()
	if err := MP4(context.Background(), failing{}, Request{Method: MethodVideo}); !errors.Is(err, errDiskFull) {
		t.Errorf("MP4: %v", err)
	}
}

// webmFilm is a film in WebM, which takes seconds to draw.
var webmFilm = sync.OnceValues(func() ([]byte, error) {
	var b bytes.Buffer
	err := WebM(context.Background(), &b, webmRequest)
	return b.Bytes(), err
})

var webmRequest = Request{Method: MethodVideo, Prompt: "A dragon over the sea at dusk"}

// TestWebM reads the file back: four seconds of VP8 key frames that show what
// the film shows.
func TestWebM(t *testing.T) {
	withoutRace(t)
	if testing.Short() {
		t.Skip("48 VP8 frames take seconds")
	}
	t.Parallel()
	data, err := webmFilm()
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 12<<20 {
		t.Errorf("the film takes %d bytes", len(data))
	}
	var file struct {
		Header  webm.EBMLHeader `ebml:"EBML"`
		Segment webm.Segment    `ebml:"Segment"`
	}
	if err := ebml.Unmarshal(bytes.NewReader(data), &file); err != nil {
		t.Fatal(err)
	}
	if d := time.Duration(file.Segment.Info.Duration) * time.Millisecond; d != 4*time.Second {
		t.Errorf("duration %v", d)
	}
	last, n := -1, 0
	var first []byte
	for _, c := range file.Segment.Cluster {
		for _, block := range c.SimpleBlock {
			at := int(c.Timecode) + int(block.Timecode)
			if at <= last || !block.Keyframe {
				t.Errorf("block %d at %d ms after %d ms, key %v", n, at, last, block.Keyframe)
			}
			if n == 0 {
				first = block.Data[0]
			}
			last, n = at, n+1
		}
	}
	if n != frameCount/webmStep || last >= 4000 {
		t.Errorf("%d frames, the last at %d ms", n, last)
	}
	d := vp8.NewDecoder()
	d.Init(bytes.NewReader(first), len(first))
	if _, err := d.DecodeFrameHeader(); err != nil {
		t.Fatal(err)
	}
	m, err := d.DecodeFrame()
	if err != nil {
		t.Fatal(err)
	}
	want := newFrame(1280, 720)
	newFilm(webmRequest).draw(0, want)
	got := newFrame(1280, 720)
	for y := range 720 {
		copy(got.y[y*1280:][:1280], m.Y[y*m.YStride:])
	}
	if diff := apart(got, want); diff > 20 {
		t.Errorf("the first frame is %d/1000 from the film's", diff)
	}
}
