package render

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"assetform/config/engine"
	"assetform/plan"
)

// TestPicturesStayInTheRepository: the paths are a stranger's, and lead nowhere
// else.
func TestPicturesStayInTheRepository(t *testing.T) {
	t.Parallel()
	repository, err := url.Parse("https://github.test/acme/game/raw/abc/art")
	if err != nil {
		t.Fatal(err)
	}
	for output, want := range map[string]string{
		"a.png":                             "https://github.test/acme/game/raw/abc/art/a.png",
		"b c/é\"><x>.JPG":                   "https://github.test/acme/game/raw/abc/art/b%20c/%C3%A9%22%3E%3Cx%3E.JPG",
		"a/../b.png":                        "https://github.test/acme/game/raw/abc/art/b.png",
		"%2e%2e/%2e%2e/x.png":               "https://github.test/acme/game/raw/abc/art/%252e%252e/%252e%252e/x.png",
		"x.png?to=https://evil.png":         "https://github.test/acme/game/raw/abc/art/x.png%3Fto=https:/evil.png",
		"../x.png":                          "",
		"a/../../../evil/x.png":             "",
		`..\..\evil\x.png`:                  "",
		"/x.png":                            "",
		"film.mp4":                          "",
		strings.Repeat("a/", 500) + "x.png": "",
	} {
		c := &plan.BaseChange{Address: "image.a", Did: plan.Generated, Output: output}
		if got := pictureURL(repository, c); got != want {
			t.Errorf("%q: %s, want %s", output, got, want)
		}
		if c.Did = plan.Moved; pictureURL(repository, c) != "" {
			t.Errorf("%q is shown though it was there before", output)
		}
	}
}

// TestBaseFits has more changes than a comment takes: what is due keeps its
// room.
func TestBaseFits(t *testing.T) {
	t.Parallel()
	doc := sample()
	doc.Base = &plan.Base{Ref: "@org/team", Commit: strings.Repeat("a", 40), Cost: engine.Cost{"image_credits": 5000}, Placeholders: 2, Notes: []string{"@octocat"}}
	for range 5000 {
		doc.Base.Changes = append(doc.Base.Changes, plan.BaseChange{
			Address: "image.long", Did: plan.Generated, Output: "art/" + strings.Repeat("long", 20) + ".png",
			Reasons: []plan.Reason{"input:prompt"}, Cost: engine.Cost{"image_credits": 1},
		})
	}
	text := Markdown(doc, Options{Pages: "https://github.test/x"})
	if len(text) > maxMarkdown {
		t.Errorf("%d bytes", len(text))
	}
	for _, part := range []string{"5,000 generated", "5,000 image credits", "2 placeholders are left", "for which there is no room here", "#### Still due", "**Cost:**", "image.long"} {
		if !strings.Contains(text, part) {
			t.Errorf("the comment does not say %q", part)
		}
	}
	for _, part := range []string{"@org", "@octocat"} {
		if strings.Contains(text, part) {
			t.Errorf("the comment mentions %q", part)
		}
	}
	short := Text(doc, Options{})
	if !strings.Contains(short, "and 4,988 more") || strings.Count(short, "generated image.long") != shownDone {
		t.Errorf("the text lists another number of changes:\n%.2000s", short)
	}
}

// TestPicks names the command for what is left to be picked, which nothing in
// an address can turn into another one, nor into anything else of the comment.
func TestPicks(t *testing.T) {
	t.Parallel()
	doc := sample()
	doc.Prices = engine.Prices{Currency: "USD", Units: map[string]string{"image_credit": "0.04"}}
	doc.Base = &plan.Base{Ref: "main", Commit: strings.Repeat("a", 40), Cost: engine.Cost{"image_credits": 12}}
	change := func(address string, picked int) plan.BaseChange {
		return plan.BaseChange{Address: address, Did: plan.Generated, Output: "a.png", Candidates: 4, Picked: picked, Cost: engine.Cost{"image_credits": 4}}
	}
	for _, c := range []struct {
		name    string
		changes []plan.BaseChange
		text    []string // parts of both
		md, out string
	}{
		{"none left", []plan.BaseChange{change("image.a", 1)}, []string{"candidate 1 of 4", "(0.16 USD)", "(0.48 USD)"}, "", ""},
		{"one", []plan.BaseChange{change("image.a", 0)}, []string{"1 pick is left", "4 candidates, none picked"}, "- <code>assetform pick image.a N</code>\n", "1 pick is left: assetform pick image.a N\n"},
		{"a key", []plan.BaseChange{change(`image.a["x'y"]`, 0), change("image.b", 2)}, []string{"1 pick is made, 1 is left"},
			`assetform pick 'image.a`, `assetform pick 'image.a["x'\''y"]' N`},
		{"many", slices.Repeat([]plan.BaseChange{change("image.a", 0)}, 1000), []string{"1,000 picks are left"},
			"- and 988 more, which <code>assetform pick --unpicked</code> lists\n", `1,000 picks are left; "assetform pick --unpicked" lists`},
		{"hostile", []plan.BaseChange{change("image.a[\"`$(id)` @octocat #1 </code><img src=x> \u202e\n::error::\"]", 0)}, []string{"1 pick is left"}, "assetform pick '", "assetform pick '"},
	} {
		doc.Base.Changes = c.changes
		md, text := Markdown(doc, Options{}), Text(doc, Options{Width: 1000})
		for _, part := range c.text {
			if !strings.Contains(md, part) || !strings.Contains(text, part) {
				t.Errorf("%s: not both say %q:\n%.1500s\n%.1500s", c.name, part, md, text)
			}
		}
		if !strings.Contains(md, c.md) || !strings.Contains(text, c.out) {
			t.Errorf("%s: wants %q and %q:\n%.1500s\n%.1500s", c.name, c.md, c.out, md, text)
		}
		for _, bad := range []string{"@octocat", " #1", "<img", "</code><i", "\u202e", "\n::error::"} {
			if strings.Contains(md, bad) {
				t.Errorf("%s: the comment has %q", c.name, bad)
			}
		}
		if strings.Contains(text, "\n::error::") || strings.Contains(text, "\u202e") {
			t.Errorf("%s: the text has what an address put in", c.name)
		}
		if len(md) > maxMarkdown {
			t.Errorf("%s: %d bytes", c.name, len(md))
		}
	}
}
