package apply

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	"assetform/config/address"
	"assetform/plan"
)

// images is a configuration of n images that differ in their prompts.
func images(n int) string {
	return paidProvider + fmt.Sprintf(`
image "icon" {
  count  = %d
  prompt = "Icon ${count.index}"
  output = "icons/${count.index}.png"
}
`, n)
}

// bubble runs a test with fake time.
func bubble(t *testing.T, f func(*testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, f)
}

// The makespan of 40 tasks of 1 s, 5 at a time, is 8 s at best.
func TestMakespan(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency, api.concurrent, api.quota = time.Second, 5, 5
		p := newProject(t, api, images(40))
		began := time.Now()
		got := p.apply()
		took := time.Since(began)
		got.wantCode(t, ExitDone)
		if took > 8800*time.Millisecond {
			t.Errorf("40 tasks of 1 s, 5 at a time, took %v, want at most 8.8 s", took)
		}
		if api.polls > 8*40 {
			t.Errorf("%d polls for 40 tasks, want at most 8 a task", api.polls)
		}
		if api.posts != 40 || api.peak > 5 {
			t.Errorf("posts %d, want 40; peak %d, want at most 5", api.posts, api.peak)
		}
		t.Logf("makespan %v, %.1f polls a task", took, float64(api.polls)/40)
	})
}

func TestPollingFigures(t *testing.T) {
	for _, latency := range []time.Duration{0, 40 * time.Millisecond, time.Second, 7 * time.Second, 30 * time.Second, 3 * time.Minute} {
		t.Run(latency.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				p := newPace(false)
				polls := 0
				const rounds = 12
				for round := range rounds {
					w := p.watch(time.Now())
					finish := w.begun.Add(latency)
					for {
						d, _ := w.next(time.Now())
						if w.polls == 0 && round == 0 && d > 250*time.Millisecond {
							t.Errorf("first poll after %v, want at most 0.25 s", d)
						}
						time.Sleep(d)
						done := !time.Now().Before(finish)
						w.polled(time.Now(), done)
						if done {
							break
						}
					}
					polls += w.polls
					late := time.Since(finish)
					if round == 0 && latency == 30*time.Second && w.polls > 14 {
						t.Errorf("%d polls for 30 s, want at most 14", w.polls)
					}
					if round > 6 && late > max(seenWithin, latency/20) {
						t.Errorf("round %d: seen %v late after %v", round, late, latency)
					}
				}
				if polls > 8*rounds {
					t.Errorf("%d polls for %d tasks, want at most 8 a task", polls, rounds)
				}
			})
		})
	}
}

func TestLongestChainFirst(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency = time.Second
		var order []string
		api.onSubmit = func(_ int, r engine.Request) (bool, error) {
			order = append(order, prompt(r))
			return false, nil
		}
		p := newProject(t, api, paidProvider+`
image "a" {
  prompt = "a"
  output = "a.png"
}
image "b" {
  prompt = "b"
  output = "b.png"
}
image "z" {
  prompt = "z"
  output = "z.png"
}
video "end" {
  prompt = "end"
  image  = image.z
  output = "end.mp4"
}
`)
		api.result = func(r engine.Request) []byte {
			if imaginator.Engine.Method(r.Method).Kind == address.Video {
				return film(t, r)
			}
			return nil
		}
		p.apply(func(o *Options) { o.Parallelism = 1 }).wantCode(t, ExitDone)
		if got := strings.Join(order, " "); got != "z a b end" && got != "z end a b" {
			t.Errorf("order %q, want z first: a film needs it", got)
		}
	})
}

func TestConcurrentLimitAdapts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency, api.concurrent = time.Second, 2
		p := newProject(t, api, images(12))
		got := p.apply(func(o *Options) { o.Parallelism = 8 })
		got.wantCode(t, ExitDone)
		if api.paid() != 12 || got.Done[plan.Create] != 12 {
			t.Errorf("paid %d, done %v, want 12", api.paid(), got.Done)
		}
		if refused := api.posts - 12; refused > 12 {
			t.Errorf("%d requests were refused: the limit does not adapt", refused)
		}
	})
}

