package derive

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"assetform/apply/media"
	"assetform/apply/media/marks"
	"assetform/config/diag"
)

const (
	filmTime = time.Minute // for one picture
	maxFilm  = 4 << 30     // bytes
	// tail is the end of a film, in seconds, in which its last picture is looked
	// for first.
	tail = "1"
)

// frame takes a picture of a film. The program reads a copy that was held
// against the hash, for what is in a film's place meanwhile may be anything.
func (m *Maker) frame(ctx context.Context, s *Source, at any) (*picture, error) {
	program, err := m.ffmpeg()
	if err != nil {
		return nil, err
	}
	select {
	case m.films <- struct{}{}:
		defer func() { <-m.films }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	film, err := m.filmOf(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() {
		film.Close()
		os.Remove(film.Name())
	}()
	info, err := media.Probe(film, s.Size)
	if err != nil {
		return nil, err
	}
	p := &picture{}
	if p.marks, err = marks.Read(film, s.Size); err != nil {
		return nil, err
	}
	if p.pixels, err = takeFrame(ctx, program, film.Name(), info, at); err != nil {
		return nil, err
	}
	return p, nil
}

// ffmpeg finds the program.
func (m *Maker) ffmpeg() (string, error) {
	name := m.options.FFmpeg
	if name == "" {
		name = "ffmpeg"
	}
	program, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("a picture of a video is taken by ffmpeg, and there is no %q in PATH: install it, or set source to a picture", name)
	}
	return program, nil
}

// filmOf copies a film to a file of its own, which the caller closes and removes.
func (m *Maker) filmOf(ctx context.Context, s *Source) (*os.File, error) {
	if s.Size > maxFilm {
		return nil, fmt.Errorf("its %d bytes are more than %d", s.Size, int64(maxFilm))
	}
	m.sweepFilms.Do(func() { removeFilms(cmp.Or(m.options.Temp, os.TempDir())) })
	f, err := os.CreateTemp(m.options.Temp, filmNames)
	if err != nil {
		return nil, err
	}
	if err := copyWhole(ctx, f, s); err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}

const (
	filmNames = "assetform-film-*"
	// filmAge is what no copy reaches that is still in use.
	filmAge = time.Hour
)

// removeFilms removes the copies that killed processes left in a directory. What
// cannot be removed is another's.
func removeFilms(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, filmNames)) // the pattern is a good one
	for _, name := range left {
		if info, err := os.Lstat(name); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > filmAge {
			os.Remove(name)
		}
	}
}

// takeFrame finds the picture that is on the screen at a place of a film: the
// last one that began until then. It is looked for in what is short before the
// place, as far as that goes, and then from the beginning on.
func takeFrame(ctx context.Context, program, path string, info media.Info, at any) (*image.NRGBA, error) {
	run := filmRun{program: program, path: path, demuxer: "mp4", most: info.Width * info.Height}
	if info.Type == "video/webm" {
		run.demuxer = "matroska"
	}
	begin := stretch{first: true}
	var tries []stretch
	switch at := at.(type) {
	case float64:
		if info.Duration > 0 && at > info.Duration {
			return nil, beyond(at, info.Duration)
		}
		for _, before := range []float64{1, 10} {
			if from := math.Floor((at-before)*1000) / 1000; from > 0 {
				tries = append(tries, stretch{seek: []string{"-ss", seconds(from)}, length: at - from + slack})
			}
		}
		tries = append(tries, stretch{length: at + slack}, begin) // a film may begin late
	case string:
		if at == atFirst {
			tries = append(tries, begin)
		} else {
			tries = append(tries, stretch{seek: []string{"-sseof", "-" + tail}}, stretch{})
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, filmTime, fmt.Errorf("ffmpeg took more than %v for a picture of it", filmTime))
	defer cancel()
	failed := errors.New("ffmpeg finds no picture in it")
	for _, part := range tries {
		pixels, err := run.pixels(ctx, part)
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case pixels != nil:
			return pixels, nil
		case err != nil:
			failed = err // a film shorter than its tail has none to look at
		}
	}
	return nil, failed
}

// stretch is a part of a film, of which the last picture is taken, or the first.
type stretch struct {
	seek   []string // what is said of the input; nil: from the beginning
	length float64  // in seconds; 0: to the end
	first  bool
}

// slack is by how much less than a picture's time its beginning may be written,
// in seconds: formats round it, and so do people.
const slack = 0.0005

func seconds(n float64) string { return strconv.FormatFloat(n, 'f', 6, 64) }

func beyond(at, length float64) error {
	return fmt.Errorf("at is %v seconds, and the video ends after %v", at, time.Duration(length*float64(time.Second)).Round(time.Millisecond).Seconds())
}

// filmRun is what of a run of the program stays the same.
type filmRun struct {
	program, path, demuxer string
	most                   int // pixels of a picture
}

// pixels runs the program and returns the picture of a part; nil if there is none.
func (f filmRun) pixels(ctx context.Context, part stretch) (*image.NRGBA, error) {
	args := append([]string{"-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe", "-f", f.demuxer}, part.seek...)
	args = append(args, "-i", "file:"+f.path, "-map", "0:v:0")
	switch {
	case part.first:
		args = append(args, "-frames:v", "1")
	case part.length > 0:
		// Pictures are numbered anew, so that the program leaves none of them out
		// to come to an even rate.
		args = append(args, "-vf", "trim=end="+seconds(part.length)+",settb=1/25,setpts=N", "-r", "25")
	default:
		args = append(args, "-vf", "settb=1/25,setpts=N", "-r", "25")
	}
	cmd := exec.CommandContext(ctx, f.program, append(args, "-pix_fmt", "rgba", "-c:v", "pam", "-f", "image2pipe", "pipe:1")...)
	cmd.Env = withoutReports(os.Environ())
	cmd.WaitDelay = time.Second
	dieTogether(cmd)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	words := &head{left: 4 << 10}
	cmd.Stderr = words
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start ffmpeg: %w", err)
	}
	pixels, err := readPAMs(out, f.most)
	if err != nil {
		cmd.Process.Kill()
	}
	failed := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, fmt.Errorf("what ffmpeg wrote is no picture: %w", err)
	case failed != nil && pixels == nil:
		return nil, fmt.Errorf("ffmpeg takes no picture of it: %s", f.said(words, failed))
	}
	return pixels, nil
}

// said is the last that the program said, in one line.
func (f filmRun) said(words *head, failed error) string {
	text := strings.ReplaceAll(words.String(), "file:"+f.path+": ", "")
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(text, "?")), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return diag.CleanLine(fmt.Sprintf("%.200s", last))
	}
	return failed.Error()
}

// withoutReports drops what makes the program write a file of its own.
func withoutReports(env []string) []string {
	var out []string
	for _, v := range env {
		if !strings.HasPrefix(strings.ToUpper(v), "FFREPORT=") {
			out = append(out, v)
		}
	}
	return out
}

// head keeps the beginning of what is written.
type head struct {
	bytes.Buffer
	left int
}

func (h *head) Write(p []byte) (int, error) {
	n := min(len(p), h.left)
	h.left -= n
	h.Buffer.Write(p[:n])
	return len(p), nil
}
