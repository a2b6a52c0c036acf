package derive

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func film(t *testing.T, name string) Source {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "media", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return file("film/"+name, b, nil)
}

func TestFilm(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("there is no ffmpeg")
	}
	temp := t.TempDir()
	m := New(Options{Temp: temp})
	for _, name := range []string{"film.mp4", "film.webm", "live.webm"} {
		s := film(t, name)
		var first, last []byte
		for _, at := range []any{"first", "last", 0.2} {
			b, r := made(t, m, variantJob("a.png", s, map[string]any{"at": at}))
			if r.Width < 1 || decoded(t, b).Rect.Dx() != r.Width {
				t.Errorf("%s at %v: %dx%d", name, at, r.Width, r.Height)
			}
			switch at {
			case "first":
				first = b
			case "last":
				last = b
			}
		}
		if bytes.Equal(first, last) {
			t.Errorf("%s: its first picture is its last", name)
		}
	}
	s := film(t, "film.mp4")
	for _, c := range []struct {
		params map[string]any
		want   string
	}{
		{nil, "film/film.mp4: it is a video: say with at which picture of it to take"},
		{map[string]any{"at": int64(900)}, "film/film.mp4: at is 900 seconds, and the video ends after "},
	} {
		if got := failed(t, m, variantJob("a.png", s, c.params)); !strings.HasPrefix(got, c.want) {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// TestFilmBetween takes what a player shows between two pictures and behind the
// last one. Each picture of the film has a grey of its own.
func TestFilmBetween(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("there is no ffmpeg")
	}
	for _, rate := range []string{"10", "1/4", "30000/1001"} {
		path := filepath.Join(t.TempDir(), "film.mp4")
		out, err := exec.Command("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "color=black:s=32x32:r="+rate+",geq=lum='16+8*mod(N,27)':cb=128:cr=128",
			"-frames:v", "24", "-pix_fmt", "yuv420p", "-c:v", "mpeg4", "-q:v", "1", path).CombinedOutput()
		if err != nil {
			t.Skipf("it writes no film: %v, %s", err, out)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, s := New(Options{}), file("film.mp4", b, nil)
		length := map[string]float64{"10": 0.1, "1/4": 4, "30000/1001": 1001.0 / 30000}[rate]
		for _, at := range []float64{0.3, 1, 8.9, 15, 22.9, 23.5} {
			b, _ := made(t, m, variantJob("a.png", s, map[string]any{"at": at * length}))
			got := int(decoded(t, b).NRGBAAt(16, 16).R)
			want := int(at) * 8 * 255 / 219
			if got < want-4 || got > want+4 {
				t.Errorf("%s a second, at %v of them: grey %d, want %d", rate, at, got, want)
			}
		}
	}
}

// program writes a stand-in for ffmpeg.
func program(t *testing.T, script string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("it takes a shell")
	}
	path := filepath.Join(t.TempDir(), "ffmpeg")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFilmErrors(t *testing.T) {
	t.Parallel()
	s := film(t, "film.mp4")
	j := variantJob("a.png", s, map[string]any{"at": "first"})
	for _, c := range []struct{ program, want string }{
		{"no-such-program", `film/film.mp4: a picture of a video is taken by ffmpeg, and there is no "no-such-program" in PATH: install it, or set source to a picture`},
		{program(t, "echo trouble >&2; echo 'codec \x1b[1m not found' >&2; exit 1"), `film/film.mp4: ffmpeg takes no picture of it: codec \x1b[1m not found`},
		{program(t, "exit 3"), "film/film.mp4: ffmpeg takes no picture of it: exit status 3"},
		{program(t, "exit 0"), "film/film.mp4: ffmpeg finds no picture in it"},
		{program(t, "yes"), `film/film.mp4: what ffmpeg wrote is no picture: its head has a line "y\n"`},
	} {
		if got := failed(t, New(Options{FFmpeg: c.program, Temp: t.TempDir()}), j); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := New(Options{FFmpeg: program(t, "exec sleep 60"), Temp: t.TempDir()}).Make(ctx, j, io.Discard)
	if err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("a program that hangs: %v after %v", err, time.Since(began))
	}
	if _, err := exec.LookPath("ffmpeg"); err == nil {
		// What begins like a film and is cut short.
		content := film(t, "faststart.mp4")
		content.Size /= 2
		if got := failed(t, New(Options{}), variantJob("a.png", content, map[string]any{"at": "first"})); !strings.HasPrefix(got, "film/faststart.mp4: ") {
			t.Errorf("got %s", got)
		}
	}
}

func FuzzReadPAMs(f *testing.F) {
	one := "P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n12345678"
	for _, s := range []string{"", one, one + one, one[:20], one[:len(one)-1], strings.Replace(one, "2", "9999999", 1), "P7\nENDHDR\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := readPAMs(bytes.NewReader(b), 1000)
		if err == nil && m != nil && len(m.Pix) != 4*m.Rect.Dx()*m.Rect.Dy() {
			t.Error("the picture has other pixels than its size")
		}
	})
}
