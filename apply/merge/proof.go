package merge

import (
	"context"
	"maps"
	"slices"

	"assetform/apply/repo"
	"assetform/lockfile"
	"assetform/plan"
)

// What a merge brings into the store is named by locks, and one of them is a
// stranger's: a line in it may claim a picture that a person made. In the
// store its content would be taken for assetform's from then on. So what git
// does not show to be ours, as for a plan, is stored with a person's mark.

// proof is what git shows of the entries of a merge.
type proof struct {
	claims []map[string]plan.Claim                 // by path, of which one may be named twice
	shown  map[string]map[plan.Claim]plan.Evidence // by commit; filled when asked for
}

func (p *proof) add(c plan.Claim) {
	for _, list := range p.claims {
		if _, named := list[c.Path]; !named {
			list[c.Path] = c
			return
		}
	}
	p.claims = append(p.claims, map[string]plan.Claim{c.Path: c})
}

// proven tells whether the first of the merge's commits that has the entry's
// file shows it to be ours.
func (r *resultSaver) proven(ctx context.Context, e lockfile.Entry) bool {
	if r.repo == nil {
		return false
	}
	c := plan.Claim{Path: e.Output, Hash: e.ContentHash, Size: e.Bytes}
	want := repo.Wanted{Hash: c.Hash, Size: c.Size, Path: c.Path}
	for _, commit := range r.commits {
		if stands, err := r.finder.Stands(commit, want); err != nil || !stands {
			continue
		}
		shown, asked := r.proof.shown[commit]
		if !asked {
			shown = map[plan.Claim]plan.Evidence{}
			for _, list := range r.proof.claims {
				some, _ := r.repo.Committed(ctx, commit, r.Below, slices.Collect(maps.Values(list)))
				maps.Copy(shown, some)
			}
			if r.proof.shown == nil {
				r.proof.shown = map[string]map[plan.Claim]plan.Evidence{}
			}
			r.proof.shown[commit] = shown
		}
		return shown[c].Ours
	}
	return false
}
