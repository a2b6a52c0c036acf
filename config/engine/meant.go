package engine

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// Hint says which value of an enumeration somebody means who wrote another
// text, behind a sentence that has ended: ` Did you mean "landscape"?` It is
// empty where nobody knows.
func (p Param) Hint(text string) string {
	for _, value := range p.Values {
		if plain(value) == plain(text) {
			return fmt.Sprintf(" Did you mean %q?", value)
		}
		for _, other := range p.Meant[value] {
			if plain(other) == plain(text) {
				return fmt.Sprintf(" Did you mean %q?", value)
			}
		}
	}
	asked, ok := ratio(text)
	if !ok {
		return ""
	}
	best, shape, distance := "", "", math.Inf(1)
	for _, value := range p.Values {
		for _, other := range p.Meant[value] {
			if r, ok := ratio(other); ok && math.Abs(math.Log(r/asked)) < distance {
				best, shape, distance = value, other, math.Abs(math.Log(r/asked))
			}
		}
	}
	switch {
	case best == "" || distance > 0.6: // upright is not near to wide
		return ""
	case distance < 0.01: // 1920x1080, 1366:768
		return fmt.Sprintf(" Did you mean %q?", best)
	}
	return fmt.Sprintf(" The nearest is %q, which is %s.", best, shape)
}

// plain is a text without what people write differently: case, blanks, dots
// and dashes.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		case r == ':' || r == '/' || r == '×':
			return ':' // 1:6 is not 16
		}
		return -1
	}, s)
}

var sides = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*(\d+(?:\.\d+)?)\s*[:/xX×*]\s*(\d+(?:\.\d+)?)\s*(?:px)?\s*$`)
})

// ratio reads "16:9", "16/9" or "1920x1080".
func ratio(text string) (float64, bool) {
	m := sides().FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	w, _ := strconv.ParseFloat(m[1], 64)
	h, _ := strconv.ParseFloat(m[2], 64)
	return w / h, w > 0 && h > 0 && !math.IsInf(w, 0) && !math.IsInf(h, 0)
}
