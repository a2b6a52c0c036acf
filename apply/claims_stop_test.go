package apply

import (
	"context"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/all"
	"assetform/apply/remote"
	"assetform/apply/remote/claim"
	"assetform/config/address"
	"assetform/plan"
)

// clone is another machine with the same project and remote.
func (r claimsRig) clone() claimsRig {
	return claimsRig{newProject(r.t, r.api, r.read("main.asset.hcl")), r.dir}
}

// stopAt lets a signal come, or --timeout pass, when an asset is at a step.
func stopAt(step string, signal bool) func(*Options) {
	return func(o *Options) {
		interrupt, came := make(chan os.Signal, 1), false
		if o.Interrupt = interrupt; !signal {
			o.Timeout = time.Minute
		}
		before := o.testOnlyStep
		o.testOnlyStep = func(at string, a address.Address) {
			if before != nil {
				before(at, a)
			}
			if at != step || came {
				return
			}
			if came = true; signal {
				interrupt <- os.Interrupt
				time.Sleep(time.Millisecond)
			} else {
				time.Sleep(time.Minute + time.Millisecond)
			}
		}
	}
}

func exitOf(signal bool) int {
	if signal {
		return ExitInterrupt
	}
	return ExitParked
}

// Whatever ends a run before its request is sent, nobody waits for its claim.
func TestStopUnderAClaim(t *testing.T) {
	for _, step := range []string{"claiming", "claimed in the remote", "announced"} {
		for name, signal := range map[string]bool{"signal": true, "timeout": false} {
			bubble2(t, step+", "+name, func(t *testing.T) {
				r := newClaimsRig(t)
				r.apply(stopAt(step, signal)).wantCode(t, exitOf(signal))
				if got := r.states(); got != "" && got != "released" || r.api.posts > 0 {
					t.Errorf("the claim says %q; %d requests were sent", got, r.api.posts)
				}
				began := time.Now()
				r.clone().apply().wantCode(t, ExitDone)
				if took := time.Since(began); took >= claim.Expiry() || r.api.posts != 1 {
					t.Errorf("another machine took %s, %d requests were sent", took, r.api.posts)
				}
			})
		}
	}
}

// mute is a store that answers no more once it is cut off.
type mute struct {
	remote.Files
	cut *atomic.Bool
}

func (m mute) wait(ctx context.Context) error {
	if m.cut.Load() {
		<-ctx.Done()
	}
	return ctx.Err()
}

func (m mute) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if err := m.wait(ctx); err != nil {
		return nil, 0, err
	}
	return m.Files.Get(ctx, name)
}

func (m mute) Stat(ctx context.Context, name string) (int64, error) {
	if err := m.wait(ctx); err != nil {
		return 0, err
	}
	return m.Files.Stat(ctx, name)
}

func (m mute) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	if err := m.wait(ctx); err != nil {
		return err
	}
	return m.Files.Put(ctx, name, body, size)
}

func (m mute) Create(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	if err := m.wait(ctx); err != nil {
		return err
	}
	return m.Files.Create(ctx, name, body, size)
}

// muteAt cuts the remote off at a step.
func muteAt(step string) func(*Options) {
	return func(o *Options) {
		cut, files := &atomic.Bool{}, o.Remote
		o.Remote = remote.New(remote.Options{
			Open: func(ctx context.Context) (remote.Files, error) {
				f, err := files.Files(ctx)
				return mute{f, cut}, err
			},
			Shown: "the remote", Engines: all.Registry(), Data: o.Data,
		})
		o.testOnlyStep = func(at string, _ address.Address) {
			if at == step {
				cut.Store(true)
			}
		}
	}
}

// A remote that does not answer holds up no exit. What could not be written the
// next run writes, whatever it is about.
func TestStopUnderAClaimWithoutARemote(t *testing.T) {
	for step, left := range map[string]string{"claimed in the remote": "claimed", "announced": "sending"} {
		for name, signal := range map[string]bool{"signal": true, "timeout": false} {
			bubble2(t, step+", "+name, func(t *testing.T) {
				r := newClaimsRig(t)
				began, atMost := time.Now(), 2*partingTime
				if !signal {
					atMost += time.Minute
				}
				r.apply(muteAt(step), stopAt(step, signal)).wantCode(t, exitOf(signal))
				if took := time.Since(began); took > atMost {
					t.Errorf("the exit took %s", took)
				}
				r.want(left, 0)
				config := r.read("main.asset.hcl")
				r.write("main.asset.hcl", config[:strings.Index(config, "image")])
				r.apply().wantCode(t, ExitDone)
				r.write("main.asset.hcl", config)
				r.want("released", 0)
				began = time.Now()
				r.clone().apply().wantCode(t, ExitDone)
				if took := time.Since(began); took >= claim.Expiry() || r.api.posts != 1 {
					t.Errorf("another machine took %s, %d requests were sent", took, r.api.posts)
				}
			})
		}
	}
}

