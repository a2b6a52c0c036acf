package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	"assetform/apply/remote"
	"assetform/apply/remote/claim"
	"assetform/config/address"
	"assetform/plan"
)

// claimsRig is a project with a remote, and what its claims say.
type claimsRig struct {
	*project
	dir string
}

func newClaimsRig(t *testing.T) claimsRig {
	t.Helper()
	api := newFakeAPI()
	api.origin = "https://fake.example:443"
	return claimsRig{newProject(t, api, "provider \"imaginator\" {\n  base_url = \"https://fake.example/api/v1\"\n}\n"+asset("a", "A", "a.png")), sharedDir(t)}
}

func (r claimsRig) apply(change ...func(*Options)) result {
	r.t.Helper()
	return r.project.apply(append([]func(*Options){r.shared(r.dir)}, change...)...)
}

// file is the path of a claim's file.
func (r claimsRig) file(n int) string {
	r.t.Helper()
	s := r.open()
	defer s.journal.Close()
	h := s.plan(plan.Options{}).Changes[0].InputsHash
	return filepath.Join(r.dir, "v1", "claims", fmt.Sprintf("%x", h[:]), fmt.Sprint(n, ".json"))
}

// put writes a claim of somebody else's.
func (r claimsRig) put(n int, fields map[string]any) {
	r.t.Helper()
	all := map[string]any{"version": 1, "owner": "SOMEBODY", "key": "", "origin": "https://fake.example"}
	for k, v := range fields {
		all[k] = v
	}
	b, err := json.Marshal(all)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(r.file(n)), 0o777)
	}
	if err == nil {
		err = os.WriteFile(r.file(n), b, 0o666)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// states are the states of all claims in their order.
func (r claimsRig) states() string {
	r.t.Helper()
	var list []string
	for n := 1; ; n++ {
		b, err := os.ReadFile(r.file(n))
		if err != nil {
			return strings.Join(list, " ")
		}
		var c struct{ State string }
		if err := json.Unmarshal(b, &c); err != nil {
			r.t.Fatal(err)
		}
		list = append(list, c.State)
	}
}

func (r claimsRig) want(states string, posts int) {
	r.t.Helper()
	if got := r.states(); got != states || r.api.posts != posts {
		r.t.Errorf("the claims say %q, want %q; %d requests were sent, want %d", got, states, r.api.posts, posts)
	}
}

// The claim of a request that came to nothing is released: whoever comes next may
// go on at once.
func TestClaimOfWhatWasNotCreated(t *testing.T) {
	for name, err := range map[string]error{
		"an hourly limit": apiError(429, imaginator.CodeHourlyLimitExceeded, "too many"),
		"a refusal":       apiError(400, "INVALID", "no"),
		"a refused key":   apiError(403, "", "no"),
		"never sent":      errNeverSent,
	} {
		bubble2(t, name, func(t *testing.T) {
			r := newClaimsRig(t)
			r.api.onSubmit = func(int, engine.Request) (bool, error) { return false, err }
			if code := r.apply().ExitCode; code == ExitDone || code == ExitUnknown {
				t.Fatalf("exit %d", code)
			}
			if got := r.states(); got != "released" {
				t.Errorf("the claim says %q", got)
			}
			r.api.onSubmit = nil
			began := time.Now()
			r.apply().wantCode(t, ExitDone)
			if got := r.states(); got != "released released" || time.Since(began) > 10*time.Second {
				t.Errorf("the claims say %q after %s", got, time.Since(began))
			}
		})
	}
}

// What a failed task's claim says is failed. It binds nobody who comes later.
func TestClaimOfAFailedTask(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		r.api.onTask = func(_ int, task *imaginator.Task) error {
			task.Status, task.Error = imaginator.StatusFailed, "too many knights"
			return nil
		}
		r.apply().wantCode(t, ExitFailed)
		r.want("failed", 1)
		r.api.onTask = nil
		r.apply().wantCode(t, ExitDone)
		r.want("failed released", 2)
	})
}

// Claims of other servers and other keys are respected, and never asked about.
func TestClaimOfAnother(t *testing.T) {
	for name, c := range map[string]map[string]any{
		"another key's task":       {"state": "task", "task_id": "1", "idempotency_key": "K", "key": "0123456789abcdef"},
		"another key's request":    {"state": "sending", "idempotency_key": "K", "key": "0123456789abcdef"},
		"a task at another server": {"state": "task", "task_id": "1", "idempotency_key": "K", "origin": "https://evil.example"},
	} {
		bubble2(t, name, func(t *testing.T) {
			r := newClaimsRig(t)
			r.put(1, c)
			r.api.another(asking("something else"))
			got := r.apply()
			got.wantCode(t, ExitParked)
			if !strings.Contains(got.text(), "owner SOMEBODY") || r.api.polls > 0 {
				t.Errorf("%d polls\n%s", r.api.polls, got.text())
			}
			r.want(c["state"].(string), 0)
		})
	}
	bubble2(t, "what was not sent binds nobody", func(t *testing.T) {
		r := newClaimsRig(t)
		r.put(1, map[string]any{"state": "claimed", "key": "0123456789abcdef"})
		r.apply().wantCode(t, ExitDone)
		r.want("claimed released", 1)
	})
	bubble2(t, "a task of other inputs is not taken", func(t *testing.T) {
		r := newClaimsRig(t)
		r.api.another(asking("a poisoned claim"))
		r.put(1, map[string]any{"state": "task", "task_id": "1", "idempotency_key": "K"})
		r.apply().wantCode(t, ExitUnknown)
		if r.read("a.png") != "" || r.api.posts != 0 {
			t.Errorf("%d requests were sent; the output: %q", r.api.posts, r.read("a.png"))
		}
	})
}

