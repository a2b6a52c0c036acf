package imaginator

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"assetform/config/diag"
)

// Bounds on text from outside, in characters.
const (
	maxMessage = 600 // the API's own words
	maxExcerpt = 120 // the first words of something that is no answer of the API
)

// A scrubber removes secrets from what a server or a library says. It is for
// their words alone: an error of this package is an [ownError] and passes.
type scrubber struct {
	key  *diag.Redactor
	more *diag.Redactor // of other secrets; nil: there are none
}

func newScrubber(key Secret) *scrubber {
	return &scrubber{key: diag.NewRedactor(key.reveal())}
}

// text replaces the key wherever it stands in s. It is for data: what it
// returns is compared, or used as an address.
func (s *scrubber) text(in string) string { return s.key.Text(in) }

// contains reports whether the key stands in the text.
func (s *scrubber) contains(text string) bool { return s.key.Holds(text) }

// urlQuery is the query of an absolute URL within other text.
var urlQuery = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(https?://[^\s"'<>?]*)\?[^\s"'<>]*`) })

// userInfo is a password in an absolute URL within other text: the address of
// a proxy is quoted by net/http when it cannot be used.
var userInfo = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s"'<>/?#@]*(:[^\s"'<>/?#]*)?@`)
})

// anyQuery is whatever looks like a query, for errors that may quote a
// relative URL.
var anyQuery = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\?[^\s"'<>]+`) })

// words makes text of a server fit for people: no secret, no passwords and no
// queries of URLs (they may be signatures), no control characters (they may
// steer a terminal), one line, at most limit characters.
func (s *scrubber) words(in string, limit int) string {
	was := in
	in = s.more.Text(s.text(in))
	if strings.Contains(in, "://") {
		in = userInfo().ReplaceAllString(in, "$1…@")
		in = urlQuery().ReplaceAllString(in, "$1?…")
	}
	in = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, in)
	if in = strings.Join(strings.Fields(in), " "); in != was {
		// A secret may have been split by what was taken out or put together again.
		in = s.more.Text(s.text(in))
	}
	if runes := []rune(in); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return in
}

// known is words for text that is usually one of the API's own words, which
// stay what they are.
func (s *scrubber) known(in string, words ...string) string {
	if slices.Contains(words, in) {
		return in
	}
	return s.words(in, maxExcerpt)
}

// partial is words for text that was cut off at its end, where a part of a
// secret may be left.
func (s *scrubber) partial(in string, limit int) string {
	return s.words(s.more.Cut(s.key.Cut(in)), limit)
}

// An ownError is an error in the words of this package. What it quotes of
// others was scrubbed before.
type ownError struct{ err error }

// saying is fmt.Errorf for an ownError.
func saying(format string, args ...any) error { return &ownError{fmt.Errorf(format, args...)} }

func (e *ownError) Error() string { return e.err.Error() }
func (e *ownError) Unwrap() error { return e.err }

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
	if own, ok := err.(*ownError); ok {
		return own
	}
	if err == io.EOF { // all that Go says of it
		return &cause{text: "the connection ended before an answer came", err: err}
	}
	text := anyQuery().ReplaceAllString(diag.Plain(err), "?…")
	return &cause{text: s.words(text, maxMessage), err: err}
}
