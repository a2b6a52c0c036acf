package export

import (
	"fmt"
	"strings"
	"unicode"
)

// allowed tells whether a character may stand in identifiers: letters and
// digits, as every language here has them. Letters above U+FFFF are none in C#.
func allowed(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return r <= 0xffff && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// words takes a name apart at all that no identifier may have. What is not
// ASCII becomes a word with its number, so that two pictographs are two names;
// so does all of a name that has nothing else.
func words(name string) []string {
	least := rune(0x80)
	if !strings.ContainsFunc(name, allowed) {
		least = 0
	}
	var out []string
	at := -1
	for i, r := range name {
		if allowed(r) {
			if at < 0 {
				at = i
			}
			continue
		}
		if at >= 0 {
			out, at = append(out, name[at:i]), -1
		}
		if r >= least {
			out = append(out, fmt.Sprintf("U%04X", r))
		}
	}
	if at >= 0 {
		out = append(out, name[at:])
	}
	return out
}

// pascal is a name in the manner of C# and of Go's exported names: sword_of_fire
// is SwordOfFire. A number stays apart: hero_2 is Hero_2, and hero2 is Hero2. It
// begins with a letter or with prefix.
func pascal(name, prefix string, begins func(rune) bool) string {
	var b strings.Builder
	for i, word := range words(name) {
		runes := []rune(word)
		runes[0] = unicode.ToUpper(runes[0])
		if i > 0 && !unicode.IsUpper(runes[0]) {
			b.WriteByte('_')
		}
		b.WriteString(string(runes))
	}
	switch {
	case b.Len() == 0:
		return prefix + "_"
	case !begins([]rune(b.String())[0]):
		return prefix + b.String()
	}
	return b.String()
}

// Ident is a name as most languages allow it: letters, digits and "_", and no
// digit in front.
func Ident(name string) string {
	var b strings.Builder
	for _, r := range name {
		if allowed(r) {
			b.WriteRune(r)
		} else {
			b.WriteByte('_')
		}
	}
	s := b.String()
	if s == "" || unicode.IsDigit([]rune(s)[0]) {
		return "_" + s
	}
	return s
}

// isIdent tells whether a text is a plain identifier, with "_" as a letter.
func isIdent(text string) bool {
	for i, r := range text {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return text != ""
}
