package plan

import (
	"slices"
	"strings"
	"testing"

	"assetform/config/address"
	"assetform/lockfile"

	"github.com/hashicorp/hcl/v2"
)

// adopt makes the file of an asset one that a person made.
func (w *world) adopt(address string) *world {
	e := w.lock.Assets[address]
	e.Adopted = true
	w.lock.Put(address, e)
	return w
}

// The table of what an adopted asset's plan does:
//
//	change                          | plan
//	its inputs did not change       | as ever
//	inputs, revision, upstream      | refused, conditional or not
//	--replace                       | refused
//	another stored result           | refused
//	file gone, content stored       | restore
//	file gone, content nowhere      | refused
//	another address or path         | move
//	block gone, destroy             | the entry goes, the file stays
//	another asset takes its path    | refused, unless it moves away itself
//	--overwrite-adopted             | as if it had been generated
func TestPlanAdopted(t *testing.T) {
	t.Parallel()
	const refusedKnight = "\nrefused adopted image.knight"
	adopted := func(t *testing.T) *world { return newWorld(t, knight).apply(nil).adopt("image.knight") }
	both := func(w *world, plan string) {
		t.Helper()
		w.want(plan + refusedKnight)
		for _, flag := range []string{"image.knight", "image.*"} {
			w.opts.OverwriteAdopted = []string{flag}
			w.want(plan)
		}
		w.opts.OverwriteAdopted = nil
		w.opts.OverwriteDrifted, w.opts.Unprotect = true, []string{"image.knight"}
		w.want(plan + refusedKnight)
	}

	w := adopted(t)
	w.want("")
	w.config("# only a comment\n" + knight)
	w.want("")
	w.config(edit("A knight", "A mage"))
	both(w, "image.knight update input:prompt cost=1/0")

	w = adopted(t)
	w.config(edit("output", "revision = 1\noutput"))
	both(w, "image.knight update revision cost=1/0")

	w = adopted(t)
	w.opts.Replaces = []string{"image.knight"}
	both(w, "image.knight update requested cost=1/0")

	w = adopted(t)
	w.config(edit("A knight", "A mage"))
	other := []byte("generated before")
	w.results[w.plan().Changes[0].InputsHash] = lockfile.Entry{ContentHash: lockfile.HashBytes(other), MediaType: "image/png"}
	w.blobs[lockfile.HashBytes(other)] = true
	both(w, "image.knight restore input:prompt")

	w = adopted(t).store("image.knight")
	w.remove("art/knight.png")
	w.want("image.knight restore missing_file")

	w = adopted(t)
	w.remove("art/knight.png")
	both(w, "image.knight update missing_file cost=1/0")

	// What lifecycle says holds as ever.
	w = adopted(t)
	w.config(strings.Replace(guarded("ignore_changes = [prompt]"), "A knight", "A mage", 1))
	w.want("")
	w.config(strings.Replace(guarded("prevent_regenerate = true"), "A knight", "A mage", 1))
	w.want("image.knight update input:prompt cost=1/0\nrefused protected image.knight" + refusedKnight)
}

func TestPlanAdoptedUpstream(t *testing.T) {
	t.Parallel()
	w := newWorld(t, duel).apply(nil).adopt("image.duel")
	w.want("")
	w.config(strings.Replace(duel, "A knight", "A mage", 1))
	w.want(`
image.duel update upstream:image.knight conditional cost=2/0
image.knight update input:prompt cost=1/0
refused adopted image.duel`)
	if r := w.plan().Refusals[0]; !strings.Contains(r.Detail, `"assetform apply --exclude image.duel"`) {
		t.Errorf("the way out is not named: %s", r.Detail)
	}
	w.opts.Excludes = []string{"image.duel"}
	w.want("image.knight update input:prompt cost=1/0")
}

func TestPlanAdoptedDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t, knight).apply(nil).adopt("image.knight")
	w.write("art/knight.png", []byte("drawn again"))
	w.want("image.knight no-op drifted")
	w.config(edit("A knight", "A mage"))
	w.opts.OverwriteAdopted = []string{"image.knight"}
	w.want("image.knight update input:prompt drifted cost=1/0\nrefused drift image.knight")
	w.opts.OverwriteDrifted = true
	w.want("image.knight update input:prompt drifted cost=1/0")
	w.opts.OverwriteAdopted = nil
	w.want("image.knight update input:prompt drifted cost=1/0\nrefused adopted image.knight")
}

