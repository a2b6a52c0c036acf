//go:build unix

package apply

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/remote/claim"
	"assetform/lockfile"
)

// TestClaimsAtRandom lets machines apply the same thing at the same time, kills
// them and lets them sleep past the expiry of their claims, takes their disks away
// and loses answers of the server. What was needed is paid once, or somebody is
// told that nobody can tell; what comes out is the picture of these inputs.
func TestClaimsAtRandom(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	rounds := 8
	if os.Getenv("ASSETFORM_LONG") != "" {
		rounds = 300
	}
	seed := rand.Uint64()
	for round := range rounds {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, uint64(round)))
			defer func() {
				if t.Failed() {
					t.Logf("seed %d", seed)
				}
			}()
			randomRound(t, rng)
		})
	}
}

func randomRound(t *testing.T, rng *rand.Rand) {
	api := newFakeAPI()
	kinds := slices.Sorted(maps.Keys(servers))
	kind := kinds[rng.IntN(len(kinds))]
	servers[kind](api)
	api.latency = time.Duration(rng.IntN(400)) * time.Millisecond
	if lost := 1 + rng.IntN(4); lost < 3 {
		api.onSubmit = func(n int, _ engine.Request) (bool, error) {
			if n == lost {
				return lost == 1, errLostReply
			}
			return false, nil
		}
	}
	url, nas := api.serve(t), sharedDir(t)
	hcl := fmt.Sprintf("provider \"imaginator\" {\n  base_url = %q\n}\n", url) + asset("a", "A", "a.png")
	all := []machine{{newProject(t, api, hcl), url, nas}, {newProject(t, api, hcl), url, nas}}
	for range 2 {
		var wait sync.WaitGroup
		for _, m := range all {
			step, begin, asleep := int64(rng.IntN(30)), rng.IntN(300), rng.IntN(3) == 0
			wait.Go(func() {
				time.Sleep(time.Duration(begin) * time.Millisecond)
				cmd := m.command(step)
				if err := cmd.Start(); err != nil {
					t.Error(err)
					return
				}
				if asleep {
					time.Sleep(time.Duration(begin) * time.Millisecond)
					_ = cmd.Process.Signal(syscall.SIGSTOP) // it may have ended
					time.Sleep(claim.TestOnlyExpiry * 3 / 2)
					_ = cmd.Process.Signal(syscall.SIGCONT)
				}
				_ = cmd.Wait() // what it came to the paid tasks show
			})
		}
		wait.Wait()
		if rng.IntN(4) == 0 {
			for _, name := range []string{".assetform", lockfile.Filename, "a.png"} {
				if err := os.RemoveAll(all[0].path(name)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	unknown := false
	for range 2 {
		for _, m := range all {
			r := m.apply(over(url), m.shared(nas))
			unknown = unknown || r.ExitCode == ExitUnknown
			if r.ExitCode != ExitDone && r.ExitCode != ExitUnknown {
				t.Fatalf("%s: exit %d\n%s", kind, r.ExitCode, r.text())
			}
			if got := m.read("a.png"); r.ExitCode == ExitDone && got != string(picture(digest(api.tasks[len(api.tasks)-1].request))) {
				t.Fatalf("%s: another picture", kind)
			}
		}
	}
	if twice := api.paidTwice(); len(twice) > 0 {
		t.Fatalf("%s: paid twice: %v", kind, twice)
	}
	if paid := api.paid(); !unknown && paid != 1 {
		t.Fatalf("%s: paid %d", kind, paid)
	}
}
