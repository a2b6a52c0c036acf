package apply

import (
	"context"
	"io"
	"strings"
	"testing"

	"assetform/apply/engine"
)

// losing makes pictures whose sources had a manifest.
type losing struct{}

func (losing) Make(_ context.Context, j engine.Job, dst io.Writer) (engine.Made, error) {
	_, err := dst.Write(picture(j.Output))
	return engine.Made{MediaType: "image/png", Width: 1, Height: 1, Lost: "the manifest of " + j.Sources[0].Path + " is lost"}, err
}

// However many pictures lose a manifest, and whatever they are made of, one
// warning a run says so.
func TestLostManifestsAreToldOnce(t *testing.T) {
	t.Parallel()
	p := newProject(t, newFakeAPI(), `
variant "card" {
  for_each = toset(["a", "b", "c"])
  source   = "own/${each.key}.png"
  width    = 1
  output   = "web/${each.key}.png"
}
`)
	for _, name := range []string{"a", "b", "c"} {
		p.write("own/"+name+".png", string(picture(name)))
	}
	r := p.apply(func(o *Options) {
		o.Makers = func(string) (engine.Maker, error) { return losing{}, nil }
	})
	r.wantCode(t, ExitDone)
	var told []string
	for _, e := range r.events {
		if e.Diagnostic != nil {
			told = append(told, e.Diagnostic.Summary+": "+e.Diagnostic.Detail)
		}
	}
	if len(told) != 1 || !strings.HasPrefix(told[0], "C2PA manifest is lost: The manifest of own/") || !strings.HasSuffix(told[0], " is lost.") {
		t.Errorf("told %q", told)
	}
}
