package render

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestWordDiff(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ before, after, want string }{
		{"", "", ""},
		{"same", "same", "same"},
		{"a red car", "a blue car", "a [-red-]{+blue+} car"},
		{"a sword", "a rusty sword", "a {+rusty +}sword"},
		{"a rusty sword", "a sword", "a [-rusty -]sword"},
		{"one two three", "uno dos three", "[-one two-]{+uno dos+} three"},
		{"worn plate armour, cape", "polished silver armour, cloak", "[-worn plate-]{+polished silver+} armour, [-cape-]{+cloak+}"},
		{"warm, soft", "warm; soft", "warm[-,-]{+;+} soft"},
		{"赤い剣", "青い剣", "[-赤-]{+青+}い剣"},
		{"all gone", "", "[-all gone-]"},
		{"café noir", "café blanc", "café [-noir-]{+blanc+}"},
	} {
		if got := diffText(wordDiff(tc.before, tc.after)).Render(false); got != tc.want {
			t.Errorf("%q to %q: %q, want %q", tc.before, tc.after, got, tc.want)
		}
	}
}

// sides puts the two texts of a diff together again.
func sides(segs []segment) (before, after string) {
	for _, s := range segs {
		if s.op != added {
			before += s.text
		}
		if s.op != removed {
			after += s.text
		}
	}
	return before, after
}

func TestWordDiffHoldsBothTexts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(21, 22))
	vocabulary := []string{"a", "red", "blue", " ", "  ", ",", "剣", "\n", "é", "armour", ". "}
	text := func() string {
		var b strings.Builder
		for range r.IntN(25) {
			b.WriteString(vocabulary[r.IntN(len(vocabulary))])
		}
		return b.String()
	}
	for range 5000 {
		a, b := text(), text()
		segs := wordDiff(a, b)
		if before, after := sides(segs); before != a || after != b {
			t.Fatalf("diff of %q and %q holds %q and %q: %+v", a, b, before, after, segs)
		}
		for i := 1; i < len(segs); i++ {
			if segs[i].op == segs[i-1].op {
				t.Fatalf("diff of %q and %q has two pieces of one kind side by side: %+v", a, b, segs)
			}
		}
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("very ", 40)
	segs := wordDiff(long+"red "+long+"end", long+"blue "+long+"END")
	got := diffText(shorten(segs, 20)).Render(false)
	if want := "… 184 characters left out … very very very [-red-]{+blue+} very very very … 169 characters left out … very very very [-end-]{+END+}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	unbroken := strings.Repeat("剣", 100)
	for _, s := range shorten(wordDiff("x "+unbroken, "y "+unbroken), 20) {
		if strings.ContainsRune(s.text, '\ufffd') {
			t.Errorf("a character was cut: %q", s.text)
		}
	}
}

// A text may be anything: the time must not grow with the square of its
// length where nothing is alike.
func BenchmarkWordDiff(b *testing.B) {
	sentence := strings.Repeat("A knight in worn plate armour stands on a cliff above a burning castle. ", 140)
	r := rand.New(rand.NewPCG(31, 32))
	random := func() string {
		var s strings.Builder
		for s.Len() < 10_000 {
			s.WriteString(strings.Repeat(string(rune('a'+r.IntN(26))), 1+r.IntN(9)) + " ")
		}
		return s.String()
	}
	for name, texts := range map[string][2]string{
		"similar":   {sentence, strings.ReplaceAll(sentence, "worn", "polished") + "Rain."},
		"different": {random(), random()},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if len(wordDiff(texts[0], texts[1])) < 3 {
					b.Fatal("no difference found")
				}
			}
		})
	}
}