// While an owner renews its claim, it is waited for; --timeout and signals end that
// with the owner's name.
func TestClaimIsWaitedFor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		r.put(1, map[string]any{"state": "sending", "idempotency_key": "K"})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		s := r.open()
		h := s.plan(plan.Options{}).Changes[0].InputsHash
		s.journal.Close()
		o := Options{}
		r.shared(r.dir)(&o)
		place := o.Remote
		done := make(chan struct{})
		go func() { claim.New(place.Files, "").Renew(ctx, h, 1, false); close(done) }()
		got := r.apply(func(o *Options) { o.Timeout = time.Minute })
		got.wantCode(t, ExitParked)
		if !strings.Contains(got.text(), "owner SOMEBODY") {
			t.Error(got.text())
		}
		r.want("sending", 0)
		stop()
		<-done
		if err := place.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Claims that are not as anybody writes them stop what they are about.
func TestDamagedClaims(t *testing.T) {
	for name, spoil := range map[string]func(claimsRig){
		"no claim":                  func(r claimsRig) { r.put(1, map[string]any{"state": "gone"}) },
		"a later version":           func(r claimsRig) { r.put(1, map[string]any{"state": "released", "version": 2}) },
		"one without the one below": func(r claimsRig) { r.put(2, map[string]any{"state": "released"}) },
		"a gap below": func(r claimsRig) {
			r.put(1, map[string]any{"state": "released"})
			r.put(3, map[string]any{"state": "claimed"})
		},
	} {
		bubble2(t, name, func(t *testing.T) {
			r := newClaimsRig(t)
			spoil(r)
			got := r.apply()
			got.wantCode(t, ExitParked)
			if !strings.Contains(got.text(), "Claim in the remote is damaged") || !strings.Contains(got.text(), "that directory can be deleted") || r.api.posts != 0 {
				t.Errorf("%d requests were sent\n%s", r.api.posts, got.text())
			}
		})
	}
}

// Who may only read the remote waits for the claims in it, and says that it can
// make none.
func TestClaimsOfAReadOnlyRemote(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		readOnly := func(o *Options) {
			files := o.Remote
			o.Remote = remote.New(remote.Options{Open: files.Files, Shown: r.dir, ReadOnly: true, Engines: o.Project.Engines, Data: o.Data})
		}
		got := r.apply(readOnly)
		got.wantCode(t, ExitParked)
		if !strings.Contains(got.text(), "--unclaimed") {
			t.Error(got.text())
		}
		unclaimed := func(o *Options) { o.Unclaimed = true }
		r.put(1, map[string]any{"state": "released"})
		r.want("released", 0)
		r.apply(readOnly, unclaimed).wantCode(t, ExitDone)
		r.want("released", 1)
	})
}

// What the claims of owners that are gone say binds nobody who may only read: a
// task is collected, and what may have been sent is paid for if a person says so.
func TestExpiredClaimsOfAReadOnlyRemote(t *testing.T) {
	sent := map[string]any{"state": "sending", "idempotency_key": "K", "baseline": "none"}
	for name, test := range map[string]struct {
		claim     map[string]any
		honours   bool
		unclaimed bool
		code      int
		posts     int
	}{
		"a task":                       {map[string]any{"state": "task", "task_id": "1", "idempotency_key": "K"}, false, false, ExitDone, 0},
		"a request":                    {sent, false, false, ExitParked, 0},
		"a request, unclaimed":         {sent, false, true, ExitDone, 1},
		"its key is honoured":          {sent, true, true, ExitDone, 1},
		"another account's":            {map[string]any{"state": "sending", "idempotency_key": "K", "key": "0123456789abcdef"}, false, false, ExitParked, 0},
		"another account's, unclaimed": {map[string]any{"state": "sending", "idempotency_key": "K", "key": "0123456789abcdef"}, false, true, ExitDone, 1},
	} {
		bubble2(t, name, func(t *testing.T) {
			r := newClaimsRig(t)
			r.api.another(asking("A"))
			r.api.idempotent = test.honours
			keys := map[string]bool{}
			r.api.onKey = func(key string) { keys[key] = true }
			r.put(1, test.claim)
			got := r.apply(func(o *Options) {
				files := o.Remote
				o.Remote = remote.New(remote.Options{Open: files.Files, Shown: r.dir, ReadOnly: true, Engines: o.Project.Engines, Data: o.Data})
				o.Unclaimed = test.unclaimed
			})
			got.wantCode(t, test.code)
			r.want(test.claim["state"].(string), test.posts)
			if keys["K"] != test.honours {
				t.Errorf("it was sent with the keys %v", keys)
			}
			if test.code == ExitParked && !(strings.Contains(got.text(), "--unclaimed") && strings.Contains(got.text(), "--remote off") && strings.Contains(got.text(), "owner SOMEBODY")) {
				t.Error(got.text())
			}
		})
	}
}

