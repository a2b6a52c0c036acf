package render

import (
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config"
	"assetform/plan"
)

// TestOrigins: a provider that leads elsewhere shows in every form, even
// where nothing changes; one that leads to the service does not.
func TestOrigins(t *testing.T) {
	t.Parallel()
	quiet, busy := document(still("image.a", false)), sample()
	for _, doc := range []*plan.Document{&quiet, &busy} {
		doc.Origins = map[string]string{"imaginator": config.DefaultOrigin(all.Registry(), "imaginator").String(), "imaginator.b": "https://evil.example", "local": "http://127.0.0.1:8787", "imaginator.\x1b[2J": "<i>\n"}
		text, md := Text(*doc, Options{}), Markdown(*doc, Options{})
		for _, want := range []string{"Origin: requests of imaginator.b go to https://evil.example.", "Origin: requests of local go to http://127.0.0.1:8787."} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		for _, want := range []string{"<code>imaginator.b</code> go to `https://evil.example`.", "`http://127.0.0.1:8787`"} {
			if !strings.Contains(md, want) {
				t.Errorf("no %q in\n%s", want, md)
			}
		}
		if strings.Contains(text+md, "mat3u") || strings.Contains(text, "\x1b") || strings.Contains(md, "<i>") {
			t.Errorf("too much shows:\n%s\n%s", text, md)
		}
	}
	for _, doc := range []*plan.Document{&quiet, &busy} {
		doc.Remote = &plan.Remote{Origin: "s3://evil"}
		if text, md := Text(*doc, Options{}), Markdown(*doc, Options{}); strings.Contains(text+md, "s3://evil") {
			t.Errorf("a remote that stood before shows:\n%s\n%s", text, md)
		}
		doc.Remote.Changed = true
		text, md := Text(*doc, Options{}), Markdown(*doc, Options{})
		if !strings.Contains(text, "Remote: results are shared at s3://evil, which is new.") || !strings.Contains(md, "**Remote:** results are shared at <code>s3:<!-- -->//evil</code>, which is new") {
			t.Errorf("a new remote does not show:\n%s\n%s", text, md)
		}
	}
	if got := Text(document(still("image.a", false)), Options{}); strings.Contains(got, "Origin") {
		t.Error(got)
	}
}
