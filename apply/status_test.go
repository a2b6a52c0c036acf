package apply

import (
	"strings"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
)

// Servers have words of their own, forget the URL for a while, or give a
// reason in its place: nothing is waited for without end or a word.
func TestOddAnswersAboutTasks(t *testing.T) {
	word := func(status string) func(*imaginator.Task) error {
		return func(task *imaginator.Task) error {
			task.Status = imaginator.Status(status)
			return nil
		}
	}
	for name, test := range map[string]struct {
		onTask func(n int, t *imaginator.Task) error
		code   int
		says   string
		posts  int // with a second apply, where the server has come to itself
	}{
		"unknown word": {func(_ int, task *imaginator.Task) error { return word("dreaming")(task) }, ExitParked, `"dreaming"`, 1},
		"url late": {func(n int, task *imaginator.Task) error {
			if n < 4 {
				task.ResultURL = ""
			}
			return nil
		}, ExitDone, "", 1},
		"no url": {func(_ int, task *imaginator.Task) error { task.ResultURL = ""; return nil }, ExitParked, "gives no URL", 1},
		"reason in its place": {func(_ int, task *imaginator.Task) error {
			task.ResultURL, task.ErrorMessage = "", "filtered by safety"
			return nil
		}, ExitFailed, "filtered by safety", 2},
		"reason beside it": {func(_ int, task *imaginator.Task) error { task.ErrorMessage = "low quality"; return nil }, ExitDone, "low quality", 1},
	} {
		bubble2(t, name, func(t *testing.T) {
			api := newFakeAPI()
			api.onTask = test.onTask
			p := newProject(t, api, knight)
			began := time.Now()
			got := p.apply()
			got.wantCode(t, test.code)
			text := ""
			for _, e := range got.events {
				if e.Diagnostic != nil {
					text += e.Diagnostic.Summary + ": " + e.Diagnostic.Detail
				}
			}
			if !strings.Contains(text, test.says) || time.Since(began) > 15*time.Minute {
				t.Errorf("after %s it says\n%s\nwant %q", time.Since(began), text, test.says)
			}
			if n := strings.Count(text, "does not know. It is asked again"); n > 1 {
				t.Errorf("the word was said %d times", n)
			}
			api.onTask = nil
			p.apply().wantCode(t, ExitDone)
			if api.posts != test.posts {
				t.Errorf("%d posts, want %d", api.posts, test.posts)
			}
		})
	}
}

const rider = `
image "rider" {
  prompt = "A rider"
  output = "art/rider.png"
}
`

// A refusal that holds for all requests is said once; one that came after an
// accepted request is about its own path.
func TestNoSuchPath(t *testing.T) {
	notFound := func() error { return apiError(404, "INVALID_REQUEST", "There is no /generate_image") }
	bubble2(t, "first", func(t *testing.T) {
		api := newFakeAPI()
		api.onSubmit = func(int, engine.Request) (bool, error) { return false, notFound() }
		got := newProject(t, api, knight+rider).apply()
		got.wantCode(t, ExitError)
		if len(got.diags) != 1 || !strings.Contains(got.diags[0].Detail, "base_url") || !strings.Contains(got.diags[0].Detail, api.origin) {
			t.Errorf("%d diagnostics: %v", len(got.diags), got.diags)
		}
		if got.Left != 2 || api.posts > 2 || !got.Cost.IsZero() {
			t.Errorf("%+v after %d posts", got.Summary, api.posts)
		}
	})
	bubble2(t, "later", func(t *testing.T) {
		api := newFakeAPI()
		api.quota = 1
		api.onSubmit = func(n int, _ engine.Request) (bool, error) {
			if n > 1 {
				return false, notFound()
			}
			return true, nil
		}
		got := newProject(t, api, knight+rider).apply()
		got.wantCode(t, ExitFailed)
		if got.Failed != 1 || api.posts != 2 {
			t.Errorf("%+v after %d posts", got.Summary, api.posts)
		}
	})
	bubble2(t, "polled", func(t *testing.T) {
		api := newFakeAPI()
		api.hang = "poll"
		p := newProject(t, api, knight+rider)
		p.apply(func(o *Options) { o.Timeout = time.Minute }).wantCode(t, ExitParked)
		api.hang, api.onTask = "", func(int, *imaginator.Task) error { return notFound() }
		got := p.apply()
		got.wantCode(t, ExitError)
		if len(got.diags) != 1 || !strings.Contains(got.diags[0].Detail, "base_url") {
			t.Errorf("%d diagnostics: %v", len(got.diags), got.diags)
		}
		api.onTask = nil
		p.apply().wantCode(t, ExitDone)
		if api.posts != 2 {
			t.Errorf("%d posts, want 2", api.posts)
		}
	})
}

// What became of an asset's credit stands with its end.
func TestCreditOfWhatWasNotDone(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(api *fakeAPI)
		reason  string
		credit  string
	}{
		"refused": {func(api *fakeAPI) {
			api.onSubmit = func(int, engine.Request) (bool, error) {
				return false, apiError(400, "INVALID_REQUEST", "no such style")
			}
		}, "no such style", "nothing spent"},
		"failed": {func(api *fakeAPI) {
			api.onTask = func(_ int, t *imaginator.Task) error {
				t.Status, t.Error = imaginator.StatusFailed, "unsafe"
				return nil
			}
		}, "unsafe", "nothing spent"},
		"unknown": {func(api *fakeAPI) {
			api.onSubmit = func(int, engine.Request) (bool, error) { return true, apiError(502, "", "bad gateway") }
			api.noList = true
		}, "bad gateway", "perhaps 1 image credit spent"},
		"no image": {func(api *fakeAPI) { api.result = func(engine.Request) []byte { return []byte("GIF89a") } }, "GIF", "1 image credit spent; the next apply goes on with it at no cost"},
		"no url": {func(api *fakeAPI) {
			api.onTask = func(_ int, t *imaginator.Task) error { t.ResultURL = ""; return nil }
		}, "", "1 image credit spent; the next apply goes on with it at no cost"},
	} {
		bubble2(t, name, func(t *testing.T) {
			api := newFakeAPI()
			test.prepare(api)
			got := newProject(t, api, knight).apply()
			for _, e := range got.events {
				if (e.Type == EventAssetFailed || e.Type == EventDiagnostic) && !e.Address.IsZero() {
					if e.Credit != test.credit || !strings.Contains(e.Reason, test.reason) {
						t.Errorf("%q, %q; want %q, %q", e.Reason, e.Credit, test.reason, test.credit)
					}
					return
				}
			}
			t.Error("nothing is said of the asset")
		})
	}
}
