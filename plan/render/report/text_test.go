package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// numbered is so many lines.
func numbered(from, to int) (lines []string) {
	for i := from; i <= to; i++ {
		lines = append(lines, fmt.Sprint("line ", i))
	}
	return lines
}

func TestDiffLines(t *testing.T) {
	t.Parallel()
	all := numbered(1, 40)
	changed := numbered(1, 40)
	changed[19] = "another"
	for name, tt := range map[string]struct {
		before, after []string
		want          []block
	}{
		"folded": {all, changed, []block{
			{Lines: all[:16], Folded: "16 lines as before"}, {Lines: all[16:19]},
			{Removed: true, Lines: all[19:20]}, {Added: true, Lines: []string{"another"}},
			{Lines: all[20:23]}, {Lines: all[23:], Folded: "17 lines as before"},
		}},
		"short":   {all[:2], all[:3], []block{{Lines: all[:2]}, {Added: true, Lines: all[2:3]}}},
		"removed": {all[:2], nil, []block{{Removed: true, Lines: all[:2]}}},
	} {
		got := diffLines(strings.Join(tt.before, "\n"), strings.Join(tt.after, "\n")+"\n")
		if name == "removed" {
			got = diffLines(strings.Join(tt.before, "\n"), "")
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestDiffOfUnlikeTexts has to come to an end in a moment.
func TestDiffOfUnlikeTexts(t *testing.T) {
	t.Parallel()
	var a, b strings.Builder
	for i := range maxText / 2 {
		fmt.Fprintln(&a, i*7919%991)
		fmt.Fprintln(&b, i*6007%983)
	}
	was, is := a.String()[:maxText], b.String()[:maxText]
	var left, right []string
	for _, bl := range diffLines(was, is) {
		if !bl.Added {
			left = append(left, bl.Lines...)
		}
		if !bl.Removed {
			right = append(right, bl.Lines...)
		}
	}
	if strings.Join(left, "\n") != strings.TrimSuffix(was, "\n") || strings.Join(right, "\n") != strings.TrimSuffix(is, "\n") {
		t.Error("the blocks are not the two texts")
	}
}

func TestOpenings(t *testing.T) {
	t.Parallel()
	all := strings.Join(numbered(1, 40), "\n")
	a, b := openings(all, strings.Replace(all, "line 30", "other", 1))
	if want := "…\nline 30\nline 31\n"; !strings.HasPrefix(a, want) || !strings.HasPrefix(b, "…\nother\n") {
		t.Errorf("got %q and %q", a, b)
	}
	if a, b = openings(all, "x"); !strings.HasPrefix(a, "line 1\n") || b != "x" {
		t.Errorf("got %q and %q", a, b)
	}
	if got := opening(strings.Repeat("é", 5000)); len(got) > openingBytes {
		t.Errorf("%d bytes are shown", len(got))
	}
}
