package render

import (
	"cmp"
	"slices"
	"strings"

	"assetform/config"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// Cause is an edit that changes several assets together.
type Cause struct {
	Name        string      // "local.style"
	Place       string      // "main.asset.hcl:12"; empty where there is none
	Assets      int         // that change because of it, dependants included
	Cost        engine.Cost // what they cost for certain
	Conditional engine.Cost // what they may cost on top
	Guess       bool        // told by its words alone, because nobody knows what stood there

	certain, most string // amounts of Cost and of both together, as notes behind them
}

// effect says what the edit does: "changes 118 assets, 236 image credits".
func (c Cause) effect() string {
	s := "changes " + diag.Count(c.Assets, "asset")
	if c.Guess {
		s = "probably " + s
	}
	switch {
	case !c.Conditional.IsZero() && !c.Cost.IsZero():
		s += ", " + c.Cost.String() + c.certain + ", up to " + c.Cost.Add(c.Conditional).String() + c.most
	case !c.Conditional.IsZero():
		s += ", up to " + c.Conditional.String() + c.most
	case !c.Cost.IsZero():
		s += ", " + c.Cost.String() + c.certain
	}
	return s
}

// Causes groups the plan's changes by the edit behind them, largest first.
//
// The lock holds values and no places, so what was edited has to be inferred.
// A changed input may owe its change to its own expression, to the locals and
// variables that this refers to, directly or through others, or to files that
// they read. A definition cannot have been edited if an input that refers to it
// did not change, nor if git has it in the same words beside the same lock, or
// it had the same value there; where git does not tell, only one whose source holds the words that are new
// counts. Of these the one is taken that explains the most assets; where two
// explain the same ones, the one whose source holds more of the new words, then
// the one nearest to the attribute. Where nothing speaks for any of them,
// nothing is said.
//
// An asset that changes only because of its upstream counts with what changes
// the upstream. Edits that concern one asset are left out: its own line says
// as much.
func Causes(project *config.Project, p *plan.Plan, files Files, past Past) []Cause {
	f := &finder{project: project, plan: p, files: files, past: past, causes: map[*plan.Change][]*group{}}
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
	fresh  []string // words that the recorded input does not have; nil until asked for
}

// group is the changes that one edit explains.
type group struct {
	name    string
	place   string
	guess   bool
	changes map[*plan.Change]bool
}

type finder struct {
	project *config.Project
	plan    *plan.Plan
	files   Files
	past    Past
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
	f.sources = newSources(f.project, f.files, f.past)
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
		g := f.newGroup(best.def.name, cmp.Or(best.where, place(f.project, best.def.rng)))
		g.guess = best.guess
		for _, p := range best.pairs {
			if !p.taken {
				p.taken = true
				f.assign(g, p.change)
			}
		}
		list = slices.DeleteFunc(list, func(c *candidate) bool { return c.open() < 2 })
	}
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