// What a claim is about that another's request binds stays claimed when the run
// ends, so that all that come later read on; and none of them waits.
func TestStopAboveAnothersRequest(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		r.api.noList = true
		r.put(1, map[string]any{"state": "sending", "idempotency_key": "K"})
		r.apply().wantCode(t, ExitUnknown)
		r.want("sending claimed", 0)
		for _, signal := range []bool{true, false} {
			r.clone().apply(stopAt("claimed in the remote", signal)).wantCode(t, exitOf(signal))
		}
		r.want("sending claimed claimed claimed", 0)
		for range 2 {
			began := time.Now()
			r.clone().apply().wantCode(t, ExitUnknown)
			if took := time.Since(began); took >= claim.Expiry() {
				t.Errorf("it took %s to say so again", took)
			}
		}
		r.put(1, map[string]any{"state": "released", "idempotency_key": "K"})
		r.clone().apply().wantCode(t, ExitDone)
		r.apply().wantCode(t, ExitDone)
		if r.api.posts != 1 {
			t.Errorf("%d requests were sent", r.api.posts)
		}
	})
}

// A task that a run no longer waits for is gone on with by who comes next, at once.
func TestStopWithATask(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		r.api.latency = 10 * time.Minute
		r.apply(func(o *Options) { o.Timeout = 9 * time.Minute }).wantCode(t, ExitParked)
		began, took := time.Now(), time.Duration(0)
		r.clone().apply(func(o *Options) {
			sink := o.Sink
			o.Sink = sinkFunc(func(e Event) {
				if e.Type == EventSubmitted {
					took = time.Since(began)
				}
				sink.Event(e)
			})
		}).wantCode(t, ExitDone)
		if took >= claim.Expiry() {
			t.Errorf("another machine took %s to go on with it", took)
		}
		r.want("task released", 1)
		r.apply().wantCode(t, ExitDone)
	})
}

// Between the claim and the journal's intent nothing was sent: who is killed there
// is in nobody's way once it is back.
func TestKilledBeforeTheIntent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		r.api.noList = true
		r.apply(muteAt("announced"), stopAt("announced", true)).wantCode(t, ExitInterrupt)
		r.clone().apply().wantCode(t, ExitUnknown)
		r.want("sending claimed", 0)
		r.apply().wantCode(t, ExitDone)
		if r.api.posts != 1 {
			t.Errorf("%d requests were sent", r.api.posts)
		}
	})
}

// Who waits for another machine says so at once, and stops waiting when nothing
// can be sent any more: when the lock is not this run's, or after a failure.
func TestWaitingForAClaimEnds(t *testing.T) {
	for name, failFast := range map[string]bool{"lock moved": false, "fail fast": true} {
		bubble2(t, name, func(t *testing.T) {
			r := newClaimsRig(t)
			r.put(1, map[string]any{"state": "claimed"})
			r.write("more.asset.hcl", asset("b", "B", "b.png"))
			s := r.open()
			h := s.plan(plan.Options{}).Changes[0].InputsHash
			s.journal.Close()
			o := Options{}
			r.shared(r.dir)(&o)
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { claim.New(o.Remote.Files, "").Renew(ctx, h, 1, false); close(done) }()
			began, waits := time.Now(), ""
			got := r.apply(func(o *Options) {
				if o.FailFast = failFast; failFast {
					r.api.onSubmit = func(int, engine.Request) (bool, error) { return false, apiError(400, "INVALID", "no") }
				}
				o.testOnlyStep = func(step string, _ address.Address) {
					if step != "posting" {
						return
					}
					if time.Sleep(3 * time.Second); !failFast {
						r.write("assetform.lock.json", "{}\n")
					}
				}
				sink := o.Sink
				o.Sink = sinkFunc(func(e Event) {
					if e.Phase == PhaseClaimed && waits == "" {
						waits = e.Reason
					}
					sink.Event(e)
				})
			})
			if took := time.Since(began); got.ExitCode == ExitDone || got.Left == 0 || took > time.Minute {
				t.Errorf("exit %d, %d left after %s\n%s", got.ExitCode, got.Left, took, got.text())
			}
			if !strings.Contains(waits, "owner SOMEBODY") || !strings.Contains(waits, "1 s") {
				t.Errorf("it waits for %q", waits)
			}
			stop()
			<-done
			if err := o.Remote.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Where the journal is this run's no more nothing is sent, and nobody waits either.
func TestJournalTakenUnderAClaim(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newClaimsRig(t)
		r.apply(func(o *Options) {
			o.testOnlyStep = func(step string, _ address.Address) {
				if step != "announced" {
					return
				}
				if err := os.Rename(r.path(".assetform"), r.path("away")); err != nil {
					t.Error(err)
				}
			}
		}).wantCode(t, ExitParked)
		r.want("released", 0)
	})
}
