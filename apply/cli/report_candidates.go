package cli

import (
	"errors"
	"fmt"
	"io"

	"assetform/apply/earlier"
	"assetform/apply/repo"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render/report"
)

// candidates gives what each asset was chosen from, or is to be, a way to its
// content. The contents must have been given to the changes before.
func (c *contents) candidates(doc *report.Report, h *history) error {
	changes := doc.Changes
	lost := map[lockfile.ContentHash]*report.Content{}
	for i := range changes {
		v := changes[i].After
		if v == nil || len(v.Entry.Candidates) < 2 {
			continue
		}
		output := v.Entry.OutputNumber()
		a, _ := address.Parse(changes[i].Address) // which the lock has
		v.Absent = fmt.Sprintf("What is not on this machine is in the project's remote, if it has one, from where \"assetform remote pull\" fetches it, or in the store of the machine that generated it. Else have all candidates generated again with \"assetform apply --replace %s\", which is paid for.", diag.ShellWord(a.Pattern()))
		v.Candidates = make([]report.Content, len(v.Entry.Candidates))
		for k, cand := range v.Entry.Candidates {
			content := &v.Candidates[k]
			content.Hash = cand.ContentHash
			isOutput := k+1 == output && v.Hash == v.Entry.ContentHash
			found, err := c.candidate(v, content, isOutput)
			if err != nil {
				return err
			}
			if found {
				continue
			}
			content.Missing = "Its bytes are not on this machine."
			switch {
			case cand.ContentHash.IsZero():
				content.Missing = "It is missing: \"assetform plan\" says what is due for it."
			case isOutput:
				content.Missing = v.Missing
			case v.Entry.Picked > 0, k+1 == output: // it may be, or have been, what git has as the output
				lost[cand.ContentHash] = content
			}
		}
	}
	return c.fromHistory(lost, h.repo, doc.Is.Dir)
}

// candidate finds a candidate's content where it lies open.
func (c *contents) candidate(v *report.Version, content *report.Content, isOutput bool) (found bool, err error) {
	h := content.Hash
	switch {
	case h.IsZero():
	case isOutput && v.Open != nil:
		if content.Hash, content.Open = v.Hash, v.Open; v.Hash != h {
			content.Note = fmt.Sprintf("Shown as it was converted for %s.", v.Entry.Output)
		}
	case c.store.Has(h):
		content.Open = func() (io.ReadCloser, error) { return c.store.Open(h) }
	case c.finder != nil: // in Git LFS
		src, err := c.finder.Locate(repo.Wanted{Hash: h, Path: v.Entry.Output}, nil)
		var missing *repo.NotFoundError
		if errors.As(err, &missing) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		content.Open = func() (io.ReadCloser, error) { return src.Open(c.ctx) }
	}
	return content.Open != nil, nil
}

// fromHistory finds those contents that were an output in a commit of HEAD's
// history. Dir is the lock's, below the project's root.
func (c *contents) fromHistory(lost map[lockfile.ContentHash]*report.Content, r *repo.Repo, dir string) error {
	if r == nil {
		return nil
	}
	wanted := map[lockfile.ContentHash]bool{}
	for h := range lost {
		wanted[h] = true
	}
	return earlier.Outputs(c.ctx, r, dir, wanted, func(e lockfile.Entry, commit string) (bool, error) {
		src, err := c.finder.Locate(repo.Wanted{Hash: e.ContentHash, Size: e.Bytes, Path: e.Output}, []string{commit})
		var missing *repo.NotFoundError
		switch {
		case errors.As(err, &missing):
			return false, nil
		case err != nil:
			return false, err
		}
		content := lost[e.UpstreamHash()]
		if content.Hash != e.ContentHash {
			content.Hash, content.Note = e.ContentHash, fmt.Sprintf("Shown as it was converted for %s.", e.Output)
		}
		content.Open = func() (io.ReadCloser, error) { return src.Open(c.ctx) }
		return true, nil
	})
}

// waiting tells the assets that wait for a pick what waits for it in turn. A
// configuration that cannot be evaluated does not tell.
func waiting(l *loader, e evaluation, changes []report.Change) (note string) {
	if len(changes) == 0 {
		return ""
	}
	w, diags := l.read(e, true)
	defer l.watch.Begin(nil)()
	if diags.HasErrors() {
		return "What waits for each pick is not known, since the configuration has errors: \"assetform validate\" shows them."
	}
	at := map[string]*report.Change{}
	for i := range changes {
		at[changes[i].Address] = &changes[i]
	}
	for _, c := range w.build(plan.Options{}).Changes {
		for _, r := range c.Reasons {
			if a, ok := r.Pick(); ok && at[a.String()] != nil {
				change := at[a.String()]
				change.Waiting = append(change.Waiting, report.Waiting{Address: c.Address.String(), Cost: c.Cost})
			}
		}
	}
	return ""
}
