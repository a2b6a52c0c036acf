package diag

import "strings"

// apart shows nothing, and parts what stands before it from what follows.
// GitHub and GitLab look for people, issues, commits, emoji and formulas in
// the texts between tags, where an escaped character is what it was before, so
// that only a tag keeps them from being found.
const apart = "<!-- -->"

// EscapeMarkdown returns s such that GitHub and GitLab show it as it is: no
// markup, no link, no mention of a person, no reference to an issue or commit,
// no emoji, no formula, no command to a bot at the beginning of a line.
func EscapeMarkdown(s string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, line := range lines {
		// Four blanks would begin a code block.
		lines[i] = escapeLine(strings.TrimLeft(line, " \t"))
	}
	return strings.Join(lines, "<br>\n")
}

func escapeLine(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	digits := len(s) - len(strings.TrimLeft(s, "0123456789")) // of a numbered list
	hex := 0                                                  // digits that stand before i in a run that is to be parted
	for i := range len(s) {
		c := s[i]
		if hex = hexRun(s, i, hex); hex > 1 && hex%maxHex == 1 || beforeOf(s, i) {
			b.WriteString(apart)
		}
		switch {
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '&':
			b.WriteString("&amp;")
		case strings.IndexByte("\\`*_{}[]()+-!|~$#^", c) >= 0, c == '.' && i > 0 && i == digits, i == 0 && (c == '=' || c == '/' || c == ':'):
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
		if behindOf(s, i) {
			b.WriteString(apart)
		}
	}
	return b.String()
}

// maxHex is how many hexadecimal digits may stand together: seven are a
// commit.
const maxHex = 6

// hexRun returns the place of the character at i, from 1, in a run of more
// than maxHex hexadecimal digits; 0 if it is in none. before is that of the
// character before it.
func hexRun(s string, i, before int) int {
	switch {
	case !isHexDigit(s[i]):
		return 0
	case before > 0:
		return before + 1
	case i > 0 && isHexDigit(s[i-1]):
		return 0 // the run is short
	}
	n := 0
	for n <= maxHex && i+n < len(s) && isHexDigit(s[i+n]) {
		n++
	}
	if n > maxHex {
		return 1
	}
	return 0
}

// beforeOf tells whether the character at i is parted from the one before it:
// the stop of "www.", and the hyphen of "GH-2" and of what other trackers
// call their issues.
func beforeOf(s string, i int) bool {
	switch s[i] {
	case '.':
		return i >= 3 && strings.EqualFold(s[i-3:i], "www")
	case '-':
		return i > 0 && isLetter(s[i-1]) && i+1 < len(s) && isDigit(s[i+1])
	}
	return false
}

// behindOf tells whether the character at i is parted from the one behind it.
func behindOf(s string, i int) bool {
	next := byte(' ')
	if i+1 < len(s) {
		next = s[i+1]
	}
	switch s[i] {
	case '@', '#', '$': // people, issues, notes, formulas
		return true
	case ':': // emoji, addresses
		return isLetter(next) || isDigit(next) || strings.IndexByte("_+-/", next) >= 0
	case '!', '%', '~', '&', '^': // what GitLab has besides
		return isLetter(next) || isDigit(next) || next == '"'
	case '{', '[':
		return next == '+' || next == '-'
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isHexDigit(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
