package apply

import (
	"os"
	"strings"
	"testing"

	"assetform/apply/engine"
	"assetform/apply/engine/enginetest"
	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
	"assetform/apply/studio"
	"assetform/config"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/google/go-cmp/cmp"
)

// everyMethod has one asset of each method.
const everyMethod = `
image "knight" {
  prompt = "A knight"
  output = "knight.png"
}
image "duel" {
  prompt     = "A duel"
  references = [image.knight]
  output     = "duel.jpg"
}
image "poster" {
  subject = image.knight
  style   = image.duel
  output  = "poster.webp"
}
video "intro" {
  prompt = "Flight"
  output = "intro.mp4"
}
video "idle" {
  prompt = "Breathes"
  image  = image.knight
  loop   = true
  output = "idle.webm"
}
video "reveal" {
  prompt      = "Through the gate"
  start_image = image.duel
  end_image   = image.poster
  output      = "reveal.mp4"
}
video "walk" {
  prompt          = "Walks"
  reference_image = image.knight
  aspect_ratio    = "portrait"
  output          = "walk.mp4"
}
`

// All seven methods, by the engine in this process and by the local server
// through the real client: both draw the same.
func TestLocalEngines(t *testing.T) {
	if testing.Short() {
		t.Skip("draws images and films")
	}
	withoutRace(t)
	t.Parallel()
	server, err := studio.New(studio.Options{Keys: studio.Keys{studio.NewKey("tester", "studio-key")}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	client, err := imaginator.New(imaginator.Config{
		BaseURL: "http://local.invalid/api/v1", APIKey: imaginator.NewSecret("studio-key"), Transport: enginetest.HandlerTransport(server),
	})
	if err != nil {
		t.Fatal(err)
	}
	project := everyMethod
	if os.Getenv("ASSETFORM_LONG") == "" { // WebM takes seconds
		project = strings.ReplaceAll(project, ".webm", ".mp4")
	}
	contents := map[string]lockfile.ContentHash{}
	for _, driver := range []engine.Driver{sketch.New(nil), imaginator.NewDriver(client)} {
		p := newProject(t, newFakeAPI(), project)
		local := func(o *Options) {
			o.Drivers = func(config.ProviderRef) (engine.Driver, error) { return driver, nil }
		}
		got := p.apply(local)
		got.wantCode(t, ExitDone)
		if got.Done[plan.Create] != 7 {
			t.Errorf("done %v", got.Done)
		}
		drawn := map[string]lockfile.ContentHash{}
		for address, e := range p.lock().Assets {
			drawn[address] = e.ContentHash
			if info, err := os.Stat(p.path(e.Output)); err != nil || info.Size() != e.Bytes || e.TaskID != "" || e.Width == 0 || strings.HasPrefix(address, "video") != (e.Duration > 0) {
				t.Errorf("%s: %+v, %v", address, e, err)
			}
		}
		if diff := cmp.Diff(drawn, contents); len(contents) > 0 && diff != "" {
			t.Errorf("the engine and the server draw other things:\n%s", diff)
		}
		contents = drawn
		if again := p.apply(local); again.plan.HasChanges() {
			t.Errorf("changes afterwards: %v", again.plan.Summary)
		}
	}
}
