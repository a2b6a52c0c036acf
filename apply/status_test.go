package apply

import (
	"strings"
	"testing"
	"time"

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
