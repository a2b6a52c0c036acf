package render

import (
	"cmp"
	"slices"

	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// candidate is a definition that may have been edited.
type candidate struct {
	def      *definition
	depth    int
	pairs    []*pair
	evidence int
	guess    bool   // nothing but words speaks for it
	where    string // of the edit, if that is known
}

// open counts the assets that nothing explains yet.
func (c *candidate) open() int {
	n := 0
	for _, p := range c.pairs {
		if !p.taken {
			n++
		}
	}
	return n
}

// better decides between two candidates that explain equally much.
func (f *finder) better(a, b *candidate) bool {
	return cmp.Or(
		cmp.Compare(b2i(a.def.data), b2i(b.def.data)),
		cmp.Compare(b.evidence, a.evidence),
		cmp.Compare(a.distance(), b.distance()),
		cmp.Compare(a.def.rng.Filename, b.def.rng.Filename),
		cmp.Compare(a.def.rng.Start.Byte, b.def.rng.Start.Byte),
		cmp.Compare(a.def.name, b.def.name)) < 0
}

// distance orders candidates for which nothing else speaks: a file, which is
// edited more often than the expression that reads it, then the definition
// nearest to the attribute, and last the attribute itself.
func (c *candidate) distance() int {
	switch {
	case c.def.rng.Filename == "":
		return -1
	case c.depth == 0:
		return 1 << 10
	}
	return c.depth
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// candidates lists the definitions that at least two changed inputs reach and
// that no unchanged input does.
func (f *finder) candidates() []*candidate {
	byDef := map[*definition]*candidate{}
	var list []*candidate
	for _, p := range f.pairs {
		seen := map[*definition]bool{}
		for _, r := range p.reach {
			if seen[r.def] {
				continue
			}
			seen[r.def] = true
			c := byDef[r.def]
			if c == nil {
				c = &candidate{def: r.def, depth: r.depth}
				byDef[r.def] = c
				list = append(list, c)
			}
			c.pairs = append(c.pairs, p)
			c.depth = min(c.depth, r.depth)
		}
	}
	list = slices.DeleteFunc(list, func(c *candidate) bool { return len(c.pairs) < 2 })
	if len(list) == 0 {
		return nil
	}
	unedited := f.unedited()
	return slices.DeleteFunc(list, func(c *candidate) bool {
		return unedited[c.def] && !c.def.data || !f.supported(c)
	})
}

// supported tells whether anything but its place speaks for a candidate: its
// source is not what it was when the lock was written, or, where nobody knows
// that, it holds what is new in the inputs, which is said to be a guess. Of a
// variable that is given by flag or environment the value may hold that; one
// that has the default which it had is no edit, whatever words it brings.
func (f *finder) supported(c *candidate) bool {
	state, where := f.sources.edited(c.def)
	if state == untouched && (c.def.variable == "" || f.sources.atDefault(c.def)) {
		return false
	}
	if state == edited {
		c.where = where
		c.evidence = f.sources.evidence(c.def, c.pairs[0])
		return true
	}
	// To compare the words of thousands of prompts takes its time: what holds
	// for most of the first ones is taken to hold for all.
	const most = 100
	var kept []*pair
	for _, p := range c.pairs[:min(most, len(c.pairs))] {
		if c.def.data && selected(p) {
			continue // the file may have had these words all along
		}
		if e := f.sources.evidence(c.def, p); e > 0 {
			c.evidence, kept = max(c.evidence, e), append(kept, p)
		}
	}
	if len(kept) > most/2 {
		kept = append(kept, c.pairs[min(most, len(c.pairs)):]...)
	}
	c.pairs, c.guess = kept, true
	return len(c.pairs) > 1
}

// selected tells whether a variable has a part in an input: then another value
// of it may have picked other words of the same file.
func selected(p *pair) bool {
	return slices.ContainsFunc(p.reach, func(r reached) bool { return r.def.variable != "" })
}

// unedited are the definitions that an unchanged input refers to.
func (f *finder) unedited() map[*definition]bool {
	changed := map[*plan.Change]map[string]bool{}
	for _, p := range f.pairs {
		if changed[p.change] == nil {
			changed[p.change] = map[string]bool{}
		}
		changed[p.change][p.input] = true
	}
	out := map[*definition]bool{}
	note := func(c *plan.Change, name string, r hcl.Range) {
		ignored := c.Spec.Lifecycle.IgnoreAll || slices.Contains(c.Spec.Lifecycle.IgnoreChanges, name)
		if ignored || changed[c][name] {
			return
		}
		for _, reached := range f.sources.of(r, c.Spec.Range, name) {
			out[reached.def] = true
		}
	}
	for _, c := range f.plan.Changes {
		if c.Spec == nil || c.Prior == nil {
			continue
		}
		for _, p := range c.Spec.Params {
			note(c, p.Name, p.Range)
		}
		for _, in := range c.Spec.Inputs {
			note(c, in.Name, in.Range)
		}
	}
	return out
}
