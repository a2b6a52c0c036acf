package apply

import (
	"context"
	"strings"
	"testing"
	"time"

	"assetform/apply/imaginator"
	"assetform/config"
	"assetform/plan"
)

// lose makes the first n answers to create requests get lost. With created
// the API accepted the requests all the same.
func (f *fakeAPI) lose(n int, created bool, err error) {
	f.onSubmit = func(post int, _ imaginator.Request) (bool, error) {
		if post <= n {
			return created, err
		}
		return false, nil
	}
}

func TestLostReplies(t *testing.T) {
	serverError := apiError(500, imaginator.CodeServerError, "boom")
	gateway := apiError(502, "", "")
	tests := []struct {
		name    string
		created bool
		err     error
		change  func(*fakeAPI)
		code    int
		posts   int
		paid    int
	}{
		{"lost, created, list shows it", true, errLostReply, nil, ExitDone, 1, 1},
		{"lost, not created, list shows nothing", false, errLostReply, nil, ExitDone, 2, 1},
		{"lost, created, key honoured", true, errLostReply, func(f *fakeAPI) { f.idempotent, f.noList = true, true }, ExitDone, 2, 1},
		{"lost, not created, key honoured", false, errLostReply, func(f *fakeAPI) { f.idempotent, f.noList = true, true }, ExitDone, 2, 1},
		{"lost, created, no list", true, errLostReply, func(f *fakeAPI) { f.noList = true }, ExitUnknown, 1, 1},
		{"lost, not created, no list", false, errLostReply, func(f *fakeAPI) { f.noList = true }, ExitUnknown, 1, 0},
		{"lost, created, prompts hidden", true, errLostReply, func(f *fakeAPI) { f.hidePrompt = true }, ExitUnknown, 1, 1},
		{"lost, not created, prompts hidden, empty list", false, errLostReply, func(f *fakeAPI) { f.hidePrompt = true }, ExitDone, 2, 1},
		{"gateway error, created", true, gateway, nil, ExitDone, 1, 1},
		{"gateway error, no list", false, gateway, func(f *fakeAPI) { f.noList = true }, ExitUnknown, 1, 0},
		{"API's own error, created all the same", true, serverError, nil, ExitDone, 1, 1},
		{"API's own error, no list", false, serverError, func(f *fakeAPI) { f.noList = true }, ExitDone, 2, 1},
		{"never sent", false, errNeverSent, func(f *fakeAPI) { f.noList = true }, ExitDone, 2, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				api := newFakeAPI()
				api.latency = time.Second
				api.lose(1, test.created, test.err)
				if test.change != nil {
					test.change(api)
				}
				p := newProject(t, api, knight)
				got := p.apply()
				got.wantCode(t, test.code)
				if api.posts != test.posts || api.paid() != test.paid {
					t.Errorf("posts %d, want %d; paid %d, want %d", api.posts, test.posts, api.paid(), test.paid)
				}
				if test.code == ExitUnknown {
					checkUnknown(t, p, got, test.posts)
				}
			})
		})
	}
}

// checkUnknown makes sure that an unknown outcome is said, stays one, and is
// not sent again by later runs.
func checkUnknown(t *testing.T, p *project, got result, posts int) {
	t.Helper()
	for _, want := range []string{"assetform tasks attach image.knight TASK_ID", "assetform tasks forget image.knight", "1 image credit may have been charged"} {
		if !strings.Contains(got.text(), want) {
			t.Errorf("message lacks %q:\n%s", want, got.text())
		}
	}
	if got.Unknown != 1 || got.Uncertain.ImageCredits != 1 {
		t.Errorf("summary %+v", got.Summary)
	}
	p.apply().wantCode(t, ExitUnknown)
	if p.api.posts != posts {
		t.Errorf("a later run sent the request again: %d posts", p.api.posts)
	}
}

