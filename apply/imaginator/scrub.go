package imaginator

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Bounds on text from outside, in characters.
const (
	maxMessage = 600 // the API's own words
	maxExcerpt = 120 // the first words of something that is no answer of the API
)

// A scrubber removes the API key from text, in the spellings in which a server
// or a library could echo it.
type scrubber struct {
	spellings []Secret // longest first; Secret, so that a printed Client shows none
}

func newScrubber(key Secret) *scrubber {
	value := key.Reveal()
	if value == "" {
		return &scrubber{}
	}
	quoted, _ := json.Marshal(value) // a string always marshals
	plain, _ := marshalPlain(value)
	spellings := []string{
		value,
		url.QueryEscape(value),
		url.PathEscape(value),
		html.EscapeString(value),
		string(quoted[1 : len(quoted)-1]),
		string(plain[1 : len(plain)-1]),
		base64.StdEncoding.EncodeToString([]byte(value)),
		base64.RawURLEncoding.EncodeToString([]byte(value)),
	}
	slices.SortFunc(spellings, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	s := &scrubber{}
	for _, spelling := range slices.Compact(spellings) {
		s.spellings = append(s.spellings, NewSecret(spelling))
	}
	return s
}

// text replaces the key wherever it stands in s.
func (s *scrubber) text(in string) string {
	for _, spelling := range s.spellings {
		in = strings.ReplaceAll(in, spelling.Reveal(), redacted)
	}
	return in
}

// contains reports whether the key stands in the text.
func (s *scrubber) contains(text string) bool { return s.text(text) != text }

// urlQuery is the query of an absolute URL within other text.
var urlQuery = regexp.MustCompile(`(https?://[^\s"'<>?]*)\?[^\s"'<>]*`)

// anyQuery is whatever looks like a query, for errors that may quote a
// relative URL.
var anyQuery = regexp.MustCompile(`\?[^\s"'<>]+`)

// words makes text of a server fit for people: no key, no queries of URLs (they
// may be signatures), no control characters (they may steer a terminal), one
// line, at most limit characters.
func (s *scrubber) words(in string, limit int) string {
	in = urlQuery.ReplaceAllString(s.text(in), "$1?…")
	in = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, in)
	// The key may have been split by what was taken out or put together again.
	in = s.text(strings.Join(strings.Fields(in), " "))
	if runes := []rune(in); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return in
}

// partial is words for text that was cut off at its end, where a part of the
// key may be left.
func (s *scrubber) partial(in string, limit int) string {
	in = s.text(in)
	for _, secret := range s.spellings {
		spelling := secret.Reveal()
		for n := len(spelling) - 1; n > 0; n-- {
			if strings.HasSuffix(in, spelling[:n]) {
				in = in[:len(in)-n]
				break
			}
		}
	}
	return s.words(in, limit)
}

// A cause is an error of the network or of a library with its text scrubbed:
// such errors quote what the server sent. errors.Is sees through it;
// errors.As does not, because what it finds would print the original.
type cause struct {
	text string
	err  error
}

func (c *cause) Error() string        { return c.text }
func (c *cause) Is(target error) bool { return errors.Is(c.err, target) }

func (s *scrubber) cause(err error) error {
	if err == nil {
		return nil
	}
	// url.Error repeats method and URL, with its query.
	for {
		var wrapped *url.Error
		if !errors.As(err, &wrapped) {
			break
		}
		err = wrapped.Err
	}
	text := anyQuery.ReplaceAllString(err.Error(), "?…")
	return &cause{text: s.words(text, maxMessage), err: err}
}
