package render

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"assetform/config"
	"assetform/config/method"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// Cause is an edit that changes several assets together.
type Cause struct {
	Name        string      // "local.style"
	Place       string      // "main.asset.hcl:12"; empty where there is none
	Assets      int         // that change because of it, dependants included
	Cost        method.Cost // what they cost for certain
	Conditional method.Cost // what they may cost on top
}

// effect says what the edit does: "changes 118 assets, 236 image credits".
func (c Cause) effect() string {
	s := "changes " + count(c.Assets, "asset")
	nothing := method.Cost{}
	switch {
	case c.Conditional != nothing && c.Cost != nothing:
		s += ", " + CostText(c.Cost) + ", up to " + CostText(c.Cost.Add(c.Conditional))
	case c.Conditional != nothing:
		s += ", up to " + CostText(c.Conditional)
	case c.Cost != nothing:
		s += ", " + CostText(c.Cost)
	}
	return s
}

// Causes groups the plan's changes by the edit behind them, largest first.
//
// The lock holds values and no places, so what was edited has to be inferred.
// A changed input may owe its change to its own expression, to the locals and
// variables that this refers to, directly or through others, or to files that
// they read. Of these the one is taken that explains the most assets; but a
// definition cannot have been edited if an input that refers to it did not
// change. Where two explain the same assets, the one whose source holds the
// words that are new wins, then the one nearest to the attribute.
//
// An asset that changes only because of its upstream counts with what changes
// the upstream. Edits that concern one asset are left out: its own line says
// as much.
func Causes(project *config.Project, p *plan.Plan) []Cause {
	f := &finder{project: project, plan: p, causes: map[*plan.Change][]*group{}}
	f.collect()
	if len(f.pairs) > 0 {
		f.explain()
	}
	f.shared(plan.ReasonRequested, "--replace")
	f.shared(plan.ReasonProvider, "another provider")
	f.dependants()
	return f.result()
}

// pair is one input of a change that differs from the lock.
type pair struct {
	change *plan.Change
	input  string
	reach  []reached
	taken  bool
}

// group is the changes that one edit explains.
type group struct {
	name    string
	place   string
	changes map[*plan.Change]bool
}

type finder struct {
	project *config.Project
	plan    *plan.Plan
	sources *sources
	pairs   []*pair
	groups  []*group
	causes  map[*plan.Change][]*group
}

// collect finds the changed inputs. The files are looked at only if there are
// at least two.
func (f *finder) collect() {
	for _, c := range f.plan.Changes {
		if c.Spec == nil || c.Prior == nil || !c.Action.Generates() && c.Action != plan.Restore {
			continue
		}
		for _, r := range c.Reasons {
			if name, ok := strings.CutPrefix(string(r), "input:"); ok {
				f.pairs = append(f.pairs, &pair{change: c, input: name})
			}
		}
	}
	if len(f.pairs) < 2 {
		f.pairs = nil
		return
	}
	f.sources = newSources(f.project)
	for _, p := range f.pairs {
		for _, r := range inputRanges(p.change.Spec, p.input) {
			p.reach = append(p.reach, f.sources.of(r, p.change.Spec.Range, p.input)...)
		}
	}
}

// inputRanges are the places that gave an input its value; a list of images
// has one for each.
func inputRanges(s *config.Spec, name string) []hcl.Range {
	if p, ok := s.Param(name); ok {
		return []hcl.Range{p.Range}
	}
	var out []hcl.Range
	for _, in := range s.Inputs {
		if in.Name == name {
			out = append(out, in.Range)
		}
	}
	return out
}

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

// explain takes the candidate that explains the most until none explains two.
func (f *finder) explain() {
	list := f.candidates()
	for {
		best, most := (*candidate)(nil), 1
		for _, c := range list {
			n := c.open()
			if n > most || n == most && best != nil && f.better(c, best) {
				best, most = c, n
			}
		}
		if best == nil {
			return
		}
		g := f.newGroup(best.def.name, place(f.project, best.def.rng))
		for _, p := range best.pairs {
			if !p.taken {
				p.taken = true
				f.assign(g, p.change)
			}
		}
		list = slices.DeleteFunc(list, func(c *candidate) bool { return c.open() < 2 })
	}
}

// better decides between two candidates that explain equally much.
func (f *finder) better(a, b *candidate) bool {
	ownLast := func(c *candidate) int {
		if c.depth == 0 {
			return 1 << 10
		}
		return c.depth
	}
	return cmp.Or(
		cmp.Compare(b2i(a.def.data), b2i(b.def.data)),
		cmp.Compare(b.evidence, a.evidence),
		cmp.Compare(ownLast(a), ownLast(b)),
		cmp.Compare(a.def.rng.Filename, b.def.rng.Filename),
		cmp.Compare(a.def.rng.Start.Byte, b.def.rng.Start.Byte),
		cmp.Compare(a.def.name, b.def.name)) < 0
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

func (f *finder) newGroup(name, place string) *group {
	g := &group{name: name, place: place, changes: map[*plan.Change]bool{}}
	f.groups = append(f.groups, g)
	return g
}

func (f *finder) assign(g *group, c *plan.Change) {
	if !g.changes[c] {
		g.changes[c] = true
		f.causes[c] = append(f.causes[c], g)
	}
}

// shared groups the changes with a reason that stands in no file.
func (f *finder) shared(reason plan.Reason, name string) {
	var with []*plan.Change
	for _, c := range f.plan.Changes {
		if slices.Contains(c.Reasons, reason) {
			with = append(with, c)
		}
	}
	if len(with) < 2 {
		return
	}
	g := f.newGroup(name, "")
	for _, c := range with {
		f.assign(g, c)
	}
}
