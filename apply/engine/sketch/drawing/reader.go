package drawing

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// token is a word of the prompt.
type token struct {
	text   string // lower case, singular where that is a word the engine knows
	joined bool   // nothing but a blank or a hyphen parts it from the word before
}

// reader goes through a prompt word by word. The first word that says
// something about a topic decides it; unknown words only change the hash.
type reader struct {
	b      *brief
	words  []token
	iconic bool // some word asks for an icon
	behind backing
	colour rgb  // a colour that waits for its noun
	since  int  // for how many words it has waited; negative if none does
	held   bool // the words name what the last of the cast wears or holds
}

// readPrompt makes the brief of a prompt.
func readPrompt(text string, detail int, promptSeed, seed uint64) brief {
	b := brief{detail: detail, prompt: promptSeed, dice: newDice(mix64(seed)), dress: map[string]rgb{}, trim: map[string]rgb{}}
	text, b.label = unquote(text)
	r := reader{b: &b, words: split(text), since: -1}
	r.behind = r.backing()
	b.bare, b.ground, b.hued = r.behind.end > 0, r.behind.colour, r.behind.coloured
	r.iconic = b.bare
	for i := range r.words {
		r.iconic = r.iconic || iconWords()[r.words[i].text]
	}
	b.icon = r.iconic
	for i := range r.words {
		if !r.behind.has(i) {
			r.read(i)
		}
	}
	r.release()
	b.tints = b.tints[:min(len(b.tints), 3)]
	if b.icon && (b.label != "" || len(b.cast) == 0) {
		r.sign()
	}
	b.settle()
	return b
}

// read takes in word i.
func (r *reader) read(i int) {
	b, w := r.b, r.words[i].text
	if !r.words[i].joined {
		r.held = false
	}
	if r.since >= 0 {
		r.since++
	}
	if p := places()[w]; p != nowhere && !r.iconic {
		if b.place != nowhere && p != b.place {
			b.also = append(b.also, p)
		}
		first(&b.place, p)
	}
	first(&b.hour, hours()[w])
	first(&b.weather, weathers()[w])
	first(&b.style, styles()[w])
	first(&b.span, spans[w])
	if w == "art" && r.before(i, "pixel") {
		b.style = pixel
	}
	b.full = b.full || fullWords()[w] && r.before(i, "full") || w == "closeup" || w == "portrait"
	r.held = r.held || holding()[w]
	if m, ok := landmarks()[w]; ok && !r.iconic && !b.shows(m) && len(b.marks) < 3 {
		b.marks = append(b.marks, m)
	}
	r.noun(i)
	r.tint(i)
}

// noun lets word i join the cast if a sprite plays it.
func (r *reader) noun(i int) {
	b, w := r.b, r.words[i].text
	s, ok := casting()[w]
	if e, is := emblems()[w]; is && !ok && r.iconic {
		s, ok = e, true
	}
	switch {
	case garments()[w] || ok && r.held && worn()[s]:
		if n := len(b.cast); n > 0 && r.since > 0 {
			b.trim[b.cast[n-1]] = r.colour
			r.since = -1
		}
	case !ok, r.modifies(i), r.paired(i), r.contained(i), fullWords()[w] && r.before(i, "full"):
	default:
		if own, is := tints[w]; is && r.since <= 0 { // a rose, an emerald
			r.colour, r.since = own, 1
		}
		b.join(s, r.colour, r.since > 0)
		r.since, r.held = -1, false
	}
}

// modifies reports whether word i only describes the noun that follows it: the
// health of a health potion, the coffee of a coffee shop.
func (r *reader) modifies(i int) bool {
	if i+1 >= len(r.words) || !r.words[i+1].joined {
		return false
	}
	next := r.words[i+1].text
	if r.iconic {
		return casting()[next]+emblems()[next] != ""
	}
	return casting()[next]+landmarks()[next] != "" || places()[next] != nowhere
}

// paired reports whether word i is the second colour of two: the gold of brown
// and gold.
func (r *reader) paired(i int) bool {
	_, colour := tints[r.words[i].text]
	if !colour || !r.before(i, "and") || !r.words[i-1].joined || i < 2 {
		return false
	}
	_, colour = tints[r.words[i-2].text]
	return colour
}

// contained reports whether word i is what something of the cast is full of:
// the coffee of a bag of coffee.
func (r *reader) contained(i int) bool {
	return i >= 2 && r.words[i].joined && r.words[i-1].joined && r.words[i-1].text == "of" &&
		casting()[r.words[i-2].text] != "" && len(r.b.cast) > 0
}

func (r *reader) before(i int, w string) bool {
	return i > 0 && r.words[i].joined && r.words[i-1].text == w
}

