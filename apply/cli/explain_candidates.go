package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render"
)

// explanationCandidate is one of the results to pick from: what the lock has of
// it, or else how it comes.
type explanationCandidate struct {
	Number      int                  `json:"number"`
	Inputs      map[string]any       `json:"inputs"`      // in which it differs from the first
	InputsHash  string               `json:"inputs_hash"` // empty while an upstream is to be generated
	ContentHash lockfile.ContentHash `json:"content_hash,omitzero"`
	TaskID      string               `json:"task_id,omitempty"`
	Output      bool                 `json:"output"`           // it is the output
	Picked      bool                 `json:"picked,omitempty"` // because somebody picked it
	Source      string               `json:"source"`           // "lock", "store", "generate", or the address that generates the same
	Cost        engine.Cost          `json:"cost"`             // of what is generated
	Amount      *engine.Amount       `json:"amount,omitempty"`
}

// explainCandidates says which results an asset has to pick from, and which are
// to come.
func (w *workspace) explainCandidates(c *plan.Change) (list []explanationCandidate) {
	var recorded []lockfile.Candidate
	output, picked := 0, 0
	if p := c.Prior; p != nil && !p.ByHand() && !p.Placeholder && plan.Same(&c.Fingerprint, p, c.Spec.Lifecycle) {
		recorded, output, picked = p.CandidateList(), p.OutputNumber(), p.Picked
	}
	if max(c.Spec.Candidates, len(recorded)) < 2 || c.Candidates == nil && recorded == nil {
		return nil // a file that a person made, or a sketch, stands for all
	}
	first := plan.PlainInputs(c.Fingerprint.Inputs())
	for k := 1; k <= max(c.Spec.Candidates, len(recorded)); k++ {
		fp := c.Fingerprint.CandidateOf(c.Spec.Method, k)
		e := explanationCandidate{Number: k, Inputs: map[string]any{}, Output: k == output, Picked: k == picked, Source: "generate", Cost: w.project.Engines.Whole(nil)}
		if fp.Known() {
			e.InputsHash = fp.Hash().String()
		}
		for name, v := range plan.PlainInputs(fp.Inputs()) {
			if !equalJSON(v, first[name]) {
				e.Inputs[name] = v
			}
		}
		if k <= len(recorded) && !recorded[k-1].ContentHash.IsZero() {
			e.ContentHash, e.TaskID, e.Source = recorded[k-1].ContentHash, recorded[k-1].TaskID, "lock"
		}
		if k <= len(c.Candidates) {
			e.plan(&c.Candidates[k-1])
		}
		e.Amount = w.charged(c, e.Cost)
		list = append(list, e)
	}
	return list
}

// plan says how a candidate comes that the lock does not have for certain.
func (e *explanationCandidate) plan(k *plan.Candidate) {
	switch {
	case !k.Stands.ContentHash.IsZero():
	case k.Stored != nil:
		e.Source = "store"
	case !k.WaitFor.IsZero():
		e.Source = k.WaitFor.String()
	case k.Due:
		e.Source, e.Cost = "generate", e.Cost.Add(k.Cost)
	}
}

// writeCandidates is the list for people.
func (e *explanation) writeCandidates(b *strings.Builder) {
	if len(e.Candidates) == 0 {
		return
	}
	b.WriteString("\n  Candidates:\n")
	have, picked := 0, false
	for _, c := range e.Candidates {
		picked = picked || c.Picked
		mark, text := " ", ""
		if c.Output {
			mark = "*"
		}
		switch c.Source {
		case "lock":
			have++
			text = render.CandidateText(lockfile.Candidate{ContentHash: c.ContentHash, TaskID: c.TaskID}, c.Picked)
		case "store":
			text = "missing, its result is stored"
		case "generate":
			if text = "missing"; !c.Cost.IsZero() {
				text += ", " + costText(c.Cost, c.Amount)
			}
		default:
			text = "missing, the same as " + c.Source
		}
		for _, name := range slices.Sorted(maps.Keys(c.Inputs)) {
			if name != plan.CandidateInput { // which says the number
				text += fmt.Sprintf(" (%s %s)", name, valueText(c.Inputs[name]))
			}
		}
		fmt.Fprintf(b, "  %s %2d  %s\n", mark, c.Number, inline(text))
	}
	switch {
	case picked:
		fmt.Fprintf(b, "  Pick another one with: assetform pick %s N\n", diag.ShellWord(e.Address))
	case have > 1:
		fmt.Fprintf(b, "  Nobody has picked. Pick one with: assetform pick %s N\n", diag.ShellWord(e.Address))
	}
}
