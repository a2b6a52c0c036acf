package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	"assetform/apply/journal"
	"assetform/apply/remote"
	"assetform/apply/remote/claim"
	"assetform/apply/remote/open"
	"assetform/config"
	"assetform/config/address"
	"assetform/lockfile"
	"assetform/plan"
)

// Environment of a process that a crash test starts: the test binary itself.
const (
	crashDir   = "ASSETFORM_TEST_CRASH_DIR"
	crashURL   = "ASSETFORM_TEST_CRASH_URL"
	crashStep  = "ASSETFORM_TEST_CRASH_STEP"  // the step at which to end, from 1; 0: count them
	crashSleep = "ASSETFORM_TEST_CRASH_SLEEP" // not "": sleep there past the expiry of claims instead
	// crashShared is the URL of the project's remote; "": it has none.
	crashShared = "ASSETFORM_TEST_CRASH_SHARED"
)

func TestMain(m *testing.M) {
	claim.TestOnlyExpiry = time.Second
	if os.Getenv(crashDir) != "" {
		crashingApply()
	}
	os.Exit(m.Run())
}

// crashingApply is one apply that ends like a killed process at a step: no
// deferred call runs and nothing is flushed.
func crashingApply() {
	at, _ := strconv.ParseInt(os.Getenv(crashStep), 10, 64)
	var steps atomic.Int64
	p := &project{t: &testing.B{}, dir: os.Getenv(crashDir)}
	s := p.open()
	o := s.options(s.plan(plan.Options{}))
	over(os.Getenv(crashURL))(&o)
	if url := os.Getenv(crashShared); url != "" {
		p.sharedAt(func(ctx context.Context) (remote.Files, error) { return open.Open(ctx, url, os.Environ()) })(&o)
	}
	o.testOnlyStep = func(name string, _ address.Address) {
		if n := steps.Add(1); n != at {
			return
		}
		if os.Getenv(crashSleep) != "" && suspend(claim.TestOnlyExpiry*3/2) == nil {
			return
		}
		fmt.Println(name)
		os.Exit(137)
	}
	sum, _ := Run(context.Background(), o)
	fmt.Println("steps", steps.Load())
	os.Exit(sum.ExitCode)
}

// serve shows the fake API over HTTP.
func (f *fakeAPI) serve(t *testing.T) string {
	answer := func(w http.ResponseWriter, status int, data any, err error) {
		var e *imaginator.Error
		if err != nil {
			if e = err.(*imaginator.Error); e.Status == 0 {
				panic(http.ErrAbortHandler) // the answer is lost
			}
			w.WriteHeader(e.Status)
			json.NewEncoder(w).Encode(imaginator.ErrorBody{Error: imaginator.ErrorDetail{Code: e.Code, Message: e.Message}})
			return
		}
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(imaginator.Envelope[any]{Success: true, Data: data})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/{method}", func(w http.ResponseWriter, r *http.Request) {
		req := engine.Request{Method: r.PathValue("method")}
		if err := json.NewDecoder(r.Body).Decode(&req.Params); err != nil { // images too, as texts
			w.WriteHeader(http.StatusBadRequest) // the process ended while it sent this
			return
		}
		got, err := f.Submit(r.Context(), req, r.Header.Get(imaginator.HeaderIdempotencyKey))
		answer(w, http.StatusCreated, got, err)
	})
	mux.HandleFunc("GET /v1/task/{id}", func(w http.ResponseWriter, r *http.Request) {
		got, err := f.Task(r.Context(), r.PathValue("id"))
		answer(w, http.StatusOK, got, err)
	})
	mux.HandleFunc("GET /v1/tasks", func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.FormValue("page"))
		per, _ := strconv.Atoi(r.FormValue("per_page"))
		got, err := f.Tasks(r.Context(), imaginator.TaskQuery{Page: page, PerPage: per})
		answer(w, http.StatusOK, got, err)
	})
	mux.HandleFunc("GET /v1/health", func(w http.ResponseWriter, r *http.Request) {
		got, err := f.Health(r.Context())
		answer(w, http.StatusOK, got, err)
	})
	mux.HandleFunc("GET /v1/quota", func(w http.ResponseWriter, r *http.Request) {
		got, err := f.Quota(r.Context())
		answer(w, http.StatusOK, got, err)
	})
	mux.HandleFunc("GET /v1/results/{id}", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		req := f.task(r.PathValue("id")).request // tasks never change it
		f.mu.Unlock()
		w.Write(picture(digest(req)))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/v1"
}

// over makes an apply speak to a server over TCP, with little patience.
func over(url string) func(*Options) {
	return func(o *Options) {
		o.testOnlySettleGap, o.testOnlyEager = 5*time.Millisecond, true
		o.Drivers = func(config.ProviderRef) (engine.Driver, error) {
			client, err := imaginator.New(imaginator.Config{BaseURL: url, Limits: imaginator.Limits{Attempts: 1}})
			return imaginator.NewDriver(client), err
		}
	}
}

