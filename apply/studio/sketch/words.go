package sketch

// The engine's vocabulary. Words are singular and lower case, and each has one
// meaning in a table.

var placeWords = map[place]string{
	hills:     "hill meadow field grass grassland valley farm countryside plain prairie garden park road path bridge battlefield",
	mountains: "mountain peak alps cliff summit canyon ridge glacier rocky volcano highland",
	forest:    "forest wood woodland tree jungle grove pine oak birch mushroom swamp taiga",
	city:      "city town street skyline skyscraper downtown metropolis urban building tokyo york cyberpunk futuristic alley rooftop tower",
	sea:       "sea ocean lake river beach wave island harbour harbor coast bay water shore lagoon underwater pirate",
	desert:    "desert dune sand sahara oasis mesa wasteland mars egypt pyramid",
	castle:    "castle fortress citadel palace gate rampart kingdom stronghold",
	space:     "space galaxy planet nebula star cosmic cosmos asteroid orbit universe moonbase",
	village:   "village house cottage cabin hut hamlet tavern inn home barn mill",
	interior:  "room interior dungeon hall library kitchen cave laboratory lab office throne corridor shop tomb crypt temple",
	flow:      "abstract pattern background texture wallpaper gradient banner",
}

var hourWords = map[hour]string{
	dawn:  "dawn sunrise morning daybreak",
	day:   "day noon midday daylight sunny bright daytime summer spring",
	dusk:  "dusk sunset evening twilight golden autumn",
	night: "night midnight moon moonlit moonlight dark starry nocturnal cyberpunk neon space galaxy",
}

var weatherWords = map[weather]string{
	rain:  "rain rainy drizzle wet downpour",
	snow:  "snow snowy winter blizzard frost icy ice frozen",
	fog:   "fog foggy mist misty haze hazy smoke smoky",
	storm: "storm stormy thunder thunderstorm tempest",
	fire:  "fire burning flame ember lava inferno blaze volcano",
	magic: "magic magical enchanted spell fairy sparkle glowing mystic firefly",
}

var styleWords = map[style]string{
	pixel:       "pixel pixelart eightbit voxel",
	inked:       "ink inked sketch pencil engraving etching manga comic lineart linework noir monochrome",
	watercolour: "watercolour watercolor gouache aquarelle pastel",
	neon:        "neon cyberpunk synthwave vaporwave tron hologram holographic",
	painterly:   "painterly painting oil impressionist brushstroke painted canvas",
}

// castWords are the words that each sprite plays.
var castWords = map[string]string{
	"knight":    "knight warrior soldier paladin guard guardian",
	"figure":    "figure person man woman character hero girl boy human villager traveller traveler explorer farmer king queen child player ranger archer thief rogue monk pilgrim princess prince",
	"wizard":    "wizard mage witch sorcerer warlock druid necromancer",
	"robot":     "robot android mech droid golem cyborg",
	"dragon":    "dragon wyvern drake",
	"wolf":      "wolf dog fox hound",
	"cat":       "cat kitten lion tiger panther",
	"horse":     "horse unicorn pony stallion deer stag camel",
	"bird":      "bird eagle crow raven owl falcon phoenix seagull dove",
	"fish":      "fish whale shark dolphin",
	"slime":     "slime blob monster ghost creature beast goblin orc",
	"car":       "car taxi truck vehicle automobile racer",
	"ship":      "ship boat sailboat galleon frigate pirate",
	"spaceship": "spaceship starship rocket shuttle ufo spacecraft",
	"train":     "train locomotive railway tram",
	"balloon":   "balloon airship zeppelin",
	"sword":     "sword blade dagger katana rapier",
	"shield":    "shield buckler",
	"potion":    "potion elixir flask vial bottle",
	"key":       "key",
	"coin":      "coin gold treasure money",
	"gem":       "gem crystal diamond ruby sapphire emerald jewel",
	"heart":     "heart life health",
	"scroll":    "scroll parchment map letter",
	"bow":       "bow arrow crossbow",
	"book":      "book tome grimoire spellbook",
	"axe":       "axe hatchet",
	"hammer":    "hammer mace warhammer anvil",
	"staff":     "staff wand sceptre scepter",
	"crown":     "crown tiara diadem",
	"ring":      "ring amulet",
	"helmet":    "helmet helm",
	"chest":     "chest crate box",
	"star":      "badge award",
	"apple":     "apple fruit food cherry berry",
	"bomb":      "bomb grenade explosive",
	"skull":     "skull bone skeleton",
	"torch":     "torch lantern lamp candle",
	"bolt":      "lightning bolt energy electricity",
	"leaf":      "leaf herb plant nature",
	"cup":       "cup chalice goblet trophy mug coffee tea",
	"mushroom":  "mushroom toadstool",
}

// homes is where a sprite stands when the prompt names no place.
var homes = map[string]place{
	"knight": castle, "wizard": forest, "robot": city, "dragon": mountains, "wolf": forest,
	"cat": village, "horse": hills, "bird": sea, "fish": sea, "slime": interior, "car": city,
	"ship": sea, "spaceship": space, "train": hills, "balloon": hills,
}

// objects are drawn as icons unless the prompt names a place.
var objects = set("sword shield potion key coin gem heart scroll bow book axe hammer staff crown ring helmet chest star apple bomb skull torch bolt leaf cup mushroom")

var iconWords = set("icon logo emblem symbol item sprite sticker glyph asset inventory pictogram")

var tints = map[string]rgb{
	"red": hex(0xc8322b), "crimson": hex(0xa3122f), "scarlet": hex(0xd42a1e), "orange": hex(0xe8802a),
	"amber": hex(0xf0a830), "yellow": hex(0xf2cf3a), "gold": hex(0xd9a62e), "golden": hex(0xdba838),
	"green": hex(0x3f9c4a), "emerald": hex(0x1f9d6b), "olive": hex(0x7d8238), "lime": hex(0x9bd13c),
	"teal": hex(0x1f8f8f), "turquoise": hex(0x35bfb4), "cyan": hex(0x2fc4dc), "blue": hex(0x2f66c4),
	"azure": hex(0x3f8fe0), "navy": hex(0x1f2f63), "indigo": hex(0x4338a0), "violet": hex(0x7b3fc0),
	"purple": hex(0x7a35a8), "magenta": hex(0xc832a0), "pink": hex(0xe87aa8), "rose": hex(0xd85a78),
	"brown": hex(0x7d5430), "beige": hex(0xd8c4a0), "black": hex(0x1c1c22), "white": hex(0xf0f0ea),
	"grey": hex(0x80858c), "gray": hex(0x80858c), "silver": hex(0xb4bcc6), "copper": hex(0xb46a3c),
	"bronze": hex(0xa07038), "ruby": hex(0xb0163c), "sapphire": hex(0x1d4fb0), "lavender": hex(0xa894d8),
	"sepia": hex(0x8a6a48), "rusty": hex(0x9a4f2c), "mint": hex(0x8fd8b4), "peach": hex(0xf2b48c),
}

// skyWords take a colour for the sky alone.
var skyWords = set("sky heaven cloud sunset sunrise dusk dawn horizon")

// The tables as readPrompt asks them: from word to meaning.
var (
	places   = table(placeWords)
	hours    = table(hourWords)
	weathers = table(weatherWords)
	styles   = table(styleWords)
	casting  = table(castWords)
)

// table turns meaning -> words into word -> meaning.
func table[T comparable](m map[T]string) map[string]T {
	out := map[string]T{}
	for v, words := range m {
		for w := range set(words) {
			out[w] = v
		}
	}
	return out
}
