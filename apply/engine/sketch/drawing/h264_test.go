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

// TestMP4 takes the files apart with mp4ff, decodes the stream with a decoder
// of its own and compares every sample with the frames as drawn: the stream is
// lossless.
func TestMP4(t *testing.T) {
	t.Parallel()
	a, b := testImages()
	for _, r := range []Request{
		{Method: MethodVideo, Prompt: "A dragon over burning mountains"},
		{Method: MethodVideo, Prompt: "a knight in a neon city, rain", Aspect: "portrait"},
		{Method: MethodVideoFromImage, Prompt: "magic", Image: a, Loop: true},
		{Method: MethodVideoTransition, Prompt: "open", Start: a, End: b},
		{Method: MethodVideoReference, Prompt: "snow", References: []image.Image{b}},
	} {
		t.Run(r.Method+r.Aspect, func(t *testing.T) {
			t.Parallel()
			var file bytes.Buffer
			if err := MP4(context.Background(), &file, r); err != nil {
				t.Fatal(err)
			}
			if n := file.Len(); n > 14<<20 {
				t.Errorf("the film takes %d bytes", n)
			}
			w, h := size(r.Method, r.Aspect)
			samples := openMP4(t, file.Bytes(), w, h)
			want := frames(r)
			dec := &decoder{mbw: w / mbSize, cur: newFrame(w, h), prev: newFrame(w, h)}
			for i, nal := range samples {
				if err := dec.decode(nal); err != nil {
					t.Fatalf("frame %d: %v", i, err)
				}
				f := dec.prev
				if !bytes.Equal(f.y, want[i].y) || !bytes.Equal(f.cb, want[i].cb) || !bytes.Equal(f.cr, want[i].cr) {
					t.Fatalf("frame %d does not decode to what was drawn", i)
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

// decoder reads the subset of H.264 that encoder writes. It is written from
// the standard, apart from the encoder, and has no mercy.
type decoder struct {
	mbw       int
	cur, prev *frame
	mv        [][3]int // x, y in pixels and 1 if inter, per macroblock
	buf       []byte
	pos       int // in bits
	n         int
}

func (d *decoder) bit() int {
	v := int(d.buf[d.pos>>3]>>(7-d.pos&7)) & 1
	d.pos++
	return v
}

func (d *decoder) u(n int) (v int) {
	for range n {
		v = v<<1 | d.bit()
	}
	return v
}

func (d *decoder) ue() int {
	zeros := 0
	for d.bit() == 0 {
		zeros++
	}
	return 1<<zeros - 1 + d.u(zeros)
}

func (d *decoder) se() int {
	v := d.ue()
	if v&1 == 1 {
		return (v + 1) / 2
	}
	return -v / 2
}

func (d *decoder) decode(nal []byte) error {
	if bytes.Contains(nal, []byte{0, 0, 0}) || bytes.Contains(nal, []byte{0, 0, 1}) {
		return fmt.Errorf("a start code in the payload")
	}
	d.buf, d.pos = bytes.ReplaceAll(nal[1:], []byte{0, 0, 3}, []byte{0, 0}), 0
	idr := nal[0] == nalIDR
	first, kind, pps := d.ue(), d.ue(), d.ue()
	if first != 0 || pps != 0 || idr != (kind == 7) || !idr && kind != 5 || idr != (d.n == 0) {
		return fmt.Errorf("slice at %d of type %d, NAL %#x", first, kind, nal[0])
	}
	if frameNum := d.u(4); frameNum != d.n%16 {
		return fmt.Errorf("frame_num %d", frameNum)
	}
	if idr {
		d.ue()
	}
	if poc := d.u(8); poc != 2*d.n {
		return fmt.Errorf("picture order %d", poc)
	}
	if idr {
		d.u(2)
	} else if d.u(3) != 0 {
		return fmt.Errorf("reference lists are changed")
	}
	if d.se() != 0 || d.ue() != 1 {
		return fmt.Errorf("quantiser or deblocking is on")
	}
	if err := d.macroblocks(idr); err != nil {
		return err
	}
	if d.bit() != 1 || (d.pos+7)/8 != len(d.buf) {
		return fmt.Errorf("no stop bit at the end")
	}
	d.cur, d.prev = d.prev, d.cur
	d.n++
	return nil
}

func (d *decoder) macroblocks(idr bool) error {
	total := len(d.cur.y) / 256
	d.mv = make([][3]int, total)
	for mb := 0; mb < total; mb++ {
		if !idr {
			for range d.ue() {
				d.copy(mb, d.skip(mb))
				mb++
			}
			if mb == total {
				break
			}
		}
		switch kind := d.ue(); {
		case idr && kind == 25, !idr && kind == 30:
			d.pcm(mb)
		case !idr && kind == 0:
			p := d.predict(mb)
			x, y := d.se(), d.se()
			if cbp := d.ue(); cbp != 0 || x%8 != 0 || y%8 != 0 {
				return fmt.Errorf("macroblock %d: pattern %d, motion %d, %d", mb, cbp, x, y)
			}
			d.copy(mb, [3]int{p[0] + x/4, p[1] + y/4, 1})
		default:
			return fmt.Errorf("macroblock %d of type %d", mb, kind)
		}
	}
	return nil
}

func (d *decoder) pcm(mb int) {
	at := (d.pos + 7) / 8
	take := func(plane []byte, stride, x, y, n int) {
		for r := range n {
			copy(plane[(y+r)*stride+x:][:n], d.buf[at:])
			at += n
		}
	}
	x, y := mb%d.mbw*16, mb/d.mbw*16
	take(d.cur.y, d.cur.w, x, y, 16)
	take(d.cur.cb, d.cur.w/2, x/2, y/2, 8)
	take(d.cur.cr, d.cur.w/2, x/2, y/2, 8)
	d.pos = at * 8
}

func (d *decoder) copy(mb int, mv [3]int) {
	d.mv[mb] = mv
	move := func(dst, src []byte, stride, x, y, dx, dy, n int) {
		for r := range n {
			copy(dst[(y+r)*stride+x:][:n], src[(y+r+dy)*stride+x+dx:][:n])
		}
	}
	x, y, w := mb%d.mbw*16, mb/d.mbw*16, d.cur.w
	move(d.cur.y, d.prev.y, w, x, y, mv[0], mv[1], 16)
	move(d.cur.cb, d.prev.cb, w/2, x/2, y/2, mv[0]/2, mv[1]/2, 8)
	move(d.cur.cr, d.prev.cr, w/2, x/2, y/2, mv[0]/2, mv[1]/2, 8)
}

// predict is the median of clause 8.4.1.3 with its exceptions.
func (d *decoder) predict(mb int) [3]int {
	x, y := mb%d.mbw, mb/d.mbw
	var n [3][3]int
	if x > 0 {
		n[0] = d.mv[mb-1]
	}
	if y == 0 {
		if x > 0 { // B and C are not in the picture
			return [3]int{n[0][0], n[0][1], 1}
		}
		return [3]int{0, 0, 1}
	}
	n[1] = d.mv[mb-d.mbw]
	if x+1 < d.mbw {
		n[2] = d.mv[mb-d.mbw+1]
	} else {
		n[2] = d.mv[mb-d.mbw-1]
	}
	if n[0][2]+n[1][2]+n[2][2] == 1 {
		for _, m := range n {
			if m[2] == 1 {
				return m
			}
		}
	}
	mid := func(i int) int {
		lo, hi := min(n[0][i], n[1][i], n[2][i]), max(n[0][i], n[1][i], n[2][i])
		return n[0][i] + n[1][i] + n[2][i] - lo - hi
	}
	return [3]int{mid(0), mid(1), 1}
}

func (d *decoder) skip(mb int) [3]int {
	still := [3]int{0, 0, 1}
	if mb%d.mbw == 0 || mb < d.mbw || d.mv[mb-1] == still || d.mv[mb-d.mbw] == still {
		return still
	}
	return d.predict(mb)
}

// TestOtherDecoders asks ffmpeg for the frames and compares them sample by
// sample.
func TestOtherDecoders(t *testing.T) {
	withoutRace(t)
	t.Parallel()
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed; TestMP4 decodes the same stream in Go")
	}
	r := Request{Method: MethodVideo, Prompt: "A spaceship near a planet"}
	path := filepath.Join(t.TempDir(), "film.mp4")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := MP4(t.Context(), f, r); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), ffmpeg, "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	raw, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("ffmpeg: %v: %s", err, &complaints)
	}
	var want []byte
	for _, f := range frames(r) {
		want = append(append(append(want, f.y...), f.cb...), f.cr...)
	}
	if !bytes.Equal(raw, want) {
		t.Error("ffmpeg shows other pixels than were drawn")
	}
}

func TestEscapeNAL(t *testing.T) {
	t.Parallel()
	in := []byte{0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0}
	want := []byte{9, 0, 0, 3, 0, 0, 3, 0, 1, 0, 0, 3, 2, 0, 0, 3, 3, 0, 0, 4, 0, 0}
	if got := escapeNAL(9, in); !bytes.Equal(got, want) {
		t.Errorf("escapeNAL = %v, want %v", got, want)
	}
}