// hourly refuses everything after the first n tasks for a while.
func hourly(api *fakeAPI, n int, until time.Time) {
	api.onSubmit = func(int, engine.Request) (bool, error) {
		if len(api.tasks) >= n && time.Now().Before(until) {
			return false, apiError(429, imaginator.CodeHourlyLimitExceeded, "Hourly image limit exceeded (3/hour)")
		}
		return false, nil
	}
}

func TestHourlyLimitParks(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency = time.Second
		hourly(api, 3, time.Now().Add(time.Hour))
		p := newProject(t, api, images(6))
		got := p.apply()
		got.wantCode(t, ExitParked)
		if got.Left != 3 || got.Done[plan.Create] != 3 || !strings.Contains(got.text(), "3/hour") || !strings.Contains(got.text(), "assetform apply") {
			t.Errorf("summary %+v\n%s", got.Summary, got.text())
		}
		api.onSubmit = nil
		p.apply().wantCode(t, ExitDone)
		if api.paid() != 6 || len(api.paidTwice()) > 0 {
			t.Errorf("paid %d, want 6; twice %v", api.paid(), api.paidTwice())
		}
	})
}

func TestHourlyLimitIsWaitedFor(t *testing.T) {
	for _, test := range []struct {
		wait time.Duration
		code int
	}{{0, ExitDone}, {2 * time.Hour, ExitDone}, {5 * time.Minute, ExitParked}} {
		t.Run(test.wait.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				api := newFakeAPI()
				hourly(api, 2, time.Now().Add(40*time.Minute))
				began := time.Now()
				got := newProject(t, api, images(5)).apply(func(o *Options) { o.Wait = &test.wait })
				got.wantCode(t, test.code)
				if took := time.Since(began); test.code == ExitDone && (took < 40*time.Minute || took > 50*time.Minute) || test.code == ExitParked && took > 15*time.Minute {
					t.Errorf("took %v", took)
				}
				if api.posts > 25 {
					t.Errorf("%d requests while waiting", api.posts)
				}
			})
		})
	}
}

// --wait bounds the wait, whatever the server asks for.
func TestWaitEndsBeforeTheWindow(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.onSubmit = func(int, engine.Request) (bool, error) {
			return false, &imaginator.Error{Status: 429, Code: imaginator.CodeHourlyLimitExceeded, APIBody: true, RetryAfter: time.Hour}
		}
		began, wait := time.Now(), 3*time.Second
		newProject(t, api, images(2)).apply(func(o *Options) { o.Wait = &wait }).wantCode(t, ExitParked)
		if took := time.Since(began); took < wait || took > 2*wait {
			t.Errorf("took %v, want %v", took, wait)
		}
	})
}

// A server that takes a connection and never answers does not keep a run
// beyond its --timeout.
func TestTimeoutEndsReadsThatHang(t *testing.T) {
	for _, where := range []string{"poll", "download", "list"} {
		bubble2(t, where, func(t *testing.T) {
			api := newFakeAPI()
			p := newProject(t, api, knight)
			if api.hang = where; where == "list" {
				api.hang = ""
				api.another(asking(longPrompt))
				api.onSubmit = func(post int, _ engine.Request) (bool, error) {
					api.hang = "list" // after the baseline was read
					return post == 1, errLostReply
				}
			}
			began := time.Now()
			got := p.apply(func(o *Options) { o.Timeout = time.Second })
			got.wantCode(t, map[string]int{"poll": ExitParked, "download": ExitParked, "list": ExitUnknown}[where])
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
			api.hang = ""
			p.apply().wantCode(t, ExitDone)
			if api.posts != 1 {
				t.Errorf("%d create requests, want 1", api.posts)
			}
		})
	}
}

// Without a --timeout the run parks by itself, and says why.
func TestServerThatNeverAnswers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.hang = "poll"
		p := newProject(t, api, knight)
		began := time.Now()
		got := p.apply()
		got.wantCode(t, ExitParked)
		if took := time.Since(began); took > 15*time.Minute || !strings.Contains(got.text(), "Task cannot be asked about") {
			t.Errorf("took %v\n%s", took, got.text())
		}
		api.hang = ""
		p.apply().wantCode(t, ExitDone)
		if api.posts != 1 {
			t.Errorf("%d create requests, want 1", api.posts)
		}
	})
}

