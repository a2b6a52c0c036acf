package apply

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/remote/remotetest"
	"assetform/lockfile"

	"golang.org/x/sync/errgroup"
)

// TestClaimsAtRandom lets machines apply the same thing at the same time, kills
// them and lets them sleep past the expiry of their claims, takes their disks away,
// loses answers of the server, and cuts and delays what goes to the remote and
// back. What was needed is paid once, or somebody is told that nobody can tell;
// what comes out is the picture of these inputs.
//
// ASSETFORM_KILL_ROUNDS asks for more rounds, which take turns with the kinds of
// remotes, and ASSETFORM_KILL_SEED is what they are drawn from.
func TestClaimsAtRandom(t *testing.T) {
	t.Parallel()
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("starts many processes, some of which sleep")
	}
	rounds, seed := uint64(9), rand.Uint64()
	if os.Getenv("ASSETFORM_LONG") != "" {
		rounds = 90
	}
	if n, err := strconv.ParseUint(os.Getenv("ASSETFORM_KILL_ROUNDS"), 10, 64); err == nil {
		rounds = max(rounds, n)
	}
	if n, err := strconv.ParseUint(os.Getenv("ASSETFORM_KILL_SEED"), 10, 64); err == nil {
		seed = n
	}
	kinds := []string{"file", "s3", "https"}
	var mu sync.Mutex
	sums := map[string]*claimFigures{"file": {}, "s3": {}, "https": {}}
	var group errgroup.Group
	group.SetLimit(8) // a round waits most of its time
	for round := range rounds {
		group.Go(func() error {
			kind := kinds[round%3]
			t.Run(fmt.Sprintf("%s-%d", kind, round), func(t *testing.T) {
				f := randomRound(t, rand.New(rand.NewPCG(seed, round)), kind)
				mu.Lock()
				defer mu.Unlock()
				sums[kind].add(f)
			})
			return nil
		})
	}
	_ = group.Wait()
	t.Logf("ASSETFORM_KILL_SEED=%d", seed)
	for _, kind := range kinds {
		t.Logf("%s: %+v", kind, *sums[kind])
	}
}

// claimFigures are what rounds came to.
type claimFigures struct{ Rounds, Paid, Unknown, Killed, Left, Faults int }

func (f *claimFigures) add(g claimFigures) {
	f.Rounds, f.Paid, f.Unknown = f.Rounds+1, f.Paid+g.Paid, f.Unknown+g.Unknown
	f.Killed, f.Left, f.Faults = f.Killed+g.Killed, f.Left+g.Left, f.Faults+g.Faults
}

func randomRound(t *testing.T, rng *rand.Rand, kind string) (sum claimFigures) {
	api := newFakeAPI()
	names := slices.Sorted(maps.Keys(servers))
	server := names[rng.IntN(len(names))]
	servers[server](api)
	api.latency = time.Duration(rng.IntN(400)) * time.Millisecond
	if lost := 1 + rng.IntN(4); lost < 3 {
		api.onSubmit = func(n int, _ engine.Request) (bool, error) {
			if n == lost {
				return lost == 1, errLostReply
			}
			return false, nil
		}
	}
	url := api.serve(t)
	net := &network{rng: rand.New(rand.NewPCG(rng.Uint64(), 0)), one: []int{8, 20, 60}[rng.IntN(3)]}
	var place remotetest.Place
	switch kind {
	case "file":
		place = remotetest.File(t)
	case "s3":
		place = remotetest.S3(t, net.around)
	case "https":
		place = remotetest.HTTPS(t, net.around)
	}
	t.Cleanup(net.late.Wait)
	hcl := fmt.Sprintf("provider \"imaginator\" {\n  base_url = %q\n}\n", url) + asset("a", "A", "a.png")
	all := []machine{{newProject(t, api, hcl), url, place}, {newProject(t, api, hcl), url, place}}
	for range 2 {
		var wait sync.WaitGroup
		var killed, left atomic.Int32
		for _, m := range all {
			step, begin, sleeps := int64(rng.IntN(30)), rng.IntN(300), rng.IntN(2) == 0
			wait.Go(func() {
				time.Sleep(time.Duration(begin) * time.Millisecond)
				cmd := m.command(step)
				if sleeps {
					cmd.Env = append(cmd.Env, crashSleep+"=1")
				}
				out, err := cmd.CombinedOutput()
				if cmd.ProcessState == nil {
					t.Error(err)
					return
				}
				switch code := cmd.ProcessState.ExitCode(); code {
				case ExitDone, ExitUnknown:
				case ExitParked:
					left.Add(1)
				case 137:
					killed.Add(1)
				default:
					t.Errorf("%s: exit %d\n%s", server, code, out)
				}
			})
		}
		wait.Wait()
		sum.Killed, sum.Left = sum.Killed+int(killed.Load()), sum.Left+int(left.Load())
		if rng.IntN(4) == 0 {
			for _, name := range []string{".assetform", lockfile.Filename, "a.png"} {
				if err := os.RemoveAll(all[0].path(name)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	net.healed.Store(true)
	for range 2 {
		for _, m := range all {
			r := m.finish(t)
			if r.ExitCode == ExitUnknown {
				sum.Unknown = 1
			}
			if r.ExitCode != ExitDone && r.ExitCode != ExitUnknown {
				t.Fatalf("%s: exit %d\n%s", server, r.ExitCode, r.text())
			}
			if got := m.read("a.png"); r.ExitCode == ExitDone && got != string(picture(digest(api.tasks[len(api.tasks)-1].request))) {
				t.Fatalf("%s: another picture", server)
			}
		}
	}
	if twice := api.paidTwice(); len(twice) > 0 {
		t.Fatalf("%s: paid twice: %v", server, twice)
	}
	sum.Paid, sum.Faults = api.paid(), int(net.faults.Load())
	if sum.Unknown == 0 && sum.Paid != 1 {
		t.Fatalf("%s: paid %d", server, sum.Paid)
	}
	return sum
}

// network is what is between machines and a remote: of so many requests one is
// lost, or its answer is, or it arrives late, when who sent it may be gone.
type network struct {
	one    int
	healed atomic.Bool
	faults atomic.Int32
	late   sync.WaitGroup

	mu  sync.Mutex
	rng *rand.Rand
}

func (n *network) around(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		fault, delay := n.rng.IntN(5*n.one), time.Duration(n.rng.IntN(2500))*time.Millisecond
		n.mu.Unlock()
		if fault > 4 || n.healed.Load() {
			inner.ServeHTTP(w, r)
			return
		}
		n.faults.Add(1)
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return // it was killed while it sent this
		}
		r = r.Clone(context.WithoutCancel(r.Context()))
		r.Body = io.NopCloser(bytes.NewReader(b))
		switch fault {
		case 0: // does not arrive
		case 1: // the answer does not
			inner.ServeHTTP(httptest.NewRecorder(), r)
		case 2: // arrives when it is given up
			n.late.Go(func() {
				time.Sleep(delay)
				inner.ServeHTTP(httptest.NewRecorder(), r)
			})
		case 3: // arrives late
			time.Sleep(delay)
			inner.ServeHTTP(w, r)
			return
		case 4:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		panic(http.ErrAbortHandler)
	})
}
