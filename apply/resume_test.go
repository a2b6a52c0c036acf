package apply

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	"assetform/config"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"
)

// The work tree changes branch between a run that was cut off and the next:
// the paid task is collected all the same, and found when the branch is back.
func TestBranchChangeBetweenRuns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency = 10 * time.Second
		p := newProject(t, api, knight)
		p.apply(func(o *Options) { o.Timeout = time.Second }).wantCode(t, ExitParked)

		other := paidProvider + "image \"dragon\" {\n prompt = \"A dragon\"\n output = \"dragon.png\"\n}\n"
		p.write("main.asset.hcl", other)
		p.apply().wantCode(t, ExitDone)
		if p.read("art/knight.png") != "" || len(p.lock().Assets) != 1 {
			t.Error("the other branch's asset reached the work tree")
		}
		p.write("main.asset.hcl", knight+strings.TrimPrefix(other, paidProvider))
		got := p.apply()
		got.wantCode(t, ExitDone)
		if got.Done[plan.Restore] != 1 || got.Cost["image_credits"] != 0 || api.paid() != 2 {
			t.Errorf("summary %+v, paid %d", got.Summary, api.paid())
		}
		if e := p.lock().Assets["image.knight"]; e.TaskID != "1" || e.Cost["image_credits"] != 1 {
			t.Errorf("entry %+v", e)
		}
	})
}

// A task is asked about at the origin that its record names and nowhere else.
func TestOtherOriginIsNotAsked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency = 10 * time.Second
		p := newProject(t, api, knight)
		p.apply(func(o *Options) { o.Timeout = time.Second }).wantCode(t, ExitParked)
		elsewhere := newFakeAPI()
		elsewhere.origin = "https://elsewhere.example:443"
		p.api = elsewhere
		got := p.apply()
		got.wantCode(t, ExitParked)
		if elsewhere.polls+elsewhere.posts > 0 || !strings.Contains(got.text(), "https://fake.example:443") {
			t.Errorf("%d polls and %d posts at another origin\n%s", elsewhere.polls, elsewhere.posts, got.text())
		}
		p.api = api
		p.apply().wantCode(t, ExitDone)
		if api.posts != 1 {
			t.Errorf("posts %d, want 1", api.posts)
		}
	})
}

func TestLockChangesDuringApply(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency = 10 * time.Second
		p := newProject(t, api, knight)
		got := p.apply(func(o *Options) {
			time.AfterFunc(5*time.Second, func() { p.write(lockfile.Filename, "{\n  \"version\": 1,\n  \"assets\": {}\n}\n") })
		})
		got.wantCode(t, ExitParked)
		if p.read("art/knight.png") != "" {
			t.Error("an output was written after the lock had changed")
		}
		next := p.apply()
		next.wantCode(t, ExitDone)
		if next.Done[plan.Restore] != 1 || api.posts != 1 {
			t.Errorf("summary %+v, posts %d", next.Summary, api.posts)
		}
	})
}

func TestReplace(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		take := 0
		api.result = func(r engine.Request) []byte { take++; return picture(digest(r) + string(rune('a'+take))) }
		p := newProject(t, api, knight)
		p.apply().wantCode(t, ExitDone)
		first := p.lock().Assets["image.knight"].ContentHash
		api.latency = 10 * time.Second
		replace := plan.Options{Replaces: []string{"image.knight"}}
		p.applyWith(t.Context(), replace, func(o *Options) { o.Timeout = time.Second }).wantCode(t, ExitParked)

		// It stays requested, and is collected by a plain apply.
		got := p.apply()
		got.wantCode(t, ExitDone)
		second := p.lock().Assets["image.knight"].ContentHash
		if first == second || api.posts != 2 || got.Cost["image_credits"] != 0 {
			t.Errorf("same content %v, posts %d, cost %+v", first == second, api.posts, got.Cost)
		}
		if again := p.apply(); again.plan.HasChanges() {
			t.Errorf("changes after the replacement: %v", again.plan.Summary)
		}
	})
}

