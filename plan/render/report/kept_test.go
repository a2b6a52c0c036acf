package report_test

import (
	"bytes"
	"image"
	"io"
	"maps"
	"strings"
	"sync/atomic"
	"testing"

	"assetform/plan"
	"assetform/plan/render/report"
)

// shelf is a report that is made over an earlier one.
type shelf struct {
	memory
	old map[string][]byte
}

func (s *shelf) Has(name string) bool {
	_, ok := s.Read(name)
	return ok
}

func (s *shelf) Read(name string) ([]byte, bool) {
	b, ok := s.old[name]
	if ok {
		_ = s.Write(name, func(w io.Writer) error { _, err := w.Write(b); return err })
	}
	return b, ok
}

// again makes a report over the files of an earlier one, and counts the
// contents that it opened.
func again(t *testing.T, r report.Report, old map[string][]byte) (files map[string][]byte, opened int64) {
	t.Helper()
	var n atomic.Int64
	countOpens(r, &n)
	s := &shelf{old: old}
	if err := report.Write(t.Context(), r, s); err != nil {
		t.Fatal(err)
	}
	return s.files, n.Load()
}

// countOpens counts what is opened of a report's contents.
func countOpens(r report.Report, n *atomic.Int64) {
	count := func(c *report.Content) {
		if open := c.Open; open != nil {
			c.Open = func() (io.ReadCloser, error) { n.Add(1); return open() }
		}
	}
	for _, c := range r.Changes {
		for _, v := range []*report.Version{c.Before, c.After} {
			if v == nil {
				continue
			}
			count(&v.Content)
			for k := range v.Candidates {
				count(&v.Candidates[k])
			}
		}
	}
}

func equal(a, b map[string][]byte) bool { return maps.EqualFunc(a, b, bytes.Equal) }

// TestWhatStandsIsNotDecoded has a report that is made again: it is the same,
// and opens nothing but what only pixels tell about.
func TestWhatStandsIsNotDecoded(t *testing.T) {
	t.Parallel()
	clear := image.NewNRGBA(image.Rect(0, 0, 600, 300))
	contents := map[string][]byte{
		"clear": pngOf(t, clear), "jpeg": jpegOf(t, picture(700, 400, 1)), "opaque": pngOf(t, picture(640, 900, 2)),
		"small": jpegOf(t, picture(64, 64, 3)), "video": []byte("\x00\x00\x00\x18ftypisom, and so on"),
		"icon": pngOf(t, clear.SubImage(image.Rect(0, 0, 32, 32))), "broken": []byte("\x89PNG\r\n\x1a\nbroken"),
		"gif": gifOf(t, 20, 10), "ico": icoOf(t, 16, 48),
	}
	opens := map[string]int64{"icon": 1, "broken": 1, "video": 1} // of a film the structure is looked at
	for name, b := range contents {
		make := func() report.Report {
			return report.Report{Project: "p", Changes: []report.Change{{Address: "image." + name, Did: plan.Generated, After: version(b, name)}}}
		}
		first := write(t, make()).files
		files, opened := again(t, make(), first)
		if !equal(files, first) || opened != opens[name] {
			t.Errorf("%s: equal is %v, and %d were opened, want %d", name, equal(files, first), opened, opens[name])
		}
		for lost := range first { // whatever is not whole is made again
			if strings.HasPrefix(lost, "media/") || strings.HasPrefix(lost, "thumb/") {
				rest := maps.Clone(first)
				delete(rest, lost)
				if files, opened := again(t, make(), rest); !equal(files, first) || opened != 1 {
					t.Errorf("%s without %s: equal is %v, and %d were opened, want 1", name, lost, equal(files, first), opened)
				}
			}
		}
	}
}

// TestThumbnailOfAnEarlierRelease is not taken: it may show the same content
// otherwise.
func TestThumbnailOfAnEarlierRelease(t *testing.T) {
	t.Parallel()
	make := func() report.Report {
		return report.Report{Project: "p", Changes: []report.Change{{Address: "image.x", Did: plan.Generated, After: version(jpegOf(t, picture(700, 400, 1)), "x")}}}
	}
	first := write(t, make()).files
	old := maps.Clone(first)
	for name, b := range first {
		if strings.HasPrefix(name, "thumb/") {
			delete(old, name)
			for _, other := range []string{strings.Replace(name, "-2.", ".", 1), strings.Replace(name, "-2.", "-1.", 1)} {
				if other == name || !report.IsName(other) {
					t.Fatalf("%q is no name of an earlier release", other)
				}
				old[other] = b
			}
		}
	}
	if files, opened := again(t, make(), old); !equal(files, first) || opened != 1 {
		t.Errorf("equal is %v, and %d were opened, want 1", equal(files, first), opened)
	}
}
