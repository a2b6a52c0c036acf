package apply

import (
	"context"
	"strings"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	"assetform/config"
	"assetform/config/address"
	"assetform/plan"
)

// lose makes the first n answers to create requests get lost. With created
// the API accepted the requests all the same.
func (f *fakeAPI) lose(n int, created bool, err error) {
	f.onSubmit = func(post int, _ engine.Request) (bool, error) {
		if post <= n {
			return created, err
		}
		return false, nil
	}
}

func TestLostReplies(t *testing.T) {
	serverError := apiError(500, imaginator.CodeServerError, "boom")
	keys := func(f *fakeAPI) { f.idempotent, f.noList = true, true }
	noList := func(f *fakeAPI) { f.noList = true }
	row := func(change func(*imaginator.Task)) func(*fakeAPI) {
		return func(f *fakeAPI) {
			f.onRow = func(t *imaginator.Task) bool { change(t); return true }
		}
	}
	tests := []struct {
		name    string
		created bool
		err     error
		change  func(*fakeAPI)
		code    int
		posts   int
		paid    int
	}{
		{"created, list shows it", true, errLostReply, nil, ExitDone, 1, 1},
		{"not created, list shows nothing", false, errLostReply, nil, ExitUnknown, 1, 0},
		{"created, key honoured", true, errLostReply, keys, ExitDone, 2, 1},
		{"not created, key honoured", false, errLostReply, keys, ExitDone, 2, 1},
		{"created, no list", true, errLostReply, noList, ExitUnknown, 1, 1},
		{"not created, no list", false, errLostReply, noList, ExitUnknown, 1, 0},
		{"prompts hidden", true, errLostReply, func(f *fakeAPI) { f.hidePrompt = true }, ExitUnknown, 1, 1},
		{"prompts cut", true, errLostReply, row(func(t *imaginator.Task) { *t.Prompt = (*t.Prompt)[:8] }), ExitUnknown, 1, 1},
		{"prompts cut within", true, errLostReply, row(func(t *imaginator.Task) { *t.Prompt = (*t.Prompt)[:4] + "..." }), ExitUnknown, 1, 1},
		{"models renamed", true, errLostReply, row(func(t *imaginator.Task) { t.Model = "imagen-3.5" }), ExitUnknown, 1, 1},
		{"models hidden", true, errLostReply, row(func(t *imaginator.Task) { t.Model = "" }), ExitUnknown, 1, 1},
		{"types renamed", true, errLostReply, row(func(t *imaginator.Task) { t.Type = "IMAGE" }), ExitUnknown, 1, 1},
		{"types hidden", true, errLostReply, row(func(t *imaginator.Task) { t.Type = "" }), ExitUnknown, 1, 1},
		{"a seed that was not sent", true, errLostReply, row(func(t *imaginator.Task) { t.Seed = new(int64) }), ExitUnknown, 1, 1},
		{"another aspect ratio", true, errLostReply, row(func(t *imaginator.Task) { t.AspectRatio = "portrait" }), ExitUnknown, 1, 1},
		{"dates a day off", true, errLostReply, row(func(t *imaginator.Task) { t.CreatedAt = t.CreatedAt.Add(-24 * time.Hour) }), ExitDone, 1, 1},
		{"finished tasks only, in time", true, errLostReply, func(f *fakeAPI) {
			f.onRow = func(t *imaginator.Task) bool { return t.Status.Finished() }
		}, ExitDone, 1, 1},
		{"ids begun anew", true, errLostReply, row(func(t *imaginator.Task) {
			if t.ID == "1" {
				t.CreatedAt = time.Now()
			}
		}), ExitUnknown, 1, 1},
		{"oldest first", true, errLostReply, row(func(t *imaginator.Task) { t.ID = map[string]string{"1": "2", "2": "1"}[t.ID] }), ExitUnknown, 1, 1},
		{"gateway error, created", true, apiError(502, "", ""), nil, ExitDone, 1, 1},
		{"API's own error, created all the same", true, serverError, noList, ExitUnknown, 1, 1},
		{"API's own error", false, serverError, noList, ExitUnknown, 1, 0},
		{"conflict", true, apiError(409, "", ""), noList, ExitUnknown, 1, 1},
		{"429 of a proxy", true, apiError(429, "", ""), noList, ExitUnknown, 1, 1},
		{"never sent", false, errNeverSent, noList, ExitDone, 2, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				api := newFakeAPI()
				api.latency = time.Second
				api.another(asking(longPrompt))
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

// Where no row shows a longer prompt than ours, ours may be cut to what
// another request sent.
func TestPromptThatMayBeCut(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.lose(1, true, errLostReply)
		p := newProject(t, api, knight)
		p.apply().wantCode(t, ExitUnknown)
		api.another(asking(longPrompt))
		p.apply().wantCode(t, ExitDone)
		if api.posts != 1 {
			t.Errorf("%d posts, want 1", api.posts)
		}
	})
}

// A task of other inputs, whoever asked for it, is not taken for ours: by what
// the list shows, else by the finished picture's shape.
func TestForeignTasks(t *testing.T) {
	seed := int64(1)
	hero := asking("A hero")
	hero.Params["seed"] = seed
	hide := func(t *imaginator.Task) bool { t.AspectRatio = ""; return true }
	for name, test := range map[string]struct {
		change func(*fakeAPI)
		config string
		code   int
	}{
		"other seed":                   {func(*fakeAPI) {}, "seed = 3", ExitUnknown},
		"no seed":                      {func(*fakeAPI) {}, "", ExitUnknown},
		"other aspect":                 {func(*fakeAPI) {}, "seed = 1\naspect_ratio = \"portrait\"", ExitUnknown},
		"other aspect, hidden":         {func(f *fakeAPI) { f.onRow = hide }, "seed = 1\naspect_ratio = \"portrait\"", ExitUnknown},
		"aspect hidden, task shows it": {func(f *fakeAPI) { f.onRow = hide }, "seed = 1\naspect_ratio = \"square\"", ExitUnknown},
		"aspect hidden, picture fits": {func(f *fakeAPI) {
			f.onRow = hide
			f.onTask = func(_ int, t *imaginator.Task) error { hide(t); return nil }
		}, "seed = 1\naspect_ratio = \"square\"", ExitDone},
		"same inputs, but before us":      {func(f *fakeAPI) { f.another(hero); f.onSubmit = lost }, "seed = 1", ExitUnknown},
		"an input image that we have not": {func(f *fakeAPI) { f.onRow = func(t *imaginator.Task) bool { t.References = 1; return true } }, "seed = 1", ExitUnknown},
	} {
		bubble2(t, name, func(t *testing.T) {
			api := newFakeAPI()
			api.another(asking(longPrompt))
			// The other client is served while our request gets lost.
			api.onSubmit = func(int, engine.Request) (bool, error) {
				go api.another(hero)
				return false, errLostReply
			}
			test.change(api)
			p := newProject(t, api, paidProvider+"image \"hero\" {\n  prompt = \"A hero\"\n  output = \"hero.png\"\n"+test.config+"\n}\n")
			p.apply().wantCode(t, test.code)
			if api.posts != 1 {
				t.Errorf("%d posts, want 1", api.posts)
			}
		})
	}
}

func lost(int, engine.Request) (bool, error) { return false, errLostReply }

// Requests that differ in their seed alone are told apart, looked for in one
// reading, and none of them is sent again.
func TestLostTogether(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.another(asking(longPrompt))
		api.lose(2, true, errLostReply)
		p := newProject(t, api, twins)
		began := time.Now()
		p.apply().wantCode(t, ExitDone)
		if took := time.Since(began); api.posts != 2 || api.paid() != 2 || took > 10*time.Second {
			t.Errorf("posts %d, paid %d, took %v", api.posts, api.paid(), took)
		}
	})
}

