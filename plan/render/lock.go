package render

import (
	"fmt"
	"maps"
	"slices"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan/render/cells"
)

// Lock shows the assets of a lock on a terminal: where each stands, how it was
// made, its size and what it cost.
func Lock(lock *lockfile.Lock, o Options) string {
	p := &page{width: o.width(), color: o.Color}
	var total engine.Cost
	var size int64
	for _, address := range lock.Addresses() {
		e := lock.Assets[address]
		total, size = total.Add(engine.Cost(e.Cost)), size+e.Bytes
		p.line(0, 4, cells.Text{{Style: cells.Bold, Text: cells.Clean(address)}, {Text: "  " + cells.Clean(e.Output)}})
		p.line(4, 2, cells.Text{{Style: cells.Grey, Text: cells.Clean(entryText(e))}})
		if !o.Verbose {
			continue
		}
		for i, c := range e.Candidates {
			p.line(4, 2, cells.Text{{Style: cells.Grey, Text: fmt.Sprintf("candidate %d:", i+1)}, {Text: " " + cells.Clean(CandidateText(c, e.Picked == i+1))}})
		}
		for _, name := range sortedNames(e.Inputs) {
			p.line(4, 2, cells.Text{{Style: cells.Grey, Text: cells.Clean(name) + ":"}, {Text: " " + cells.Clean(e.Inputs[name].String())}})
		}
	}
	p.blank()
	p.line(0, 0, cells.Of(fmt.Sprintf("%s, %s, generated for %s.", diag.Count(len(lock.Assets), "asset"), sizeText(size), total)))
	return p.b.String()
}

func entryText(e lockfile.Entry) string {
	s := e.Method + " by " + e.Provider + ", " + sizeText(e.Bytes)
	if e.Width > 0 && e.Height > 0 {
		s += fmt.Sprintf(", %dx%d", e.Width, e.Height)
	}
	if e.Duration > 0 {
		s += fmt.Sprintf(", %.3g s", e.Duration)
	}
	if cost := engine.Cost(e.Cost); !cost.IsZero() {
		s += ", " + cost.String()
	}
	if e.Adopted {
		s += ", made by hand"
	}
	if e.Placeholder {
		s += ", a placeholder"
	}
	if n := len(e.Candidates); n > 0 {
		s += ", " + diag.Count(n, "candidate")
	}
	if e.Picked > 0 {
		s += fmt.Sprintf(", number %d picked", e.Picked)
	}
	for _, protection := range e.Protect {
		s += ", protected from " + protection
	}
	return s
}

// CandidateText says what a lock has of a candidate. It is not cleaned yet.
func CandidateText(c lockfile.Candidate, picked bool) string {
	if c.ContentHash.IsZero() {
		return "missing"
	}
	text := c.ContentHash.String()
	if c.TaskID != "" {
		text += ", task " + c.TaskID
	}
	if picked {
		text += ", picked"
	}
	return text
}

// sizeText writes a number of bytes for people.
func sizeText(n int64) string {
	const k = 1000
	switch {
	case n < k:
		return diag.Count(int(n), "byte")
	case n < k*k:
		return fmt.Sprintf("%.1f kB", float64(n)/k)
	case n < 1000*k*k:
		return fmt.Sprintf("%.1f MB", float64(n)/k/k)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/k/k/k)
}

func sortedNames(in lockfile.Inputs) []string { return slices.Sorted(maps.Keys(in)) }
