package merge

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// Merge is one merge of two locks. The fields up to Warn are given.
type Merge struct {
	Dir     string   // absolute; of the lock
	Name    string   // of the lock, for messages
	Below   string   // Dir relative to the project root
	Environ []string // of the process, for git
	Engines engine.Registry

	// Data is the data directory. It is opened when the store is needed.
	Data func() (*datadir.Dir, error)
	// Plans are what the configuration on disk would do with each of the
	// locks; without a plan it says why the configuration decides nothing.
	Plans func(ours, theirs *lockfile.Lock) (plans []*plan.Plan, why string)
	// Warn is told of what is not as it should be, as it is found.
	Warn func(hcl.Diagnostics)

	// Merged is the merged lock, once Run has succeeded.
	Merged *lockfile.Lock

	base, ours, theirs *lockfile.Lock
	texts              [][]byte // of ours and theirs, as they were committed
	marked             bool     // they were taken apart at markers: see unmix
	result             lockfile.MergeResult
	notes              []string // what was not as it should be, a line each
}

// Run parses the versions, merges them and puts into the store what the
// merged lock does not hold. Nothing but the store is written. It returns what
// keeps the locks from being merged.
func (m *Merge) Run(ctx context.Context, base, ours, theirs []byte) hcl.Diagnostics {
	m.texts = [][]byte{ours, theirs}
	var diags hcl.Diagnostics
	for i, side := range []struct {
		text []byte
		to   **lockfile.Lock
	}{{base, &m.base}, {ours, &m.ours}, {theirs, &m.theirs}} {
		if i == 0 && len(side.text) == 0 {
			continue // both branches added the lock: there is no base
		}
		lock, err := lockfile.Parse(m.Name, m.Below, side.text)
		if err != nil {
			diags = append(diags, sideDiagnostic(m.Name, sideNames[i], err)...)
		}
		*side.to = lock
	}
	if diags.HasErrors() {
		return diags
	}
	if m.marked {
		m.unmix(ctx)
	}
	m.Merged, m.result = lockfile.Merge(m.base, m.ours, m.theirs, m.preference())
	m.warnPicks()
	if err := m.saveResults(ctx); err != nil {
		return notMerged(err)
	}
	return nil
}

// notMerged is the report of an error that ends a merge.
func notMerged(err error) hcl.Diagnostics {
	return failed("Lock not merged", diag.Sentence(err))
}

func failed(summary, detail string) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: summary, Detail: detail}}
}

// warnPicks tells of assets for which the sides picked different candidates.
// Ours is taken; but the outputs are in conflict too, and in a rebase "ours"
// is the other branch.
func (m *Merge) warnPicks() {
	var diags hcl.Diagnostics
	for _, d := range m.result.Decisions {
		if d.Cause != lockfile.OtherPick {
			continue
		}
		ours, theirs := m.ours.Assets[d.Address], m.theirs.Assets[d.Address]
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: "Different candidates were picked",
			Detail: fmt.Sprintf("Of %s ours has candidate %d (%s) and theirs candidate %d (%s). Ours was taken. The file %q may be theirs or in conflict, since git merges it by itself, "+
				"and in a rebase \"ours\" is the branch that is rebased onto: choose with \"assetform pick %s N\".",
				d.Address, ours.Picked, ours.Candidates[ours.Picked-1].ContentHash, theirs.Picked, theirs.Candidates[theirs.Picked-1].ContentHash, ours.Output, diag.ShellWord(d.Address)),
		})
	}
	m.Warn(diags)
}

// sideDiagnostic says what is wrong with one version of the lock. It has no
// place in a file: the version stands in none.
func sideDiagnostic(name, side string, err error) hcl.Diagnostics {
	var syntax *lockfile.SyntaxError
	if !errors.As(err, &syntax) {
		return notMerged(err)
	}
	return failed(syntax.Summary, fmt.Sprintf("The version of %q that git calls %s cannot be merged (line %d, column %d): %s", name, side, syntax.Line, syntax.Column, syntax.Detail))
}

// preference is how an entry that both sides changed is decided: by the
// inputs that the configuration on disk asks for. It is evaluated when the
// first such entry comes, since most merges have none.
func (m *Merge) preference() func(string) (lockfile.InputsHash, bool) {
	plans := sync.OnceValue(m.plans)
	return func(text string) (lockfile.InputsHash, bool) {
		a, err := address.Parse(text)
		if err != nil {
			return lockfile.InputsHash{}, false
		}
		// What an asset asks for depends on the content of the assets it takes,
		// so it is asked in each side's world.
		sides := [2]*lockfile.Lock{m.ours, m.theirs}
		for i, p := range plans() {
			c := p.Change(a)
			if c != nil && c.Spec != nil && c.InputsHash == sides[i].Assets[text].InputsHash {
				return c.InputsHash, true
			}
		}
		return lockfile.InputsHash{}, false
	}
}

// plans are what the configuration on disk would do with each side's lock.
func (m *Merge) plans() []*plan.Plan {
	plans, why := m.Plans(m.ours, m.theirs)
	if why != "" {
		m.notes = append(m.notes, why)
	}
	return plans
}

// Report says what was chosen and why.
func (m *Merge) Report() string {
	var b strings.Builder
	taken := [2]int{}
	for _, d := range m.result.Decisions {
		if d.Cause == lockfile.OneChanged {
			taken[d.Side]++
		}
	}
	fmt.Fprintf(&b, "Merged %s: %s", diag.CleanLine(m.Name), diag.Count(len(m.Merged.Assets), "asset"))
	if taken[lockfile.Ours]+taken[lockfile.Theirs] > 0 {
		fmt.Fprintf(&b, ", %s taken from ours and %d from theirs", diag.Count(taken[lockfile.Ours], "change"), taken[lockfile.Theirs])
	}
	b.WriteString(".\n")
	for _, d := range m.result.Decisions {
		if d.Cause != lockfile.OneChanged {
			fmt.Fprintf(&b, "  %s: %s (%s)\n", diag.CleanLine(d.Address), d.Side, d.Cause)
		}
	}
	for _, note := range m.notes {
		b.WriteString(note + "\n")
	}
	return b.String()
}
