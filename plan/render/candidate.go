package render

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// candidate is a definition that may have been edited.
type candidate struct {
	def      *definition
	depth    int
	pairs    []*pair
	evidence int
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
	list = slices.DeleteFunc(list, func(c *candidate) bool { return unedited[c.def] && !c.def.data })
	for _, c := range list {
		c.evidence = f.evidence(c)
	}
	return list
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

// evidence tells how much of what is new in a value stands in the source of
// the definition: 2 all of it, 1 some, 0 none.
func (f *finder) evidence(c *candidate) int {
	const telling = 3 // letters of a word that does not stand everywhere
	p := c.pairs[0]
	param, ok := p.change.Spec.Param(p.input)
	is, isText := param.Value.(string)
	was, wasText := p.change.Prior.Inputs[p.input].AsText()
	if !ok || param.Sensitive || !isText || !wasText {
		return 0
	}
	source := f.sources.text(c.def)
	found, all := 0, 0
	for _, s := range wordDiff(was, is) {
		if s.op != added {
			continue
		}
		for _, word := range words(s.text) {
			if utf8.RuneCountInString(word) < telling {
				continue
			}
			all++
			if strings.Contains(source, word) {
				found++
			}
		}
	}
	switch found {
	case 0:
		return 0
	case all:
		return 2
	}
	return 1
}
