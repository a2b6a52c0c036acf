package render

import (
	"fmt"
	"html"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"assetform/config/diag"
	"assetform/plan"
)

// references are what GitHub and GitLab make more of than text, each alone and
// in the middle of words.
var references = []string{
	"@octocat", "@org/team", "#12", "GH-2", "gh-2", "org/repo#3", "org/repo@1f2e3d4c", "1f2e3d4c5b6a79880123456789abcdef01234567", "0badcafe", "1234567",
	":warning:", ":+1:", ":t-rex:", "https://evil.example/x", "http://evil.example", "ftp://evil.example", "WWW.evil.example", "www.evil.example",
	"mail@evil.example", "xmpp:a@evil.example", "$x^2$", "$$x$$", "$`x`$", "[^1]", "- [ ] task", "[x](y)", "![x](y)", "<https://evil.example>", "JIRA-7",
	"!5", "%2", "%\"mile stone\"", "~label", "~\"a label\"", "&9", "{+ins+}", "[-del-]", "/merge", "/close", "====", "---", "1) one", "2. two", "> quote",
	"| a | b |", "[[_TOC_]]", "```suggestion", "**b**", "__i__", "a\u200d@b", "\u202e", "\u3164",
}

var (
	tagOrComment = regexp.MustCompile(`<[^>]*>`)
	codeElement  = regexp.MustCompile(`(?s)<code>.*?</code>`)
	escaped      = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)
	found        = regexp.MustCompile(`(?i)@[a-z0-9]|#[a-z0-9]|[a-z]-[0-9]|[0-9a-f]{7}|:[a-z0-9_+-]+:|[a-z]+://|www\.[a-z]|\$.|[!%~&]["a-z0-9]|\{\+|\[-`)

	unescapedMarkup = regexp.MustCompile("(^|[^\\\\])[`\\[\\]()*_|+$~]")
)

// textNodes are the texts between tags of what Markdown makes of a line that
// has no markup but tags: those that GitHub looks for references in.
func textNodes(line string) []string {
	var nodes []string
	for _, text := range tagOrComment.Split(codeElement.ReplaceAllString(line, "<code>"), -1) {
		nodes = append(nodes, html.UnescapeString(escaped.ReplaceAllString(text, "$1")))
	}
	return nodes
}

func TestEscapedTextIsNothingButText(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(15, 16))
	for range 4000 {
		var text strings.Builder
		for range 1 + r.IntN(4) {
			text.WriteString(references[r.IntN(len(references))])
			text.WriteString([]string{" ", "", "\n", ". ", "x"}[r.IntN(5)])
		}
		for _, got := range []string{markdown(text.String()), diag.EscapeMarkdown(text.String())} {
			for line := range strings.Lines(got) {
				line = strings.TrimSuffix(line, "\n")
				for _, node := range textNodes(line) {
					if m := found.FindString(node); m != "" {
						t.Fatalf("%q becomes %q, where %q would be found", text.String(), got, m)
					}
				}
				if m := unescapedMarkup.FindString(tagOrComment.ReplaceAllString(line, "")); m != "" {
					t.Fatalf("%q becomes %q, where %q is live", text.String(), got, m)
				}
				if regexp.MustCompile(`^(\s|=|/|[0-9]+[.)]|<!--)`).MatchString(line) {
					t.Fatalf("%q becomes %q, which begins like a block", text.String(), line)
				}
			}
		}
	}
}

// TestNoPartOfACommentRefers has the references at every place of a document
// that a stranger writes.
func TestNoPartOfACommentRefers(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(17, 18))
	for range 200 {
		doc := hostileDocument(r, 6)
		pick := func() string { return references[r.IntN(len(references))] }
		for i := range doc.Changes {
			c := &doc.Changes[i]
			c.Address, c.Output, c.PreviousAddress, c.PreviousOutput, c.Provider = pick(), pick(), pick(), pick(), pick()
			c.Reasons = append(c.Reasons, plan.Reason(pick()))
			c.Before, c.After = map[string]any{"prompt": pick() + " " + pick()}, map[string]any{"prompt": pick() + pick(), pick(): []any{pick()}}
		}
		doc.Diagnostics = append(doc.Diagnostics, diag.Diagnostic{Severity: "error", Summary: pick(), Detail: pick() + "\n" + pick(), Range: &diag.Range{Filename: pick()}})
		got := Markdown(doc, Options{Verbose: r.IntN(2) == 0, Causes: []Cause{{Name: pick(), Place: pick()}}})
		body := ownParts.ReplaceAllString(strings.NewReplacer(":warning:", "", "**", "<b>").Replace(got), "")
		for line := range strings.Lines(body) {
			for _, node := range textNodes(strings.TrimPrefix(strings.TrimSpace(line), "### ")) {
				if m := found.FindString(node); m != "" {
					t.Fatalf("%q would be found in %q", m, line)
				}
			}
		}
	}
}

