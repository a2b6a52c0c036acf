package render

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"

	"github.com/rivo/uniseg"
)

// hostile are texts that want to be more than text.
var hostile = []string{
	"<script>alert(1)</script>", "](javascript:alert(1))", "[x](http://evil.example)", "@team please merge", "#1 fixes GH-2",
	"`code` ``` fence", "\x1b[2J\x1b[1;31mred", "\u202egnp.exe", "| a | b |\n|---|---|", "</details><img src=x onerror=y>",
	"-->", "<!-- assetform:plan -->", "www.evil.example https://evil.example", "剣剣剣👩‍🚀🇩🇪e\u0301", "\x00\x07\x08\r\n\t", "**bold** _it_ ~~del~~",
	"\u200bhidden\u2066", "\xff\xfe", strings.Repeat("long", 400), strings.Repeat("剣", 900), "$math$", "1. list\n- item\n# head", "&lt;b&gt; &amp;",
}

func hostileDocument(r *rand.Rand, n int) plan.Document {
	pick := func() string { return hostile[r.IntN(len(hostile))] }
	text := func() string { return pick() + " " + pick() + " words between " + pick() }
	var changes []plan.ChangeDocument
	for i := range n {
		c := plan.ChangeDocument{
			Address: fmt.Sprintf("image.icon[%q]", fmt.Sprint(i)+pick()), Kind: address.Image, Action: plan.Actions[r.IntN(len(plan.Actions))],
			Reasons: []plan.Reason{plan.Reason("input:" + pick()), plan.Reason("upstream:" + pick()), plan.Reason("same_inputs:" + pick()), plan.Reason(pick())},
			Method:  pick(), Provider: pick(), Output: pick(), PreviousAddress: pick(), PreviousOutput: pick(),
			Before:  map[string]any{"prompt": text(), pick(): text(), "references": []any{pick(), pick()}, "n": 1.5},
			After:   map[string]any{"prompt": text(), pick(): text(), "image": map[string]any{"upstream": pick()}, "s": map[string]any{"sensitive": pick()}},
			Drifted: r.IntN(3) == 0, Conditional: r.IntN(3) == 0, Cost: engine.Cost{"image_credits": r.IntN(3)},
		}
		changes = append(changes, c)
	}
	d := document(changes...)
	for range 5 {
		d.Diagnostics = append(d.Diagnostics, diag.Diagnostic{
			Severity: []string{"warning", "error"}[r.IntN(2)], Summary: pick(), Detail: text(), Range: &diag.Range{Filename: pick()},
		})
	}
	d.Remote = &plan.Remote{Origin: text(), Asked: r.IntN(2) == 0, Changed: r.IntN(3) > 0}
	return d
}

func hostileOptions(r *rand.Rand) Options {
	return Options{
		Width: 1 + r.IntN(130), Verbose: r.IntN(2) == 0,
		Causes: []Cause{{Name: hostile[r.IntN(len(hostile))], Place: hostile[r.IntN(len(hostile))], Assets: 2, Cost: engine.Cost{"videos": 3}}},
	}
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestTextIsNeverWiderThanAsked(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		doc, o := hostileDocument(r, 6), hostileOptions(r)
		plainText := Text(doc, o)
		for line := range strings.Lines(plainText) {
			if w := uniseg.StringWidth(strings.TrimSuffix(line, "\n")); w > o.Width {
				t.Fatalf("width %d: line of %d cells: %q", o.Width, w, line)
			}
		}
		o.Color = true
		if got := colours.ReplaceAllString(Text(doc, o), ""); got != plainText {
			t.Fatalf("colour changes more than colour:\n%q\n%q", got, plainText)
		}
	}
}

func TestTextHoldsNothingThatATerminalActsOn(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for range 40 {
		for _, c := range Text(hostileDocument(r, 6), hostileOptions(r)) {
			if c != '\n' && c != '\u200d' && (unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp)) {
				t.Fatalf("the text holds %U", c)
			}
		}
	}
}

var (
	ownTags  = regexp.MustCompile(`</?(?:code|details|summary|del|ins|b|sub)>|<br>|<!-- -->`)
	ownParts = regexp.MustCompile("^<!-- assetform:plan -->\n|`[-+~<>=.!]`")
)

