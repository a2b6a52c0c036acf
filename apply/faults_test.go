package apply

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	"assetform/apply/journal"
	"assetform/apply/store"
	"assetform/config"
	"assetform/lockfile"
	"assetform/plan"
)

// fault is one thing that a server or the network does wrong.
type fault struct {
	name string
	err  error
}

var faults = []fault{
	{"reset", errLostReply},
	{"refused connection", errNeverSent},
	{"server error", apiError(500, imaginator.CodeServerError, "boom")},
	{"gateway error", apiError(503, "", "")},
	{"concurrent limit", apiError(429, imaginator.CodeConcurrentLimitExceeded, "slow down")},
	{"hourly limit", apiError(429, imaginator.CodeHourlyLimitExceeded, "250/hour")},
	{"refused key", apiError(401, imaginator.CodeInvalidAPIKey, "who?")},
	{"no license", apiError(429, imaginator.CodeNoActiveLicense, "expired")},
	{"invalid request", apiError(400, imaginator.CodeInvalidRequest, "no")},
	{"task not found", apiError(404, imaginator.CodeTaskNotFound, "gone")},
	{"html", &imaginator.Error{Op: "x", Status: 200, Message: "the answer is an HTML page"}},
	{"expired result", &imaginator.Error{Op: "x", Status: 410, Err: engine.ErrResultGone}},
}

// TestFaultMatrix lets each fault happen in each phase, once and always, with
// a server that honours keys and one that does not. Whatever happens, nothing
// is paid for twice, what is paid for is never lost, and when the fault is
// over the next applies converge, unless a person has to say what became of a
// request.
func TestFaultMatrix(t *testing.T) {
	for _, f := range faults {
		for _, phase := range []string{"submit", "submit accepted", "task", "download"} {
			for _, always := range []bool{false, true} {
				for _, idempotent := range []bool{false, true} {
					name := fmt.Sprintf("%s in %s, always %v, key honoured %v", f.name, phase, always, idempotent)
					bubble2(t, name, func(t *testing.T) { faultCase(t, f, phase, always, idempotent) })
				}
			}
		}
	}
}

func faultCase(t *testing.T, f fault, phase string, always, idempotent bool) {
	api := newFakeAPI()
	api.latency, api.idempotent = time.Second, idempotent
	on := true
	hit := func() bool {
		was := on
		on = on && always
		return was
	}
	switch phase {
	case "task":
		api.onTask = func(_ int, task *imaginator.Task) error {
			if hit() {
				return f.err
			}
			return nil
		}
	case "download":
		api.onGet = func(int, string) ([]byte, error) {
			if hit() {
				return nil, f.err
			}
			return nil, nil
		}
	default:
		// A task behind a definite refusal would be a lie of the server.
		accept := phase == "submit accepted" && engine.Classify(f.err) == engine.ClassUnknown
		api.onSubmit = func(int, engine.Request) (bool, error) {
			if hit() {
				return accept, f.err
			}
			return false, nil
		}
	}
	p := newProject(t, api, chain)
	first := p.apply()
	if twice := api.paidTwice(); len(twice) > 0 {
		t.Fatalf("paid twice: %v", twice)
	}
	on = false
	for range 2 {
		if got := p.apply(); got.ExitCode == ExitDone {
			break
		} else if got.ExitCode == ExitUnknown {
			if first.ExitCode != ExitUnknown {
				t.Errorf("first exit %d, later unknown\n%s", first.ExitCode, got.text())
			}
			if api.posts > api.paid()+2*resendLimit {
				t.Errorf("%d posts for %d tasks", api.posts, api.paid())
			}
			return
		}
	}
	last := p.apply()
	last.wantCode(t, ExitDone)
	if last.plan.HasChanges() || api.paid() != 3 || len(api.paidTwice()) > 0 || len(p.lock().Assets) != 3 {
		t.Errorf("paid %d, want 3; twice %v; plan %v", api.paid(), api.paidTwice(), last.plan.Summary)
	}
}

func TestJournalFailureStopsSubmissions(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency = time.Second
		p := newProject(t, api, images(12))
		var broken atomic.Bool
		api.onSubmit = func(n int, _ engine.Request) (bool, error) {
			broken.Store(n >= 3)
			return false, nil
		}
		j, err := journal.Open(p.data(), journal.Options{TestOnlyFault: func(op string) error {
			if op == "sync" && broken.Load() {
				return errors.New("no space left on device")
			}
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		got := p.apply(func(o *Options) {
			o.Journal.Close()
			o.Journal, o.Parallelism = j, 3
		})
		j.Close()
		got.wantCode(t, ExitError)
		if api.posts > 5 || !strings.Contains(got.text(), "journal") {
			t.Errorf("%d posts after the journal broke\n%s", api.posts, got.text())
		}
		// The results of tasks that could not be recorded are in the store.
		api.onSubmit = nil
		p.apply().wantCode(t, ExitDone)
		if api.paid() != 12 || len(api.paidTwice()) > 0 {
			t.Errorf("paid %d, want 12; twice %v", api.paid(), api.paidTwice())
		}
	})
}

// TestFullStoreStopsSubmissions: what this machine cannot store is not paid for
// any further, whether the driver tells the store's error as its own or not.
func TestFullStoreStopsSubmissions(t *testing.T) {
	full := fmt.Errorf("write the result: %w", &fs.PathError{Op: "write", Path: "store", Err: syscall.ENOSPC})
	for name, failure := range map[string]error{
		"alone": full, "of a driver": &imaginator.Error{Op: "GET result", Err: full},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				api := newFakeAPI()
				api.latency = time.Second
				p := newProject(t, api, images(12))
				api.onGet = func(int, string) ([]byte, error) { return nil, failure }
				got := p.apply(func(o *Options) { o.Parallelism = 3 })
				got.wantCode(t, ExitError)
				if api.posts > 6 || !strings.Contains(got.text(), "Results cannot be stored") {
					t.Errorf("%d posts after the disk was full\n%s", api.posts, got.text())
				}
				api.onGet = nil
				p.apply().wantCode(t, ExitDone)
				if api.paid() != 12 || len(api.paidTwice()) > 0 {
					t.Errorf("paid %d, want 12; twice %v", api.paid(), api.paidTwice())
				}
			})
		})
	}
}