// middle is a long text with some words in the middle of it.
func middle(words string) string {
	side := strings.Repeat("a calm meadow under a wide sky, ", 60)
	return side + words + " " + side
}

// TestNoChangeHidesInWhatIsLeftOut has changes at places that are left out of
// texts that do not change.
func TestNoChangeHidesInWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	word := func(n int, stem string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%s%d ", stem, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct{ before, after map[string]any }{
		"one word of a prompt":   {map[string]any{"prompt": middle("green")}, map[string]any{"prompt": middle("EVIL")}},
		"most of a prompt":       {map[string]any{"prompt": middle(word(900, "good"))}, map[string]any{"prompt": middle("EVIL " + word(900, "bad"))}},
		"many words":             {map[string]any{"prompt": strings.Repeat("so it is a b ", 60)}, map[string]any{"prompt": strings.Repeat("so it is EVIL b ", 60)}},
		"a text of another kind": {map[string]any{"text": middle("green")}, map[string]any{"text": middle("EVIL")}},
		"a list":                 {map[string]any{"list": []any{middle("green")}}, map[string]any{"list": []any{middle("EVIL")}}},
		"a text that is new":     {map[string]any{"text": nil}, map[string]any{"text": "EVIL " + middle("x")}},
		"long when escaped":      {map[string]any{"prompt": middle(strings.Repeat("@", 900))}, map[string]any{"prompt": middle("EVIL " + strings.Repeat("@", 900))}},
	} {
		c := plan.ChangeDocument{
			Address: "image.a", Kind: "image", Action: plan.Update, Reasons: []plan.Reason{"input:prompt"}, Method: "generate_image",
			Output: "a.png", Before: c.before, After: c.after,
		}
		if got := Text(document(c), Options{}); !strings.Contains(got, "EVIL") {
			t.Errorf("%s: the text hides it:\n%s", name, got)
		}
		if got := Markdown(document(c), Options{}); !strings.Contains(got, "EVIL") {
			t.Errorf("%s: the comment hides it:\n%s", name, got)
		}
	}
}

// TestWhatIsLeftOutIsCounted adds up what is shown and what is said to be left
// out, and has a prompt that says it itself.
func TestWhatIsLeftOutIsCounted(t *testing.T) {
	t.Parallel()
	prompt := "A castle " + strings.Repeat("剣 and a meadow ", 100) + " … 9 characters left out … at dawn"
	c := plan.ChangeDocument{
		Address: "image.a", Kind: "image", Action: plan.Create, Reasons: []plan.Reason{"new"}, Method: "generate_image",
		Output: "a.png", After: map[string]any{"prompt": prompt},
	}
	for form, got := range map[string]string{"text": Text(document(c), Options{Width: 100_000}), "markdown": Markdown(document(c), Options{})} {
		marks := regexp.MustCompile(`… ([0-9,]+) characters left out …`).FindAllStringSubmatchIndex(got, -1)
		if len(marks) != 1 {
			t.Fatalf("%s: %d marks, want 1:\n%s", form, len(marks), got)
		}
		from := strings.Index(got, "A castle")
		shown := got[from:marks[0][0]]
		to := strings.Index(got[marks[0][1]:], `at dawn"`)
		tail := got[marks[0][1] : marks[0][1]+to+len("at dawn")]
		n := 0
		if _, err := fmt.Sscan(strings.ReplaceAll(got[marks[0][2]:marks[0][3]], ",", ""), &n); err != nil {
			t.Fatal(err)
		}
		clean := func(s string) string {
			return strings.ReplaceAll(tagOrComment.ReplaceAllString(s, ""), `\\u2026`, "…")
		}
		all := len([]rune(clean(shown))) + n + len([]rune(strings.ReplaceAll(clean(tail), `\u2026`, "…")))
		if want := len([]rune(prompt)); all != want {
			t.Errorf("%s: %d characters are shown or counted, want %d", form, all, want)
		}
	}
}

// TestARowThatDoesNotFitSaysSo has inputs that only a number stands for.
func TestARowThatDoesNotFitSaysSo(t *testing.T) {
	t.Parallel()
	after := map[string]any{}
	for i := range 8 {
		after[strings.Repeat("@", 180)+fmt.Sprint(i)] = strings.Repeat("@", 140)
	}
	c := plan.ChangeDocument{
		Address: "image.a", Kind: "image", Action: plan.Create, Reasons: []plan.Reason{"new"}, Method: "generate_image", Output: "a.png", After: after,
	}
	if got := Markdown(document(c), Options{}); !strings.Contains(got, "8 inputs left out, for which there is no room here") {
		t.Errorf("the row does not say what it leaves out:\n%s", got)
	}
}
