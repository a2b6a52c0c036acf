package plan

import (
	"fmt"
	"testing"

	"assetform/apply/engine/all"
	"assetform/lockfile"

	"github.com/google/go-cmp/cmp"
)

// A candidate is what an asset with its own seed is; without a seed its number
// stands in its inputs, and the first is the asset as it is.
func TestCandidateInputs(t *testing.T) {
	t.Parallel()
	specOf := func(text string) *want {
		w := newWorld(t, text)
		p := w.project()
		s := p.Specs[0]
		return &want{spec: s, fp: NewFingerprint(p.Engines, s, nil)}
	}
	seeded := specOf(`image "a" {
  prompt = "A cat"
  seed   = 7
  candidates = 4
  output = "a.png"
}`)
	alone := specOf(`image "a" {
  prompt = "A cat"
  seed   = 9
  output = "a.png"
}`)
	third := seeded.fp.CandidateOf(seeded.spec.Method, 3)
	if third.Hash() != alone.fp.Hash() {
		t.Error("candidate 3 of seed 7 is not the asset with seed 9")
	}
	first := seeded.fp.CandidateOf(seeded.spec.Method, 1)
	if first.Hash() != seeded.fp.Hash() {
		t.Error("candidate 1 is not the asset itself")
	}
	bare := specOf(`image "a" {
  prompt = "A cat"
  candidates = 4
  output = "a.png"
}`)
	second := bare.fp.CandidateOf(bare.spec.Method, 2)
	if got, _ := second.Inputs()[CandidateInput].AsInt(); got != 2 || second.Hash() == bare.fp.Hash() {
		t.Errorf("candidate 2 has the inputs %v", second.Inputs())
	}
	for _, fp := range []Fingerprint{third, second} { // what is recorded gives the hash back
		e := lockfile.Entry{Provider: fp.Provider, Method: fp.Method, Inputs: fp.Inputs(), InputsHash: fp.Hash()}
		if Contradicts(all.Registry(), &e) {
			t.Errorf("%v contradicts its hash", fp.Inputs())
		}
	}
}

// An entry's output by itself has the inputs of the candidate that it is, and
// its share of the cost.
func TestOutputAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, `image "a" {
  prompt = "A cat"
  seed   = 7
  candidates = 3
  output = "a.png"
}`)
	p := w.project()
	fp := NewFingerprint(p.Engines, p.Specs[0], nil)
	content := func(s string) lockfile.ContentHash { return lockfile.HashBytes([]byte(s)) }
	e := lockfile.Entry{
		Provider: fp.Provider, Method: fp.Method, Inputs: fp.Inputs(), InputsHash: fp.Hash(), ContentHash: content("c"),
		Cost:       lockfile.Cost{"image_credits": 4},
		Candidates: []lockfile.Candidate{{ContentHash: content("a")}, {}, {ContentHash: content("c")}},
		Picked:     3,
	}
	alone, ok := OutputAlone(p.Engines, e)
	third := fp.CandidateOf(p.Specs[0].Method, 3)
	if !ok || alone.InputsHash != third.Hash() || alone.Candidates != nil || alone.Picked != 0 {
		t.Errorf("output alone: %v %+v", ok, alone)
	}
	if d := cmp.Diff(lockfile.Cost{"image_credits": 2}, alone.Cost); d != "" {
		t.Errorf("cost (-want +got):\n%s", d)
	}
	if _, ok := Shared(p.Engines, e); ok {
		t.Error("the third candidate is shared as the result of the first one's inputs")
	}
	Keep(&e, 1)
	if len(e.Candidates) != 3 || e.Picked != 3 {
		t.Errorf("what was picked went: %+v", e)
	}
	e.Picked, e.ContentHash = 0, content("a")
	Keep(&e, 1)
	if e.Candidates != nil || e.Cost["image_credits"] != 2 {
		t.Errorf("the first alone: %+v", e)
	}
}

// An output that is none of the candidates, as after an edit of the lock, is not
// kept as if it were one.
func TestOutputIsNoCandidate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, `image "a" {
  prompt = "A cat"
  output = "a.png"
}`).apply(nil)
	e := w.lock.Assets["image.a"]
	e.Candidates = []lockfile.Candidate{{ContentHash: lockfile.HashBytes([]byte("x"))}, {ContentHash: lockfile.HashBytes([]byte("y"))}}
	w.lock.Assets["image.a"] = e
	w.edit(`prompt = "A cat"`, "prompt = \"A cat\"\n  candidates = 3")
	c := w.plan().Changes[0]
	if c.KeepOutput || !c.Candidates[2].Due {
		t.Errorf("%s %v keeps the output: %v", c.Action, c.Reasons, c.KeepOutput)
	}
}

// The result that stands is a candidate of the same asset under other numbers:
// it is not paid for again, in a clone with nothing in its store either.
func TestCandidateIsTheOwnResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t, `image "a" {
  prompt = "A cat"
  seed   = 9
  output = "a.png"
}`).apply(nil)
	w.edit("seed   = 9", "seed = 7\n  candidates = 4")
	c := w.plan().Changes[0]
	if got := c.Cost["image_credits"]; got != 3 {
		t.Errorf("%s %v costs %d, want 3", c.Action, c.Reasons, got)
	}
	if s := c.Candidates[2].Stored; s == nil || s.Path != "a.png" {
		t.Errorf("candidate 3 is taken from %+v", s)
	}
}

// Fewer candidates are a change of the lock, which a plan shows. What was picked
// stays, and those before it.
func TestFewerCandidates(t *testing.T) {
	t.Parallel()
	w := newWorld(t, `image "a" {
  prompt = "A cat"
  output = "a.png"
}`).apply(nil)
	for _, test := range []struct{ picked, wanted, dropped int }{{0, 1, 3}, {0, 3, 1}, {0, 4, 0}, {1, 1, 3}, {3, 1, 1}, {3, 2, 1}, {4, 1, 0}} {
		e := w.lock.Assets["image.a"]
		e.Candidates = nil
		for _, name := range []string{"w", "x", "y", "z"} {
			e.Candidates = append(e.Candidates, lockfile.Candidate{ContentHash: lockfile.HashBytes([]byte(name))})
		}
		e.Picked = test.picked
		e.Candidates[max(test.picked, 1)-1].ContentHash = e.ContentHash
		w.lock.Assets["image.a"] = e
		w.config(fmt.Sprintf("image \"a\" {\n  prompt = \"A cat\"\n  candidates = %d\n  output = \"a.png\"\n}", test.wanted))
		if c := w.plan().Changes[0]; c.Dropped != test.dropped || (c.Action == Restore) != (test.dropped > 0) || len(c.Cost) > 0 || c.writes() {
			t.Errorf("%+v: %s %v, %d go, cost %v", test, c.Action, c.Reasons, c.Dropped, c.Cost)
		}
	}
}

// More candidates leave an output that a person changed alone, and nothing is
// paid for that takes it.
func TestMoreCandidatesOfDrifted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, `image "a" {
  prompt = "A cat"
  output = "a.png"
}`).apply(nil)
	w.write("a.png", []byte("mine"))
	w.config(`image "a" {
  prompt = "A cat"
  candidates = 2
  output = "a.png"
}
image "b" {
  prompt = "Two cats"
  references = [image.a]
  output = "b.png"
}`)
	w.opts.Unpicked = true
	w.want("image.a update candidates drifted cost=1/0\nimage.b create new cost=2/0\nrefused drift image.b")
}
