package merge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"

	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/config/diag"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// resultSaver puts results that a merged lock does not hold into the store. They
// were paid for, and whatever configuration the merge ends with may ask for
// any of them.
type resultSaver struct {
	*Merge
	store   *store.Store
	tree    *worktree.Tree
	repo    *repo.Repo
	finder  *repo.Finder // nil outside git
	commits []string
	all     bool // history was searched for more commits
	proof   proof
}

// saveResults saves the entry of the side that was not taken, of every asset on
// which the sides differ; where both sides changed it, the taken one too,
// since the file that stands may become the other's.
func (m *Merge) saveResults(ctx context.Context) error {
	type candidate struct {
		address string
		entry   lockfile.Entry
	}
	var list []candidate
	for _, spare := range m.result.Spares {
		list = append(list, candidate{spare.Address, spare.Entry})
	}
	for _, d := range m.result.Decisions {
		if e, ok := m.Merged.Assets[d.Address]; ok && d.Cause != lockfile.OneChanged {
			list = append(list, candidate{d.Address, e})
		}
	}
	if len(list) == 0 {
		return nil
	}
	r, err := m.newResultSaver(ctx)
	if err != nil {
		return err
	}
	defer r.close()
	for _, c := range list {
		r.proof.add(plan.Claim{Path: c.entry.Output, Hash: c.entry.ContentHash, Size: c.entry.Bytes})
	}
	var diags hcl.Diagnostics
	for _, c := range list {
		err := r.save(ctx, c.address, c.entry)
		var missing *repo.NotFoundError
		if errors.As(err, &missing) {
			diags = append(diags, unsaved(c.address, c.entry, missing))
			continue
		}
		if err != nil {
			return fmt.Errorf("keep the result of %s: %w", c.address, err)
		}
	}
	m.Warn(diags)
	return nil
}

// unsaved warns of a result that may have to be paid for again, and says how
// that can be avoided.
func unsaved(address string, e lockfile.Entry, missing *repo.NotFoundError) *hcl.Diagnostic {
	fetch := ""
	if missing.Why == repo.NotPulled {
		fetch = fmt.Sprintf(" and \"git lfs pull --include %s\"", diag.LFSPattern(e.Output))
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagWarning, Summary: "Result could not be kept",
		Detail: fmt.Sprintf("One side's result of %s is not on this machine: %s. If the configuration is settled on it, get the file with \"git checkout COMMIT -- %s\"%s and run \"assetform adopt %s\"; otherwise it would be generated and paid for again.", address, missing, diag.ShellWord(e.Output), fetch, diag.ShellWord(address)),
	}
}

func (m *Merge) newResultSaver(ctx context.Context) (*resultSaver, error) {
	r := &resultSaver{Merge: m}
	data, err := m.Data()
	if err != nil {
		return nil, err
	}
	if r.store, err = store.Open(data); err != nil {
		return nil, err
	}
	top, err := worktree.FindRoot(m.Dir)
	if err != nil {
		return nil, err
	}
	if r.tree, err = worktree.Open(top, m.Dir); err != nil {
		return nil, err
	}
	if r.repo, err = repo.Open(ctx, m.Dir, m.Environ); outside(err) {
		return r, nil // what store and work tree hold is all
	}
	if err != nil {
		r.tree.Close()
		return nil, err
	}
	if r.finder, err = r.repo.Finder(ctx); err != nil {
		r.close()
		return nil, err
	}
	r.commits = r.repo.MergeCommits(ctx, m.Environ)
	return r, nil
}

func (r *resultSaver) close() {
	r.tree.Close()
	if r.finder != nil {
		r.finder.Close()
	}
}

// save makes a store record of an entry whose content can be found. The error
// is a *repo.NotFoundError if it cannot.
func (r *resultSaver) save(ctx context.Context, address string, e lockfile.Entry) error {
	if e.ByHand() {
		e, err := r.delivered(ctx, e)
		if err != nil {
			return err
		}
		return r.store.PutAdopted(address, e)
	}
	pick, of := e.Picked, e.InputsHash
	if alone, ok := plan.OutputAlone(r.Engines, e); ok {
		e = alone // what its inputs hash gives is the first candidate
	}
	if err := r.saveResult(ctx, address, e); err != nil || pick == 0 {
		return err
	}
	return r.store.SetPick(of, address, pick)
}