const chain = paidProvider + `
image "base" {
  prompt = "Base"
  output = "base.png"
}
image "mid" {
  prompt     = "Mid"
  references = [image.base]
  output     = "mid.png"
}
image "top" {
  prompt     = "Top"
  references = [image.mid]
  output     = "top.png"
}
`

func TestEarlyCutoff(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.result = func(r engine.Request) []byte {
			return picture(strings.TrimSuffix(prompt(r), "!")) // an edit that changes no byte
		}
		p := newProject(t, api, chain)
		p.apply().wantCode(t, ExitDone)
		p.write("main.asset.hcl", strings.Replace(chain, `"Base"`, `"Base!"`, 1))
		got := p.apply()
		got.wantCode(t, ExitDone)
		if api.posts != 4 || got.Done[plan.NoOp] != 2 || got.Done[plan.Update] != 1 {
			t.Errorf("posts %d, want 4; done %v", api.posts, got.Done)
		}
		if again := p.apply(); again.plan.HasChanges() {
			t.Errorf("changes afterwards: %v", again.plan.Summary)
		}
	})
}

// Inputs that become equal only while the apply runs are paid for once.
func TestEqualInputsFoundWhileRunning(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency = time.Second
		api.result = func(r engine.Request) []byte {
			if strings.HasPrefix(prompt(r), "base") {
				return picture("same") // both bases come out equal
			}
			return nil
		}
		p := newProject(t, api, paidProvider+`
image "base" {
  count  = 2
  prompt = "base ${count.index}"
  output = "base${count.index}.png"
}
image "top" {
  count      = 2
  prompt     = "top"
  references = [image.base[count.index]]
  output     = "top${count.index}.png"
}
`)
		got := p.apply()
		got.wantCode(t, ExitDone)
		if api.paid() != 3 || len(api.paidTwice()) > 0 || p.read("top0.png") == "" || p.read("top0.png") != p.read("top1.png") {
			t.Errorf("paid %d, want 3; twice %v; done %v", api.paid(), api.paidTwice(), got.Done)
		}
	})
}

func TestEqualInputsArePaidOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency = time.Second
		p := newProject(t, api, paidProvider+`
image "a" {
  prompt = "same"
  output = "a.png"
}
image "b" {
  prompt = "same"
  output = "b.jpg"
}
`)
		got := p.apply()
		got.wantCode(t, ExitDone)
		lock := p.lock()
		a, b := lock.Assets["image.a"], lock.Assets["image.b"]
		if api.paid() != 1 || b.SourceHash != a.ContentHash || b.MediaType != "image/jpeg" {
			t.Errorf("paid %d, want 1\na %+v\nb %+v", api.paid(), a, b)
		}
		if again := p.apply(); again.plan.HasChanges() {
			t.Errorf("changes afterwards: %v", again.plan.Summary)
		}
	})
}

func TestRevertRestores(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, knight)
		p.apply().wantCode(t, ExitDone)
		first := p.read("art/knight.png")
		p.write("main.asset.hcl", strings.Replace(knight, "A knight", "A squire", 1))
		p.apply().wantCode(t, ExitDone)
		p.write("main.asset.hcl", knight)
		got := p.apply()
		got.wantCode(t, ExitDone)
		if api.posts != 2 || got.Done[plan.Restore] != 1 || p.read("art/knight.png") != first {
			t.Errorf("posts %d, done %v", api.posts, got.Done)
		}
	})
}

func TestFailedTaskIsAskedForAgain(t *testing.T) {
	for _, provider := range []string{"imaginator", "local"} {
		bubble2(t, provider, func(t *testing.T) {
			api := newFakeAPI()
			api.idempotent = true
			api.latency = time.Second
			api.onTask = func(_ int, task *imaginator.Task) error {
				if task.ID == "1" && task.Status.Finished() {
					task.Status, task.ErrorMessage, task.ResultURL = imaginator.StatusFailed, "no\x1b[31m luck", ""
				}
				return nil
			}
			p := newProject(t, api, strings.Replace(knight, "imaginator", provider, 1))
			got := p.apply()
			got.wantCode(t, ExitFailed)
			if !strings.Contains(got.text(), "luck") || got.diags[0].Subject == nil {
				t.Errorf("diagnostics %v", got.diags)
			}
			p.apply().wantCode(t, ExitDone)
			if api.paid() != 2 {
				t.Errorf("tasks %d, want 2", api.paid())
			}
		})
	}
}