func TestMarkdownCanaries(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	mention := regexp.MustCompile(`@[A-Za-z]|[^&\\]#[0-9]|GH-[0-9]`)
	live := regexp.MustCompile("(^|[^\\\\])[`\\[\\]()]")
	for range 40 {
		doc, o := hostileDocument(r, 12), hostileOptions(r)
		got := Markdown(doc, o)
		if strings.Count(got, marker) != 1 {
			t.Fatalf("%d markers", strings.Count(got, marker))
		}
		body := ownParts.ReplaceAllString(got, "")
		if m := mention.FindString(body); m != "" {
			t.Fatalf("Markdown reaches people or issues: %q", m)
		}
		rest := ownTags.ReplaceAllString(body, "")
		if i := strings.IndexAny(rest, "<>"); i >= 0 {
			t.Fatalf("foreign markup: %q", rest[max(i-20, 0):min(i+40, len(rest))])
		}
		for line := range strings.Lines(rest) {
			if strings.HasPrefix(line, "**") || strings.HasPrefix(line, "###") || !strings.Contains(line, "|") {
				continue
			}
			if m := live.FindString(line); m != "" {
				t.Fatalf("unescaped %q in %q", m, line)
			}
		}
		for tag, n := range map[string]int{"details": 0, "code": 0, "del": 0, "ins": 0} {
			if n = strings.Count(got, "<"+tag+">") - strings.Count(got, "</"+tag+">"); n != 0 {
				t.Fatalf("%d unclosed %s", n, tag)
			}
		}
	}
}

func TestMarkdownTablesKeepTheirColumns(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	pipe := regexp.MustCompile(`\\\|`)
	for range 50 {
		for line := range strings.Lines(Markdown(hostileDocument(r, 12), hostileOptions(r))) {
			if strings.HasPrefix(line, "|") && strings.Count(pipe.ReplaceAllString(line, ""), "|") != 5 {
				t.Fatalf("row with another number of cells: %q", line)
			}
		}
	}
}

func TestMarkdownFitsIntoAComment(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 14))
	huge := make([]plan.ChangeDocument, 10_000)
	for i := range huge {
		prompt := func() string {
			var b strings.Builder
			for b.Len() < 10_000 {
				b.WriteString(hostile[(i+b.Len())%20] + " ")
			}
			return b.String()
		}
		// Ten prompts are made and shared: what counts is what is written.
		if i < 10 {
			huge[i].Before, huge[i].After = map[string]any{"prompt": prompt() + "before"}, map[string]any{"prompt": "after " + prompt()}
		} else {
			huge[i].Before, huge[i].After = huge[i%10].Before, huge[i%10].After
		}
		huge[i].Address, huge[i].Action = fmt.Sprintf("image.icon[%d]", i), plan.Actions[i%len(plan.Actions)]
		huge[i].Reasons, huge[i].Cost, huge[i].Output = []plan.Reason{"input:prompt"}, engine.Cost{"image_credits": 1}, "art/a.png"
	}
	docs := map[string]plan.Document{
		"10,000 changes": document(huge...), "hostile": hostileDocument(r, 3000), "empty": document(),
	}
	for name, doc := range docs {
		for _, verbose := range []bool{false, true} {
			o := hostileOptions(r)
			o.Verbose = verbose
			for range 7 {
				o.Causes = append(o.Causes, o.Causes...)
			}
			got := Markdown(doc, o)
			if units := len(utf16.Encode([]rune(got))); len(got) > 65_535 || units > 65_535 {
				t.Errorf("%s: %d bytes, %d UTF-16 units", name, len(got), units)
			}
			if !strings.HasPrefix(got, marker+"\n") || !strings.HasSuffix(got, "</sub>\n") {
				t.Errorf("%s: beginning or end is missing", name)
			}
		}
	}
	got := Markdown(docs["10,000 changes"], Options{})
	listed := strings.Count(got, "\n| `")
	left := 0
	for _, m := range regexp.MustCompile(`and ([0-9,]+) more, for which`).FindAllStringSubmatch(got, -1) {
		n := 0
		if _, err := fmt.Sscan(strings.ReplaceAll(m[1], ",", ""), &n); err != nil {
			t.Fatal(err)
		}
		left += n
	}
	if want := 10_000 - docs["10,000 changes"].Summary.NoOp; listed+left != want || listed < 20 {
		t.Errorf("%d listed and %d counted, want %d together", listed, left, want)
	}
}

func BenchmarkText(b *testing.B) {
	const n = 5000
	var changes []plan.ChangeDocument
	for i := range n {
		c := sample().Changes[2]
		c.Address = fmt.Sprintf("image.icon[%d]", i)
		changes = append(changes, c)
	}
	doc := document(changes...)
	b.ReportAllocs()
	for b.Loop() {
		if got := Text(doc, Options{Verbose: true}); strings.Count(got, "[-worn plate-]") < n/2 {
			b.Fatal("changes are missing")
		}
	}
}
