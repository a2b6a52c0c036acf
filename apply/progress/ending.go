package progress

import (
	"fmt"
	"slices"
	"strings"

	"assetform/apply"
	"assetform/config/address"
	"assetform/plan/render/cells"
)

const (
	maxReason = 160 // characters of why an asset was not done; its diagnostic has it all
	maxNames  = 10  // assets that are named where nothing else is said of them
)

// undone are the assets that an apply did not do, for its last lines: a long
// run has scrolled away what it said of them.
type undone struct {
	failed, left []trouble
}

// trouble is an asset that was not done, and why.
type trouble struct {
	address   address.Address
	candidate int // of several; 0: the asset
	reason    string
	credit    string
}

func troubleOf(e apply.Event) trouble {
	t := trouble{address: e.Address, candidate: e.Candidate, credit: e.Credit}
	if e.Diagnostic != nil {
		t.reason = e.Diagnostic.Summary
	}
	if e.Reason != "" {
		t.reason += ": " + e.Reason
	}
	if runes := []rune(t.reason); len(runes) > maxReason {
		t.reason = string(runes[:maxReason-1]) + "…"
	}
	return t
}

func (t trouble) line() cells.Text {
	line := cells.Text{{Text: "  "}, {Style: cells.Bold, Text: cells.Clean(t.address.String()) + candidate(t.candidate)}}
	text := "  " + cells.Clean(t.reason)
	if t.credit != "" {
		text += " (" + t.credit + ")"
	}
	return line.Add(cells.Plain, text)
}

// candidate names one of several.
func candidate(number int) string {
	if number == 0 {
		return ""
	}
	return fmt.Sprintf(", candidate %d", number)
}

// lines name what failed, what was not tried, and what is left.
func (u undone) lines(e apply.Event) (lines []cells.Text) {
	list := func(title string, troubles []trouble) {
		slices.SortStableFunc(troubles, func(a, b trouble) int { return a.address.Compare(b.address) })
		if len(troubles) > 0 {
			lines = append(lines, cells.Text{{Style: cells.Bold, Text: title}})
		}
		for _, t := range troubles {
			lines = append(lines, t.line())
		}
	}
	list("Failed:", u.failed)
	if len(e.NotTried) > 0 {
		lines = append(lines, names("Not tried, since what they are made from failed:", e.NotTried))
	}
	var silent []address.Address
	for _, a := range e.LeftOver {
		if !u.explains(a) {
			silent = append(silent, a)
		}
	}
	list("Left:", u.left)
	if len(silent) > 0 {
		title := "Left:"
		if len(u.left) > 0 {
			title = "Left too:"
		}
		lines = append(lines, names(title, silent))
	}
	return lines
}

func (u undone) explains(a address.Address) bool {
	for _, t := range u.left {
		if t.address == a {
			return true
		}
	}
	return false
}

func names(title string, list []address.Address) cells.Text {
	var all []string
	for _, a := range list[:min(len(list), maxNames)] {
		all = append(all, cells.Clean(a.String()))
	}
	text := strings.Join(all, ", ")
	if more := len(list) - len(all); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return cells.Text{{Style: cells.Bold, Text: title}}.Add(cells.Plain, " "+text)
}
