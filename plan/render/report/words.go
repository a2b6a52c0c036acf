package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// segment is a piece of a text that was kept, removed or added. The fields
// are what the template looks at.
type segment struct {
	Removed, Added bool
	Text           string
}

// diffWords compares two texts word by word. Changes that only blanks part
// are shown as one: people read them so.
func diffWords(before, after string) []segment {
	a, b := cutWords(before), cutWords(after)
	var segs []segment
	var was, is string // of the change that is open
	flush := func() {
		if was != "" {
			segs = append(segs, segment{Removed: true, Text: was})
		}
		if is != "" {
			segs = append(segs, segment{Added: true, Text: is})
		}
		was, is = "", ""
	}
	at := 0 // in a
	for _, d := range lcs.DiffLines(a, b) {
		kept := strings.Join(a[at:d.Start], "")
		if strings.TrimSpace(kept) == "" && was+is != "" {
			was, is = was+kept, is+kept
		} else if kept != "" {
			flush()
			segs = append(segs, segment{Text: kept})
		}
		was += strings.Join(a[d.Start:d.End], "")
		is += strings.Join(b[d.ReplStart:d.ReplEnd], "")
		at = d.End
	}
	flush()
	if rest := strings.Join(a[at:], ""); rest != "" {
		segs = append(segs, segment{Text: rest})
	}
	return segs
}

// cutWords cuts a text into words, runs of blanks, and single other
// characters. Scripts that are written without blanks are cut into
// characters.
func cutWords(s string) []string {
	var words []string
	for s != "" {
		first, n := utf8.DecodeRuneInString(s)
		if kind := kindOf(first); kind != alone {
			n = strings.IndexFunc(s, func(r rune) bool { return kindOf(r) != kind })
			if n < 0 {
				n = len(s)
			}
		}
		words, s = append(words, s[:n]), s[n:]
	}
	return words
}

type runeKind int

const (
	alone runeKind = iota
	ofWord
	blank
)

func kindOf(r rune) runeKind {
	switch {
	case unicode.IsSpace(r):
		return blank
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
		return alone
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '\'', r == '’', r == '_':
		return ofWord
	}
	return alone
}