func TestResultsThatAreNone(t *testing.T) {
	for name, b := range map[string]string{"html": "<!doctype html><p>Sorry", "cut": string(picture("x")[:60]), "empty": ""} {
		bubble2(t, name, func(t *testing.T) {
			api := newFakeAPI()
			bad := true
			api.onGet = func(int, string) ([]byte, error) {
				if bad {
					return []byte(b), nil
				}
				return nil, nil
			}
			p := newProject(t, api, knight)
			p.write("main.asset.hcl", knight)
			p.apply().wantCode(t, ExitFailed)
			if p.read("art/knight.png") != "" || len(p.lock().Assets) != 0 {
				t.Error("a bad result was written")
			}
			bad = false
			p.apply().wantCode(t, ExitDone)
			if api.posts != 1 {
				t.Errorf("posts %d, want 1", api.posts)
			}
		})
	}
}

func TestExpiredResultURL(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.onGet = func(n int, _ string) ([]byte, error) {
			if n <= 2 {
				return nil, &imaginator.Error{Op: "GET /results/1", Status: 410, Err: engine.ErrResultGone}
			}
			return nil, nil
		}
		newProject(t, api, knight).apply().wantCode(t, ExitDone)
		if api.posts != 1 || api.gets != 3 {
			t.Errorf("posts %d, gets %d, want 1 and 3", api.posts, api.gets)
		}
	})
}

func TestNoKeyBeforeAnythingIsSent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, knight)
		noKey := func(o *Options) {
			o.Drivers = func(config.ProviderRef) (engine.Driver, error) {
				return nil, errors.New("no API key: set IMAGINATOR_API_KEY")
			}
		}
		got := p.apply(noKey)
		got.wantCode(t, ExitError)
		if !strings.Contains(got.text(), "IMAGINATOR_API_KEY") || api.posts > 0 {
			t.Errorf("posts %d\n%s", api.posts, got.text())
		}
		p.apply().wantCode(t, ExitDone)
		if err := os.Remove(p.path("art/knight.png")); err != nil {
			t.Fatal(err)
		}
		p.apply(noKey).wantCode(t, ExitDone) // nothing must be sent: no key is asked for
		if p.read("art/knight.png") == "" {
			t.Error("the missing output was not restored")
		}
	})
}

// Whatever a server was sent it can say again. The client is opened with what
// must not be shown, and then it stands in no message and no journal.
func TestSecretsAreScrubbed(t *testing.T) {
	t.Parallel()
	const secret = "dr4gon-hoard"
	api := newFakeAPI()
	api.noList = true
	api.onSubmit = func(n int, _ engine.Request) (bool, error) {
		return false, apiError(400, imaginator.CodeInvalidRequest, "prompt \"a "+secret+"\" is bad")
	}
	p := newProject(t, api, paidProvider+`
variable "s" {
  default   = "`+secret+`"
  sensitive = true
}
image "x" {
  prompt = "a ${var.s}"
  output = "x.png"
}
`)
	url := api.serve(t)
	got := p.apply(over(url), func(o *Options) {
		o.Drivers = func(config.ProviderRef) (engine.Driver, error) {
			client, err := imaginator.New(imaginator.Config{BaseURL: url, Redactor: diag.NewRedactor(o.Project.Secrets...)})
			return imaginator.NewDriver(client), err
		}
	})
	got.wantCode(t, ExitFailed)
	if strings.Contains(got.text(), secret) || !strings.Contains(got.text(), "(sensitive value)") {
		t.Error(got.text())
	}
	if strings.Contains(p.read(".assetform/journal"), secret) {
		t.Error("the journal holds the secret")
	}
}

