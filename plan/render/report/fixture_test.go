package report_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render/report"
)

// memory is a report in memory.
type memory struct {
	mu    sync.Mutex
	files map[string][]byte
}

func (m *memory) Has(string) bool { return false }

func (m *memory) Read(string) ([]byte, bool) { return nil, false }

func (m *memory) Write(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files == nil {
		m.files = map[string][]byte{}
	}
	m.files[name] = b.Bytes()
	return nil
}

func (m *memory) text(t *testing.T, name string) string {
	t.Helper()
	b, ok := m.files[name]
	if !ok {
		t.Fatalf("there is no %q among %q", name, m.names())
	}
	return string(b)
}

func (m *memory) names() []string {
	var names []string
	for name := range m.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// save puts the report on disk for a browser.
func (m *memory) save(t *testing.T, dir string) {
	t.Helper()
	for name, b := range m.files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, r report.Report) *memory {
	t.Helper()
	m := &memory{}
	if err := report.Write(t.Context(), r, m); err != nil {
		t.Fatal(err)
	}
	return m
}

// picture paints stripes whose colours depend on n.
func picture(w, h, n int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(40 + 37*n), uint8(120 + x*100/w), uint8(200 - y*120/h), 255}
			if (x/8+y/8+n)%5 == 0 {
				c = color.RGBA{240, 230, uint8(60 * n), 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// version makes an entry with that content and prompt.
func version(content []byte, prompt string) *report.Version {
	h := lockfile.HashBytes(content)
	output := "art/x.png"
	switch {
	case bytes.HasPrefix(content, []byte("GIF8")):
		output = "art/x.gif"
	case bytes.HasPrefix(content, []byte("\x00\x00\x01\x00")):
		output = "art/x.ico"
	}
	e := lockfile.Entry{
		Output: output, Provider: "local", Method: "generate_image",
		Inputs:     lockfile.Inputs{"prompt": lockfile.Text(prompt), "seed": lockfile.Int(int64(len(prompt)))},
		InputsHash: lockfile.InputsHash(lockfile.HashBytes([]byte(prompt))), ContentHash: h,
		MediaType: "image/png", Bytes: int64(len(content)), Width: 96, Height: 64, Cost: lockfile.Cost{"image_credits": 2}, TaskID: fmt.Sprint(h[0]),
	}
	return &report.Version{Entry: e, Content: report.Content{Hash: h, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}}}
}

// chosen makes an entry of which a candidate was picked; 0: the first is the
// output, and nobody has picked. A content that is nil is missing.
func chosen(picked int, prompt string, contents ...[]byte) *report.Version {
	v := version(contents[max(picked, 1)-1], prompt)
	v.Entry.Provider, v.Entry.Picked, v.Entry.Cost = "imaginator", picked, lockfile.Cost{}
	for i, content := range contents {
		if content == nil {
			v.Entry.Candidates = append(v.Entry.Candidates, lockfile.Candidate{})
			v.Candidates = append(v.Candidates, report.Content{Missing: "It is missing."})
			continue
		}
		c := version(content, prompt)
		v.Entry.Candidates = append(v.Entry.Candidates, lockfile.Candidate{ContentHash: c.Hash, TaskID: fmt.Sprint("task ", i)})
		v.Candidates = append(v.Candidates, c.Content)
		v.Entry.Cost["image_credits"] += 2
	}
	v.Entry.TaskID = v.Entry.Candidates[max(picked, 1)-1].TaskID
	return v
}

// sample is a report with one change of each kind.
func sample(t testing.TB) report.Report {
	one, two := pngOf(t, picture(640, 400, 1)), jpegOf(t, picture(640, 400, 3))
	hostile := `</p><script>alert(1)</script> "quoted" & {{.}}`
	missing := version([]byte("gone"), "A lost picture")
	missing.Open, missing.Missing = nil, "art/lost.png is a Git LFS pointer whose content is not on this machine."
	return report.Report{
		Project: "castle <game>", Base: "main (1a2b3c4d5e)", Now: "the work tree", Notes: []string{"A note & more."},
		Changes: []report.Change{
			{Address: "image.bad", Did: plan.Restored, Before: version([]byte("\x89PNG\r\n\x1a\nbroken"), "Broken"), After: version([]byte("<html><script>alert(2)</script>"), "No picture")},
			{Address: "image.hero", Did: plan.Restored, Before: version(one, "A castle at dawn, painterly"), After: version(two, "A castle at night, painterly")},
			{Address: `image.icon["</a>"]`, Did: plan.Generated, After: version(two, hostile)},
			{Address: "image.lost", Did: plan.Deleted, Before: missing},
			{Address: "image.map", PreviousAddress: "image.old", Did: plan.Moved, Before: version(one, "A map"), After: version(one, "A map")},
		},
	}
}
