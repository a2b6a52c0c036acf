package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"assetform/plan/render/cells"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// operation says what became of a piece of text.
type operation int

const (
	kept operation = iota
	removed
	added
	left // kept or changed, but left out here to be short
)

// segment is a piece of a word diff.
type segment struct {
	op   operation
	text string
}

// wordDiff compares two texts word by word. Changes that only blanks part are
// joined, since people read them as one.
func wordDiff(before, after string) []segment {
	a, b := words(before), words(after)
	var segs []segment
	at := 0 // in a
	for _, d := range lcs.DiffLines(a, b) {
		segs = join(segs, kept, strings.Join(a[at:d.Start], ""))
		segs = join(segs, removed, strings.Join(a[d.Start:d.End], ""))
		segs = join(segs, added, strings.Join(b[d.ReplStart:d.ReplEnd], ""))
		at = d.End
	}
	return slide(join(segs, kept, strings.Join(a[at:], "")))
}

// slide moves a blank that a change begins with to its end where the text
// allows that: "a {+rusty +}sword" reads better than "a{+ rusty+} sword".
func slide(segs []segment) []segment {
	for i := 1; i+1 < len(segs); i++ {
		before, change, after := &segs[i-1], &segs[i], &segs[i+1]
		if change.op == kept || before.op != kept || after.op != kept {
			continue
		}
		if strings.HasPrefix(change.text, " ") && strings.HasPrefix(after.text, " ") {
			before.text += " "
			change.text = change.text[1:] + " "
			after.text = after.text[1:]
		}
	}
	return segs
}

// join appends a piece. Blank text between two changes becomes part of both.
func join(segs []segment, op operation, text string) []segment {
	if text == "" {
		return segs
	}
	n := len(segs)
	if op != kept && n >= 2 && segs[n-1].op == kept && strings.TrimSpace(segs[n-1].text) == "" && segs[n-2].op != kept {
		gap := segs[n-1].text
		segs = segs[:n-1]
		was, is := cutTail(&segs)
		segs = append(segs, segment{removed, was + gap}, segment{added, is + gap})
	}
	if n = len(segs); n >= 1 && segs[n-1].op == op {
		segs[n-1].text += text
		return segs
	}
	if n >= 2 && op == removed && segs[n-1].op == added && segs[n-2].op == removed {
		segs[n-2].text += text
		return segs
	}
	return append(segs, segment{op, text})
}

// cutTail takes the last removal and addition off.
func cutTail(segs *[]segment) (was, is string) {
	for n := len(*segs); n > 0 && (*segs)[n-1].op != kept; n = len(*segs) {
		last := (*segs)[n-1]
		if last.op == removed {
			was = last.text + was
		} else {
			is = last.text + is
		}
		*segs = (*segs)[:n-1]
	}
	return was, is
}

// words cuts a text into words, runs of blanks, and single other characters.
func words(s string) []string {
	var out []string
	for s != "" {
		n := 0
		first := wordClass(s)
		for n < len(s) {
			_, size := utf8.DecodeRuneInString(s[n:])
			if n > 0 && (first == other || wordClass(s[n:]) != first) {
				break
			}
			n += size
		}
		out, s = append(out, s[:n]), s[n:]
	}
	return out
}

type class int

const (
	other class = iota
	letters
	blanks
)

// wordClass is the class of the first character of s. Scripts that are written
// without blanks count each character as a word.
func wordClass(s string) class {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case unicode.IsSpace(r):
		return blanks
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
		return other
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\'' || r == '’' || r == '_':
		return letters
	}
	return other
}

// Bytes of one change of a text that are shown: nearly always all of it.
const (
	changeHead = 1_500
	changeTail = 500
)

// shorten leaves out what is far from a change, and counts it. around is how
// many bytes stay on either side.
func shorten(segs []segment, around int) []segment {
	return shortenTo(segs, around, changeHead, changeTail)
}

// shortenTo is shorten for what has room for head and tail of a change.
func shortenTo(segs []segment, around, head, tail int) []segment {
	var out []segment
	for i, s := range segs {
		from, to := around, around
		if s.op == kept && i == 0 {
			from = 0
		}
		if s.op == kept && i == len(segs)-1 {
			to = 0
		}
		if s.op != kept {
			from, to = head, tail
		}
		out = append(out, middleOut(s, from, to)...)
	}
	return out
}

// coarse joins all changes of a text to one, from the first to the last.
func coarse(segs []segment) []segment {
	first, last := 0, len(segs)-1
	for first < last && segs[first].op == kept {
		first++
	}
	for last > first && segs[last].op == kept {
		last--
	}
	var was, is strings.Builder
	for _, s := range segs[first : last+1] {
		if s.op != added {
			was.WriteString(s.text)
		}
		if s.op != removed {
			is.WriteString(s.text)
		}
	}
	out := append([]segment(nil), segs[:first]...)
	for _, s := range []segment{{removed, was.String()}, {added, is.String()}} {
		if s.text != "" {
			out = append(out, s)
		}
	}
	return append(out, segs[last+1:]...)
}

// middleOut keeps about head bytes at the beginning and tail at the end, cut
// at blanks where one is near.
func middleOut(s segment, head, tail int) []segment {
	const worthwhile = 48 // about as long as what stands in its place
	if len(s.text) <= head+tail+worthwhile {
		return []segment{s}
	}
	var out []segment
	from, to := wordCut(s.text, head), len(s.text)-tail
	for to < len(s.text) && !utf8.RuneStart(s.text[to]) {
		to++
	}
	if i := strings.IndexByte(s.text[to:], ' '); i >= 0 && i < tail/2 {
		to += i
	}
	if from > 0 {
		out = append(out, segment{s.op, s.text[:from]})
	}
	out = append(out, segment{left, cells.LeftOut(utf8.RuneCountInString(s.text[from:to]))})
	if to < len(s.text) {
		out = append(out, segment{s.op, s.text[to:]})
	}
	return out
}

// wordCut is a place at or before n at which s may be cut.
func wordCut(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	if i := strings.LastIndexByte(s[:n], ' '); i >= n/2 {
		return i + 1
	}
	return n
}
