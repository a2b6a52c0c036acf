package derive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"image"
	"image/color"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"assetform/apply/engine/derive/export"
	"assetform/apply/engine/derive/raster"
	pictures "assetform/config/picture"
)

var update = flag.Bool("update", false, "write the golden files anew")

// content is a file in memory.
type content struct{ *bytes.Reader }

func (content) Close() error { return nil }

// file is a source with these bytes; opened counts how often it is.
func file(path string, b []byte, opened *atomic.Int64) Source {
	sum := sha256.New()
	sum.Write(b)
	return Source{
		Input: inputSource, Path: path, Hash: digest(sum), Size: int64(len(b)),
		Open: func() (Content, error) {
			if opened != nil {
				opened.Add(1)
			}
			return content{bytes.NewReader(b)}, nil
		},
	}
}

// named is a sprite.
func named(name string, s Source) Source {
	s.Input, s.Name = inputSprites, name
	return s
}

// scene is a picture of soft shapes and some noise, as generators make them.
func scene(w, h int, seed uint64) *image.NRGBA {
	r := rand.New(rand.NewPCG(seed, 1))
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			n := r.IntN(8)
			dx, dy := x-w/2, y-h/2
			ring := (dx*dx + dy*dy) * 6 / (w*h/4 + 1) % 2
			m.SetNRGBA(x, y, color.NRGBA{uint8(x*200/w + n), uint8(y*200/h + n), uint8(80 + 100*ring + n), 255})
		}
	}
	return m
}

// disc is a subject on a painted ground.
func disc(w, h, radius int, ground, c color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := 2*x+1-w, 2*y+1-h
			m.SetNRGBA(x, y, ground)
			if dx*dx+dy*dy <= 4*radius*radius {
				m.SetNRGBA(x, y, c)
			}
		}
	}
	return m
}

var (
	green = color.NRGBA{0, 200, 0, 255}
	red   = color.NRGBA{220, 20, 40, 255}
)

func encoded(t testing.TB, m *image.NRGBA, f raster.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := raster.Encode(&b, m, raster.Encoding{Format: f}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decoded(t testing.TB, b []byte) *image.NRGBA {
	t.Helper()
	f, err := pictures.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.Decode()
	if err != nil {
		t.Fatal(err)
	}
	return raster.Straight(m)
}

// variantJob is one of a single source.
func variantJob(output string, s Source, params map[string]any) Job {
	return Job{Method: Variant, Address: "variant.a", Output: output, Params: params, Sources: []Source{s}}
}

// made makes a job that is not to fail.
func made(t testing.TB, m *Maker, j Job) ([]byte, Result) {
	t.Helper()
	var b bytes.Buffer
	r, err := m.Make(context.Background(), j, &b)
	if err != nil {
		t.Fatalf("%s: %v", j.Output, err)
	}
	if r.Bytes != int64(b.Len()) {
		t.Errorf("%s: %d bytes, and %d were written", j.Output, r.Bytes, b.Len())
	}
	return b.Bytes(), r
}

// failed makes a job that is to fail.
func failed(t testing.TB, m *Maker, j Job) string {
	t.Helper()
	r, err := m.Make(context.Background(), j, io.Discard)
	if err == nil {
		t.Fatalf("%s: made %+v", j.Output, r)
	}
	return err.Error()
}

// golden compares a picture with that of a file.
func golden(t *testing.T, name string, b []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, expected := decoded(t, b), decoded(t, want)
	if got.Rect != expected.Rect || !bytes.Equal(got.Pix, expected.Pix) {
		t.Errorf("%s differs; look at it and use -update", name)
	}
}

func record(address, kind, name, path, mediaType string) export.Record {
	return export.Record{Address: address, Kind: kind, Name: name, Path: path, Type: mediaType}
}
