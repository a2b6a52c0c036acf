package cells

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

func TestCleanLeavesNothingThatActs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain text, ünïcode 剣 👩‍🚀": "plain text, ünïcode 剣 👩‍🚀",
		"a\x1b[31mb":                `a\x1b[31mb`,
		"a\nb\tc\r":                 `a\nb\tc\r`,
		"\u202eabc\u2066":           `\u202eabc\u2066`,
		"zero\u200bwidth\ufeff":     `zero\u200bwidth\ufeff`,
		"tag\U000e0041":             `tag\U000e0041`,
		"bad\xff\xfeutf8":           `bad\xff\xfeutf8`,
		"c1\u009b31m":               `c1\u009b31m`,
		"line\u2028para\u2029":      `line\u2028para\u2029`,
		"kept \ufffd":               "kept \ufffd",
		"1\ufe0f\u20e3 🏳\ufe0f\u200d🌈 می\u200cخواهم": "1\ufe0f\u20e3 🏳\ufe0f\u200d🌈 می\u200cخواهم",
		"te\u200dam \u200dx":        `te\u200dam \u200dx`,
		"a\ufe0f\ufe0f\ufe0e":       "a\ufe0f" + `\ufe0f\ufe0e`,
		"b\U000e0121\u180b\u034f":   `b\U000e0121\u180b\u034f`,
		"\u3164\u115f\uffa0":        `\u3164\u115f\uffa0`,
		"… 9 characters left out …": `… 9 characters left out \u2026`,
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
		if again := Clean(Clean(in)); again != Clean(in) {
			t.Errorf("Clean is not stable for %q: %q", in, again)
		}
	}
}

// texts makes lines of awkward pieces.
func texts(r *rand.Rand) Text {
	pieces := []string{
		"word", " ", "  ", "剣", "剣剣剣剣剣剣剣剣剣剣剣", "👩‍🚀", "🇩🇪", "e\u0301", "a-very-long-word-that-does-not-fit-anywhere",
		strings.Repeat(" ", 50), "x", "\u00a0",
	}
	styles := []Style{Plain, Bold, Red}
	var t Text
	for range r.IntN(30) {
		t = t.Add(styles[r.IntN(len(styles))], pieces[r.IntN(len(pieces))])
	}
	return t
}

func plainText(t Text) string {
	var b strings.Builder
	for _, s := range t {
		b.WriteString(s.Text)
	}
	return b.String()
}

func TestNoLineIsWiderThanAsked(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		text, width := texts(r), 1+r.IntN(60)
		first, rest := r.IntN(10), r.IntN(10)
		for _, line := range text.Wrap(width, first, rest) {
			if got := uniseg.StringWidth(plainText(line)); got > width {
				t.Fatalf("Wrap(%q, %d, %d, %d): %q has width %d", plainText(text), width, first, rest, plainText(line), got)
			}
		}
		if got := uniseg.StringWidth(plainText(text.Cut(width))); got > width {
			t.Fatalf("Cut(%q, %d) has width %d", plainText(text), width, got)
		}
	}
}

func TestWrapLosesNothingButBlanks(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
	for range 3000 {
		text := texts(r)
		var all strings.Builder
		for _, line := range text.Wrap(4+r.IntN(60), r.IntN(3), r.IntN(3)) {
			all.WriteString(plainText(line))
		}
		if got, want := squeeze(all.String()), squeeze(plainText(text)); got != want {
			t.Fatalf("wrapped text is %q, want %q", got, want)
		}
	}
}

func TestWrapBreaksAtBlanks(t *testing.T) {
	t.Parallel()
	lines := Text{{Text: "one two "}, {Style: Red, Text: "three"}, {Text: " four"}}.Wrap(11, 2, 4)
	var got []string
	for _, l := range lines {
		got = append(got, l.Render(false))
	}
	if want := "  one two|    three|    four"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", strings.Join(got, "|"), want)
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	text := Text{{Text: "a "}, {Style: Red, Text: "b"}, {Text: " "}, {Style: Bold, Text: " "}}
	if got, want := text.Render(false), "a b"; got != want {
		t.Errorf("without colour: %q, want %q", got, want)
	}
	if got, want := text.Render(true), "a \x1b[31mb\x1b[0m"; got != want {
		t.Errorf("with colour: %q, want %q", got, want)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in    string
		width int
		want  string
	}{
		{"short", 10, "short"}, {"exactly", 7, "exactly"}, {"too long", 6, "too..."}, {"abc", 2, ".."}, {"abc", 0, ""},
		{"剣剣剣", 5, "剣..."}, {"剣剣剣", 4, "..."},
	} {
		if got := Of(tc.in).Cut(tc.width).Render(false); got != tc.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", tc.in, tc.width, got, tc.want)
		}
	}
}

func TestCutMiddleKeepsTheEnds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		width    int
		in, want string
	}{
		{40, `image.icon["sword"]`, `image.icon["sword"]`},
		{20, `module.level.image.background["night-1"]`, `modul...d["night-1"]`},
		{20, `module.level.image.background["night-2"]`, `modul...d["night-2"]`},
		{14, "剣剣剣剣剣剣剣剣剣剣", "剣...剣剣剣剣"},
		{4, "abcdefgh", "abcd"}, {0, "abc", ""},
	} {
		if got := CutMiddle(test.in, test.width); got != test.want {
			t.Errorf("%d: %q, want %q", test.width, got, test.want)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		s, width := plainText(texts(r)), r.IntN(80)
		if n := uniseg.StringWidth(CutMiddle(s, width)); n > width {
			t.Fatalf("%d cells of %d: %q", n, width, s)
		}
	}
}