// saveResult makes a store record of a result that no person made.
func (r *resultSaver) saveResult(ctx context.Context, address string, e lockfile.Entry) error {
	have, recorded, err := r.store.Result(e.InputsHash)
	if err != nil {
		return err
	}
	if recorded && have.UpstreamHash() == e.UpstreamHash() {
		return nil
	}
	e, err = r.delivered(ctx, e)
	if err != nil {
		return err
	}
	shared, ok := plan.Shared(r.Engines, e)
	if !ok {
		return nil // a sketch, or a picked candidate: in the store by its hash
	}
	if recorded && r.Merged.Assets[address].InputsHash == e.InputsHash {
		// Two results of the same inputs. The record stays what this machine
		// has made of them; the other content is in the store by its hash.
		return nil
	}
	return r.store.PutResult(e.InputsHash, shared)
}

// delivered brings the content into the store and returns the entry as a
// record has it. Of a converted output that is the delivered file if the
// store has it. On other machines than the one that generated it only the
// converted file is left; the record keeps the delivered one's hash, which is
// what dependants were paid for with.
func (r *resultSaver) delivered(ctx context.Context, e lockfile.Entry) (lockfile.Entry, error) {
	if source := e.SourceHash; !source.IsZero() && r.store.Has(source) {
		e.ContentHash, e.SourceHash = source, lockfile.ContentHash{}
		return e, r.describe(&e)
	}
	if r.store.Has(e.ContentHash) {
		return e, nil
	}
	if ok, err := r.fromWorkTree(ctx, e); ok || err != nil {
		return e, err
	}
	return e, r.fromGit(ctx, e)
}

// describe sets what an entry says of the file that its content hash names.
func (r *resultSaver) describe(e *lockfile.Entry) error {
	f, err := r.store.Open(e.ContentHash)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	e.MediaType, e.Bytes = http.DetectContentType(head[:n]), info.Size()
	return nil
}

// fromWorkTree stores the file at the output path if it is the content.
func (r *resultSaver) fromWorkTree(ctx context.Context, e lockfile.Entry) (bool, error) {
	name := r.tree.Path(e.Output)
	info, err := r.tree.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != e.Bytes {
		return false, nil
	}
	f, err := r.tree.Open(name)
	if err != nil {
		return false, nil
	}
	defer f.Close()
	if r.proven(ctx, e) {
		_, _, err = r.store.AddFile(f, e.ContentHash)
	} else {
		err = r.store.AddClaimed(f, e.ContentHash)
	}
	var other *store.MismatchError
	if errors.As(err, &other) {
		return false, nil
	}
	return err == nil, err
}

// fromGit stores the content from git's objects or those of Git LFS.
func (r *resultSaver) fromGit(ctx context.Context, e lockfile.Entry) error {
	want := repo.Wanted{Hash: e.ContentHash, Size: e.Bytes, Path: e.Output}
	if r.finder == nil {
		return &repo.NotFoundError{Wanted: want}
	}
	p, err := r.store.Create()
	if err != nil {
		return err
	}
	defer p.Abort()
	err = r.finder.CopyTo(p, p.Reset, want, r.commits)
	var missing *repo.NotFoundError
	if errors.As(err, &missing) && missing.Why != repo.NotPulled && !r.all {
		r.all = true
		for _, text := range r.texts {
			r.commits = append(r.commits, r.repo.CommitsWith(ctx, path.Base(r.Name), text)...)
		}
		if err = p.Reset(); err == nil {
			err = r.finder.CopyTo(p, p.Reset, want, r.commits)
		}
	}
	if err != nil {
		return err
	}
	if !r.proven(ctx, e) {
		// First, since a kill in between must not make it ours.
		if err := r.store.SetHandMade(e.ContentHash, true); err != nil {
			return err
		}
	}
	_, _, err = p.Commit()
	return err
}
