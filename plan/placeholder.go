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
		if w.spec.StandsFor == (config.ProviderRef{}) || b.keeps(w) || w.entry == nil && imports || w.known && b.stored(w) != nil {
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

// keeps tells that the lock has a result of the asset that is no placeholder,
// nor derived of one: that follows when the sketch is drawn again.
func (b *builder) keeps(w *want) bool {
	return w.entry != nil && !w.entry.entry.Placeholder && (!b.engines.Derives(w.entry.entry.Provider) || w.entry.entry.Adopted || b.sketches[w.entry.entry.ContentHash] == nil)
}

// decideKept leaves a result and its entry as they are where placeholders are
// drawn, whatever differs.
func (b *builder) decideKept(w *want, c *Change) bool {
	if !b.project.Placeholders || !b.keeps(w) {
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
	b.contents[c.Address] = ContentOf(prior)
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
		sketch := b.sketchIn(im)
		if sketch == nil {
			continue
		}
		if im.Upstream.IsZero() {
			b.refuse(c, RefusedPlaceholder, "Input is a placeholder", fmt.Sprintf("%s would be paid for and take %q, which %s. Give it another picture, or leave %s out with --exclude %s.",
				c.Address, im.Path, sketch.inWords(im), c.Address, diag.ShellWord(c.Address.String())))
			continue
		}
		if up := b.project.Spec(sketch.at); up != nil && up.Own().Type == sketch.entry.Provider {
			continue // the engine that drew it is its own by now
		}
		what := "is a sketch that stands for its result"
		if sketch.at != im.Upstream {
			what = fmt.Sprintf("is derived of the sketch that stands for %s", sketch.at)
		}
		b.refuse(c, RefusedPlaceholder, "Input is a placeholder", fmt.Sprintf("%s would be paid for and take the image of %s, which %s. Generate that one first, or leave %s out with --exclude %s.",
			c.Address, im.Upstream, what, c.Address, diag.ShellWord(c.Address.String())))
	}
}

// inWords says of a file what it has of a placeholder.
func (l *located) inWords(im Image) string {
	if im.Hash == l.entry.ContentHash || im.Hash == l.entry.UpstreamHash() {
		return fmt.Sprintf("has the bytes of the sketch that stands for %s", l.at)
	}
	return fmt.Sprintf("is derived of the sketch that stands for %s", l.at)
}

// sketchIn finds the placeholder that an image is, or is derived of; nil: there
// is none.
func (b *builder) sketchIn(im Image) *located {
	known := b.sketches[im.Hash]
	if im.Upstream.IsZero() {
		return known
	}
	l, c := b.entries[im.Upstream], b.changes[im.Upstream]
	switch {
	case c != nil && b.engines.Derives(c.Provider): // of what today's plan derives it
		for _, of := range c.Fingerprint.Images {
			if sketch := b.sketchIn(of); sketch != nil {
				return sketch
			}
		}
	case l == nil || im.Hash.IsZero():
	case l.entry.Placeholder && im.Hash == l.entry.UpstreamHash():
		return l
	case l.entry.Placeholder && im.Hash == l.entry.ContentHash, b.engines.Derives(l.entry.Provider):
		return known
	}
	return nil
}

// followSketches adds to the placeholders what the lock has that is derived of
// them, perhaps by way of others.
func (b *builder) followSketches() {
	for more := len(b.sketches) > 0; more; {
		more = false
		for _, l := range b.list {
			if l.entry.Adopted || !b.engines.Derives(l.entry.Provider) || b.sketches[l.entry.ContentHash] != nil {
				continue
			}
			if of := b.sketchAmong(l.entry.Inputs); of != nil {
				b.sketches[l.entry.ContentHash], more = of, true
			}
		}
	}
}

// sketchAmong finds a placeholder among recorded inputs.
func (b *builder) sketchAmong(in lockfile.Inputs) *located {
	for _, name := range in.Keys() {
		hashes, _ := in[name].AsStrings()
		if text, ok := in[name].AsText(); ok {
			hashes = []string{text}
		}
		for _, text := range hashes {
			if h, err := lockfile.ParseContentHash(text); err == nil && b.sketches[h] != nil {
				return b.sketches[h]
			}
		}
	}
	return nil
}

// CurrentPlaceholder tells that the only thing due for an asset is the result
// that its placeholder stands for, or that of an upstream's: the sketch, or what
// is made of it, is the one that would be made today. entry returns what the
// lock has of an upstream.
func CurrentPlaceholder(c *Change, entry func(address.Address) (lockfile.Entry, bool)) bool {
	due := c.Conditional || c.Prior != nil && c.Prior.Placeholder && slices.Contains(c.Reasons, ReasonPlaceholder)
	if c.Prior == nil || !due || c.Drifted || c.PreviousOutput != "" || slices.Contains(c.Reasons, ReasonMissingFile) {
		return false
	}
	fp := c.Fingerprint.With(func(up address.Address) Content {
		e, _ := entry(up)
		return ContentOf(&e)
	})
	fp.Provider = c.Prior.Provider
	return fp.Known() && Same(&fp, c.Prior, c.Spec.Lifecycle)
}
