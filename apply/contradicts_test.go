package apply

import (
	"bytes"
	"hash/crc32"
	"strings"
	"testing"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	"assetform/lockfile"
)

// The server's own answer about a task may show that it is another's: ids began
// anew, or two requests got one answer. Words that the API does not have are
// other names for the same, and a seed that was not sent is the server's.
func TestTaskIsAnothers(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*imaginator.Task)
		code   int
	}{
		"prompt":                  {func(t *imaginator.Task) { p := "A dog"; t.Prompt = &p }, ExitUnknown},
		"model":                   {func(t *imaginator.Task) { t.Model = "nano_banana" }, ExitUnknown},
		"aspect":                  {func(t *imaginator.Task) { t.AspectRatio = "square" }, ExitUnknown},
		"seed":                    {func(t *imaginator.Task) { n := int64(8); t.Seed = &n }, ExitDone},
		"renamed":                 {func(t *imaginator.Task) { t.Type, t.Model, t.AspectRatio = "IMG", "imagen-3", "16:9" }, ExitDone},
		"prompt cut":              {func(t *imaginator.Task) { p := "A kni..."; t.Prompt = &p }, ExitDone},
		"prompt recased":          {func(t *imaginator.Task) { p := "a KNIGHT \r\n"; t.Prompt = &p }, ExitDone},
		"prompt cut, and said so": {func(t *imaginator.Task) { p := "A kni [...]"; t.Prompt = &p }, ExitDone},
		"prompt hidden":           {func(t *imaginator.Task) { t.Prompt = nil }, ExitDone},
	} {
		bubble2(t, name, func(t *testing.T) {
			api := newFakeAPI()
			api.onTask = func(_ int, task *imaginator.Task) error { test.change(task); return nil }
			p := newProject(t, api, knight)
			got := p.apply()
			got.wantCode(t, test.code)
			if test.code == ExitUnknown && (p.read("art/knight.png") != "" || got.Cost["image_credits"] != 0 || got.Uncertain["image_credits"] == 0) {
				t.Errorf("a picture of others was taken, or its cost is not told: %+v", got.Summary)
			}
			if test.code == ExitUnknown {
				api.onTask = nil
				p.apply().wantCode(t, ExitDone)
			}
			if api.posts != 1 {
				t.Errorf("%d posts, want 1", api.posts)
			}
		})
	}
}

// A sensitive prompt is recorded as a digest, and compared all the same.
func TestSensitivePromptIsAnothers(t *testing.T) {
	for shown, code := range map[string]int{"A dog": ExitUnknown, "Top sec...": ExitDone, "Top secret": ExitDone} {
		bubble2(t, shown, func(t *testing.T) {
			api := newFakeAPI()
			api.onTask = func(_ int, task *imaginator.Task) error { task.Prompt = &shown; return nil }
			p := newProject(t, api, paidProvider+`
variable "p" {
  default   = "Top secret"
  sensitive = true
}
image "knight" {
  prompt = var.p
  output = "art/knight.png"
}
`)
			p.apply().wantCode(t, code)
		})
	}
}

// One answer for two requests: the second request's task, whose own answer got
// lost, is not the first one's.
func TestOneAnswerForTwo(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.noList = true
		first := asset("a", "A", "a.png")
		p := newProject(t, api, paidProvider+asset("b", "B", "b.png"))
		api.lose(1, true, errLostReply)
		p.apply().wantCode(t, ExitUnknown)
		p.write("main.asset.hcl", paidProvider+first+asset("b", "B", "b.png"))
		api.onSubmit = nil
		api.answerWith = "1"
		p.apply().wantCode(t, ExitUnknown)
		if p.read("a.png") != "" {
			t.Error("the picture of b stands as that of a")
		}
	})
}