// An outage must not become as many open questions as there are assets.
func TestOutageStopsSubmissions(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.noList, api.onSubmit = true, lost
		p := newProject(t, api, images(40))
		got := p.apply(func(o *Options) { o.Parallelism = 8 })
		got.wantCode(t, ExitUnknown)
		if api.posts != maxUnknowns || got.Unknown != maxUnknowns || !strings.Contains(got.text(), "Outcomes stay unknown") {
			t.Errorf("%d posts, %d unknown\n%s", api.posts, got.Unknown, got.text())
		}
	})
}

// What may have been charged binds the budget of later runs.
func TestUnknownBindsTheBudget(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.noList, api.onSubmit = true, lost
		p := newProject(t, api, knight)
		p.apply().wantCode(t, ExitUnknown)
		api.onSubmit = nil
		p.write("main.asset.hcl", images(2))
		two := 2
		got := p.apply(func(o *Options) { o.Max, o.Parallelism = map[string]plan.Max{"image_credits": {N: two}}, 1 })
		if api.paid() != 1 || got.Uncertain["image_credits"] != 1 {
			t.Errorf("paid %d, want 1; uncertain %+v\n%s", api.paid(), got.Uncertain, got.text())
		}
	})
}

// A list that hangs, or takes long, holds no run whose waiting has ended.
func TestSearchEndsWithTheRun(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.onSubmit = func(int, engine.Request) (bool, error) {
			api.hang = "list"
			return false, errLostReply
		}
		p := newProject(t, api, knight)
		began := time.Now()
		p.apply(func(o *Options) { o.Timeout = time.Second }).wantCode(t, ExitUnknown)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
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
	if got.Unknown != 1 || got.Uncertain["image_credits"] != 1 {
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
			addr, _ := address.Parse("image.knight")
			if attach {
				ao := AttachOptions{Address: addr, Journal: s.journal, Lock: s.lock, Plan: s.plan(plan.Options{}), Driver: imaginator.NewDriver(api)}
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
			} else if list, err := ForgetTasks(context.Background(), s.journal, s.plan(plan.Options{}), s.lock, addr); err != nil || len(list) != 1 {
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

const twins = paidProvider + `
image "twin" {
  count  = 2
  prompt = "Twin"
  seed   = count.index
  output = "twin${count.index}.png"
}
`

// Two requests whose seeds the list hides cannot be told apart.
func TestHiddenSeedsAreAmbiguous(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.another(asking(longPrompt))
		api.lose(2, true, errLostReply)
		api.onRow = func(t *imaginator.Task) bool { t.Seed = nil; return true }
		p := newProject(t, api, twins)
		got := p.apply()
		if got.ExitCode != ExitUnknown || api.posts != 2 || api.paid() != 2 || !strings.Contains(got.text(), "seed not shown") {
			t.Errorf("exit %d, posts %d, paid %d\n%s", got.ExitCode, api.posts, api.paid(), got.text())
		}
	})
}

// A list that lags shows our task later, or in another run.
func TestListThatLags(t *testing.T) {
	for lag, code := range map[time.Duration]int{2 * time.Second: ExitDone, time.Minute: ExitUnknown} {
		bubble2(t, lag.String(), func(t *testing.T) {
			api := newFakeAPI()
			api.another(asking(longPrompt))
			time.Sleep(time.Hour)
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

// A gateway that answers two requests with one answer gives nobody the other's
// picture.
func TestOneTaskForTwoRequests(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.noList = true
		p := newProject(t, api, images(2))
		got := p.apply(func(o *Options) {
			gens := o.Drivers
			o.Drivers = func(ref config.ProviderRef) (engine.Driver, error) {
				gen, err := gens(ref)
				return sameAnswer{gen.(*imaginator.Driver)}, err
			}
		})
		got.wantCode(t, ExitUnknown)
		if got.Done[plan.Create] != 1 || got.Unknown != 1 || len(p.lock().Assets) != 1 {
			t.Errorf("%+v\n%s", got.Summary, got.text())
		}
	})
}

type sameAnswer struct{ *imaginator.Driver }

func (g sameAnswer) Submit(ctx context.Context, r engine.Request, key string) (engine.Created, error) {
	created, err := g.Driver.Submit(ctx, r, key)
	created.TaskID = "1"
	return created, err
}

// A request that was given up may have been created all the same: its task is
// nobody's else.
func TestForgottenRequestIsARival(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.another(asking(longPrompt))
		api.onRow = func(t *imaginator.Task) bool { t.Seed = nil; return true }
		api.onSubmit = func(_ int, r engine.Request) (bool, error) { return r.Params["seed"] != nil, errLostReply }
		p := newProject(t, api, strings.Replace(twins, "count.index", "count.index == 0 ? null : 7", 1))
		p.apply().wantCode(t, ExitUnknown)
		s := p.open()
		addr, _ := address.Parse("image.twin[1]")
		if list, err := ForgetTasks(context.Background(), s.journal, s.plan(plan.Options{}), s.lock, addr); err != nil || len(list) != 1 {
			t.Fatalf("forgot %v, %v", list, err)
		}
		s.journal.Close()
		p.apply().wantCode(t, ExitUnknown)
		if e, ok := p.lock().Assets["image.twin[0]"]; ok {
			t.Errorf("took task %s, which is the other's", e.TaskID)
		}
	})
}

// Another account's server would create what it has never seen: a lost request
// is not repeated there.
func TestLostRequestUnderAnotherKey(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.idempotent = true
		with := func(key string) func(*Options) {
			return func(o *Options) {
				o.Drivers = func(config.ProviderRef) (engine.Driver, error) { return keyed{imaginator.NewDriver(api), key}, nil }
			}
		}
		p := newProject(t, api, knight)
		api.onSubmit = lost
		p.apply(with("one")).wantCode(t, ExitUnknown)
		posts := api.posts
		api.onSubmit = nil
		p.apply(with("two")).wantCode(t, ExitUnknown)
		if api.posts != posts {
			t.Errorf("%d requests under the other key", api.posts-posts)
		}
		p.apply(with("one")).wantCode(t, ExitDone)
	})
}

type keyed struct {
	*imaginator.Driver
	key string
}

func (g keyed) KeyCheck(salt string) string { return g.key + salt }