// tint moves colours to what they colour: the sky, a place, or the scene.
func (r *reader) tint(i int) {
	b, w := r.b, r.words[i].text
	if r.since > 0 && skyWords()[w] {
		b.sky = []rgb{r.colour}
		r.since = -1
	}
	if r.since > 2 || r.since > 0 && places()[w] != nowhere {
		r.release()
	}
	if c, ok := tints[w]; ok && (casting()[w] == "" || r.modifies(i) || r.paired(i)) {
		r.release()
		r.colour, r.since = c, 0
	}
}

// release gives a colour that found no noun to the scene.
func (r *reader) release() {
	if r.since >= 0 {
		r.b.tints = append(r.b.tints, r.colour)
	}
	r.since = -1
}

// sign chooses the object of an icon that says something or that no sprite
// plays: a badge with the quoted text, or with the initial of the noun.
func (r *reader) sign() {
	b := r.b
	if b.label == "" {
		b.label = r.initial()
	}
	if len(b.cast) == 0 || !labelled()[b.cast[0]] {
		b.cast = append([]string{"badge"}, b.cast...)
	}
}

// initial is the first letter of the noun that an icon is of: the last word of
// the phrase after "of" or "for", else of the prompt's first phrase.
func (r *reader) initial() string {
	noun, open := "", false
	for i, t := range r.words {
		if r.behind.has(i) {
			continue
		}
		if i > 0 && !t.joined || holding()[t.text] || t.text == "on" {
			if noun != "" {
				break
			}
		}
		if t.text == "of" || t.text == "for" {
			noun, open = "", true
			continue
		}
		if _, colour := tints[t.text]; !iconWords()[t.text] && !articles()[t.text] && !colour && (open || noun == "") {
			noun = t.text
		}
	}
	first, _ := utf8.DecodeRuneInString(noun)
	if !unicode.IsLetter(first) {
		return ""
	}
	return string(unicode.ToUpper(first))
}

func first[T comparable](dst *T, v T) {
	var zero T
	if *dst == zero {
		*dst = v
	}
}

// maxLabel is the longest quotation, in bytes, that an object can carry.
const maxLabel = 60

// unquote takes the first short quotation out of a prompt.
func unquote(text string) (rest, label string) {
	for _, q := range [][2]string{{`"`, `"`}, {"“", "”"}, {"„", "“"}, {"«", "»"}, {"„", "”"}} {
		before, more, ok := strings.Cut(text, q[0])
		if !ok {
			continue
		}
		quoted, after, ok := strings.Cut(more, q[1])
		if quoted = strings.TrimSpace(quoted); !ok || quoted == "" || len(quoted) > maxLabel || strings.TrimSpace(before+after) == "" {
			continue
		}
		return before + "," + after, quoted
	}
	return text, ""
}

// maxWords bounds the work on a very long prompt; its hash covers all of it.
const maxWords = 400

// split makes lower-case words without plural endings.
func split(text string) []token {
	var out []token
	joined := false
	text = strings.ToLower(text[:min(len(text), 8*maxWords)])
	for at := 0; at < len(text) && len(out) < maxWords; {
		end := strings.IndexFunc(text[at:], func(c rune) bool { return !unicode.IsLetter(c) })
		if end < 0 {
			end = len(text) - at
		}
		if end > 0 {
			out = append(out, token{singular(text[at : at+end]), joined})
			at, joined = at+end, true
			continue
		}
		c, size := utf8.DecodeRuneInString(text[at:])
		joined = joined && (unicode.IsSpace(c) || c == '-' || c == '\'' || c == '’')
		at += size
	}
	return out
}

// singular is the form of a word that the tables have, if any.
func singular(w string) string {
	if known(w) {
		return w
	}
	for _, end := range []string{"s", "es", "ed", "y", "ing"} {
		if s, ok := strings.CutSuffix(w, end); ok && known(s) {
			return s
		}
	}
	if s, ok := strings.CutSuffix(w, "ves"); ok {
		for _, f := range []string{s + "f", s + "fe"} {
			if known(f) {
				return f
			}
		}
	}
	return w
}

func known(w string) bool {
	_, isTint := tints[w]
	return isTint || casting()[w] != "" || landmarks()[w] != "" || emblems()[w] != "" || iconWords()[w] || skyWords()[w] || garments()[w] ||
		grounds()[w] || holding()[w] || fullWords()[w] || places()[w] != 0 || hours()[w] != 0 || weathers()[w] != 0 || styles()[w] != 0 || spans[w] != 0
}

// set makes a set of blank-separated words.
func set(words string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		out := map[string]bool{}
		for w := range strings.FieldsSeq(words) {
			out[w] = true
		}
		return out
	})
}
