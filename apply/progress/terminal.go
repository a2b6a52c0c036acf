package progress

import (
	"fmt"
	"strings"
	"time"

	"assetform/apply"
	"assetform/plan/render/cells"
)

const (
	// frameInterval is how often the live part is drawn again.
	frameInterval = 250 * time.Millisecond
	// maxLive is the number of running assets that are shown.
	maxLive = 16
	// wide is the most columns that live lines take: shorter than the terminal,
	// they are not wrapped when it becomes narrower, which some terminals tell
	// of only after the next frame.
	wide = 80
	// narrow is the width in columns below which a line has but an address and
	// a time.
	narrow = 40
)

// Terminal shows a line for each running asset and one for the whole, and
// above them, for good, what is finished. Out must be a terminal that knows
// the usual escape sequences; TERM=dumb is one for Plain.
//
// A console of Windows that cannot do that gets plain lines.
func Terminal(o Options) Sink {
	restore, ok := enableEscapes(o.Out)
	if !ok {
		return Plain(o)
	}
	t := &terminal{o: o, tally: newTally(), screen: screen{out: stream{out: o.Out}}, restore: restore}
	return start(t, frameInterval)
}

// terminal is the owner of the terminal while an apply runs.
type terminal struct {
	o      Options
	tally  *tally
	screen screen
	over   bool // the summary was written: nothing lives any more
	// restore puts the console back into the mode that it had.
	restore func()
}

func (t *terminal) items(batch []item) error {
	var b strings.Builder
	for _, it := range batch {
		if it.note != "" {
			b.WriteString(cells.Clean(it.note) + "\n")
			continue
		}
		t.tally.add(it)
		if it.event.Type == apply.EventSummary {
			t.over = true
		}
		// Who looks at a terminal sees the tasks live.
		if it.event.Type != apply.EventSubmitted {
			b.WriteString(permanent(t.o, t.tally, it.event))
		}
	}
	if b.Len() == 0 {
		return nil // progress is drawn with the next tick
	}
	return t.draw(b.String())
}

func (t *terminal) tick() error { return t.draw("") }

func (t *terminal) end() error {
	defer t.restore()
	t.over = true
	return t.draw("")
}

func (t *terminal) draw(above string) error {
	columns, rows := t.o.size()
	var live []cells.Text
	if !t.over {
		live = t.live(columns, rows)
	}
	return t.screen.draw(above, live, columns, t.o.Color)
}

// live is the part that is drawn again and again. It leaves the last column
// and the last row free, so that no terminal scrolls or wraps because of it.
func (t *terminal) live(columns, rows int) []cells.Text {
	if t.tally.began.IsZero() {
		return nil
	}
	now, width := t.o.now(), min(columns, wide)-1
	// Half the terminal stays for what is finished; below that go the line
	// that counts the others, the total, and the cursor.
	room := min(maxLive, rows/2, rows-3)
	shown := t.tally.running
	if len(shown) > room {
		shown = shown[:max(room, 0)]
	}
	var lines []cells.Text
	addresses := 0
	for _, r := range shown {
		addresses = max(addresses, cells.Of(cells.Clean(r.address.String())).Width())
	}
	for _, r := range shown {
		lines = append(lines, r.line(now, addresses, width).Cut(width))
	}
	if more := len(t.tally.running) - len(shown); more > 0 && rows > 2 {
		lines = append(lines, cells.Text{{Style: cells.Grey, Text: fmt.Sprintf("  and %d more", more)}}.Cut(width))
	}
	return append(lines, t.total(now, width).Cut(width))
}

// line is a running asset; its address is filled up to the given number of
// cells, or as many as leave room for the rest.
func (r *running) line(now time.Time, addresses, width int) cells.Text {
	elapsed := clock(now.Sub(r.began))
	address := cells.Clean(r.address.String())
	line := cells.Text{{Style: cells.Cyan, Text: r.sign}, {Text: " "}}
	if width < narrow {
		addresses = min(addresses, width-len(elapsed)-3)
		return append(append(line, fill(address, addresses)...), cells.Span{Text: " " + elapsed})
	}
	const rest = 46 // cells for phase and times
	addresses = min(addresses, max(width-rest, width/2))
	line = append(line, fill(address, addresses)...)
	line = line.Add(cells.Grey, fmt.Sprintf("  %-11s %s", cells.Clean(string(r.phase)), elapsed))
	if estimate := " of " + cells.Clean(r.estimate); r.estimate != "" && line.Width()+len(estimate) <= width {
		line = line.Add(cells.Grey, estimate)
	}
	return line
}

// fill makes text exactly n cells wide. What is too long loses its middle: the
// ends tell addresses apart.
func fill(text string, n int) cells.Text {
	t := cells.Of(cells.CutMiddle(text, n))
	return t.Add(cells.Plain, strings.Repeat(" ", max(n-t.Width(), 0)))
}

// total is the last line, with a bar where there is room for one.
func (t *terminal) total(now time.Time, width int) cells.Text {
	const bar, roomy = 20, 60
	text := cells.Text{{Style: cells.Bold, Text: t.tally.text(now)}}
	if t.tally.plan == nil || len(t.tally.plan.tasks) == 0 || width < roomy {
		return text
	}
	all := max(len(t.tally.plan.tasks), len(t.tally.ended))
	full := bar * len(t.tally.ended) / all
	return append(cells.Text{
		{Text: "["}, {Style: cells.Green, Text: strings.Repeat("#", full)}, {Style: cells.Grey, Text: strings.Repeat("-", bar-full)}, {Text: "] "},
	}, text...)
}