// overwriting is a store that ignores the condition of a create.
type overwriting struct{ remote.Files }

func (o overwriting) Create(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	return o.Put(ctx, name, body, size)
}

// Where there can be no claims that is said once, and all else is as it was.
func TestRemoteWithoutClaims(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		r.write("more.asset.hcl", asset("b", "B", "b.png"))
		got := r.apply(func(o *Options) {
			files := o.Remote
			o.Remote = remote.New(remote.Options{
				Open: func(ctx context.Context) (remote.Files, error) {
					f, err := files.Files(ctx)
					return overwriting{f}, err
				},
				Shown: r.dir, Engines: o.Project.Engines, Data: o.Data,
			})
		})
		got.wantCode(t, ExitDone)
		if n := strings.Count(got.text(), "Two machines may pay for the same thing at once"); n != 1 {
			t.Errorf("said %d times\n%s", n, got.text())
		}
		r.want("", 2)
	})
}

// A claim is there before its request is sent, and renewed while the task runs.
func TestClaimGoesBeforeItsRequest(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		r.api.latency = time.Minute
		said := map[string]string{}
		r.apply(func(o *Options) {
			o.testOnlyStep = func(step string, _ address.Address) { said[step] = r.states() }
		}).wantCode(t, ExitDone)
		for step, want := range map[string]string{"claiming": "", "claimed in the remote": "claimed", "posting": "sending", "recorded": "task"} {
			if said[step] != want {
				t.Errorf("at %q the claim says %q, want %q", step, said[step], want)
			}
		}
		if _, err := os.Stat(strings.TrimSuffix(r.file(1), "json") + "beat"); err != nil {
			t.Error(err)
		}
		r.want("released", 1)
	})
}

// Somebody who took the claim over before it said sending has read that nothing was
// sent: then nothing is, and the claim is released.
func TestClaimTakenOverBeforeTheRequest(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		posts := -1
		r.apply(func(o *Options) {
			o.testOnlyStep = func(step string, _ address.Address) {
				switch {
				case step == "announced" && posts < 0:
					posts = r.api.posts
					r.put(2, map[string]any{"state": "claimed"})
				case step == "claimed in the remote" && posts == 0:
					posts = r.api.posts
				}
			}
		}).wantCode(t, ExitDone)
		if posts != 0 {
			t.Errorf("%d requests were sent before the other's claim expired", posts)
		}
		r.want("released claimed released", 1)
	})
}

// A claim of this machine is not given up as another's is, and nothing is waited
// for to say so.
func TestForgetOfAnOwnClaim(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(claimsRig)
		want string
	}{
		"unknown": {func(r claimsRig) { r.api.lose(1, false, errLostReply); r.apply().wantCode(r.t, ExitUnknown) }, "tasks settle"},
		"a task": {func(r claimsRig) {
			r.api.latency = time.Hour
			r.apply(func(o *Options) { o.Timeout = time.Second }).wantCode(r.t, ExitParked)
		}, "task 1 was accepted"},
	} {
		bubble2(t, name, func(t *testing.T) {
			r := newClaimsRig(t)
			test.end(r)
			s := r.open()
			defer s.journal.Close()
			var o Options
			r.shared(r.dir)(&o)
			began, p := time.Now(), s.plan(plan.Options{})
			list, err := ForgetClaims(t.Context(), o.Remote, s.journal, p, p.Changes[0].Address, func() {})
			if len(list) > 0 || err == nil || !strings.Contains(err.Error(), "own") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, %v", list, err)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("it took %s", took)
			}
			if err := o.Remote.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A task that the list shows may be the one of another candidate with the same
// request, as another machine knows: it is taken for none.
func TestClaimsOfCandidatesThatAreAlike(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		r.api.latency = 10 * time.Minute
		r.api.another(asking(longPrompt))
		r.write("main.asset.hcl", strings.Replace(r.read("main.asset.hcl"), "{\n  prompt", "{\n  candidates = 2\n  prompt", 1))
		r.api.onSubmit = func(n int, _ engine.Request) (bool, error) {
			if n == 1 {
				return false, errLostReply
			}
			return false, nil
		}
		r.apply(func(o *Options) { o.Timeout, o.Parallelism = time.Minute, 1 }).wantCode(t, ExitUnknown)
		got := r.clone().apply(func(o *Options) { o.Parallelism = 1 })
		if got.wantCode(t, ExitUnknown); got.Unknown != 1 || r.api.posts != 2 {
			t.Errorf("%d unknown, %d requests\n%s", got.Unknown, r.api.posts, got.text())
		}
		for _, e := range got.events {
			if e.FromList {
				t.Errorf("task %s was taken from the list for candidate %d", e.TaskID, e.Candidate)
			}
		}
	})
}
