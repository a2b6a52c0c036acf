package lockfile

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON tokens from a text that is known to be UTF-8. Strings
// without escapes are parts of the text, not copies. The first error stays;
// after it every method reports failure.
//
// encoding/json is not used because it accepts duplicate keys, matches field
// names in any case, reports no line, and takes several times as long.
type scanner struct {
	src string
	pos int
	err *SyntaxError
}

// fail records an error at a byte offset, unless there is one already.
func (s *scanner) fail(at int, summary, detail string) bool {
	if s.err == nil {
		s.err = &SyntaxError{Byte: at, Summary: summary, Detail: detail}
	}
	return false
}

func (s *scanner) failCut() bool {
	end := len(strings.TrimRight(s.src, " \t\r\n"))
	return s.fail(end, summaryCut, "The file ends in the middle. "+hintRestore)
}

func (s *scanner) failExpected(what string) bool {
	if s.pos >= len(s.src) {
		return s.failCut()
	}
	return s.fail(s.pos, summaryJSON, "Expected "+what+", found "+s.found()+".")
}

// failType reports that field should have held something else.
func (s *scanner) failType(field, what string) bool {
	if s.pos >= len(s.src) {
		return s.failCut()
	}
	return s.fail(s.pos, summaryType, quoted(field)+" must be "+what+", not "+s.found()+".")
}

// found describes what stands at the position, which is not the end.
func (s *scanner) found() string {
	switch c := s.src[s.pos]; {
	case c == '{':
		return "an object"
	case c == '[':
		return "a list"
	case c == '"':
		return "a text"
	case c == '-' || isDigit(c):
		return "a number"
	case strings.HasPrefix(s.src[s.pos:], "null"):
		return "null"
	case strings.HasPrefix(s.src[s.pos:], "true"), strings.HasPrefix(s.src[s.pos:], "false"):
		return "true or false"
	default:
		_, size := utf8.DecodeRuneInString(s.src[s.pos:])
		return quoted(s.src[s.pos : s.pos+size])
	}
}

// peek skips white space and returns the next byte, or 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; c {
		case ' ', '\n', '\r', '\t':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// more advances to the next member of a list or an object and reports whether
// there is one. At the closing byte, which it consumes, there is none.
func (s *scanner) more(closing byte, first bool) bool {
	if s.err != nil {
		return false
	}
	c := s.peek()
	if c == closing {
		s.pos++
		return false
	}
	if first {
		return true
	}
	if c != ',' {
		return s.failExpected(`"," or "` + string(closing) + `"`)
	}
	comma := s.pos
	s.pos++
	if s.peek() == closing {
		return s.fail(comma, summaryJSON, "No comma may stand before "+quoted(string(closing))+".")
	}
	return true
}

// key reads a member's name and the colon after it.
func (s *scanner) key() (name string, at int, ok bool) {
	if s.peek() != '"' {
		return "", 0, s.failExpected("a key in quotes")
	}
	at = s.pos
	if name, ok = s.text(); !ok {
		return "", 0, false
	}
	if s.peek() != ':' {
		return "", 0, s.failExpected(`":"`)
	}
	s.pos++
	return name, at, true
}

// text reads a string; the position is at its opening quote.
func (s *scanner) text() (string, bool) {
	start := s.pos + 1
	i := start
	for i < len(s.src) && !endsRun[s.src[i]] {
		i++
	}
	switch {
	case i == len(s.src):
		return "", s.failCut()
	case s.src[i] == '"':
		s.pos = i + 1
		return s.src[start:i], true
	case s.src[i] == '\\':
		return s.escapedText(start, i)
	default:
		return "", s.failControl(i)
	}
}

// endsRun says which bytes end a run of characters that stand for themselves.
var endsRun = func() (t [256]bool) {
	for c := range t {
		t[c] = c < ' ' || c == '"' || c == '\\'
	}
	return t
}()

// escapedText reads a string that begins at start and has its first backslash
// at i. It finds the end first, so that the result is allocated once.
func (s *scanner) escapedText(start, i int) (string, bool) {
	end := i
	for ; end < len(s.src) && s.src[end] != '"'; end++ {
		if s.src[end] == '\\' {
			end++
		}
	}
	if end >= len(s.src) {
		return "", s.failCut()
	}
	var b strings.Builder
	b.Grow(end - start)
	for i < end {
		switch c := s.src[i]; {
		case c < ' ':
			return "", s.failControl(i)
		case c == '\\':
			b.WriteString(s.src[start:i])
			r, size := s.escape(i)
			if size == 0 {
				return "", false
			}
			b.WriteRune(r)
			i += size
			start = i
		default:
			i++
		}
	}
	b.WriteString(s.src[start:end])
	s.pos = end + 1
	return b.String(), true
}

func (s *scanner) failControl(at int) bool {
	return s.fail(at, summaryJSON, "A text may hold no line break or other control character; is its closing quote missing?")
}

// escape reads the escape at i, which is not the end, and returns its length,
// 0 if it is none.
func (s *scanner) escape(i int) (rune, int) {
	switch c := s.src[i+1]; c {
	case '"', '\\', '/':
		return rune(c), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r, ok := hex4(s.src[i+2:])
		if ok && !utf16.IsSurrogate(r) {
			return r, 6
		}
		if ok && strings.HasPrefix(s.src[i+6:], `\u`) {
			low, ok := hex4(s.src[i+8:])
			if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
				return r, 12
			}
		}
	}
	s.fail(i, summaryJSON, "The escape that begins here is none that JSON knows.")
	return 0, 0
}

// hex4 reads the four hex digits of a \u escape.
func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:4], 16, 16)
	return rune(n), err == nil
}

// number reads a number and reports whether it is whole. It accepts no
// exponent, which no number of a lock needs.
func (s *scanner) number() (token string, whole, ok bool) {
	start := s.pos
	if s.src[s.pos] == '-' {
		s.pos++
	}
	leading := s.pos
	if !s.digits() || s.src[leading] == '0' && s.pos > leading+1 {
		return "", false, s.fail(start, summaryJSON, "A number needs digits and has no zeros before them.")
	}
	whole = true
	if s.at('.') {
		s.pos++
		whole = false
		if !s.digits() {
			return "", false, s.fail(start, summaryJSON, "A number needs digits after its point.")
		}
	}
	if s.at('e') || s.at('E') {
		return "", false, s.fail(start, summaryValue, "The number has an exponent; write it out in digits.")
	}
	return s.src[start:s.pos], whole, true
}

func (s *scanner) at(c byte) bool { return s.pos < len(s.src) && s.src[s.pos] == c }

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.src) && isDigit(s.src[s.pos]) {
		s.pos++
	}
	return s.pos > start
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
