package report_test

import (
	"image"
	"image/color"
	"maps"
	"strings"
	"testing"

	"assetform/plan"
	"assetform/plan/render/report"
)

// sharesOf are the shares on the page of a report with one pair.
func sharesOf(t *testing.T, files map[string][]byte) string {
	t.Helper()
	m := &memory{files: files}
	_, rest, _ := strings.Cut(m.text(t, pageOf(t, m, "image.x")), `data-shares="`)
	shares, _, _ := strings.Cut(rest, `"`)
	return strings.ReplaceAll(strings.ReplaceAll(shares, "&lt;", "<"), "&gt;", ">")
}

func TestShareOfPixelsThatDiffer(t *testing.T) {
	t.Parallel()
	grey := func(v uint8) color.Color { return color.NRGBA{v, v, v, 255} }
	one := square(64, 64, grey(10), grey(10)).(*image.NRGBA)
	one.SetNRGBA(5, 5, color.NRGBA{10, 10, 14, 255})
	all := square(64, 64, grey(40), grey(40)).(*image.NRGBA)
	all.SetNRGBA(5, 5, color.NRGBA{10, 10, 10, 255})
	half := color.NRGBA{0, 0, 0, 128}
	plain := square(64, 64, grey(10), grey(10))
	for name, tt := range map[string]struct {
		before, after image.Image
		want          string
	}{
		"a quarter by 12":               {plain, square(64, 64, grey(10), grey(22)), "25.0 25.0 25.0 25.0 25.0 0 0 0 0"},
		"one pixel, which is no none":   {plain, one, "<0.1 <0.1 <0.1 0 0 0 0 0 0"},
		"all but one, which is not all": {plain, all, ">99.9 >99.9 >99.9 >99.9 >99.9 >99.9 0 0 0"},
		"all":                           {plain, square(64, 64, grey(255), grey(255)), "100 100 100 100 100 100 100 100 100"},
		"black and nothing":             {square(64, 64, grey(0), grey(0)), square(64, 64, grey(0), color.NRGBA{}), "25.0 25.0 25.0 25.0 25.0 25.0 25.0 25.0 25.0"},
		"black and half of it":          {square(64, 64, grey(0), grey(0)), square(64, 64, grey(0), half), "25.0 25.0 25.0 25.0 25.0 25.0 25.0 25.0 0"},
		"other sizes":                   {plain, square(64, 32, grey(10), grey(10)), ""},
		"as many pixels otherwise":      {plain, square(32, 128, grey(10), grey(10)), ""},
		"higher":                        {plain, square(64, 65, grey(10), grey(10)), ""},
		"large":                         {picture(700, 600, 1), picture(700, 600, 1).(*image.RGBA).SubImage(image.Rect(0, 0, 700, 300)), ""},
	} {
		if got := sharesOf(t, pairOf(t, tt.before, tt.after).files); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// TestSharesAreKept has a report that is made again: no picture is decoded for
// its shares, be it that they were counted or that they could not be.
func TestSharesAreKept(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]image.Image{"counted": picture(640, 900, 2), "uncounted": picture(900, 640, 2)} {
		make := func() report.Report {
			return report.Report{Project: "p", Changes: []report.Change{{
				Address: "image.x", Did: plan.Generated, Before: version(pngOf(t, picture(640, 900, 1)), "x"), After: version(pngOf(t, after), "y"),
			}}}
		}
		first := write(t, make()).files
		if got := sharesOf(t, first) != ""; got != (name == "counted") {
			t.Errorf("%s: it was counted: %v", name, got)
		}
		files, opened := again(t, make(), first)
		if !equal(files, first) || opened != 0 {
			t.Errorf("%s: equal is %v, and %d were opened", name, equal(files, first), opened)
		}
		for lost := range first {
			if !strings.HasSuffix(lost, ".txt") {
				continue
			}
			for _, content := range []string{"", "12 <b>", "1 2 3"} {
				rest := maps.Clone(first)
				if rest[lost] = []byte(content); content == "" {
					delete(rest, lost)
				}
				if files, opened := again(t, make(), rest); !equal(files, first) || opened != 2 {
					t.Errorf("%s with %q: equal is %v, and %d were opened", name, content, equal(files, first), opened)
				}
			}
		}
	}
}

// TestContentsInSeveralPairs are written once, and what swapped places is one
// pair.
func TestContentsInSeveralPairs(t *testing.T) {
	t.Parallel()
	a, b, c := pngOf(t, picture(640, 400, 1)), pngOf(t, picture(640, 400, 2)), pngOf(t, picture(640, 400, 3))
	change := func(address string, before, after []byte) report.Change {
		return report.Change{Address: address, Did: plan.Generated, Before: version(before, "x"), After: version(after, "y")}
	}
	r := report.Report{Project: "p", Changes: []report.Change{change("image.x", a, b), change("image.y", b, a), change("image.z", a, c)}}
	files, opened := again(t, r, nil)
	if opened != 3 {
		t.Errorf("%d contents were opened, want 3", opened)
	}
	m := &memory{files: files}
	for address, want := range map[string]bool{"image.x": true, "image.y": true, "image.z": false} {
		if got := strings.Contains(m.text(t, pageOf(t, m, address)), "data-shares="); got != want {
			t.Errorf("%s has shares: %v, want %v", address, got, want)
		}
	}
}

// TestSharesOfCandidates: each candidate is compared with what was, whether the
// output became another one or not, and what was counted is kept.
func TestSharesOfCandidates(t *testing.T) {
	t.Parallel()
	was, one, two := pngOf(t, picture(640, 900, 1)), pngOf(t, picture(640, 900, 2)), pngOf(t, picture(640, 900, 3))
	for name, tt := range map[string]struct {
		after [][]byte
		want  int // counted pairs
	}{
		"generated anew":  {[][]byte{one, two, pngOf(t, picture(900, 640, 4))}, 2},
		"more candidates": {[][]byte{was, one, two}, 2},
	} {
		make := func() report.Report {
			return report.Report{Project: "p", Changes: []report.Change{{Address: "image.x", Did: plan.Generated, Before: version(was, "x"), After: chosen(0, "x", tt.after...)}}}
		}
		first, opened := again(t, make(), nil)
		m := &memory{files: first}
		_, strip, _ := strings.Cut(m.text(t, pageOf(t, m, "image.x")), "data-strip>")
		if got := strings.Count(strip, "data-shares="); got != tt.want {
			t.Errorf("%s: %d candidates are counted, want %d", name, got, tt.want)
		}
		if contents := int64(strings.Count(strings.Join(m.names(), " "), "media/")); opened != contents {
			t.Errorf("%s: %d were opened, want each of %d once", name, opened, contents)
		}
		if files, opened := again(t, make(), first); !equal(files, first) || opened != 0 {
			t.Errorf("%s: made again, equal is %v, and %d were opened", name, equal(files, first), opened)
		}
	}
}
