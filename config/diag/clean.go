package diag

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sensitiveText stands in place of what must not be shown.
const sensitiveText = "(sensitive value)"

// minSecret is the length in bytes from which a secret is looked for in other
// text. Shorter ones turn up by chance in so many places that to replace them
// would make messages unreadable and point at the secret by its absence.
const minSecret = 4

// Clean returns s with control characters written as escapes, so that a
// terminal shows it and does not act on it. Newlines and tabs stay, and so do
// carriage returns at the end of a line.
func Clean(s string) string {
	lines := strings.Split(s, "\n")
	c := cleaner{}
	for i, line := range lines {
		body := strings.TrimSuffix(line, "\r")
		lines[i] = c.clean(body) + line[len(body):]
	}
	return strings.Join(lines, "\n")
}

// cleaner makes text safe to show.
type cleaner struct{ secrets []string }

// newCleaner returns a cleaner for secrets, each as it is and as it looks
// inside a quoted string.
func newCleaner(secrets []string) *cleaner {
	var texts []string
	for _, s := range secrets {
		if len(s) < minSecret {
			continue
		}
		quoted := strconv.Quote(s)
		texts = append(texts, s, quoted[1:len(quoted)-1])
	}
	// The longest first: a secret may be part of another one.
	slices.SortFunc(texts, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	return &cleaner{secrets: slices.Compact(texts)}
}

func (c *cleaner) clean(s string) string {
	s, _, _ = c.cleanRange(s, 0, 0)
	return s
}

// cleanRange cleans s and moves two offsets in it to where the same text
// stands in the result.
func (c *cleaner) cleanRange(s string, start, end int) (string, int, int) {
	if c.harmless(s) {
		return s, start, end
	}
	var b strings.Builder
	newStart, newEnd := -1, -1
	for i := 0; i < len(s); {
		n, replacement := c.next(s[i:])
		if newStart < 0 && start < i+n {
			newStart = b.Len()
		}
		b.WriteString(replacement)
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

// harmless reports whether there is nothing to clean, which is usual.
func (c *cleaner) harmless(s string) bool {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, dangerous) {
		return false
	}
	for _, secret := range c.secrets {
		if strings.Contains(s, secret) {
			return false
		}
	}
	return true
}

// next returns how many bytes at the beginning of s are to be replaced as one
// and by what.
func (c *cleaner) next(s string) (int, string) {
	for _, secret := range c.secrets {
		if strings.HasPrefix(s, secret) {
			return len(secret), sensitiveText
		}
	}
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1:
		return 1, fmt.Sprintf(`\x%02x`, s[0])
	case dangerous(r):
		quoted := strconv.QuoteRuneToASCII(r)
		return n, quoted[1 : len(quoted)-1]
	}
	return n, s[:n]
}

// dangerous reports whether a terminal would act on the character instead of
// showing it, or show what follows in another order.
func dangerous(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
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
