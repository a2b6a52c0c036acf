package drawing

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/Eyevinn/mp4ff/avc"
	"github.com/Eyevinn/mp4ff/mp4"
)

// long: ASSETFORM_LONG asks for all that tests can draw. Without it they make
// the same assertions of fewer pictures and films.
var long = os.Getenv("ASSETFORM_LONG") != ""

// TestMP4 takes the files apart with mp4ff, decodes the stream with a decoder
// of its own and compares the frames with those drawn: nobody sees a difference.
func TestMP4(t *testing.T) {
	t.Parallel()
	a, b := testImages()
	requests := []Request{
		{Method: MethodVideo, Prompt: "a knight in a neon city, rain", Aspect: "portrait"},
		{Method: MethodVideoTransition, Prompt: "open", Start: a, End: b},
		{Method: MethodVideo, Prompt: "A dragon over burning mountains"},
		{Method: MethodVideoFromImage, Prompt: "magic", Image: a, Loop: true},
		{Method: MethodVideoReference, Prompt: "snow", References: []image.Image{b}},
	}
	if !long {
		requests = requests[:2]
	}
	for _, r := range requests {
		t.Run(r.Method+r.Aspect, func(t *testing.T) {
			t.Parallel()
			var file bytes.Buffer
			if err := MP4(context.Background(), &file, r); err != nil {
				t.Fatal(err)
			}
			if n := file.Len(); n > 1<<20 {
				t.Errorf("the film takes %d bytes", n)
			}
			w, h := size(r.Method, r.Aspect)
			samples := openMP4(t, file.Bytes(), w, h)
			want := frames(r)
			dec := newDecoder(w, h)
			for i, nal := range samples {
				if err := dec.decode(nal); err != nil {
					t.Fatalf("frame %d: %v", i, err)
				}
				for name, p := range map[string][2][]byte{"luma": {dec.prev.y, want[i].y}, "blue": {dec.prev.cb, want[i].cb}, "red": {dec.prev.cr, want[i].cr}} {
					if e := squares(p[0], p[1]); e > 2 { // 45 dB
						t.Fatalf("frame %d: %s is %.1f apart from what was drawn", i, name, e)
					}
				}
			}
		})
	}
}

// openMP4 checks the boxes and returns the NAL unit of each sample.
func openMP4(t *testing.T, data []byte, w, h int) [][]byte {
	t.Helper()
	f, err := mp4.DecodeFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if f.IsFragmented() || f.Children[1].Type() != "moov" {
		t.Error("want a progressive file with its index first")
	}
	trak := f.Moov.Trak
	if d, s := trak.Mdia.Mdhd.Duration, trak.Mdia.Mdhd.Timescale; d != 4*uint64(s) {
		t.Errorf("duration %d of %d a second", d, s)
	}
	stbl := trak.Mdia.Minf.Stbl
	entry := stbl.Stsd.AvcX
	if entry == nil || entry.Type() != "avc1" || int(entry.Width) != w || int(entry.Height) != h {
		t.Fatalf("sample entry %v", entry)
	}
	sps, err := avc.ParseSPSNALUnit(entry.AvcC.SPSnalus[0], true)
	if err != nil {
		t.Fatal(err)
	}
	if sps.Profile != 66 || sps.Level != 40 || int(sps.Width) != w || int(sps.Height) != h {
		t.Errorf("SPS profile %d level %d, %d by %d", sps.Profile, sps.Level, sps.Width, sps.Height)
	}
	if n := stbl.Stsz.SampleNumber; n != 96 {
		t.Fatalf("%d samples", n)
	}
	if got := stbl.Stss.SampleNumber; len(got) != 1 || got[0] != 1 {
		t.Errorf("sync samples %v", got)
	}
	at := int(stbl.Stco.ChunkOffset[0])
	var out [][]byte
	for _, size := range stbl.Stsz.SampleSize {
		n := int(binary.BigEndian.Uint32(data[at:]))
		if n+4 != int(size) {
			t.Fatalf("a sample of %d bytes holds a NAL unit of %d", size, n)
		}
		out = append(out, data[at+4:at+4+n])
		at += int(size)
	}
	if at != len(data) {
		t.Errorf("%d bytes after the last sample", len(data)-at)
	}
	return out
}

