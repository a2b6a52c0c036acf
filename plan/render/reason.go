package render

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"assetform/config/diag"
	"assetform/plan"
)

func hasReason(c *plan.ChangeDocument, r plan.Reason) bool { return slices.Contains(c.Reasons, r) }

// reasons writes why a change is planned, in words. What comes from the
// configuration is not cleaned or escaped yet.
type reasons struct {
	actions map[string]plan.Action // by address: what is generated
}

func newReasons(doc *plan.Document) reasons {
	r := reasons{actions: make(map[string]plan.Action, len(doc.Changes))}
	for i := range doc.Changes {
		r.actions[doc.Changes[i].Address] = doc.Changes[i].Action
	}
	return r
}

// Reasons are the reasons of a plan's changes in words, by address. They are
// not cleaned yet.
func Reasons(doc plan.Document) map[string]string {
	r, words := newReasons(&doc), map[string]string{}
	for i := range doc.Changes {
		words[doc.Changes[i].Address] = r.text(&doc.Changes[i])
	}
	return words
}

// text is the reasons of one change: "prompt and model changed, file missing".
func (r reasons) text(c *plan.ChangeDocument) string {
	switch c.Action {
	case plan.Delete:
		why := "no longer in the configuration"
		if c.Declared {
			why = "destroyed, though it stands in the configuration"
		}
		if hasReason(c, plan.ReasonNotOurs) {
			why += ", the file stays because it is perhaps not ours"
		}
		return why
	case plan.Forget:
		return "the lock forgets it, the file stays"
	case plan.Import:
		return "the file that stands there is taken as its result"
	}
	var inputs, upstream, picks, rest []string
	for _, reason := range c.Reasons {
		name, operand, _ := strings.Cut(string(reason), ":")
		switch name {
		case "input":
			inputs = append(inputs, operand)
		case "upstream":
			upstream = append(upstream, operand)
		case "pick":
			picks = append(picks, operand)
		default:
			if text := plainReason(name, operand, c); text != "" {
				rest = append(rest, text)
			}
		}
	}
	var parts []string
	if len(inputs) > 0 {
		parts = append(parts, enumerate(inputNamesInWords(inputs), "and")+" changed")
	}
	if len(upstream) > 0 {
		parts = append(parts, r.upstream(upstream, c.Conditional && len(picks) == 0))
	}
	parts = append(parts, rest...)
	parts = append(parts, candidates(c)...)
	if len(picks) > 0 {
		parts = append(parts, "waits for a pick of "+few(picks, "and"))
	}
	switch {
	case hasReason(c, plan.ReasonOtherResult):
	case c.From == plan.FromRemote:
		parts = append(parts, "the remote has it")
	case c.From != "" && hasReason(c, plan.ReasonCandidates):
		parts = append(parts, fmt.Sprintf("its missing file comes back from commit %.10s", c.From))
	case c.From != "":
		parts = append(parts, fmt.Sprintf("git has it in commit %.10s", c.From))
	case c.Action == plan.Restore && !onlyDrops(c) && !sharesResult(c):
		parts = append(parts, "a stored result fits")
	}
	if c.Placeholder && c.Action.Generates() {
		parts = append(parts, "drawn as a placeholder")
	}
	return strings.Join(parts, ", ")
}

// candidates says how many results there will be to pick from.
func candidates(c *plan.ChangeDocument) []string {
	var parts []string
	switch {
	case c.Dropped > 0:
		parts = append(parts, diag.Count(c.Dropped, "fewer candidate"))
	case c.Candidates == 0:
	case hasReason(c, plan.ReasonCandidates), c.Missing > 0 && c.Missing < c.Candidates:
		parts = append(parts, fmt.Sprintf("%d more of %d candidates", c.Missing, c.Candidates))
	default:
		parts = append(parts, fmt.Sprintf("%d candidates", c.Candidates))
	}
	if c.PickAgain {
		parts = append(parts, "pick again")
	}
	return parts
}

// onlyDrops tells that a change does nothing but let candidates go that are not
// asked for any more.
func onlyDrops(c *plan.ChangeDocument) bool {
	return c.Action == plan.Restore && c.Dropped > 0 && !hasReason(c, plan.ReasonMissingFile)
}

func plainReason(name, operand string, c *plan.ChangeDocument) string {
	switch plan.Reason(name) {
	case plan.ReasonNew:
		return "new"
	case plan.ReasonPlaceholder:
		return "a placeholder stands there"
	case plan.ReasonMissingFile:
		if c.Action == plan.Restore && !hasReason(c, plan.ReasonOtherResult) {
			return "its file is missing"
		}
		return "its file is missing, and neither store nor git has its content"
	case plan.ReasonOtherResult:
		return "another result of the same inputs takes its place"
	case plan.ReasonDerived:
		if p := c.PreviousOutput; p != "" && path.Ext(p) != path.Ext(c.Output) {
			return "another format"
		}
		return "its file is missing"
	case plan.ReasonRequested:
		return "asked for with --replace"
	case plan.ReasonRevision:
		return "revision changed"
	case plan.ReasonProvider:
		return "provider changed to " + c.Provider
	case plan.ReasonResume:
		return "resumed"
	case plan.ReasonCandidates:
		return ""
	case plan.ReasonMoved:
		return "moved"
	case plan.ReasonNotOurs:
		return "the old file stays because it is perhaps not ours"
	}
	if name == sameInputs {
		return "same inputs as " + operand + ", shares its result"
	}
	return strings.TrimSuffix(name+":"+operand, ":")
}

const sameInputs = "same_inputs"

// upstream says what is or may be new about the images that an asset uses.
func (r reasons) upstream(addresses []string, conditional bool) string {
	var made, changed []string
	for _, a := range addresses {
		if r.actions[a].Generates() {
			made = append(made, a)
		} else {
			changed = append(changed, a)
		}
	}
	switch {
	case conditional && len(addresses) == 1:
		return "only if " + addresses[0] + " really changes"
	case conditional:
		return "only if " + few(addresses, "or") + " really changes"
	}
	var parts []string
	if len(changed) > 0 {
		parts = append(parts, few(changed, "and")+" changed")
	}
	if len(made) > 0 {
		how := "generated again"
		if slices.ContainsFunc(made, isDerived) {
			how = "made again"
		}
		parts = append(parts, "uses "+few(made, "and")+", "+how)
	}
	return strings.Join(parts, ", ")
}

// inputNamesInWords are names of inputs; one that no configuration has says
// what it stands for.
func inputNamesInWords(names []string) []string {
	words := slices.Clone(names)
	for i, name := range words {
		if name == plan.RecordsInput {
			words[i] = "what it says of its assets"
		} else if name == plan.AlgorithmInput {
			words[i] = "the algorithm"
		}
	}
	return words
}

// few lists at most three names.
func few(names []string, conjunction string) string {
	const most = 3
	if len(names) > most {
		names = append(slices.Clone(names[:most-1]), diag.Number(len(names)-most+1)+" others")
	}
	return enumerate(names, conjunction)
}

// enumerate joins names as a sentence does.
func enumerate(names []string, conjunction string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " " + conjunction + " " + names[n-1]
	}
	return strings.Join(names, "")
}

// sharesResult tells that another asset of this plan generates the result.
func sharesResult(c *plan.ChangeDocument) bool {
	return slices.ContainsFunc(c.Reasons, func(r plan.Reason) bool { return strings.HasPrefix(string(r), sameInputs+":") })
}
