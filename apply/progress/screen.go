package progress

import (
	"strings"

	"assetform/plan/render/cells"
)

// screen draws lines at the end of a terminal's text and replaces them by the
// next ones. Each frame is one write, and between frames the terminal is in
// its usual state: the cursor stands at the beginning of the line below the
// live ones, it is visible, long lines wrap, no colour is on. So whenever the
// process is killed, a shell's prompt appears where it should.
//
// When the terminal becomes narrower, it wraps what was drawn: the lines then
// take more rows than were written, and as many have to go. Nearly all
// terminals do so; on one that cuts lines off instead, some finished lines
// above may vanish with them. A terminal that tells its new size late keeps a
// few stale lines above: too little is erased rather than too much.
type screen struct {
	out   stream
	drawn []int  // widths of the live lines that stand on the terminal
	last  string // the live part as it was written
	cols  int    // when it was written
}

const (
	// up erases the line above, one by one: some terminals take the erasing
	// of all that is below for the wish to keep it in the scrollback.
	up      = "\x1b[A\x1b[2K"
	wrapOff = "\x1b[?7l" // in case a character is wider than we think
	wrapOn  = "\x1b[?7h"
)

// draw writes text that stays, which ends with a line end if it is not empty,
// and below it the live lines, which must be narrower than the terminal.
func (s *screen) draw(above string, live []cells.Text, columns int, color bool) error {
	var b strings.Builder
	var widths []int
	for _, line := range live {
		b.WriteString(line.Render(color) + "\n")
		widths = append(widths, line.Width())
	}
	now := b.String()
	if above == "" && now == s.last && columns == s.cols {
		return nil
	}
	frame := s.erase(columns) + above
	if now != "" {
		frame += wrapOff + now + wrapOn
	}
	s.drawn, s.last, s.cols = widths, now, columns
	return s.out.write(frame)
}

// erase takes the live lines away.
func (s *screen) erase(columns int) string {
	rows := 0
	for _, width := range s.drawn {
		rows += max(1, (width+columns-1)/columns)
	}
	if rows == 0 {
		return ""
	}
	return "\r" + strings.Repeat(up, rows)
}