func TestReadOnlyOutputFailsOneAsset(t *testing.T) {
	if os.Getuid() == 0 {
		// Root writes anywhere; a file in the directory's place stops it too.
		t.Log("running as root: a file stands in for the read-only directory")
	}
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, paidProvider+asset("a", "A", "good/a.png")+asset("b", "B", "bad/b.png"))
		got := p.apply(func(o *Options) {
			gens := o.Drivers
			o.Drivers = func(ref config.ProviderRef) (engine.Driver, error) {
				p.write("bad", "a file")
				return gens(ref)
			}
		})
		got.wantCode(t, ExitFailed)
		if got.Done[plan.Create] != 1 || got.Failed != 1 {
			t.Errorf("summary %+v", got.Summary)
		}
		if err := os.Remove(p.path("bad")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		p.apply().wantCode(t, ExitDone)
		if api.paid() != 2 {
			t.Errorf("paid %d, want 2", api.paid())
		}
	})
}

func TestTwoAppliesAtOnce(t *testing.T) {
	t.Parallel()
	p := newProject(t, newFakeAPI(), knight)
	first, err := AcquireRunLock(t.Context(), p.data(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := AcquireRunLock(t.Context(), p.data(), 10*time.Millisecond); !errors.As(err, &locked) || locked.Holder.PID != os.Getpid() {
		t.Errorf("second apply: %v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	second, err := AcquireRunLock(t.Context(), p.data(), 0)
	if err != nil {
		t.Fatal(err)
	}
	second.Release()
}

// TestLedger edits a project at random, applies it to a server that fails at
// random, and looks at what was paid: never twice for the same inputs.
func TestLedger(t *testing.T) {
	for seed := range uint64(6) {
		bubble2(t, fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 7))
			api := newFakeAPI()
			api.latency, api.idempotent = time.Second, seed%2 == 0
			api.result = func(r engine.Request) []byte { return picture(prompt(r)[:1]) } // edits often change nothing
			api.onSubmit = func(int, engine.Request) (bool, error) {
				switch rng.IntN(6) {
				case 0:
					return true, errLostReply
				case 1:
					return false, errLostReply
				}
				return false, nil
			}
			p := newProject(t, api, paidProvider)
			for range 12 {
				p.write("main.asset.hcl", randomConfig(rng))
				got := p.apply(func(o *Options) {
					if rng.IntN(3) == 0 {
						o.Timeout = time.Second / 2
					}
				})
				if twice := api.paidTwice(); len(twice) > 0 {
					t.Fatalf("paid twice: %v\n%s", twice, got.text())
				}
				if code := got.ExitCode; code != ExitDone && code != ExitParked && code != ExitUnknown && code != ExitFailed {
					t.Fatalf("exit code %d\n%s", code, got.text())
				}
				checkOutputs(t, p, true)
			}
			api.onSubmit = nil
			var got result
			for range 3 {
				if got = p.apply(); got.ExitCode != ExitDone && got.ExitCode != ExitUnknown {
					t.Errorf("exit code %d without faults\n%s", got.ExitCode, got.text())
				}
			}
			if got.ExitCode == ExitDone {
				checkOutputs(t, p, false)
			}
			if twice := api.paidTwice(); len(twice) > 0 {
				t.Errorf("paid twice: %v", twice)
			}
		})
	}
}

// checkOutputs compares the work tree with the lock. In between, an asset that
// is to move but has not been generated yet may have lost its old path to
// another one, which may have moved on since; then its content is in the
// store, as is whatever stands there, and the next apply puts it right.
func checkOutputs(t *testing.T, p *project, between bool) {
	t.Helper()
	s, err := store.Open(p.data())
	if err != nil {
		t.Fatal(err)
	}
	for address, e := range p.lock().Assets {
		text := p.read(e.Output)
		is := lockfile.HashBytes([]byte(text))
		kept := s.Has(e.ContentHash) && (text == "" || s.Has(is))
		if is != e.ContentHash && !(between && kept) {
			t.Fatalf("%s at %s differs from the lock: %d bytes, stored %v; the lock's content stored %v", address, e.Output, len(text), s.Has(is), s.Has(e.ContentHash))
		}
	}
}

// randomConfig is a configuration of a few images that take one another and
// whose names, prompts and paths come from small sets.
func randomConfig(rng *rand.Rand) string {
	var b strings.Builder
	b.WriteString(paidProvider)
	paths := rng.Perm(6)
	for i := range 2 + rng.IntN(4) {
		fmt.Fprintf(&b, "image \"n%d\" {\n  prompt = \"%c%d\"\n  output = \"out/%d.png\"\n", i, 'a'+rng.IntN(3), rng.IntN(3), paths[i])
		if i > 0 && rng.IntN(2) == 0 {
			fmt.Fprintf(&b, "  references = [image.n%d]\n", rng.IntN(i))
		}
		b.WriteString("}\n")
	}
	return b.String()
}
