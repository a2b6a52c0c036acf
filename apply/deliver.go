package apply

import (
	"context"
	"errors"
	"fmt"
	"path"

	"assetform/apply/media"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// deliverResult makes a stored result the asset's output: converted where its
// format does not fit the path, checked against the postconditions, written.
// The result is an entry as the store records it.
func (r *run) deliverResult(ctx context.Context, n *node, result lockfile.Entry, progress func(Phase), step func(string)) outcome {
	failed := func(summary string, err error) outcome {
		return outcome{node: n, ending: endFailed, diag: n.diagnostic(summary, err.Error())}
	}
	progress(PhaseVerifying)
	e, err := r.fit(n.change, result)
	if err != nil {
		return failed("Result does not fit the output", fmt.Errorf("%s: %w. The result is in the store; the old output stays", n.address(), err))
	}
	if diags := n.change.Spec.Check(config.Self{Width: e.Width, Height: e.Height, Bytes: e.Bytes, Duration: e.Duration, MediaType: e.MediaType}); diags.HasErrors() {
		return r.postconditionFailed(n, diags)
	}
	step("verified")
	progress(PhaseWriting)
	if c := n.change; c.Prior != nil && c.Prior.InputsHash != e.InputsHash {
		r.rememberPrior(n)
	}
	err = r.outputs.write(n.change.Output, e.ContentHash)
	var drift *DriftError
	switch {
	case errors.Is(err, errLockMoved):
		return outcome{node: n, ending: endLeft}
	case errors.As(err, &drift):
		return failed("Output was changed meanwhile", fmt.Errorf("%w, so it was left alone. The result is in the store: after \"assetform adopt %s\", or when the file is out of the way, the next apply uses it at no cost", drift, diag.ShellWord(n.address().String())))
	case err != nil:
		return failed("Output cannot be written", fmt.Errorf("write %q: %w. The result is in the store; the next apply writes it at no cost", n.change.Output, err))
	}
	step("written")
	r.noteMaker(n, &e)
	r.leaveOld(n)
	return outcome{node: n, ending: endDone, action: n.change.Action, entry: &e, content: e.UpstreamHash()}
}

// leaveOld removes the file at the path that an asset has left, unless
// another asset has that path now. A file that is not what the lock has stays,
// and somebody is told.
func (r *run) leaveOld(n *node) {
	c := n.change
	if c.PreviousOutput == "" || r.wanted[c.PreviousOutput] || c.Prior == nil || c.KeepFile {
		return
	}
	if err := r.outputs.remove(c.PreviousOutput, c.Prior.ContentHash); err != nil && !errors.Is(err, errLockMoved) {
		d := warning("Old output was left", fmt.Sprintf("%s is at %q now, and %s, so its old file was left alone.", n.address(), c.Output, err))
		d.Subject = n.diagnostic("", "").Subject
		r.events.emit(Event{Type: EventDiagnostic, Address: n.address(), Diagnostic: d})
	}
}

func (r *run) postconditionFailed(n *node, diags hcl.Diagnostics) outcome {
	for _, d := range diags[1:] {
		r.events.emit(Event{Type: EventDiagnostic, Address: n.address(), Diagnostic: d})
	}
	first := *diags[0]
	first.Detail += " The result is in the store and the old output stays; the next apply checks it again and pays nothing."
	return outcome{node: n, ending: endFailed, diag: &first}
}

// fit returns the lock entry of a result for an asset, converting the stored
// file for the output's extension if need be.
func (r *run) fit(c *plan.Change, result lockfile.Entry) (lockfile.Entry, error) {
	e := result.Clone()
	e.Output = c.Output
	e.Protect = c.Protect
	plan.ClearUncharged(&e) // a record of an earlier release may have it
	ext := path.Ext(c.Output)
	if media.Fits(e.MediaType, ext) {
		return e, nil
	}
	delivered := e.UpstreamHash()
	converted, err := r.outputs.convert(result.ContentHash, result.MediaType, ext)
	if err != nil {
		return e, err
	}
	m, err := probeStored(r.Store, converted)
	if err != nil {
		return e, err
	}
	e.SourceHash, e.ContentHash = delivered, converted
	e.MediaType, e.Bytes, e.Width, e.Height = m.Type, m.Bytes, m.Width, m.Height
	return e, nil
}

// convert puts an image of the store into it in another format.
func (o *outputs) convert(from lockfile.ContentHash, mediaType, ext string) (lockfile.ContentHash, error) {
	o.converting <- struct{}{}
	defer func() { <-o.converting }()
	src, err := o.store.Open(from)
	if err != nil {
		return lockfile.ContentHash{}, err
	}
	defer src.Close()
	dst, err := o.store.Create()
	if err != nil {
		return lockfile.ContentHash{}, err
	}
	defer dst.Abort()
	if err := media.Convert(src, mediaType, ext, dst); err != nil {
		return lockfile.ContentHash{}, err
	}
	h, _, err := dst.Commit()
	return h, err
}

// probeDelivered verifies a file of the store that a server has delivered.
func probeDelivered(s *store.Store, h lockfile.ContentHash) (media.Info, error) {
	m, err := probeStored(s, h)
	if err != nil {
		return m, err
	}
	f, err := s.Open(h)
	if err != nil {
		return m, err
	}
	defer f.Close()
	return m, media.CheckCargo(f, m.Bytes, m.Type)
}

// probeStored verifies a file of the store.
func probeStored(s *store.Store, h lockfile.ContentHash) (media.Info, error) {
	f, err := s.Open(h)
	if err != nil {
		return media.Info{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return media.Info{}, err
	}
	return media.Probe(f, info.Size())
}
