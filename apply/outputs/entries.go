package outputs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"assetform/apply/media"
	"assetform/apply/media/marks"
	"assetform/config/format"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/plan"
)

// Accept makes an entry of the file at its output path, which a person made;
// the caller has filled in the output and what it is for. The content goes to
// the store. Where the entry has frames, its content and size are those of the
// picture that they are of.
func (o *Files) Accept(e lockfile.Entry) (lockfile.Entry, error) {
	is, err := o.look(e.Output)
	if err != nil {
		return e, err
	}
	was := e
	e.ContentHash, e.Bytes, e.Adopted = is.state.Hash, is.state.Size, true
	ext := path.Ext(e.Output)
	switch is.state.Kind {
	case worktree.Pointer: // the bytes lie with Git LFS
		if len(e.Frames) > 0 && e.ContentHash != was.ContentHash {
			return e, errors.New("a Git LFS pointer stands there: pull the picture, its size has to be that of the frames")
		}
		if e.MediaType = format.TypeOf(ext); e.MediaType == "" {
			e.MediaType = mediaTypeText
		}
		return e, nil
	case worktree.Regular:
	default:
		return e, fmt.Errorf("no regular file stands at %q", e.Output)
	}
	if err := o.keep(e.Output, is); err != nil {
		return e, err
	}
	m, err := inStore(o.store, e.ContentHash, func(r io.ReaderAt, size int64) (media.Info, error) { return identify(r, size, ext) })
	if err != nil {
		return e, err
	}
	if m.Type != mediaTypeText && !media.Fits(m.Type, ext) {
		return e, fmt.Errorf("%q holds %s, which is not what its extension says", e.Output, m.Type)
	}
	if len(e.Frames) > 0 && (m.Width != e.Width || m.Height != e.Height) {
		return e, fmt.Errorf("the picture has %dx%d pixels, and the atlas %dx%d, by which its sprites are found", m.Width, m.Height, e.Width, e.Height)
	}
	e.MediaType, e.Bytes, e.Width, e.Height, e.Duration = m.Type, m.Bytes, m.Width, m.Height, m.Duration
	found, err := o.marksOf(e.ContentHash)
	if err != nil {
		return e, err
	}
	e.Marks = marks.EntryOf(found).Map()
	return e, nil
}

// RememberAdopted leaves a record in the store of what was accepted, so that the
// asset of this address finds it again when it goes away from its inputs and
// back. Who calls it will not refuse the file any more.
func (o *Files) RememberAdopted(address string, e lockfile.Entry) error {
	if !o.store.Has(e.ContentHash) {
		return nil // a Git LFS pointer
	}
	if err := o.store.ForgetWritten(o.tree.Below, e.Output, e.ContentHash); err != nil {
		return err
	}
	return o.store.PutAdopted(address, e)
}

// Restore writes an entry's output from the store if nothing stands there, or
// another result that assetform wrote. It reports whether it did.
func (o *Files) Restore(e lockfile.Entry) (bool, error) {
	is, err := o.look(e.Output)
	switch {
	case err != nil:
		return false, err
	case is.state.Kind == worktree.Foreign:
		what := "something that is no regular file"
		if is.info != nil {
			what = worktree.What(is.info)
		}
		return false, fmt.Errorf("%s stands at %q: move it away, then restore again", what, e.Output)
	case is.state.Is(e.ContentHash), o.mayReplace(e.Output, is, e.ContentHash) != nil:
		return false, nil
	}
	if o.store.Has(e.ContentHash) {
		return true, o.Deliver(&e)
	}
	if e.SourceHash.IsZero() || !o.store.Has(e.SourceHash) {
		return false, fmt.Errorf("%q is not there as the lock has it, and the store does not hold its content; \"assetform plan\" shows what is due for it", e.Output)
	}
	m, err := Probe(o.store, e.SourceHash)
	if err != nil {
		return false, err
	}
	h, err := o.convert(e.SourceHash, m.Type, path.Ext(e.Output), o.says(&e))
	if err == nil && h != e.ContentHash { // an earlier release wrote no marks
		h, err = o.convert(e.SourceHash, m.Type, path.Ext(e.Output), marks.Want{})
	}
	if err != nil {
		return false, err
	}
	if h != e.ContentHash {
		return false, fmt.Errorf("%q is missing, and what this version of assetform converts from the delivered file differs from the lock; run \"assetform apply\"", e.Output)
	}
	return true, o.Deliver(&e)
}

// Remember leaves a record in the store of an entry that is about to be
// replaced, moved, deleted or hashed anew, whoever generated it: going back to
// its inputs, on this machine or in a clone that never asked for it, then
// finds it for nothing. What the store has of these inputs already stays, and
// an entry whose bytes are nowhere leaves nothing. What a person made is
// remembered for the asset of this address alone.
func (o *Files) Remember(address string, e *lockfile.Entry) error {
	if e == nil || e.InputsHash.IsZero() {
		return nil
	}
	of := e
	if alone, ok := plan.OutputAlone(o.engines, *e); ok && len(e.Candidates) > 0 {
		of = &alone
	}
	if err := o.remember(address, of); err != nil || e.Picked == 0 {
		return err
	}
	return o.store.SetPick(e.InputsHash, address, e.Picked)
}

// remember lets the store have one result.
func (o *Files) remember(address string, e *lockfile.Entry) error {
	known, err := o.remembers(address, e)
	if err != nil || known {
		return err
	}
	kept, err := o.Original(*e)
	if errors.Is(err, fs.ErrNotExist) {
		var is found
		if is, err = o.look(e.Output); err != nil || !is.state.Is(e.ContentHash) {
			return err
		}
		err = o.keep(e.Output, is)
	}
	if err != nil || !o.store.Has(kept.ContentHash) {
		return err // a Git LFS pointer has no bytes to keep
	}
	if kept.ByHand() {
		return o.store.PutAdopted(address, kept)
	}
	if shared, ok := plan.Shared(o.engines, kept); ok {
		return o.store.PutResult(e.InputsHash, shared)
	}
	return nil // its bytes are kept, but are not what its inputs give
}

// remembers tells whether the store has a record in an entry's place.
func (o *Files) remembers(address string, e *lockfile.Entry) (known bool, err error) {
	if e.ByHand() {
		_, known, err = o.store.Adopted(address, e.InputsHash)
	} else {
		_, known, err = o.store.Result(e.InputsHash)
	}
	return known, err
}
