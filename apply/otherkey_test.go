package apply

import (
	"strings"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	"assetform/config"
)

// keyedAPI is the fake with a key of its own.
type keyedAPI struct {
	*fakeAPI
	key string
}

func (k keyedAPI) KeyCheck(salt string) string { return k.key + salt }

// A task that was sent with another key is taken where the server shows that
// it is ours, and else waits for that key.
func TestTaskOfAnotherKey(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*fakeAPI)
		code   int
	}{
		"shown":    {func(*fakeAPI) {}, ExitDone},
		"hidden":   {func(f *fakeAPI) { f.onTask = func(_ int, t *imaginator.Task) error { t.Prompt = nil; return nil } }, ExitParked},
		"not seen": {func(f *fakeAPI) { f.tasks[0].gone = true }, ExitParked},
	} {
		bubble2(t, name, func(t *testing.T) {
			api := newFakeAPI()
			api.latency = time.Hour
			p := newProject(t, api, knight)
			with := func(key string) func(*Options) {
				return func(o *Options) {
					o.Timeout = time.Minute
					o.Drivers = func(config.ProviderRef) (engine.Driver, error) { return imaginator.NewDriver(keyedAPI{api, key}), nil }
				}
			}
			p.apply(with("one")).wantCode(t, ExitParked)
			time.Sleep(2 * time.Hour)
			test.change(api)
			got := p.apply(with("two"))
			got.wantCode(t, test.code)
			if test.code == ExitParked && !strings.Contains(got.text(), "another API key") {
				t.Errorf("it says\n%s", got.text())
			}
			if api.onTask = nil; len(api.tasks) > 0 {
				api.tasks[0].gone = false
			}
			p.apply(with("one")).wantCode(t, ExitDone)
			if api.posts != 1 {
				t.Errorf("%d posts, want 1", api.posts)
			}
		})
	}
}
