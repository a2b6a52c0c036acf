package drawing

// The engine's vocabulary. Words are singular and lower case, and each has one
// meaning in a table; nouns.go has those that a sprite plays.

import (
	"strings"
	"sync"
)

func placeWords() map[place]string {
	return map[place]string{
		hills:     "hill meadow field grass grassland valley farm countryside plains prairie garden park battlefield orchard vineyard",
		mountains: "mountain peak alps cliff summit canyon ridge glacier rocky volcano highland gorge ravine chasm",
		forest:    "forest wood woodland jungle grove pine oak birch swamp taiga",
		city:      "city town street skyline skyscraper downtown metropolis urban building tokyo york cyberpunk futuristic alley rooftop",
		sea:       "sea ocean beach wave island harbour harbor coast bay shore lagoon underwater pirate port dock pier marina seaside",
		desert:    "desert dune sahara oasis mesa wasteland mars egypt pyramid",
		castle:    "castle fortress citadel palace gate rampart kingdom stronghold",
		space:     "space galaxy planet nebula cosmic cosmos asteroid orbit universe moonbase",
		village:   "village house cottage cabin hut hamlet barn",
		interior:  "room interior dungeon hall library kitchen laboratory lab office throne corridor tomb crypt temple prison",
		cave:      "cave cavern grotto tunnel",
		flow:      "abstract pattern background texture wallpaper gradient",
	}
}

// landmarkWords are the things that stand in a place; each is painted by the
// landmark of its name and brings a place along where the prompt names none.
func landmarkWords() map[string]string {
	return map[string]string{
		"bridge":     "bridge viaduct aqueduct",
		"gorge":      "gorge ravine canyon chasm abyss",
		"river":      "river stream creek brook canal",
		"lake":       "lake pond reservoir",
		"waterfall":  "waterfall cascade",
		"tower":      "tower watchtower turret",
		"lighthouse": "lighthouse beacon",
		"windmill":   "windmill mill",
		"ruin":       "ruin ruins",
		"road":       "road path trail highway lane",
		"quay":       "harbour harbor port dock pier marina",
		"market":     "market bazaar stall",
		"shop":       "shop store roastery cafe bakery tavern inn pub restaurant boutique",
		"hamlet":     "farm",
		"tree":       "tree",
		"island":     "island",
	}
}

// landmarkHomes is where a landmark stands when the prompt names no place.
var landmarkHomes = map[string]place{
	"bridge": hills, "gorge": mountains, "river": hills, "lake": hills, "waterfall": mountains, "tower": hills,
	"lighthouse": sea, "windmill": hills, "ruin": hills, "road": hills, "quay": sea, "market": village,
	"shop": village, "hamlet": hills, "tree": hills, "island": sea,
}

func hourWords() map[hour]string {
	return map[hour]string{
		dawn:  "dawn sunrise morning daybreak",
		day:   "day noon midday daylight sunny bright daytime summer spring",
		dusk:  "dusk sunset evening twilight golden autumn",
		night: "night midnight moon moonlit moonlight dark starry nocturnal cyberpunk neon space galaxy",
	}
}

func weatherWords() map[weather]string {
	return map[weather]string{
		rain:  "rain rainy drizzle wet downpour",
		snow:  "snow snowy winter blizzard frost icy ice frozen",
		fog:   "fog foggy mist misty haze hazy smoke smoky",
		storm: "storm stormy thunder thunderstorm tempest",
		fire:  "fire burning flame ember lava inferno blaze volcano",
		magic: "magic magical enchanted spell fairy sparkle glowing mystic firefly",
	}
}

func styleWords() map[style]string {
	return map[style]string{
		pixel:       "pixel pixelart eightbit voxel",
		inked:       "ink inked sketch pencil engraving etching manga comic lineart linework noir monochrome",
		watercolour: "watercolour watercolor gouache aquarelle pastel",
		neon:        "neon cyberpunk synthwave vaporwave tron hologram holographic",
		painterly:   "painterly painting oil impressionist brushstroke painted canvas",
	}
}

var tints = map[string]rgb{
	"red": hex(0xc8322b), "crimson": hex(0xa3122f), "scarlet": hex(0xd42a1e), "orange": hex(0xe8802a),
	"amber": hex(0xf0a830), "yellow": hex(0xf2cf3a), "gold": hex(0xd9a62e), "golden": hex(0xdba838),
	"green": hex(0x3f9c4a), "emerald": hex(0x1f9d6b), "olive": hex(0x7d8238), "lime": hex(0x9bd13c),
	"teal": hex(0x1f8f8f), "turquoise": hex(0x35bfb4), "cyan": hex(0x2fc4dc), "blue": hex(0x2f66c4),
	"azure": hex(0x3f8fe0), "navy": hex(0x1f2f63), "indigo": hex(0x4338a0), "violet": hex(0x7b3fc0),
	"purple": hex(0x7a35a8), "magenta": hex(0xc832a0), "pink": hex(0xe87aa8), "rose": hex(0xd85a78),
	"brown": hex(0x7d5430), "beige": hex(0xd8c4a0), "black": hex(0x1c1c22), "white": hex(0xf0f0ea),
	"grey": hex(0x80858c), "gray": hex(0x80858c), "silver": hex(0xb4bcc6), "copper": hex(0xb46a3c),
	"bronze": hex(0xa07038), "sand": hex(0xdcc49c), "cream": hex(0xf0e4c8), "ruby": hex(0xb0163c), "sapphire": hex(0x1d4fb0), "lavender": hex(0xa894d8),
	"sepia": hex(0x8a6a48), "rusty": hex(0x9a4f2c), "mint": hex(0x8fd8b4), "peach": hex(0xf2b48c),
}

// skyWords take a colour for the sky alone.
var skyWords = set("sky heaven cloud sunset sunrise dusk dawn horizon")

// spans tell how a bridge is built.
var spans = map[string]span{
	"stone": stoneSpan, "arch": stoneSpan, "rope": ropeSpan, "wooden": ropeSpan, "hanging": ropeSpan,
	"suspension": steelSpan, "modern": steelSpan, "steel": steelSpan, "concrete": steelSpan,
}

// Words of phrases: "full figure", "on a plain ground", "wearing a crown".
var (
	fullWords = set("figure body length")
	grounds   = set("ground background backdrop surface")
	simple    = set("plain white simple clean solid transparent neutral black grey gray studio flat isolated")
	uniform   = set("a an one uniform even single pure")
	lighter   = set("light pale bright")
	darker    = set("dark deep")
	holding   = set("with in wearing holding carrying wielding")
	articles  = set("a an the game app web round square flat small big")
)

// The tables as the reader asks them: from word to meaning.
var (
	places    = table(placeWords)
	hours     = table(hourWords)
	weathers  = table(weatherWords)
	styles    = table(styleWords)
	landmarks = table(landmarkWords)
	casting   = table(castWords)
	emblems   = table(emblemWords)
)

// table turns meaning -> words into word -> meaning, once it is asked for:
// most commands draw nothing.
func table[T comparable](words func() map[T]string) func() map[string]T {
	return sync.OnceValue(func() map[string]T {
		out := map[string]T{}
		for v, list := range words() {
			for w := range strings.FieldsSeq(list) {
				out[w] = v
			}
		}
		return out
	})
}
