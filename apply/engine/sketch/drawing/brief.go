package drawing

import "slices"

// brief is what the engine understood of a prompt.
type brief struct {
	place   place
	named   bool     // the prompt says where
	timed   bool     // and when
	also    []place  // further places, seen behind or beside the first
	marks   []string // landmarks, in the order of the prompt, at most three
	hour    hour
	weather weather
	style   style
	cast    []string       // names of sprites, in the order of the prompt, at most three
	icon    bool           // one object on a plain ground
	bare    bool           // the ground is plain: of one colour, without shadow or anything else
	ground  rgb            // its colour
	hued    bool           // the prompt names it
	full    bool           // the first of the cast is to fill the picture
	label   string         // what an object says: the text that the prompt quotes, or an initial
	tints   []rgb          // colours of the scene named in the prompt, in its order
	sky     []rgb          // the colour named for the sky, if any
	dress   map[string]rgb // colours named for members of the cast
	trim    map[string]rgb // colours named for what they wear
	span    span           // how a bridge is built
	detail  int            // 1 to 3
	prompt  uint64         // hash of the prompt alone
	dice    *dice          // hash of the whole request
}

type (
	place   int
	hour    int
	weather int
	style   int
	span    int
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
	cave
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

const (
	anySpan span = iota
	stoneSpan
	ropeSpan
	steelSpan
)

// shows reports whether a landmark stands in the scene.
func (b *brief) shows(mark string) bool { return slices.Contains(b.marks, mark) }

// near reports whether a place is named besides the first.
func (b *brief) near(p place) bool { return slices.Contains(b.also, p) }

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
	d := newDice(b.prompt)
	b.named, b.timed = b.place != nowhere || len(b.marks) > 0, b.hour != anyHour
	if b.place == nowhere && len(b.marks) > 0 {
		b.place = landmarkHomes[b.marks[0]]
	}
	if len(b.cast) > 0 && objects()[b.cast[0]] && b.place == nowhere {
		b.icon = true
	}
	if b.place == nowhere && len(b.cast) > 0 {
		b.place = homes[b.cast[0]]
		if b.full && b.place == castle {
			b.place = hills // nothing that competes with the figure
		}
	}
	if b.place == nowhere {
		b.place = []place{hills, mountains, forest, hills, flow}[d.n(5)]
	}
	if b.hour == anyHour {
		choice := []hour{day, dawn, dusk, day, day, night}
		if len(b.tints)+len(b.sky) > 0 {
			choice = choice[:5] // night would swallow the colours
		}
		b.hour = choice[d.n(len(choice))]
	}
}