func TestFatalStopsSubmissionsAndCollects(t *testing.T) {
	for _, refusal := range []error{
		apiError(401, imaginator.CodeInvalidAPIKey, "Invalid API key"),
		apiError(403, imaginator.CodeAPIKeyExpired, "expired"),
		apiError(429, imaginator.CodeNoActiveLicense, "No active license"),
	} {
		t.Run(refusal.Error(), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				api := newFakeAPI()
				api.latency = time.Second
				api.onSubmit = func(n int, _ engine.Request) (bool, error) {
					if n > 2 {
						return false, refusal
					}
					return false, nil
				}
				got := newProject(t, api, images(10)).apply(func(o *Options) { o.Parallelism = 3 })
				got.wantCode(t, ExitError)
				if got.Done[plan.Create] != 2 || api.posts > 4 || got.Left != 8 {
					t.Errorf("summary %+v after %d posts", got.Summary, api.posts)
				}
				if !strings.Contains(got.text(), "API key") {
					t.Errorf("no word about the key:\n%s", got.text())
				}
			})
		})
	}
}

func TestTimeoutAndInterruptLeaveTasksToTheNextRun(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"timeout": func(o *Options) { o.Timeout = 3 * time.Second },
		"interrupt": func(o *Options) {
			c := make(chan os.Signal, 1)
			o.Interrupt = c
			time.AfterFunc(3*time.Second, func() { c <- syscall.SIGTERM })
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				api := newFakeAPI()
				api.latency = 20 * time.Second
				p := newProject(t, api, images(6))
				got := p.apply(func(o *Options) { o.Parallelism = 2 }, change)
				if name == "timeout" {
					got.wantCode(t, ExitParked)
					if got.Left != 6 {
						t.Errorf("summary %+v", got.Summary)
					}
				} else {
					got.wantCode(t, ExitTerminated)
					if got.Done[plan.Create] != 2 || got.Left != 4 {
						t.Errorf("summary %+v, want what was in flight collected", got.Summary)
					}
				}
				if api.posts != 2 {
					t.Errorf("posts %d, want 2", api.posts)
				}
				next := p.apply()
				next.wantCode(t, ExitDone)
				if api.paid() != 6 || next.plan.Cost.Certain["image_credits"] != 4 {
					t.Errorf("paid %d, want 6; plan of the rest %+v", api.paid(), next.plan.Cost)
				}
			})
		})
	}
}

func TestCancelledAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency = time.Minute
		p := newProject(t, api, images(3))
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		got := p.applyWith(ctx, plan.Options{})
		if got.Left != 3 || got.ExitCode != ExitParked {
			t.Errorf("summary %+v", got.Summary)
		}
		p.apply().wantCode(t, ExitDone)
		if api.paid() != 3 {
			t.Errorf("paid %d, want 3", api.paid())
		}
	})
}

func TestFailFast(t *testing.T) {
	bubble(t, func(t *testing.T) {
		for _, fast := range []bool{false, true} {
			api := newFakeAPI()
			api.onSubmit = func(n int, _ engine.Request) (bool, error) {
				if n == 1 {
					return false, apiError(400, imaginator.CodeInvalidRequest, "prompt is not allowed")
				}
				return false, nil
			}
			got := newProject(t, api, images(20)).apply(func(o *Options) { o.Parallelism, o.FailFast = 1, fast })
			got.wantCode(t, ExitFailed)
			if want := map[bool]int{false: 20, true: 1}[fast]; api.posts != want {
				t.Errorf("fail-fast %v: %d posts, want %d", fast, api.posts, want)
			}
			if !strings.Contains(got.text(), "prompt is not allowed") || got.diags[0].Subject == nil {
				t.Errorf("the server's words or the block are missing: %v", got.diags)
			}
		}
	})
}

