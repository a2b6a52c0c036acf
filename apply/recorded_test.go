package apply

import (
	"strings"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
)

// TestRecordedOrigin: a task is collected where its record says, though no
// provider leads there any more, if that is allowed; else it waits, wanted or
// not, and nothing is sent.
func TestRecordedOrigin(t *testing.T) {
	const dragon = paidProvider + "image \"dragon\" {\n prompt = \"A dragon\"\n output = \"dragon.png\"\n}\n"
	for name, config := range map[string]string{"wanted": knight, "not wanted": dragon} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				api := newFakeAPI()
				api.latency = 10 * time.Second
				p := newProject(t, api, knight)
				p.apply(func(o *Options) { o.Timeout = time.Second }).wantCode(t, ExitParked)
				polls := api.polls

				p.write("main.asset.hcl", config)
				p.api = newFakeAPI()
				p.api.origin = "https://elsewhere.example:443"
				got := p.apply(func(o *Options) {
					o.DriverAt = func(string, string) (engine.Driver, error) { return nil, ErrOriginNotAllowed }
				})
				got.wantCode(t, ExitParked)
				if want := "waits at https://fake.example:443; set IMAGINATOR_BASE_URL to poll it"; !strings.Contains(got.text(), want) || got.Left != 1 {
					t.Errorf("no %q, or %d left:\n%s", want, got.Left, got.text())
				}
				if api.polls != polls || api.posts != 1 {
					t.Errorf("%d polls and %d posts", api.polls-polls, api.posts)
				}

				p.apply(func(o *Options) {
					o.DriverAt = func(provider, origin string) (engine.Driver, error) {
						if provider != "imaginator" || origin != api.origin {
							t.Errorf("asked for %s at %s", provider, origin)
						}
						return imaginator.NewDriver(api), nil
					}
				}).wantCode(t, ExitDone)
				if api.posts != 1 || api.gets != 1 || p.api.paid() > 1 {
					t.Errorf("%d posts, %d downloads, %d paid for elsewhere", api.posts, api.gets, p.api.paid())
				}
			})
		})
	}
}

// TestRecordedKeyRefused: that the server of a record refuses the key is said.
func TestRecordedKeyRefused(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency = 10 * time.Second
		p := newProject(t, api, knight)
		p.apply(func(o *Options) { o.Timeout = time.Second }).wantCode(t, ExitParked)
		p.api = newFakeAPI()
		p.api.origin = "https://elsewhere.example:443"
		api.onTask = func(int, *imaginator.Task) error { return apiError(401, "INVALID_API_KEY", "no such key") }
		got := p.apply(func(o *Options) {
			o.DriverAt = func(string, string) (engine.Driver, error) { return imaginator.NewDriver(api), nil }
		})
		got.wantCode(t, ExitError)
		if !strings.Contains(got.text(), "no such key") || p.api.posts > 0 {
			t.Errorf("%d posts\n%s", p.api.posts, got.text())
		}
	})
}
