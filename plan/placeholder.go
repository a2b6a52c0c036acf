package plan

import (
	"fmt"
	"slices"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/lockfile"
)

// Placeholders are sketches that the embedded engine draws where the result of
// another one belongs. With Project.Placeholders a plan draws those that are
// missing and draws again those whose inputs changed. A result that exists, in
// the lock or in the store, is nothing that a sketch takes the place of: its
// entry and its file stay, and so do entries that nothing wants any more, until
// a plan for the real providers. Each asset is looked at by its own provider
// first; only where that finds no result it is one to be drawn, and has the
// inputs hash of the engine that draws it, so that nothing takes the sketch for
// the result.

// draw gives wanted assets that have no result the inputs of a placeholder, and
// returns them.
func (b *builder) draw(wanted []*want) (drawn []*want) {
	if !b.project.Placeholders {
		return nil
	}
	for _, w := range wanted {
		_, imports := b.imports[w.spec.Address]
		if w.spec.StandsFor == (config.ProviderRef{}) || w.keeps() || w.entry == nil && imports || w.known && b.stored(w) != nil {
			continue
		}
		w.drawn = true
		w.fp.Provider, w.hash = w.spec.Provider.Type, lockfile.InputsHash{}
		if w.entry != nil {
			w.take(w.entry, b)
		}
		w.ask(b)
		drawn = append(drawn, w)
	}
	return drawn
}

// keeps tells that the lock has a result of the asset that is no placeholder.
func (w *want) keeps() bool { return w.entry != nil && !w.entry.entry.Placeholder }

// decideKept leaves a result and its entry as they are where placeholders are
// drawn, whatever differs.
func (b *builder) decideKept(w *want, c *Change) bool {
	if !b.project.Placeholders || !w.keeps() {
		return false
	}
	prior := c.Prior
	asked := b.requested(c.Address)
	if asked {
		b.errorf(w.spec.Range.Ptr(), "Placeholders replace no result", fmt.Sprintf("--replace asks for another take of %s, which has a result, and only what has none is drawn. Leave the asset out, or apply without --placeholders and --provider.", c.Address))
	}
	c.Action, c.InputsHash, c.Protect = NoOp, prior.InputsHash, prior.Protect
	c.Provider, c.Method = prior.Provider, prior.Method
	c.Output, c.PreviousOutput, c.PreviousAddress = prior.Output, "", address.Address{}
	b.contents[c.Address] = prior.UpstreamHash()
	if !asked {
		b.kept = append(b.kept, c.Address)
	}
	return true
}

// leaves tells that an entry stays even if nothing wants it.
func (b *builder) leaves(l *located) bool {
	return b.project.Placeholders && !b.opts.Destroy && !l.entry.Placeholder
}

// warnKept says which results are not what the configuration asks for, and
// stay all the same.
func (b *builder) warnKept() {
	for _, l := range b.list {
		if b.leaves(l) && !l.taken && b.selected(l.at) {
			b.kept = append(b.kept, l.from)
		}
	}
	if len(b.kept) == 0 {
		return
	}
	slices.SortFunc(b.kept, address.Address.Compare)
	subject := map[bool]string{true: "its result", false: "their results"}[len(b.kept) == 1]
	b.warnf(nil, "Results stay as they are", fmt.Sprintf("Something is due for %s, but placeholders are drawn only where there is no result, so %s and the lock stay as they are there. \"assetform plan\" without --placeholders and --provider says what is due.",
		addresses(b.kept), subject))
}

// guardPlaceholders refuses to pay for a result that is made from a sketch.
func (b *builder) guardPlaceholders(c *Change) {
	if !b.engines.Charges(c.Provider) {
		return
	}
	for _, im := range c.Fingerprint.Images {
		if sketch := b.sketches[im.Hash]; sketch != nil && im.Upstream.IsZero() {
			b.refuse(c, RefusedPlaceholder, "Input is a placeholder", fmt.Sprintf("%s would be paid for and take %q, which has the bytes of the sketch that stands for %s. Give it another picture, or leave %s out with --exclude %s.",
				c.Address, im.Path, sketch.at, c.Address, diag.ShellWord(c.Address.String())))
			continue
		}
		l := b.entries[im.Upstream]
		if l == nil || !l.entry.Placeholder || im.Hash.IsZero() || im.Hash != l.entry.UpstreamHash() {
			continue
		}
		if up := b.project.Spec(im.Upstream); up != nil && up.Own().Type == l.entry.Provider {
			continue // the engine that drew it is its own by now
		}
		b.refuse(c, RefusedPlaceholder, "Input is a placeholder", fmt.Sprintf("%s would be paid for and take the image of %s, which is a sketch that stands for its result. Generate that one first, or leave %s out with --exclude %s.",
			c.Address, im.Upstream, c.Address, diag.ShellWord(c.Address.String())))
	}
}

// CurrentPlaceholder tells that the only thing due for an asset is the result
// that its placeholder stands for: the sketch is the one that would be drawn
// today. entry returns what the lock has of an upstream.
func CurrentPlaceholder(c *Change, entry func(address.Address) (lockfile.Entry, bool)) bool {
	if c.Prior == nil || !c.Prior.Placeholder || c.Drifted || c.PreviousOutput != "" || !slices.Contains(c.Reasons, ReasonPlaceholder) || slices.Contains(c.Reasons, ReasonMissingFile) {
		return false
	}
	fp := c.Fingerprint.With(func(up address.Address) (lockfile.ContentHash, bool) {
		e, ok := entry(up)
		return e.UpstreamHash(), ok
	})
	fp.Provider = c.Prior.Provider
	return fp.Known() && Same(&fp, c.Prior, c.Spec.Lifecycle)
}
