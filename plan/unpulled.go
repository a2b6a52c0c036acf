package plan

import (
	"fmt"
	"slices"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/worktree"
	"assetform/lockfile"

	"github.com/hashicorp/hcl/v2"
)

// Planning needs no more of a picture than its hash, and a Git LFS pointer has
// that: a job that only plans may leave the pictures out. Sending one, or making
// it another asset's output, needs its bytes. So a plan warns, and an apply
// refuses before anything is paid for.

// warnUnpulled finds the input images that would have to be sent and are Git
// LFS pointers here.
func (b *builder) warnUnpulled(changes []*Change) {
	said := map[string]bool{}
	for _, c := range changes {
		b.warnUnpulledResults(c, said)
		if !c.Action.Generates() || slices.Contains(c.Reasons, ReasonResume) {
			continue
		}
		for i, im := range c.Fingerprint.Images {
			path := b.pointerOf(im)
			if path == "" || said[path] || !c.reads(im) {
				continue
			}
			said[path] = true
			what := "sent"
			if b.engines.Derives(c.Provider) {
				what = "read"
			}
			b.warnPointer(c, c.Spec.Inputs[i].Range.Ptr(), summaryUnpulled, "image", path, what)
		}
	}
}

// warnUnpulledResults finds the files that a change copies, to another path or
// in another format, and that are Git LFS pointers here.
func (b *builder) warnUnpulledResults(c *Change, said map[string]bool) {
	need := func(path string, e *lockfile.Entry) {
		if b.snap.Files[path].Kind != worktree.Pointer || !b.snap.Files[path].Is(e.ContentHash) || b.storesContent(e) || said[path] {
			return
		}
		said[path] = true
		b.warnPointer(c, c.Spec.OutputRange.Ptr(), "Result is with Git LFS", "result", path, "copied")
	}
	for _, s := range c.copies() {
		need(s.Path, &s.Entry)
	}
	if c.Prior == nil {
		return
	}
	_, taken := b.wantsPath[c.PreviousOutput]
	switch {
	case c.Action == Move && c.PreviousOutput != "" && (taken || c.KeepFile || c.converts()),
		!c.KeepOutput && c.outputStays():
		need(c.Prior.Output, c.Prior)
	}
}

// warnPointer warns of a pointer whose bytes a change needs.
func (b *builder) warnPointer(c *Change, at *hcl.Range, summary, kind, path, what string) {
	b.warnf(at, summary, fmt.Sprintf(
		"%s takes the %s %q, which is a Git LFS pointer here: its bytes are not on this machine and cannot be %s. Before an apply run \"git lfs pull --include %s\"; \"assetform remote pull\" does as well if the project has a remote with it.",
		c.Address, kind, path, what, diag.LFSPattern(path)))
	d := b.diags[len(b.diags)-1]
	diag.SetAddress(d, c.Address.String())
	b.unpulled = append(b.unpulled, unpulled{c.Address, d})
}

// reads tells whether the change needs the bytes of an image. An export says what
// the lock has of its assets; only what it shows of them it has to look at.
func (c *Change) reads(im Image) bool {
	return c.Kind() != address.Export || im.Upstream.IsZero() ||
		slices.ContainsFunc(c.Fingerprint.Params, func(p config.Param) bool { return p.Name == "placeholder" && !p.IsDefault })
}

const summaryUnpulled = "Input image is with Git LFS"

// unpulled is a file that is not here, and the warning of it.
type unpulled struct {
	address address.Address
	warning *hcl.Diagnostic
}

// pointerOf returns the path of the pointer that stands where an image would
// be read from, "" where its bytes are at hand or are still to come.
func (b *builder) pointerOf(im Image) string {
	path := im.Path
	if !im.Upstream.IsZero() {
		switch up := b.changes[im.Upstream]; {
		case up == nil:
			if l := b.entries[im.Upstream]; l != nil {
				path = l.entry.Output
			}
		case up.Action == NoOp:
			path = up.Output
		case up.Action == Move && up.Prior != nil:
			path = up.Prior.Output
		default:
			return "" // generated, restored or imported first
		}
	}
	if b.snap.Files[path].Kind != worktree.Pointer || im.Hash.IsZero() || b.snap.HasBlob(lockfile.ContentHash(im.Hash)) {
		return ""
	}
	return path
}

// RefuseUnpulled makes refusals of the input images and results that are not on
// this machine: an apply would have to send or copy them.
func (p *Plan) RefuseUnpulled() {
	for _, u := range p.unpulled {
		u.warning.Severity = hcl.DiagError
		p.Refusals = append(p.Refusals, Refusal{Address: u.address, Kind: RefusedInput, Summary: u.warning.Summary, Detail: u.warning.Detail, Subject: u.warning.Subject})
	}
}