func TestBudgetIsReservedBeforeSending(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		// The plan fits, but failures cost too: a second run's plan does not.
		limit := 3
		p := newProject(t, api, images(5))
		got := p.apply(func(o *Options) { o.Max = map[string]plan.Max{"image_credits": {N: limit}} })
		if api.posts > 3 {
			t.Errorf("%d requests over a budget of 3", api.posts)
		}
		if got.Failed != 2 {
			t.Errorf("summary %+v", got.Summary)
		}
	})
}

// A request that gets no answer holds a run that is to end for a grace, and
// then has an unknown outcome.
func TestHangingRequestEndsWithTheRun(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"timeout": func(o *Options) { o.Timeout = time.Minute },
		"signal": func(o *Options) {
			interrupt := make(chan os.Signal, 1)
			o.Interrupt = interrupt
			time.AfterFunc(time.Minute, func() { interrupt <- os.Interrupt })
		},
	} {
		bubble2(t, name, func(t *testing.T) {
			api := newFakeAPI()
			api.noList, api.hang = true, "submit"
			p := newProject(t, api, knight)
			began := time.Now()
			got := p.apply(change)
			if took := time.Since(began); got.Unknown != 1 || took < time.Minute+submitGrace || took > time.Minute+submitGrace+5*time.Second {
				t.Errorf("%d unknown after %v", got.Unknown, took)
			}
		})
	}
}

// A signal ends at once what waits with nothing to collect.
func TestSignalEndsWaitingForNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.hang = "list" // the baseline, before anything is sent
		interrupt := make(chan os.Signal, 1)
		began := time.Now()
		time.AfterFunc(time.Second, func() { interrupt <- os.Interrupt })
		got := newProject(t, api, knight).apply(func(o *Options) { o.Interrupt = interrupt })
		got.wantCode(t, ExitInterrupt)
		if took := time.Since(began); took > 2*time.Second || api.posts != 0 || got.Left != 1 {
			t.Errorf("after %v, %d posts, %d left", took, api.posts, got.Left)
		}
	})
}

// Refusals that come together are one: --wait wakes when the window opens.
func TestWaitWakesWhenTheWindowOpens(t *testing.T) {
	for name, retryAfter := range map[string]time.Duration{"named": 7 * time.Minute, "not named": 0} {
		bubble2(t, name, func(t *testing.T) {
			api := newFakeAPI()
			opens := time.Now().Add(7 * time.Minute)
			api.onSubmit = func(int, engine.Request) (bool, error) {
				if time.Now().Before(opens) {
					return false, &imaginator.Error{Status: 429, Code: imaginator.CodeHourlyLimitExceeded, APIBody: true, RetryAfter: retryAfter}
				}
				return false, nil
			}
			p := newProject(t, api, images(5))
			p.apply(func(o *Options) { o.Wait = new(time.Duration) }).wantCode(t, ExitDone)
			if late := time.Since(opens); late > maxWindow+5*time.Second || retryAfter > 0 && late > 5*time.Second {
				t.Errorf("done %v after the window opened", late)
			}
		})
	}
}

func TestFailedTaskCostsNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.onTask = func(_ int, task *imaginator.Task) error {
			task.Status, task.Error = imaginator.StatusFailed, "no luck"
			return nil
		}
		p := newProject(t, api, knight)
		if got := p.apply(); got.ExitCode != ExitFailed || got.Cost["image_credits"] != 0 {
			t.Errorf("exit %d, cost %+v", got.ExitCode, got.Cost)
		}
	})
}

// What a killed process left beside an output goes with the next apply; what
// only looks like it stays.
func TestLeftoversAreSwept(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newProject(t, newFakeAPI(), knight)
		dir := path.Dir(p.apply().plan.Changes[0].Output)
		ours, theirs := path.Join(dir, "."+rand.Text()+".assetform-tmp"), path.Join(dir, ".mine.assetform-tmp")
		p.write(ours, "half")
		p.write(theirs, "theirs")
		p.apply().wantCode(t, ExitDone)
		if p.read(ours) != "" || p.read(theirs) == "" {
			t.Errorf("left: %q, %q", p.read(ours), p.read(theirs))
		}
	})
}