// An id means something at its origin alone, and the lock has no origins: an
// entry with the same id is no reason not to take a task that was paid for,
// unless it delivers the very picture of that entry.
func TestSameIDInTheLock(t *testing.T) {
	for name, code := range map[string]int{"another task": ExitDone, "the same task": ExitUnknown} {
		bubble2(t, name, func(t *testing.T) {
			first := newFakeAPI()
			p := newProject(t, first, paidProvider+asset("a", "A", "a.png"))
			p.apply().wantCode(t, ExitDone)
			other := newFakeAPI()
			other.origin = "https://other.example:443"
			if code == ExitUnknown {
				other.result = func(engine.Request) []byte { return picture(digest(first.tasks[0].request)) }
			}
			p.api = other
			p.write("main.asset.hcl", paidProvider+asset("a", "A", "a.png")+asset("b", "B", "b.png"))
			p.apply().wantCode(t, code)
			if other.posts != 1 || (p.read("b.png") != "") != (code == ExitDone) {
				t.Errorf("%d posts, b.png has %d bytes", other.posts, len(p.read("b.png")))
			}
		})
	}
}

// After three tasks that turn out to be others' no more is sent.
func TestStrayTasksStopTheRun(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.onTask = func(_ int, task *imaginator.Task) error { p := "A dog"; task.Prompt = &p; return nil }
		p := newProject(t, api, images(12))
		p.apply().wantCode(t, ExitUnknown)
		if api.posts > 8 {
			t.Errorf("%d of 12 were paid for", api.posts)
		}
	})
}

// What was refused is kept, named by the journal, looked at again first and
// fetched again only then.
func TestRejectedResultIsLookedAtAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		bad := []byte("<!doctype html>")
		api.onGet = func(int, string) ([]byte, error) { return bad, nil }
		p := newProject(t, api, knight)
		p.apply().wantCode(t, ExitFailed)
		s := p.open()
		in := s.journal.Intents()[0]
		s.journal.Close()
		if in.State != "rejected" || in.Content != lockfile.HashBytes(bad) || !s.store.Has(in.Content) {
			t.Errorf("the journal has %+v", in.Record)
		}
		p.apply().wantCode(t, ExitFailed)
		api.onGet = nil
		p.apply().wantCode(t, ExitDone)
		if api.posts != 1 {
			t.Errorf("%d posts, want 1", api.posts)
		}
	})
}

// A result in another format stays one: it is not fetched again, and said to be
// what it is each time.
func TestForeignResultIsNotFetchedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		bad := []byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf")
		api.onGet = func(int, string) ([]byte, error) { return bad, nil }
		p := newProject(t, api, knight)
		for range 3 {
			got := p.apply()
			got.wantCode(t, ExitFailed)
			if !strings.Contains(got.text(), "an AVIF image") {
				t.Errorf("it is not named:\n%s", got.text())
			}
		}
		if api.gets != 1 || api.posts != 1 {
			t.Errorf("fetched %d times, asked for %d times", api.gets, api.posts)
		}
	})
}

// A result that lacks its end and no pixel is delivered, and that is said.
func TestFlawedResultIsDelivered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		whole := picture("a")
		api.onGet = func(int, string) ([]byte, error) { return whole[:len(whole)-12], nil }
		p := newProject(t, api, knight)
		got := p.apply()
		got.wantCode(t, ExitDone)
		if !strings.Contains(got.text(), "Result has a flaw") || !strings.Contains(got.text(), "lacks its end") {
			t.Errorf("nothing is said of it:\n%s", got.text())
		}
	})
}

// A damaged input image is found before anything is paid for, whichever asset
// takes it.
func TestInputsAreDecodedFirst(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, knight+`
image "b" {
  prompt     = "like it"
  references = ["ref.png"]
  output     = "b.png"
}
`)
		damaged := bytes.Replace(picture("ref"), []byte{0x78, 0x9c, 0x63}, []byte{0x78, 0x9c, 0x77}, 1)
		at := bytes.Index(damaged, []byte("IDAT"))
		put32(damaged[at+14:], crc32.ChecksumIEEE(damaged[at:at+14]))
		p.write("ref.png", string(damaged))
		got := p.apply()
		got.wantCode(t, ExitError)
		if api.posts != 0 || !strings.Contains(got.text(), "ref.png") {
			t.Errorf("%d requests were sent:\n%s", api.posts, got.text())
		}
		p.write("ref.png", string(picture("ref")))
		p.apply().wantCode(t, ExitDone)
	})
}