// crashProject is a project in the middle of its life: of what is applied
// already one asset moves, two swap their paths, one is deleted and one gets a
// new prompt; two are new, one of which takes the other and is converted.
func crashProject(t *testing.T, api *fakeAPI, url string) *project {
	p := newProject(t, api, paidProvider+asset("mover", "M", "old/m.png")+asset("s1", "S1", "s1.png")+
		asset("s2", "S2", "s2.png")+asset("gone", "G", "gone/g.png")+asset("edited", "E", "e.png"))
	p.apply(over(url)).wantCode(t, ExitDone)
	p.write("main.asset.hcl", paidProvider+asset("mover", "M", "new/m.png")+asset("s1", "S1", "s2.png")+
		asset("s2", "S2", "s1.png")+asset("edited", "E2", "e.png")+asset("fresh", "F", "f.png")+
		"image \"last\" {\n  prompt = \"L\"\n  references = [image.fresh]\n  output = \"l.jpg\"\n}\n")
	return p
}

// TestCrashAtEveryStep ends the process at every step of an apply and lets the
// next apply finish. The three servers differ in how a lost answer can be
// settled: by the key, by the task list, not at all. Without ASSETFORM_LONG each
// of them meets every third step, and together they meet all.
func TestCrashAtEveryStep(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	const needed = 5 + 3
	first, stride := int64(0), int64(1)
	if os.Getenv("ASSETFORM_LONG") == "" {
		stride = 3
	}
	for name, setup := range map[string]func(*fakeAPI){
		"key honoured": func(f *fakeAPI) { f.idempotent, f.noList = true, true },
		"task list":    func(f *fakeAPI) { f.another(asking(longPrompt)) },
		"neither":      func(f *fakeAPI) { f.noList = true },
	} {
		begin := 1 + first%stride
		first++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unknowns := 0
			for step := begin; ; step += stride {
				api := newFakeAPI()
				setup(api)
				url := api.serve(t)
				p := crashProject(t, api, url)
				out, code := crash(t, p, url, step)
				if strings.HasPrefix(out, "steps") {
					if code != 0 || step < 40 {
						t.Errorf("the apply that was not ended: exit %d after %d steps", code, step)
					}
					t.Logf("%d steps, %d unknown outcomes", step-1, unknowns)
					return
				}
				got := p.apply(over(url))
				at := fmt.Sprintf("step %d (%s)", step, strings.TrimSpace(out))
				if twice := api.paidTwice(); len(twice) > 0 {
					t.Fatalf("%s: paid twice: %v", at, twice)
				}
				if name != "key honoured" && got.ExitCode == ExitUnknown {
					// At most what was in flight, and none was sent again.
					unknowns++
					if got.Unknown > 2 || api.posts > needed {
						t.Fatalf("%s: %d unknown, %d posts", at, got.Unknown, api.posts)
					}
					continue
				}
				if got.ExitCode != ExitDone || api.paid() != needed {
					t.Fatalf("%s: exit %d, paid %d, want %d\n%s", at, got.ExitCode, api.paid(), needed, got.text())
				}
				checkCrashProject(t, p, at)
			}
		})
	}
}

// crash runs an apply in a process of its own that ends at a step.
func crash(t *testing.T, p *project, url string, step int64, environ ...string) (out string, code int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(append(os.Environ(), environ...), crashDir+"="+p.dir, crashURL+"="+url, crashStep+"="+strconv.FormatInt(step, 10))
	b, err := cmd.CombinedOutput()
	code = cmd.ProcessState.ExitCode()
	if err != nil && code != 137 {
		t.Fatalf("step %d: %v\n%s", step, err, b)
	}
	return string(b), code
}

// checkCrashProject compares the work tree with the lock, and makes sure that
// nothing is left to do.
func checkCrashProject(t *testing.T, p *project, at string) {
	t.Helper()
	lock := p.lock()
	if len(lock.Assets) != 6 {
		t.Fatalf("%s: %d entries, want 6", at, len(lock.Assets))
	}
	for address, e := range lock.Assets {
		if lockfile.HashBytes([]byte(p.read(e.Output))) != e.ContentHash {
			t.Fatalf("%s: %s differs from the lock at %s", at, address, e.Output)
		}
	}
	for _, gone := range []string{"old/m.png", "gone/g.png"} {
		if p.read(gone) != "" {
			t.Fatalf("%s: %s is still there", at, gone)
		}
	}
	s := p.open()
	defer s.journal.Close()
	if pl := s.plan(plan.Options{}); pl.HasChanges() {
		t.Fatalf("%s: changes are left: %v", at, pl.Summary)
	}
}

// Whatever the lock has, the journal on disk knows as stored: a process that is
// killed right after the lock was written leaves no task to be asked about.
func TestLockNamesWhatTheJournalKnows(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newProject(t, newFakeAPI(), images(3))
		saved := 0
		p.apply(func(o *Options) {
			o.testOnlyStep = func(step string, _ address.Address) {
				if step != "saved" {
					return
				}
				saved++
				intents, err := journal.Read(p.data())
				if err != nil {
					t.Error(err)
				}
				for _, in := range intents {
					if e, ok := p.lock().Assets[in.Address.String()]; ok && !journal.InLock(&in, p.lock()) {
						t.Errorf("the lock has task %s of %s, which is %q in the journal", e.TaskID, in.Address, in.State)
					}
				}
			}
		}).wantCode(t, ExitDone)
		if saved == 0 {
			t.Error("the lock was not written")
		}
	})
}
