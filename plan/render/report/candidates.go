package report

import (
	"fmt"
	"strconv"
	"strings"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
)

// stripView are the candidates of an asset, side by side.
type stripView struct {
	State      string // who has picked which
	Waits      bool   // for somebody to pick
	Absent     string // what brings back those that cannot be shown
	Candidates []candidateView
	Rest       int // of them have no room on a card
}

// Card are those that a card shows.
func (s *stripView) Card() []candidateView { return s.Candidates[:len(s.Candidates)-s.Rest] }

// candidateView is one of them.
type candidateView struct {
	*sideView
	Number  int
	State   string // "picked", "output", "missing" or ""
	Mark    string // says the state
	New     bool   // it was not there before
	Facts   []string
	Shares  string // how many of its pixels differ from those of what was
	Command string // picks it; "" if there is nothing to pick
}

// cardCandidates is how many a card shows.
const cardCandidates = 6

// strip is what an asset's result was chosen from, or is to be; nil if there
// is one.
func (p *pages) strip(c *Change) *stripView {
	if c.After == nil || len(c.After.Candidates) < 2 {
		return nil
	}
	e := &c.After.Entry
	s := &stripView{Waits: plan.WaitsForPick(e), State: "nobody has picked"}
	if e.Picked > 0 {
		s.State = fmt.Sprintf("%d is picked", e.Picked)
	}
	output, shares, had := e.OutputNumber(), e.CandidateShares(), c.had()
	for i := range c.After.Candidates {
		v := candidateView{Number: i + 1, sideView: p.candidateSide(c, i)}
		there := !e.Candidates[i].ContentHash.IsZero()
		switch {
		case !there:
			v.State, v.Mark = "missing", "missing"
		case v.Number == e.Picked:
			v.State, v.Mark = "picked", "picked"
		case v.Number == output:
			v.State, v.Mark = "output", "the output, nobody picked yet"
		}
		if there && v.File == "" {
			s.Absent = c.After.Absent
		}
		if c.Before != nil && there {
			v.Shares = p.media[c.Before.Hash].shares[c.After.Candidates[i].Hash]
		}
		v.New = there && c.Before != nil && !had[e.Candidates[i]]
		if there && v.Number != e.Picked {
			v.Command = fmt.Sprintf("assetform pick %s %d", diag.ShellWord(c.Address), v.Number)
		}
		if name, take, ok := plan.TakeOf(p.report.Engines, e, v.Number); ok && there {
			v.Facts = append(v.Facts, inputTitle(name)+" "+strconv.FormatInt(take, 10))
		}
		if size := sizeText(v.Width, v.Height); size != "" && v.File != "" {
			v.Facts = append(v.Facts, size)
		}
		if share := engine.Cost(shares[i]); there && !share.IsZero() {
			v.Facts = append(v.Facts, p.report.Prices.Text(share))
		}
		s.Candidates = append(s.Candidates, v)
	}
	s.Rest = max(0, len(s.Candidates)-cardCandidates)
	return s
}

// candidateSide is a candidate as a picture.
func (p *pages) candidateSide(c *Change, i int) *sideView {
	content := &c.After.Candidates[i]
	s := &sideView{Problem: content.Missing, Alt: fmt.Sprintf("Candidate %d of %s", i+1, c.Address), Video: c.Video()}
	if m := p.media[content.Hash]; m != nil && !content.Hash.IsZero() {
		s.File, s.Thumb, s.Width, s.Height, s.Alpha = m.File, m.Thumb, m.Width, m.Height, m.Alpha
		s.Video, s.Problem = m.Video || m.File == "" && c.Video(), m.Problem
		if content.Note != "" {
			s.Notes = append(s.Notes, content.Note)
		}
	}
	return s
}

// choice says what became of the candidates since the base, in a sentence; ""
// if nothing did, or the asset is new.
func (c *Change) choice() string {
	if c.Before == nil || c.After == nil || max(len(c.Before.Entry.Candidates), len(c.After.Entry.Candidates)) < 2 {
		return ""
	}
	was, is := &c.Before.Entry, &c.After.Entry
	if was.InputsHash != is.InputsHash {
		if was.Picked > 0 && plan.WaitsForPick(is) {
			return "Other inputs: pick again."
		}
		return ""
	}
	var parts []string
	switch output := was.OutputNumber(); {
	case is.Picked == 0 || is.Picked == was.Picked:
	case output == is.Picked:
		parts = append(parts, fmt.Sprintf("candidate %d was picked, which was the output", is.Picked))
	case output > 0:
		parts = append(parts, fmt.Sprintf("candidate %d was picked in place of %d", is.Picked, output))
	default:
		parts = append(parts, fmt.Sprintf("candidate %d was picked", is.Picked))
	}
	if n := others(is, c.had()); n > 0 {
		parts = append(parts, diag.Count(n, "new candidate"))
	}
	if n := others(was, (&Change{Before: c.After}).had()); n > 0 {
		parts = append(parts, diag.Count(n, "candidate")+" fewer")
	}
	if len(parts) == 0 {
		return ""
	}
	text := strings.Join(parts, ", ")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// others counts the results of an entry that are none of some.
func others(e *lockfile.Entry, some map[lockfile.Candidate]bool) int {
	n := 0
	for _, k := range e.CandidateList() {
		if !k.ContentHash.IsZero() && !some[k] {
			n++
		}
	}
	return n
}