// The mark moves with the file; what takes over the path of a file made by
// hand would replace it.
func TestPlanAdoptedMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t, pair).apply(nil).adopt("image.a")
	w.config(replaced(`"a"`, `"c"`))
	w.want("image.c move moved from=image.a")
	w.config(replaced(`a.png`, `c.png`))
	w.want("image.a move moved was=a.png")
	// Converted, the original stays; and nothing is written over it.
	w.config(replaced(`a.png`, `c.jpg`))
	w.want("image.a move moved was=a.png keepfile")
	w.config(replaced(`a.png`, `c.jpg`, "b.png", "a.png"))
	w.want("image.a move moved was=a.png keepfile\nimage.b move moved was=b.png\nrefused adopted image.b")
	w.opts.OverwriteAdopted = []string{"image.a"}
	w.want("image.a move moved was=a.png\nimage.b move moved was=b.png")
	w.opts.OverwriteAdopted = nil
	// Swapped paths are two moves.
	w.config(replaced("a.png", "b.png", "b.png", "a.png"))
	w.want("image.a move moved was=a.png\nimage.b move moved was=b.png")
	// A rename with an edit takes the path over.
	w.config(replaced(`"a"`, `"c"`, "one", "three"))
	w.want("image.c update input:prompt moved from=image.a cost=1/0\nrefused adopted image.c")
	for _, flag := range []string{"image.a", "image.c"} {
		w.opts.OverwriteAdopted = []string{flag}
		w.want("image.c update input:prompt moved from=image.a cost=1/0")
	}
	w.opts.OverwriteAdopted = nil
	// So does an asset that moves there.
	w.config(replaced(`image "a" {
  prompt = "one"
  output = "a.png"
}
`, "", "b.png", "a.png"))
	w.want("image.a delete keepfile\nimage.b move moved was=b.png\nrefused adopted image.b")
	// With moved blocks it is an edit of the asset itself.
	w.config(replaced(`"a"`, `"c"`, "one", "three") + "moved {\nfrom = image.a\nto = image.c\n}\n")
	w.want("image.c update input:prompt moved from=image.a cost=1/0\nrefused adopted image.c")
	if r := w.plan().Refusals[0]; !strings.Contains(r.Detail, `"assetform adopt image.c"`) || !strings.Contains(r.Detail, `--release image.a"`) {
		t.Errorf("the ways out are not named: %s", r.Detail)
	}
	w.opts.OverwriteAdopted = []string{"image.a"}
	w.want("image.c update input:prompt moved from=image.a cost=1/0")
}

func TestPlanAdoptedIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, pair).apply(nil).adopt("image.a")
	w.config("locals {}")
	stays := func(want string) {
		t.Helper()
		w.want(want)
		said := slices.ContainsFunc(w.plan().Diagnostics, func(d *hcl.Diagnostic) bool {
			return d.Severity == hcl.DiagWarning && d.Summary == "Hand-made file stays" && strings.Contains(d.Detail, `"a.png"`)
		})
		if said != strings.Contains(want, "image.a delete keepfile") {
			t.Errorf("said that it stays: %v", said)
		}
	}
	stays("image.a delete keepfile\nimage.b delete")
	w.opts.OverwriteAdopted = []string{"image.b"}
	stays("image.a delete keepfile\nimage.b delete")
	w.opts.OverwriteAdopted = []string{"image.a"}
	stays("image.a delete\nimage.b delete")
	w.config(pair)
	w.opts = Options{Destroy: true}
	stays("image.a delete keepfile\nimage.b delete")
	w.opts.OverwriteAdopted = []string{"image.*"}
	stays("image.a delete\nimage.b delete")
	w.opts.OverwriteAdopted = []string{"image.nobody"}
	if p := w.plan(); !p.Diagnostics.HasErrors() || len(p.Refusals) > 0 {
		t.Errorf("a flag that names nothing: %v", p.Diagnostics)
	}
}

// Candidate k has inputs of its own: an entry gives others its first one, or
// nothing if another one was picked.
func TestPlanSharesTheFirstCandidate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, knight).apply(nil)
	e := w.lock.Assets["image.knight"]
	other := lockfile.Candidate{ContentHash: lockfile.HashBytes([]byte("another"))}
	w.config(knight + strings.NewReplacer(`"knight"`, `"twin"`, "art/knight", "art/twin").Replace(knight))

	e.Candidates, e.Picked = []lockfile.Candidate{{ContentHash: e.ContentHash}, other}, 1
	w.lock.Put("image.knight", e)
	w.want("image.knight restore candidates\nimage.twin restore new")
	if got := w.plan().Change(address.Address{Kind: "image", Name: "twin"}).Stored.Entry; got.Candidates != nil || got.Picked != 0 {
		t.Errorf("the choice went along: %+v", got)
	}
	e.Candidates, e.Picked = []lockfile.Candidate{other, {ContentHash: e.ContentHash}}, 2
	w.lock.Put("image.knight", e)
	w.want("image.twin create new cost=1/0")
	e.Candidates, e.Picked, e.Placeholder = nil, 0, true
	w.lock.Put("image.knight", e)
	w.want("image.twin create new cost=1/0")
}

// What a person made for one asset is no result for another.
func TestPlanAdoptedRestores(t *testing.T) {
	t.Parallel()
	w := newWorld(t, knight).apply(nil).adopt("image.knight").store("image.knight")
	drawn := w.lock.Assets["image.knight"]
	delete(w.results, drawn.InputsHash)
	records := map[string]lockfile.Entry{"image.knight": drawn}
	w.adoptedBy = func(a address.Address, h lockfile.InputsHash) (lockfile.Entry, bool) {
		e, ok := records[a.String()]
		return e, ok && e.InputsHash == h
	}
	w.handMade = func(h lockfile.ContentHash) bool { return h == drawn.ContentHash }
	w.config(knight + strings.NewReplacer(`"knight"`, `"twin"`, "art/knight", "art/twin").Replace(knight))
	w.want("image.twin create new cost=1/0")

	// Nothing has the file any more, as after destroy. It comes back to the
	// same address with the mark; whatever else is wanted there is refused.
	w.lock.Drop("image.knight")
	w.config(knight)
	w.want("image.knight restore new")
	if c := w.plan().Changes[0]; c.Stored == nil || !c.Stored.Entry.Adopted {
		t.Error("the mark is lost")
	}
	w.config(edit("A knight", "A mage"))
	w.want("image.knight create new cost=1/0\nrefused foreign image.knight")
	w.config(edit(`"knight"`, `"mage"`))
	w.want("image.mage create new cost=1/0\nrefused foreign image.mage")
	w.opts.OverwriteDrifted = true
	w.want("image.mage create new cost=1/0\nrefused foreign image.mage")
}
