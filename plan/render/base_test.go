package render

import (
	"net/url"
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
