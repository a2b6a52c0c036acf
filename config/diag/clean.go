package diag

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Clean returns s with control characters and whatever has no look of its own
// written as escapes, so that a terminal shows it and does not act on it.
// Newlines and tabs stay, and so do carriage returns at the end of a line.
func Clean(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		body := strings.TrimSuffix(line, "\r")
		lines[i] = escaped(body, hidden) + line[len(body):]
	}
	return strings.Join(lines, "\n")
}

// CleanLine is Clean for one line: newlines and tabs are written as escapes
// too.
func CleanLine(s string) string { return escaped(s, unseen) }

// EscapeJSON returns JSON that means the same and that a terminal shows and
// does not act on. The encoder leaves the control characters above ASCII and
// those that are not seen or turn text round as they are.
func EscapeJSON(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return hidden(0, r) }) {
		return text
	}
	var b strings.Builder
	before := utf8.RuneError
	for _, r := range text {
		if r < utf8.RuneSelf || !hidden(before, r) {
			b.WriteRune(r)
			before = r
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
		before = utf8.RuneError
	}
	return b.String()
}

// escaped writes characters, and bytes that are none, as escapes.
func escaped(s string, escape func(before, r rune) bool) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return escape(0, r) }) {
		return s
	}
	var b strings.Builder
	before := utf8.RuneError
	for i := 0; i < len(s); {
		n, text := nextEscaped(before, s[i:], escape)
		if before = utf8.RuneError; text == s[i:i+n] {
			before, _ = utf8.DecodeRuneInString(text)
		}
		b.WriteString(text)
		i += n
	}
	return b.String()
}

// nextEscaped returns how long the first character of s is, and what is
// written for it.
func nextEscaped(before rune, s string, escape func(before, r rune) bool) (int, string) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1:
		return 1, fmt.Sprintf(`\x%02x`, s[0])
	case escape(before, r):
		quoted := strconv.QuoteRuneToASCII(r)
		return n, quoted[1 : len(quoted)-1]
	}
	return n, s[:n]
}

// foreign redacts and cleans text of a source file.
func (d *describer) foreign(s string) string {
	s, _, _ = d.foreignRange(s, 0, 0)
	return s
}

// foreignRange is foreign, and moves two offsets in s to where the same text
// stands in the result.
func (d *describer) foreignRange(s string, start, end int) (string, int, int) {
	secrets := d.printer.Redactor.spans(s)
	if len(secrets) == 0 && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return hidden(0, r) }) {
		return s, start, end // which is usual
	}
	var b strings.Builder
	newStart, newEnd := -1, -1
	before := utf8.RuneError
	for i := 0; i < len(s); {
		n, text := nextEscaped(before, s[i:], hidden)
		if len(secrets) > 0 && secrets[0].start == i {
			n, text = secrets[0].end-i, Sensitive
			secrets = secrets[1:]
		}
		if before = utf8.RuneError; text == s[i:i+n] {
			before, _ = utf8.DecodeLastRuneInString(text)
		}
		if newStart < 0 && start < i+n {
			newStart = b.Len()
		}
		b.WriteString(text)
		i += n
		if newEnd < 0 && end <= i {
			newEnd = b.Len()
		}
	}
	if newStart < 0 {
		newStart = b.Len()
	}
	if newEnd < 0 {
		newEnd = b.Len()
	}
	return b.String(), newStart, max(newStart, newEnd)
}

// hidden is unseen for text of several lines.
func hidden(before, r rune) bool { return r != '\n' && r != '\t' && unseen(before, r) }

// unseen reports whether a terminal would act on the character, or show
// nothing for it. The joiners are part of emoji and of scripts, and so are the
// selectors of a character's colour: each counts as seen once, behind what it
// changes.
func unseen(before, r rune) bool {
	const nonJoiner, joiner, plain, coloured = '\u200c', '\u200d', '\ufe0e', '\ufe0f'
	switch r {
	case nonJoiner, joiner:
		return before < utf8.RuneSelf || before == utf8.RuneError || !unicode.In(before, unicode.L, unicode.M, unicode.S)
	case plain, coloured:
		return before <= ' ' || before == utf8.RuneError || lookless(before)
	}
	return lookless(r)
}

// lookless reports whether a character may have no look of its own.
func lookless(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	const blankBraille = '\u2800'
	return r == blankBraille || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// fileName is the name as it is shown: relative, with slashes.
func (d *describer) fileName(name string) string {
	if d.printer.Dir != "" && filepath.IsAbs(name) {
		if rel, err := filepath.Rel(d.printer.Dir, name); err == nil {
			name = rel
		}
	}
	return filepath.ToSlash(name)
}
