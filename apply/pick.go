package apply

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"assetform/apply/outputs"
	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// A PickError says why a candidate did not become the output although the asset
// has it: nothing was changed.
type PickError struct{ Diagnostic *hcl.Diagnostic }

func (e *PickError) Error() string { return e.Diagnostic.Detail }

// Pick makes a candidate of an asset's entry its output, for nothing, and says
// so in the lock. The error is a *PickError where the candidate is there and
// cannot be taken.
func Pick(d Disk, a address.Address, number int) (lockfile.Entry, error) {
	prior := d.Lock.Assets[a.String()]
	out, err := d.open()
	if err != nil {
		return prior, err
	}
	defer out.Close()
	picked, err := pick(&d, out, a, prior, number)
	if err != nil {
		return prior, err
	}
	if err := out.Remember(a.String(), &prior); err != nil {
		return prior, err
	}
	var drift *outputs.DriftError
	switch err := out.Deliver(&picked); {
	case errors.As(err, &drift):
		return prior, pickError(d.spec(a), "Output was changed by hand", fmt.Sprintf("%s, so it was left alone. Keep it with \"assetform adopt %s\", or move it away and pick again.", sentence(drift), diag.ShellWord(a.Pattern())))
	case err != nil:
		return prior, err
	}
	if d.Lock.Put(a.String(), picked) {
		if err := d.save(); err != nil {
			return prior, err
		}
	}
	return picked, d.Store.SetPick(picked.InputsHash, a.String(), number)
}

func pickError(s *config.Spec, summary, detail string) error {
	problem := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail}
	if s != nil {
		problem.Subject = s.Range.Ptr()
	}
	return &PickError{problem}
}

// guardPick refuses to give a protected asset another candidate: that is other
// content, as a generation is.
func (d *Disk) guardPick(a address.Address, prior *lockfile.Entry, number int) error {
	s := d.spec(a)
	if number == prior.OutputNumber() || !slices.Contains(plan.Protection(s, prior), lockfile.ProtectRegenerate) {
		return nil
	}
	hint := "Set it to false in the lifecycle block to allow that."
	if s == nil || !s.Lifecycle.Declared {
		hint = fmt.Sprintf("The lock still holds this protection. \"assetform apply --unprotect %s\" lifts it.", diag.ShellWord(a.String()))
	}
	return pickError(s, "Asset is protected", fmt.Sprintf("%s has prevent_regenerate, and candidate %d is other content than its output. %s", a, number, hint))
}

func (d *Disk) spec(a address.Address) *config.Spec { return d.Project.Spec(a) }

// pick is the entry of an asset with that candidate as its output, whose bytes
// are in the store.
func pick(d *Disk, out *outputs.Files, a address.Address, prior lockfile.Entry, number int) (lockfile.Entry, error) {
	cand := prior.Candidates[number-1]
	if number == prior.OutputNumber() {
		e := prior.Clone()
		e.Picked = number
		if err := out.TakeIn(prior.ContentHash, prior.Output); err == nil || out.Holds(prior.Output, prior.ContentHash) {
			return e, nil // with Git LFS there may be a pointer, and that will do
		}
	}
	if err := d.guardPick(a, &prior, number); err != nil {
		return prior, err
	}
	_ = out.TakeIn(cand.ContentHash, prior.Output) // after a merge of two picks the lock is of one branch and the file of the other
	of := prior.Clone()
	of.ContentHash, of.SourceHash, of.Duration, of.TaskID = cand.ContentHash, lockfile.ContentHash{}, 0, cand.TaskID
	m, err := outputs.Probe(d.Store, cand.ContentHash)
	if errors.Is(err, fs.ErrNotExist) {
		fetch := ""
		if d.WithLFS != nil && d.WithLFS(prior.Output) {
			fetch = " If it was ever committed as the output, \"git lfs fetch --all\" brings it; then pick again."
		}
		return of, pickError(d.spec(a), "Candidate is not here", fmt.Sprintf("The bytes of candidate %d of %s (%s) are not in this machine's store, and neither git nor a remote gave them.%s Pick it where it was generated, or where the project's remote can be read, or have it generated again with \"assetform apply --replace %s\", which is paid for.", number, a, cand.ContentHash, fetch, diag.ShellWord(a.Pattern())))
	}
	if err != nil {
		return of, fmt.Errorf("candidate %d of %s: %w", number, a, err)
	}
	of.MediaType, of.Bytes, of.Width, of.Height, of.Duration = m.Type, m.Bytes, m.Width, m.Height, m.Duration
	e, err := out.Fit(of, prior.Output)
	if err != nil {
		return of, fmt.Errorf("candidate %d of %s: %w", number, a, err)
	}
	if s := d.spec(a); s != nil {
		if diags := s.Check(config.Self{Width: e.Width, Height: e.Height, Bytes: e.Bytes, Duration: e.Duration, MediaType: e.MediaType}); diags.HasErrors() {
			return e, &PickError{diags[0]}
		}
	}
	e.Candidates, e.Picked = prior.Candidates, number
	return e, nil
}