func TestUnknownIsSettledByAPerson(t *testing.T) {
	for _, attach := range []bool{true, false} {
		bubble2(t, map[bool]string{true: "attach", false: "forget"}[attach], func(t *testing.T) {
			api := newFakeAPI()
			api.noList = true
			api.lose(1, attach, errLostReply)
			p := newProject(t, api, knight+`
image "scene" {
  prompt     = "Behind the knight"
  references = [image.knight]
  output     = "art/scene.png"
}
image "apart" {
  prompt = "Apart"
  output = "art/apart.png"
}
`)
			got := p.apply(func(o *Options) { o.Parallelism = 1 })
			got.wantCode(t, ExitUnknown)
			if got.Done[plan.Create] != 1 || got.Skipped != 1 {
				t.Errorf("summary %+v, want the independent asset made and the dependent skipped", got.Summary)
			}
			s := p.open()
			address, _ := config.ParseAddress("image.knight")
			if attach {
				ao := AttachOptions{Address: address, Journal: s.journal, Lock: s.lock, Plan: s.plan(plan.Options{}), Generator: api}
				ao.TaskID = "2"
				if _, err := AttachTask(context.Background(), ao); err == nil {
					t.Error("another asset's task was attached")
				}
				ao.TaskID = "77"
				if _, err := AttachTask(context.Background(), ao); err == nil {
					t.Error("a task that the server does not know was attached")
				}
				ao.TaskID = "1"
				if _, err := AttachTask(context.Background(), ao); err != nil {
					t.Error(err)
				}
			} else if list, err := ForgetTasks(context.Background(), s.journal, address); err != nil || len(list) != 1 {
				t.Errorf("forgot %v, %v", list, err)
			}
			s.journal.Close()
			next := p.apply()
			next.wantCode(t, ExitDone)
			if api.paid() != 3 {
				t.Errorf("paid %d, want 3", api.paid())
			}
		})
	}
}

func bubble2(t *testing.T, name string, f func(*testing.T)) {
	t.Run(name, func(t *testing.T) { bubble(t, f) })
}

// Two requests with one prompt whose answers are both lost cannot be told
// apart in the list.
func TestSamePromptIsAmbiguous(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.lose(2, true, errLostReply)
		p := newProject(t, api, paidProvider+`
image "twin" {
  count  = 2
  prompt = "Twin"
  seed   = count.index
  output = "twin${count.index}.png"
}
`)
		got := p.apply()
		if got.ExitCode != ExitUnknown || api.posts != 2 || api.paid() != 2 {
			t.Errorf("exit %d, posts %d, paid %d", got.ExitCode, api.posts, api.paid())
		}
	})
}

// A list that does not show tasks which were accepted lags: that it lacks the
// lost one too means nothing.
func TestListThatLags(t *testing.T) {
	for lag, code := range map[time.Duration]int{6 * time.Second: ExitDone, time.Minute: ExitUnknown} {
		bubble2(t, lag.String(), func(t *testing.T) {
			api := newFakeAPI()
			api.listLag = lag
			api.lose(1, true, errLostReply)
			p := newProject(t, api, images(3))
			p.apply().wantCode(t, code)
			time.Sleep(lag)
			p.apply().wantCode(t, ExitDone)
			if api.posts != 3 || api.paid() != 3 {
				t.Errorf("%d create requests, %d paid, want 3", api.posts, api.paid())
			}
		})
	}
}

// Tasks that belong to earlier requests are not taken for the lost one.
func TestClaimedTasksAreNotAdopted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, knight)
		p.apply().wantCode(t, ExitDone)
		api.lose(2, false, errLostReply)
		api.posts = 1
		p.write("main.asset.hcl", strings.Replace(knight, `prompt = "A knight"`, "prompt = \"A knight\"\n  seed = 4", 1))
		p.apply().wantCode(t, ExitDone)
		if api.paid() != 2 || api.posts != 3 {
			t.Errorf("paid %d, want 2; posts %d, want 3", api.paid(), api.posts)
		}
		if e := p.lock().Assets["image.knight"]; e.TaskID != "2" {
			t.Errorf("task %q, want 2", e.TaskID)
		}
	})
}

func TestPaidTaskThatTheServerForgot(t *testing.T) {
	for _, provider := range []string{"imaginator", "local"} {
		bubble2(t, provider, func(t *testing.T) {
			api := newFakeAPI()
			api.latency = 10 * time.Second
			p := newProject(t, api, strings.Replace(knight, "imaginator", provider, 1))
			p.apply(func(o *Options) { o.Timeout = time.Second }).wantCode(t, ExitParked)
			api.tasks[0].gone = true
			got := p.apply()
			if provider == "local" {
				got.wantCode(t, ExitDone)
				if api.posts != 2 {
					t.Errorf("posts %d, want 2", api.posts)
				}
				return
			}
			got.wantCode(t, ExitUnknown)
			api.tasks[0].gone = false // it was only late
			p.apply().wantCode(t, ExitDone)
			if api.posts != 1 {
				t.Errorf("posts %d, want 1", api.posts)
			}
		})
	}
}
