package cli

import (
	"context"
	"fmt"

	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// checkMerged looks whether a merge left the lock undecided, as git does where
// it cannot start the merge driver: the file is one side's, and nothing in it
// shows that. To plan from it would be to buy again what the other side has,
// so it is refused unless this machine has the results of both.
func (l *loader) checkMerged(lock *lockfile.Lock, raw []byte) hcl.Diagnostics {
	ctx := context.Background()
	if !repo.Unmerged(ctx, l.Environ, l.lockPath(), raw) {
		return nil
	}
	what := "is still one side's"
	if raw == nil {
		what = "is gone"
	}
	d := &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Lock is not merged",
		Detail: fmt.Sprintf("A merge left %[1]s undecided: git has both sides of it, and the file %[2]s. Nothing is planned from that, because what only the other side generated would be paid for again. "+
			"Run \"assetform lock merge\", then \"git add %[1]s\"; if the file is right as it is, the second alone. For the next time, \"assetform init\" has git merge locks by itself, and git finds assetform by PATH for that.", lockfile.Filename, what),
	}
	if raw != nil && l.holdsBothSides(ctx, lock) {
		d.Severity = hcl.DiagWarning
		d.Detail = fmt.Sprintf("A merge left %[1]s undecided: git has both sides of it, and the file is one side's. What the other one generated is in this machine's store, so nothing is paid for again. "+
			"Run \"assetform lock merge\" if you have not yet, then \"git add %[1]s\".", lockfile.Filename)
	}
	return hcl.Diagnostics{d}
}

// holdsBothSides tells whether every result of the two sides stands in the
// lock or is in the store, as it is after "assetform lock merge".
func (l *loader) holdsBothSides(ctx context.Context, lock *lockfile.Lock) bool {
	data, err := l.data()
	if err != nil {
		return false
	}
	results, err := store.Open(data)
	if err != nil {
		return false
	}
	below, err := l.below()
	if err != nil {
		return false
	}
	_, ours, theirs, err := newMerge(l, lockfile.Filename, below).Sides(ctx, l.lockPath())
	if err != nil {
		return false
	}
	for _, text := range [][]byte{ours, theirs} {
		side, err := lockfile.Parse(lockfile.Filename, below, text)
		if err != nil {
			return false
		}
		for address, e := range side.Assets {
			if have, stands := lock.Assets[address]; stands && have.Equal(e) {
				continue
			}
			if alone, ok := plan.OutputAlone(l.engines, e); ok {
				e.InputsHash = alone.InputsHash
			}
			_, stored, err := results.Result(e.InputsHash)
			if e.ByHand() {
				_, stored, err = results.Adopted(address, e.InputsHash)
			}
			if err != nil || !stored {
				return false
			}
		}
	}
	return true
}
