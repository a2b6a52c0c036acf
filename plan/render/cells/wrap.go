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
	var word Text // may reach over several spans
	for _, s := range t {
		for text := s.Text; text != ""; {
			n := wordEnd(text)
			piece := Span{Style: s.Style, Text: text[:n]}
			text = text[n:]
			if piece.Text[0] != ' ' {
				word = append(word, piece)
				continue
			}
			w.word(word)
			word = nil
			w.blank(piece)
		}
	}
	w.word(word)
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

// blank puts a run of blanks between two words, or breaks the line there. A
// line does not begin with the blanks that it was broken at.
func (w *wrapper) blank(s Span) {
	n := uniseg.StringWidth(s.Text)
	switch {
	case w.empty && len(w.lines) > 0:
	case w.used+n >= w.width:
		w.flush()
	default:
		w.add(s, n)
	}
}

// word puts a word where it fits; only one that no line can hold is broken.
func (w *wrapper) word(t Text) {
	n := t.Width()
	if w.used+n > w.width && !w.empty && n <= w.width-w.rest {
		w.flush()
	}
	for _, s := range t {
		w.piece(s)
	}
}

// piece puts a part of a word, broken where the line ends.
func (w *wrapper) piece(s Span) {
	n := uniseg.StringWidth(s.Text)
	for w.used+n > w.width {
		head := headOf(s.Text, w.width-w.used)
		if head == "" && !w.empty {
			w.flush()
			continue
		}
		took := uniseg.StringWidth(head)
		shown := Span{Style: s.Style, Text: head}
		if head == "" {
			// Not even one character fits, such as a wide one into one cell.
			head = s.Text[:len(s.Text)-len(afterFirst(s.Text))]
			took = uniseg.StringWidth(head)
			shown.Text = "?"
		}
		w.add(shown, uniseg.StringWidth(shown.Text))
		s.Text, n = s.Text[len(head):], n-took
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
