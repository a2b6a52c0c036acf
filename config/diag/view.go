package diag

import (
	"html"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A view is a text read in one way, and for each of its bytes where in the
// original the character stands that it was read from.
type view struct {
	text     string
	from, to []int // nil: the text is the original
}

// original returns the range of the original that a range of the view was
// read from.
func (v view) original(start, end int) span {
	if v.from == nil {
		return span{start, end}
	}
	return span{v.from[start], v.to[end-1]}
}

// add appends text that was read from a range of another view.
func (v *view) add(b *strings.Builder, text string, read span) {
	b.WriteString(text)
	for range len(text) {
		v.from, v.to = append(v.from, read.start), append(v.to, read.end)
	}
}

// find adds where the needles stand. Of occurrences that overlap the first is
// enough: the others lose their beginning with it.
func (v view) find(found []span, needles []string) []span {
	for _, needle := range needles {
		for at := 0; ; {
			i := strings.Index(v.text[at:], needle)
			if i < 0 {
				break
			}
			found = append(found, v.original(at+i, at+i+len(needle)))
			at += i + len(needle)
		}
	}
	return found
}

// tail returns where in the original a beginning of the needle stands that
// reaches to the end and has at least that many bytes. There may be none.
func (v view) tail(needle string, least int) int {
	for n := min(len(needle)-1, len(v.text)); n >= least; n-- {
		if strings.HasSuffix(v.text, needle[:n]) {
			return v.original(len(v.text)-n, len(v.text)).start
		}
	}
	return math.MaxInt
}

// A decoder reads the escape at the beginning of s, which begins with lead. It
// returns how many bytes it takes, 0 if it is none, and what it stands for.
type decoder struct {
	lead byte
	read func(s string) (n int, text string)
}

var decoders = []decoder{{'%', readPercent}, {'&', readEntity}, {'\\', readBackslash}}

// views returns the ways to read a text: as it is, with each kind of escapes
// read, and with a second kind, or the same once more, read in what that gave.
func views(s string) []view {
	all := []view{{text: s}}
	for begin, depth := 0, 0; depth < 2; depth++ {
		level := all[begin:]
		begin = len(all)
		for _, v := range level {
			for _, d := range decoders {
				if read, changed := v.decoded(d); changed {
					all = append(all, read)
				}
			}
		}
	}
	return all
}

func (v view) decoded(d decoder) (out view, changed bool) {
	if strings.IndexByte(v.text, d.lead) < 0 {
		return view{}, false
	}
	var b strings.Builder
	for i := 0; i < len(v.text); {
		n, text := 0, ""
		if v.text[i] == d.lead {
			n, text = d.read(v.text[i:])
		}
		if n == 0 {
			n, text = 1, v.text[i:i+1]
		} else {
			changed = true
		}
		out.add(&b, text, v.original(i, i+n))
		i += n
	}
	out.text = b.String()
	return out, changed
}

// readPercent reads a byte of a URL. A plus sign for a blank needs no reading:
// neither counts when a text is folded.
func readPercent(s string) (int, string) {
	if len(s) < 3 {
		return 0, ""
	}
	c, err := strconv.ParseUint(s[1:3], 16, 8)
	if err != nil {
		return 0, ""
	}
	return 3, string([]byte{byte(c)})
}

func readEntity(s string) (int, string) {
	const longest = 12
	end := strings.IndexByte(s[:min(len(s), longest)], ';') + 1
	if text := html.UnescapeString(s[:end]); text != s[:end] {
		return end, text
	}
	return 0, ""
}

// readBackslash reads an escape of JSON, Go, HCL or a shell.
func readBackslash(s string) (int, string) {
	if len(s) < 2 {
		return 0, ""
	}
	if r, _, tail, err := strconv.UnquoteChar(s, '"'); err == nil {
		n := len(s) - len(tail)
		switch {
		case unicode.Is(unicode.Cs, r) || r == utf8.RuneError && n == len(`\ud800`):
			return readSurrogates(s)
		case s[1] == 'x' || s[1] >= '0' && s[1] <= '7':
			return n, string([]byte{byte(r)})
		}
		return n, string(r)
	}
	if n, text := readSurrogates(s); n > 0 {
		return n, text
	}
	_, n := utf8.DecodeRuneInString(s[1:])
	return 1 + n, s[1 : 1+n]
}

// readSurrogates reads the two escapes with which JSON writes a character
// outside of Unicode's first plane.
func readSurrogates(s string) (int, string) {
	const one, both = len(`\ud800`), 2 * len(`\ud800`)
	if len(s) < both || s[1] != 'u' || s[one] != '\\' || s[one+1] != 'u' {
		return 0, ""
	}
	high, err1 := strconv.ParseUint(s[2:one], 16, 16)
	low, err2 := strconv.ParseUint(s[one+2:both], 16, 16)
	if err1 != nil || err2 != nil || high < 0xd800 || high > 0xdbff || low < 0xdc00 || low > 0xdfff {
		return 0, ""
	}
	return both, string(rune(0x10000 + (high-0xd800)<<10 + (low - 0xdc00)))
}

// fold returns the view in which only what is written counts, not how: in
// lower case, decomposed, without blanks, plus signs (blanks of a URL) and
// whatever has no look of its own.
func (v view) fold() view {
	var out view
	var b strings.Builder
	var it norm.Iter
	it.InitString(norm.NFD, v.text)
	for !it.Done() {
		start := it.Pos()
		segment := it.Next()
		read := v.original(start, it.Pos())
		for _, r := range string(segment) {
			if !passedOver(r) {
				out.add(&b, string(unicode.ToLower(unicode.ToUpper(r))), read)
			}
		}
	}
	out.text = b.String()
	return out
}

// foldASCII returns the text of fold for a text that is ASCII.
func foldASCII(s string) (text string, ok bool) {
	dropped := false
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return "", false
		}
		dropped = dropped || passedOverASCII(s[i])
	}
	if !dropped {
		return strings.ToLower(s), true
	}
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		if c := s[i]; !passedOverASCII(c) {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			b = append(b, c)
		}
	}
	return string(b), true
}

func passedOverASCII(c byte) bool { return c <= ' ' || c == '+' || c == 0x7f }

// holds reports whether one of the needles stands in text.
func holds(text string, needles []string) bool {
	return slices.ContainsFunc(needles, func(needle string) bool { return strings.Contains(text, needle) })
}

func passedOver(r rune) bool {
	return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) ||
		unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}
