package cells

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean returns s as one line that a terminal shows and does not act on:
// control characters, line ends and whatever has no look of its own (it would
// be sent to the API without being seen here) are written as escapes. So are
// the last dots of words that look like LeftOut's.
func Clean(s string) string { return clean(s, "") }

// CleanLines is Clean for a text of several lines: line ends and tabs stay.
func CleanLines(s string) string { return clean(s, "\n\t") }

// LeftOut stands in the place of that many characters that are not shown.
func LeftOut(n int) string {
	number := strconv.Itoa(n)
	for i := len(number) - 3; i > 0; i -= 3 {
		number = number[:i] + "," + number[i:]
	}
	noun := "characters"
	if n == 1 {
		noun = "character"
	}
	return "… " + number + " " + noun + " " + leftOutEnd
}

const leftOutEnd = "left out …"

func clean(s, keep string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, suspicious) {
		return unlikeLeftOut(s)
	}
	var b strings.Builder
	before := utf8.RuneError
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !strings.ContainsRune(keep, r) && unseen(before, r):
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
			r = utf8.RuneError
		default:
			b.WriteString(s[i : i+n])
		}
		before = r
		i += n
	}
	return unlikeLeftOut(b.String())
}

// unlikeLeftOut keeps a text from saying that something was left out.
func unlikeLeftOut(s string) string {
	return strings.ReplaceAll(s, leftOutEnd, strings.TrimSuffix(leftOutEnd, "…")+`\u2026`)
}

// suspicious tells that a character may have no look of its own.
func suspicious(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// unseen tells that a terminal would act on the character, or show nothing for
// it. The joiners are part of emoji and of scripts, and so are the selectors
// of a character's colour: each counts as seen once, behind what it changes.
func unseen(before, r rune) bool {
	const nonJoiner, joiner, plain, coloured = '\u200c', '\u200d', '\ufe0e', '\ufe0f'
	switch r {
	case nonJoiner, joiner:
		return before < utf8.RuneSelf || before == utf8.RuneError || !unicode.In(before, unicode.L, unicode.M, unicode.S)
	case plain, coloured:
		return before <= ' ' || before == utf8.RuneError || suspicious(before)
	}
	return suspicious(r)
}