// What the lock says of protections and triggers is brought up to date
// without generating anything.
func TestLockIsRefreshedWithoutGeneration(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, chain)
		p.apply().wantCode(t, ExitDone)
		p.write("main.asset.hcl", strings.Replace(chain, `output     = "top.png"`, `output     = "top.png"
  lifecycle {
    prevent_destroy      = true
    replace_triggered_by = [image.base]
  }`, 1))
		got := p.apply()
		got.wantCode(t, ExitDone)
		e := p.lock().Assets["image.top"]
		list, _ := e.Inputs[plan.TriggersInput].AsStrings()
		if api.posts != 3 || len(e.Protect) != 1 || len(list) != 1 {
			t.Errorf("posts %d, entry %+v", api.posts, e)
		}
		if again := p.apply(); again.plan.HasChanges() {
			t.Errorf("changes afterwards: %v", again.plan.Summary)
		}
	})
}

// Two assets with equal inputs, one of which carries the cost, do not run when
// what they depend on comes out with the same bytes.
func TestCutoffOfSharedInputs(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.result = func(r engine.Request) []byte { return picture(strings.TrimSuffix(prompt(r), "!")) }
		const twins = paidProvider + `
image "base" {
  prompt = "Base"
  output = "base.png"
}
image "twin" {
  count      = 2
  prompt     = "Twin"
  references = [image.base]
  output     = "twin${count.index}.png"
}
`
		p := newProject(t, api, twins)
		p.apply().wantCode(t, ExitDone)
		if err := os.RemoveAll(p.path(".assetform/store")); err != nil { // as in a fresh clone
			t.Fatal(err)
		}
		p.write("main.asset.hcl", strings.Replace(twins, `"Base"`, `"Base!"`, 1))
		p.apply().wantCode(t, ExitDone)
		if api.posts != 3 {
			t.Errorf("posts %d, want 3", api.posts)
		}
		if again := p.apply(); again.plan.HasChanges() {
			t.Errorf("changes afterwards: %v", again.plan.Summary)
		}
	})
}

// A failing postcondition keeps the old output, and the stored result is
// checked again without a request.
func TestPostcondition(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, knight)
		p.apply().wantCode(t, ExitDone)
		old := p.read("art/knight.png")
		strict := strings.Replace(knight, `prompt = "A knight"`, `prompt = "A wide knight"
  lifecycle {
    postcondition {
      condition     = self.width >= 64
      error_message = "Too small."
    }
  }`, 1)
		p.write("main.asset.hcl", strict)
		for range 2 {
			got := p.apply()
			got.wantCode(t, ExitFailed)
			if api.posts != 2 || p.read("art/knight.png") != old || !strings.Contains(got.text(), "Too small.") {
				t.Errorf("posts %d\n%s", api.posts, got.text())
			}
		}
		p.write("main.asset.hcl", strings.Replace(strict, ">= 64", ">= 1", 1))
		p.apply().wantCode(t, ExitDone)
		if api.posts != 2 || p.read("art/knight.png") == old {
			t.Errorf("posts %d", api.posts)
		}
	})
}

// A drawing that was lost with its process is made anew under the key that it
// had, which its seed follows from; only a server that names the lost task by
// it is asked under another.
func TestLostDrawingKeepsItsKey(t *testing.T) {
	t.Parallel()
	for lost := range 3 {
		synctest.Test(t, func(t *testing.T) {
			api := newFakeAPI()
			var keys []string
			api.onKey = func(key string) { keys = append(keys, key) }
			api.onTask = func(_ int, task *imaginator.Task) error {
				if len(keys) <= lost {
					return apiError(404, imaginator.CodeTaskNotFound, "gone")
				}
				return nil
			}
			p := newProject(t, api, `image "castle" {
  prompt = "A castle"
  output = "castle.png"
}
`)
			p.apply().wantCode(t, ExitDone)
			hash := p.lock().Assets["image.castle"].InputsHash.String()
			if len(keys) != lost+1 || keys[0] != hash || lost > 0 && keys[1] != hash || lost > 1 && keys[2] == hash {
				t.Errorf("lost %d times: sent under %q", lost, keys)
			}
		})
	}
}
