package cilog

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// A breaker sees the characters of a text one after another and says before
// which one a blank has to stand for no command to begin there. The zero value
// is at the beginning of a line.
type breaker struct {
	past   bool // no line can begin here any more
	colon  bool // all that stands in the line may be one colon
	hashes int  // number signs in a row, at most 2, with or without a word behind
	word   bool // a letter came behind them
}

// next takes a character and reports whether a blank must part it from the one
// before. Some characters end a line for one reader and are passed over by
// another: both may be so.
func (b *breaker) next(r rune) bool {
	switch {
	case r == '\n' || r == '\r':
		*b = breaker{}
		return false
	case strings.ContainsRune("\v\f\u0085\u2028\u2029", r):
		b.past = false
		return false
	case passedOver(r):
		return false
	}
	apart := b.colon && r == ':' || b.hashes == 2 && r == '['
	b.colon = !b.past && r == ':'
	b.past = b.past || !unicode.IsSpace(r)
	switch {
	case r == '#' && !b.word:
		b.hashes = min(b.hashes+1, 2)
	case r == '#':
		b.hashes, b.word = 1, false
	case b.hashes == 2 && unicode.IsLetter(r):
		b.word = true // ##vso[, ##teamcity[
	default:
		b.hashes, b.word = 0, false
	}
	return apart
}

// passedOver reports whether a comparison that heeds the rules of a language,
// as the runner's does, takes no notice of the character.
func passedOver(r rune) bool {
	if r < ' ' || r == 0x7f {
		return r != '\t'
	}
	return r >= 0x80 && r < 0xa0 ||
		unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// Starts reports whether text would start a command if it were printed as it
// is. Besides those that a Writer breaks up, these are the marks by which
// GitLab folds a log.
func Starts(text string) bool {
	var b breaker
	for _, r := range text {
		if b.next(r) {
			return true
		}
	}
	return section().MatchString(text)
}

var section = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`section_(start|end):[0-9]+:[^\r\n]*\r`) })

// Escape returns JSON or HCL that means the same and holds no command. In both
// a number sign before a bracket stands in a string only, where any character
// may be written by its number; and neither has a line that begins with a
// colon. Nothing may come in between: a comment of HCL is no string.
func Escape(text string) string { return escape(text, `\u005b`) }

// EscapeDOT is Escape for the quoted names of the DOT language, which show
// character references as what they refer to.
func EscapeDOT(text string) string { return escape(text, "&#91;") }

func escape(text, bracket string) string {
	if !strings.Contains(text, "#") {
		return text
	}
	var out strings.Builder
	var b breaker
	from := 0
	for i, r := range text {
		if b.next(r) && r == '[' {
			out.WriteString(text[from:i] + bracket)
			from = i + 1
		}
	}
	return out.String() + text[from:]
}
