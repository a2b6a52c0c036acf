package sketch

import (
	"slices"
	"strings"
	"unicode"
)

// brief is what the engine understood of a prompt.
type brief struct {
	place   place
	hour    hour
	weather weather
	style   style
	cast    []string       // names of sprites, in the order of the prompt, at most three
	icon    bool           // one object on a plain ground
	tints   []rgb          // colours of the scene named in the prompt, in its order
	sky     []rgb          // the colour named for the sky, if any
	dress   map[string]rgb // colours named for members of the cast
	detail  int            // 1 to 3
	prompt  uint64         // hash of the prompt alone
	dice    *dice          // hash of the whole request
}

type (
	place   int
	hour    int
	weather int
	style   int
)

// Places: what the background is built of.
const (
	nowhere place = iota
	hills
	mountains
	forest
	city
	sea
	desert
	castle
	space
	village
	interior
	flow // abstract bands, for patterns and backgrounds
)

const (
	anyHour hour = iota
	dawn
	day
	dusk
	night
)

const (
	clear weather = iota
	rain
	snow
	fog
	storm
	fire
	magic
)

const (
	plain style = iota
	pixel
	inked
	watercolour
	neon
	painterly
)

// readPrompt looks up each word. The first word that says something about a
// topic decides it; unknown words only change the hash.
func readPrompt(text string, detail int, promptSeed, seed uint64) brief {
	b := brief{detail: detail, prompt: promptSeed, dice: newDice(mix64(seed)), dress: map[string]rgb{}}
	words := split(text)
	named, since := rgb{}, -1 // a colour that waits for its noun, and for how many words
	for i, w := range words {
		first(&b.place, places[w])
		first(&b.hour, hours[w])
		first(&b.weather, weathers[w])
		first(&b.style, styles[w])
		if w == "art" && i > 0 && words[i-1] == "pixel" {
			b.style = pixel
		}
		b.icon = b.icon || iconWords[w]
		if since >= 0 {
			since++
		}
		if s, ok := casting[w]; ok {
			b.join(s, named, since > 0)
			since = -1
		}
		if since > 0 && skyWords[w] {
			b.sky = []rgb{named}
			since = -1
		}
		if since > 0 && (since > 2 || places[w] != nowhere) {
			b.tints = append(b.tints, named)
			since = -1
		}
		if c, ok := tints[w]; ok {
			if since >= 0 {
				b.tints = append(b.tints, named)
			}
			named, since = c, 0
		}
	}
	if since >= 0 {
		b.tints = append(b.tints, named)
	}
	b.tints = b.tints[:min(len(b.tints), 3)]
	b.settle()
	return b
}

// join adds a sprite to the cast, in its colour if the prompt gave it one.
func (b *brief) join(sprite string, c rgb, dressed bool) {
	if len(b.cast) < 3 && !slices.Contains(b.cast, sprite) {
		b.cast = append(b.cast, sprite)
	}
	if _, done := b.dress[sprite]; dressed && !done {
		b.dress[sprite] = c
	}
}

// settle decides from the hash what the prompt left open.
func (b *brief) settle() {
	if len(b.cast) > 0 && objects[b.cast[0]] && b.place == nowhere {
		b.icon = true
	}
	d := newDice(b.prompt)
	if b.place == nowhere && len(b.cast) > 0 {
		b.place = homes[b.cast[0]]
	}
	if b.place == nowhere {
		b.place = []place{hills, mountains, forest, village, sea, hills, hills, desert}[d.n(8)]
	}
	if b.hour == anyHour {
		choice := []hour{day, dawn, dusk, day, day, night}
		if len(b.tints)+len(b.sky) > 0 {
			choice = choice[:5] // night would swallow the colours
		}
		b.hour = choice[d.n(len(choice))]
	}
}

func first[T comparable](dst *T, v T) {
	var zero T
	if *dst == zero {
		*dst = v
	}
}

// maxWords bounds the work on a very long prompt; its hash covers all of it.
const maxWords = 400

// split makes lower-case words without plural endings.
func split(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text[:min(len(text), 8*maxWords)]), func(r rune) bool {
		return !unicode.IsLetter(r)
	})
	words = words[:min(len(words), maxWords)]
	for i, w := range words {
		if known(w) {
			continue
		}
		for _, end := range []string{"s", "es", "ed", "y", "ing"} {
			if s, ok := strings.CutSuffix(w, end); ok && known(s) {
				words[i] = s
				break
			}
		}
	}
	return words
}

func known(w string) bool {
	_, isTint := tints[w]
	_, isCast := casting[w]
	return isTint || isCast || iconWords[w] || skyWords[w] ||
		places[w] != 0 || hours[w] != 0 || weathers[w] != 0 || styles[w] != 0
}

// set makes a set of blank-separated words.
func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}
