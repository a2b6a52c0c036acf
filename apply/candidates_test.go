package apply

import (
	"os"
	"strings"
	"testing"

	"assetform/apply/engine"
	"assetform/apply/engine/all"
	"assetform/apply/engine/imaginator"
	"assetform/config/address"
	"assetform/lockfile"
	"assetform/plan"
)

// threeKnights is a picture with three candidates, whose requests differ in nothing
// that a list of tasks shows.
const threeKnights = paidProvider + `
image "knight" {
  prompt     = "A knight"
  candidates = 3
  output     = "art/knight.png"
}
`

// The tasks of all candidates are somebody's, in a clone that has the lock alone:
// not only that of the output.
func TestTasksOfCandidatesAreClaimed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, threeKnights)
		p.apply().wantCode(t, ExitDone)
		lock := p.lock()
		driver := imaginator.NewDriver(api)
		claimed := claimsAt(all.Registry(), driver, nil, lock)
		tasks := byTask(all.Registry(), lock)
		for i, c := range lock.Assets["image.knight"].Candidates {
			row, err := driver.Task(t.Context(), c.TaskID)
			if err != nil || !claimed.has(&row) {
				t.Errorf("task %s of candidate %d is nobody's (%v)", c.TaskID, i+1, err)
			}
			if of := tasks[c.TaskID]; len(of) != 1 || of[0].UpstreamHash() != c.ContentHash {
				t.Errorf("task %s gave %v", c.TaskID, of)
			}
		}
	})
}

// A picked candidate whose file and stored bytes are gone is fetched from its
// task, which the lock has too: that is its own.
func TestPickedCandidateIsFetchedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, threeKnights)
		p.apply().wantCode(t, ExitDone)
		p.pick("image.knight", 2)
		want := p.read(lockfile.Filename)
		for _, gone := range []string{"art", ".assetform/store"} {
			if err := os.RemoveAll(p.path(gone)); err != nil {
				t.Fatal(err)
			}
		}
		got := p.apply()
		got.wantCode(t, ExitDone)
		if now := p.read(lockfile.Filename); api.posts != 3 || got.plan.Cost.Certain["image_credits"] != 0 || now != want {
			t.Errorf("%d posts, plan costs %v, lock\n%s\nwas\n%s", api.posts, got.plan.Cost, now, want)
		}
	})
}

// pick makes a candidate an asset's output.
func (p *project) pick(text string, number int) {
	p.t.Helper()
	s := p.open()
	defer s.journal.Close()
	a, err := address.Parse(text)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := Pick(Disk{Project: s.config, Lock: s.lock, LockPath: p.path(lockfile.Filename), LockRaw: s.raw, Data: p.data(), Store: s.store}, a, number); err != nil {
		p.t.Fatal(err)
	}
}

// A picked candidate that is lost and does not come again keeps its pick: another
// one does not take its place, whatever else came.
func TestPickedCandidateFails(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, threeKnights)
		p.apply().wantCode(t, ExitDone)
		p.pick("image.knight", 2)
		want := p.read(lockfile.Filename)
		for _, gone := range []string{"art", ".assetform"} {
			if err := os.RemoveAll(p.path(gone)); err != nil {
				t.Fatal(err)
			}
		}
		api.onSubmit = func(int, engine.Request) (bool, error) { return false, apiError(400, "VALIDATION_ERROR", "no knights") }
		got := p.apply()
		got.wantCode(t, ExitFailed)
		if now := p.read(lockfile.Filename); now != want || got.Failed != 1 {
			t.Errorf("%+v, lock\n%s\nwas\n%s", got.Summary, now, want)
		}
	})
}

// Where the only candidate that was to come has no known outcome nothing was
// updated, and who wanted the same is skipped: nothing that it would take is
// broken.
func TestOnlyAnUnknownCandidate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		config := strings.Replace(threeKnights, "candidates = 3", "candidates = 3\n  seed = 1", 1)
		p := newProject(t, api, config)
		p.apply().wantCode(t, ExitDone)
		want := p.read(lockfile.Filename)
		p.write("main.asset.hcl", strings.Replace(config, "candidates = 3", "candidates = 4", 1)+`
image "squire" {
  prompt = "A knight"
  seed   = 4
  output = "art/squire.png"
}
`)
		api.onSubmit = func(int, engine.Request) (bool, error) { return false, errLostReply }
		got := p.apply()
		got.wantCode(t, ExitUnknown)
		if got.Done[plan.Update] != 0 || got.Done[plan.NoOp] != 1 || got.Unknown != 1 || got.Skipped != 1 || got.Failed != 0 {
			t.Errorf("%+v\n%s", got.Summary, got.text())
		}
		if now := p.lock().Assets["image.knight"]; len(now.Candidates) != 3 || !strings.Contains(want, now.ContentHash.String()) {
			t.Errorf("the entry is %+v", now)
		}
	})
}
