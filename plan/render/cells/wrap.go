package cells

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Wrap breaks t into lines of at most width cells, at blanks where it can and
// inside a word where it must. The first line begins with first blanks, the
// others with rest. Where the indentation leaves too little room it shrinks.
func (t Text) Wrap(width, first, rest int) []Text {
	w := wrapper{width: max(width, 1), rest: min(rest, max(width, 1)/2)}
	w.begin(min(first, w.width/2))
	for _, s := range t {
		for text := s.Text; text != ""; {
			n := wordEnd(text)
			w.word(Span{Style: s.Style, Text: text[:n]})
			text = text[n:]
		}
	}
	return append(w.lines, w.line)
}

// wordEnd is the length of the run of blanks, or of other characters, at the
// beginning of s.
func wordEnd(s string) int {
	blank := s[0] == ' '
	for i := range len(s) {
		if (s[i] == ' ') != blank {
			return i
		}
	}
	return len(s)
}

type wrapper struct {
	width, rest int
	lines       []Text
	line        Text
	used        int  // cells of line
	empty       bool // nothing but indentation stands in line
}

func (w *wrapper) begin(indent int) {
	w.line, w.used, w.empty = nil, indent, true
	if indent > 0 {
		w.line = Of(strings.Repeat(" ", indent))
	}
}

func (w *wrapper) flush() {
	w.lines = append(w.lines, w.line)
	w.begin(w.rest)
}

// word puts a word or a run of blanks where it belongs. Spans that touch
// without a blank may be parted at their border.
func (w *wrapper) word(s Span) {
	n := uniseg.StringWidth(s.Text)
	if s.Text[0] == ' ' {
		switch {
		case w.empty && len(w.lines) > 0: // a line does not begin with the blank it was broken at
		case w.used+n >= w.width:
			w.flush()
		default:
			w.add(s, n)
		}
		return
	}
	if w.used+n > w.width && !w.empty && n <= w.width-w.rest {
		w.flush()
	}
	for w.used+n > w.width {
		head := headOf(s.Text, w.width-w.used)
		switch {
		case head == "" && !w.empty:
			w.flush()
			continue
		case head == "":
			// Not even one character fits, such as a wide one into one cell.
			head, s.Text = "?", afterFirst(s.Text)
			w.add(Span{Style: s.Style, Text: head}, 1)
		default:
			w.add(Span{Style: s.Style, Text: head}, uniseg.StringWidth(head))
			s.Text = s.Text[len(head):]
		}
		n = uniseg.StringWidth(s.Text)
		if s.Text == "" {
			return
		}
		w.flush()
	}
	w.add(s, n)
}

func (w *wrapper) add(s Span, n int) {
	if last := len(w.line) - 1; last >= 0 && w.line[last].Style == s.Style {
		w.line[last].Text += s.Text
	} else {
		w.line = append(w.line, s)
	}
	w.used += n
	w.empty = false
}

// afterFirst is s without its first grapheme.
func afterFirst(s string) string {
	_, rest, _, _ := uniseg.FirstGraphemeClusterInString(s, -1)
	return rest
}
