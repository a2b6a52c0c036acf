package drawing

// castWords are the words that each sprite plays.
func castWords() map[string]string {
	return map[string]string{
		"knight":    "knight warrior soldier paladin guard guardian samurai viking",
		"figure":    "figure person man woman character hero heroine girl boy human villager traveller traveler explorer farmer king queen child player ranger archer thief rogue monk pilgrim princess prince people wanderer merchant",
		"wizard":    "wizard mage witch sorcerer warlock druid necromancer",
		"robot":     "robot android mech droid golem cyborg",
		"astronaut": "astronaut cosmonaut spaceman",
		"alien":     "alien martian extraterrestrial",
		"dragon":    "dragon wyvern drake",
		"wolf":      "wolf fox coyote",
		"dog":       "dog puppy hound",
		"cat":       "cat kitten lion tiger panther",
		"horse":     "horse unicorn pony stallion deer stag camel",
		"bird":      "bird eagle crow raven owl falcon phoenix seagull dove",
		"fish":      "fish whale shark dolphin",
		"slime":     "slime blob monster creature beast goblin orc",
		"ghost":     "ghost spirit phantom spectre",
		"car":       "car taxi truck vehicle automobile racer",
		"bicycle":   "bicycle bike cyclist",
		"ship":      "ship galleon frigate pirate",
		"boat":      "boat sailboat yacht dinghy",
		"spaceship": "spaceship starship shuttle ufo spacecraft",
		"rocket":    "rocket missile",
		"train":     "train locomotive railway tram",
		"balloon":   "balloon airship zeppelin",
		"sword":     "sword blade dagger katana rapier weapon",
		"shield":    "shield buckler",
		"potion":    "potion elixir flask vial bottle mana",
		"key":       "key",
		"coin":      "coin gold treasure money",
		"gem":       "gem crystal diamond ruby sapphire emerald jewel",
		"heart":     "heart life health",
		"scroll":    "scroll parchment letter",
		"map":       "map atlas",
		"bow":       "bow arrow crossbow",
		"book":      "book tome grimoire spellbook",
		"axe":       "axe hatchet",
		"hammer":    "hammer mace warhammer anvil",
		"staff":     "staff wand sceptre scepter",
		"crown":     "crown tiara diadem",
		"ring":      "ring amulet",
		"helmet":    "helmet helm",
		"armour":    "armour armor breastplate chestplate cuirass",
		"chest":     "chest crate",
		"star":      "star",
		"badge":     "badge award medal seal stamp rosette",
		"button":    "button",
		"ribbon":    "ribbon banner",
		"apple":     "apple fruit food cherry berry",
		"bread":     "bread loaf cake pastry pie",
		"bomb":      "bomb grenade explosive",
		"skull":     "skull bone skeleton",
		"torch":     "torch lantern lamp candle",
		"bolt":      "lightning bolt energy electricity",
		"leaf":      "leaf herb plant nature",
		"flower":    "flower rose tulip daisy blossom sunflower",
		"trophy":    "trophy chalice goblet",
		"mug":       "cup coffee tea mug espresso latte",
		"bag":       "bag pouch sack backpack satchel",
		"parcel":    "package parcel box",
		"mushroom":  "mushroom toadstool",
		"gear":      "gear cog cogwheel",
		"lock":      "lock padlock",
		"bell":      "bell",
		"envelope":  "envelope",
		"cart":      "cart trolley",
		"camera":    "camera",
		"clock":     "clock",
		"gift":      "gift",
		"lens":      "magnifier loupe",
		"bulb":      "lightbulb",
	}
}

// emblemWords name what stands for a place or the weather where an icon is
// asked for.
func emblemWords() map[string]string {
	return map[string]string{
		"house":    "house home cottage village hut cabin",
		"tree":     "tree forest wood pine oak park",
		"keep":     "castle tower fortress kingdom citadel palace",
		"peak":     "mountain peak alps summit volcano hill",
		"flame":    "fire flame burning campfire",
		"sun":      "sun day summer weather sunny",
		"moon":     "moon night",
		"cloud":    "cloud sky fog",
		"drop":     "water drop rain river lake",
		"flake":    "snow snowflake winter frost ice",
		"planet":   "planet world globe earth space galaxy",
		"user":     "user profile account avatar contact",
		"pin":      "location pin address",
		"play":     "play video film",
		"tick":     "check tick success done",
		"shop":     "shop store market cafe tavern",
		"span":     "bridge",
		"parcel":   "product delivery shipping goods",
		"gear":     "settings machine engine",
		"lock":     "security privacy login",
		"bell":     "notification alert alarm",
		"camera":   "photo picture gallery",
		"envelope": "mail email newsletter message",
		"clock":    "watch timer time history",
		"gift":     "present bonus reward",
		"lens":     "search find zoom",
		"bulb":     "idea tip light",
		"chat":     "chat speech comment support",
		"note":     "music melody song audio sound",
		"heart":    "love like favourite favorite",
		"leaf":     "organic bio eco vegan",
		"bread":    "bakery",
		"waves":    "sea ocean wave",
	}
}

// homes is where a sprite stands when the prompt names no place.
var homes = map[string]place{
	"knight": castle, "wizard": forest, "robot": city, "dragon": mountains, "wolf": forest, "dog": hills,
	"cat": village, "horse": hills, "bird": sea, "fish": sea, "slime": cave, "car": city, "alien": desert, "astronaut": space,
	"ship": sea, "boat": sea, "spaceship": space, "rocket": space, "train": hills, "balloon": hills,
	"ghost": interior, "bicycle": city,
}

// objects are drawn as icons unless the prompt names a place.
var objects = set(`sword shield potion key coin gem heart scroll map bow book axe hammer staff crown ring helmet
	armour chest star badge button ribbon apple bread bomb skull torch bolt leaf flower trophy mug bag parcel mushroom
	gear lock bell envelope cart camera clock gift lens bulb chat note
	house tree keep peak flame sun moon cloud drop flake planet user pin play tick shop span waves`)

// worn are the objects that a figure carries as part of its own drawing, and
// garments the words that only pass their colour on to their wearer.
var (
	worn     = set("sword shield helmet armour staff crown bow")
	garments = set("cape cloak robe dress coat hat scarf hood tunic sail flag wing jacket shirt feather plume")
)

// alive are the sprites that keep their own colours in a scene of others.
var alive = set("knight figure wizard dragon wolf dog cat horse bird fish astronaut")

// labelled are the objects that carry the text that a prompt quotes.
var labelled = set("badge button ribbon")

// iconWords ask for one object on a plain ground.
var iconWords = set("icon logo emblem symbol item sprite sticker glyph asset inventory pictogram favicon")
