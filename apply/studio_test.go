package apply

import (
	"os"
	"strings"
	"testing"

	"assetform/apply/engine/imaginator"
	"assetform/apply/studio"
	"assetform/config"
	"assetform/plan"
)

// All seven methods against the local server, through the real client.
func TestLocalServer(t *testing.T) {
	if testing.Short() {
		t.Skip("draws images and films")
	}
	t.Parallel()
	server, err := studio.New(studio.Options{Anonymous: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	p := newProject(t, newFakeAPI(), `
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
`)
	local := func(o *Options) {
		o.Generators = func(config.ProviderRef) (Generator, error) {
			return imaginator.New(imaginator.Config{BaseURL: "http://local.invalid/api/v1", Transport: imaginator.HandlerTransport(server)})
		}
	}
	got := p.apply(local)
	got.wantCode(t, ExitDone)
	if got.Done[plan.Create] != 7 {
		t.Errorf("done %v", got.Done)
	}
	for address, e := range p.lock().Assets {
		if info, err := os.Stat(p.path(e.Output)); err != nil || info.Size() != e.Bytes || e.TaskID != "" || e.Width == 0 || strings.HasPrefix(address, "video") != (e.Duration > 0) {
			t.Errorf("%s: %+v, %v", address, e, err)
		}
	}
	if again := p.apply(local); again.plan.HasChanges() {
		t.Errorf("changes afterwards: %v", again.plan.Summary)
	}
}
