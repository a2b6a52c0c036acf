package cells

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Style is the parameter of the escape sequence that switches it on.
type Style string

// The styles.
const (
	Plain  Style = ""
	Bold   Style = "1"
	Red    Style = "31"
	Green  Style = "32"
	Yellow Style = "33"
	Cyan   Style = "36"
	Grey   Style = "90"
	Alarm  Style = "1;31"
)

// Span is a piece of text in one style.
type Span struct {
	Style Style
	Text  string
}

// Text is a line before it is printed. What it holds must be Clean.
type Text []Span

// Of returns plain text.
func Of(s string) Text { return Text{{Text: s}} }

// Add returns t with another span at its end.
func (t Text) Add(style Style, s string) Text { return append(t, Span{Style: style, Text: s}) }

// Width is the number of cells that t takes.
func (t Text) Width() int {
	n := 0
	for _, s := range t {
		n += uniseg.StringWidth(s.Text)
	}
	return n
}

// Render returns the text to print, with or without colour, without blanks at
// its end.
func (t Text) Render(color bool) string {
	var b strings.Builder
	for _, s := range t.trimmed() {
		if !color || s.Style == Plain {
			b.WriteString(s.Text)
			continue
		}
		b.WriteString("\x1b[" + string(s.Style) + "m" + s.Text + "\x1b[0m")
	}
	return b.String()
}

// trimmed is t without blanks at its end.
func (t Text) trimmed() Text {
	for i := len(t) - 1; i >= 0; i-- {
		cut := strings.TrimRight(t[i].Text, " ")
		if cut != "" {
			out := append(Text(nil), t[:i+1]...)
			out[i].Text = cut
			return out
		}
	}
	return nil
}

const ellipsis = "..."

// Cut returns as much of t as fits into width cells; where something had to
// go, it ends in three dots.
func (t Text) Cut(width int) Text {
	if width <= 0 {
		return nil
	}
	if t.Width() <= width {
		return t
	}
	dots := ellipsis[:min(len(ellipsis), width)]
	room := width - len(dots)
	var out Text
	for _, s := range t {
		head := headOf(s.Text, room)
		room -= uniseg.StringWidth(head)
		out = out.Add(s.Style, head)
		if head != s.Text {
			return out.Add(s.Style, dots)
		}
	}
	return out
}

// CutMiddle returns s with dots for its middle where it does not fit into width
// cells; two thirds of what is left are its end.
func CutMiddle(s string, width int) string {
	if uniseg.StringWidth(s) <= width {
		return s
	}
	room := width - len(ellipsis)
	if room < 2 {
		return headOf(s, width)
	}
	head := headOf(s, room/3)
	rest := s[len(head):]
	for uniseg.StringWidth(rest) > room-uniseg.StringWidth(head) {
		_, rest, _, _ = uniseg.FirstGraphemeClusterInString(rest, -1)
	}
	return head + ellipsis + rest
}

// headOf is the longest beginning of s that fits into width cells.
func headOf(s string, width int) string {
	used, state, rest := 0, -1, s
	for rest != "" {
		_, next, n, newState := uniseg.FirstGraphemeClusterInString(rest, state)
		if used+n > width {
			break
		}
		used, state, rest = used+n, newState, next
	}
	return s[:len(s)-len(rest)]
}