// squares is the mean of the squared differences.
func squares(a, b []byte) float64 {
	sum := 0
	for i, v := range a {
		d := int(v) - int(b[i])
		sum += d * d
	}
	return float64(sum) / float64(len(a))
}

// TestOtherDecoders asks ffmpeg for the frames and compares them sample by
// sample with those of the decoder here.
func TestOtherDecoders(t *testing.T) {
	withoutRace(t)
	t.Parallel()
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed; TestMP4 decodes the same stream in Go")
	}
	a, b := testImages()
	requests := []Request{
		{Method: MethodVideoTransition, Prompt: "open", Start: a, End: b},
		{Method: MethodVideo, Prompt: "A spaceship near a planet"},
	}
	if !long {
		requests = requests[:1]
	}
	for _, r := range requests {
		var film bytes.Buffer
		if err := MP4(t.Context(), &film, r); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "film.mp4")
		if err := os.WriteFile(path, film.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), ffmpeg, "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-")
		var complaints bytes.Buffer
		cmd.Stderr = &complaints
		raw, err := cmd.Output()
		if err != nil || complaints.Len() > 0 {
			t.Fatalf("ffmpeg: %v: %s", err, &complaints)
		}
		w, h := size(r.Method, r.Aspect)
		dec := newDecoder(w, h)
		var want []byte
		for i, nal := range openMP4(t, film.Bytes(), w, h) {
			if err := dec.decode(nal); err != nil {
				t.Fatalf("frame %d: %v", i, err)
			}
			want = append(append(append(want, dec.prev.y...), dec.prev.cb...), dec.prev.cr...)
		}
		if !bytes.Equal(raw, want) {
			t.Error("ffmpeg shows other pixels")
		}
	}
}

// The words of a code tell each other apart, and waste nothing but where the
// standard does.
func TestCodesAreComplete(t *testing.T) {
	t.Parallel()
	codes := map[string][]vlc{"chroma": chromaTokens()}
	for i, c := range coeffTokens() {
		codes[fmt.Sprint("tokens ", i)] = c
	}
	for name, tables := range map[string][][]vlc{"zeros": totalZeros(), "zeros of chroma": chromaZeros(), "runs": runsBefore()} {
		for i, c := range tables {
			codes[fmt.Sprint(name, " ", i)] = c
		}
	}
	for name, code := range codes {
		share := 0
		for i, a := range code {
			if isNone(code, i) {
				continue
			}
			share += 1 << (16 - a.n)
			for j, b := range code {
				if i != j && !isNone(code, j) && a.n <= b.n && b.bits>>(b.n-a.n) == a.bits {
					t.Errorf("%s: word %d begins with word %d", name, j, i)
				}
			}
		}
		if len(code) > 0 && (share > 1<<16 || share < 1<<16-1<<8) {
			t.Errorf("%s: the words take %d of %d", name, share, 1<<16)
		}
	}
}

// isNone tells whether a token is one that no block has: more ones than
// coefficients.
func isNone(code []vlc, i int) bool {
	return len(code) > 16 && len(code)%4 == 0 && i%4 > i/4
}

func TestEscapeNAL(t *testing.T) {
	t.Parallel()
	in := []byte{0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0}
	want := []byte{9, 0, 0, 3, 0, 0, 3, 0, 1, 0, 0, 3, 2, 0, 0, 3, 3, 0, 0, 4, 0, 0}
	if got := escapeNAL(9, in); !bytes.Equal(got, want) {
		t.Errorf("escapeNAL = %v, want %v", got, want)
	}
}
