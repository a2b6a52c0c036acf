package drawing

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
)

func TestSizes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		method, aspect string
		w, h           int
	}{
		{MethodImage, "landscape", 1344, 768},
		{MethodImage, "", 1344, 768},
		{MethodReferences, "portrait", 768, 1344},
		{MethodRecipe, "square", 1024, 1024},
		{MethodVideo, "landscape", 1280, 720},
		{MethodVideoReference, "portrait", 720, 1280},
		{MethodVideoTransition, "", 1280, 720},
	}
	for _, tt := range tests {
		if w, h := size(tt.method, tt.aspect); w != tt.w || h != tt.h {
			t.Errorf("Size(%q, %q) = %d, %d; want %d, %d", tt.method, tt.aspect, w, h, tt.w, tt.h)
		}
		if isVideo(tt.method) {
			continue
		}
		m := Image(Request{Method: tt.method, Prompt: "hills", Aspect: tt.aspect})
		if m.Rect != image.Rect(0, 0, tt.w, tt.h) {
			t.Errorf("Image(%q, %q) is %v; want %d by %d", tt.method, tt.aspect, m.Rect, tt.w, tt.h)
		}
		if !m.Opaque() {
			t.Errorf("Image(%q, %q) can be seen through", tt.method, tt.aspect)
		}
	}
}

func TestSameRequestSamePixels(t *testing.T) {
	t.Parallel()
	ref := Image(Request{Method: MethodImage, Prompt: "icon of a key", Aspect: "square"})
	for _, r := range []Request{
		{Method: MethodImage, Prompt: "A city at night, storm", Seed: 3, Model: "nano_banana_pro"},
		{Method: MethodImage, Prompt: "painterly forest, snow", Seed: -1},
		{Method: MethodReferences, Prompt: "a duel", References: []image.Image{ref}},
		{Method: MethodRecipe, Subject: ref, Scene: ref, Style: ref},
	} {
		if n := differing(Image(r), Image(r)); n != 0 {
			t.Errorf("%s: %d pixels differ between two drawings", label(r), n)
		}
	}
}

// TestPromptsAndSeedsDiffer draws the golden prompts, and asks of every two of
// a size that a person would see the difference.
func TestPromptsAndSeedsDiffer(t *testing.T) {
	withoutRace(t)
	t.Parallel()
	var small []*image.RGBA
	var names []string
	for i, r := range sheetRequests {
		if !long && i%4 != 0 {
			continue
		}
		r.Method, r.NoCaption, r.Model, r.Aspect = MethodImage, true, "", ""
		small = append(small, resize(Image(r), 84, 48))
		names = append(names, label(r))
	}
	for i := range small {
		for j := range i {
			if d := meanDifference(small[i], small[j]); d < 7 {
				t.Errorf("%s and %s differ by a mean of %d of 255 only", names[i], names[j], d)
			}
		}
	}
	first := Request{Method: MethodImage, Prompt: "A castle on a hill at dusk", NoCaption: true}
	other := first
	other.Seed = 1
	if d := meanDifference(Image(first), Image(other)); d < 4 {
		t.Errorf("two seeds of one prompt differ by a mean of %d of 255 only", d)
	}
}

func TestModelSetsDetail(t *testing.T) {
	t.Parallel()
	edges := func(model string) int {
		m := wrap(Image(Request{Method: MethodImage, Prompt: "Pine forest by day", Model: model, NoCaption: true}))
		n := 0
		for y := m.h / 2; y < m.h; y += 2 {
			for x := 1; x < m.w; x++ {
				if distance(m.at(x, y), m.at(x-1, y)) > 150 {
					n++
				}
			}
		}
		return n
	}
	low, high := edges(""), edges("nano_banana_pro")
	if high < low*11/10 {
		t.Errorf("nano_banana_pro has %d edges, imagen3.5 %d; want a tenth more", high, low)
	}
}

func TestColourWordsRuleThePicture(t *testing.T) {
	t.Parallel()
	mean := func(prompt string) rgb {
		m := resize(Image(Request{Method: MethodImage, Prompt: prompt, NoCaption: true}), 1, 1)
		return rgb{m.Pix[0], m.Pix[1], m.Pix[2]}
	}
	if c := mean("red mountains by day"); c.r <= c.b+20 {
		t.Errorf("red mountains have the mean colour %v", c)
	}
	if c := mean("blue mountains by day"); c.b <= c.r+20 {
		t.Errorf("blue mountains have the mean colour %v", c)
	}
	if day, dark := mean("mountains at noon"), mean("mountains at night"); dark.luma() > day.luma()*6/10 {
		t.Errorf("night %v is not much darker than day %v", dark, day)
	}
}

func TestPromptIsRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		prompt string
		place  place
		hour   hour
		sky    weather
		style  style
		cast   string
		icon   bool
	}{
		{"A CASTLE, at dusk!", castle, dusk, clear, plain, "", false},
		{"Two foxes in snowy woods at night", forest, night, snow, plain, "wolf", false},
		{"pixel art spaceships over a city at dawn", city, dawn, clear, pixel, "spaceship", false},
		{"Game icon of a sword", 0, 0, clear, plain, "sword", true},
		{"Game icon of a bubbling health potion, red", 0, 0, clear, plain, "potion", true},
		{"A stone bridge over a gorge in the mountains, misty morning", mountains, dawn, fog, plain, "", false},
		{"The knight duels a red dragon on the bridge at sunset", 0, dusk, clear, plain, "knight dragon", false},
		{"A knight with a sword and a red cape, full figure", hills, 0, clear, plain, "knight", false},
		{"A brown paper bag of coffee on a plain ground", 0, 0, clear, plain, "bag", true},
		{"A coffee roastery by a harbour, boats", sea, 0, clear, plain, "boat", false},
		{"Logo for a coffee roastery", 0, 0, clear, plain, "mug", true},
		{"Icon of a castle", 0, 0, clear, plain, "keep", true},
		{"two wolves in the gold shop", 0, 0, clear, plain, "wolf", false},
		{"golden crown", 0, 0, clear, plain, "crown", true},
		{"a burning sword in the desert by day", desert, day, fire, plain, "sword", false},
		{"Character driving a car through the city at noon", city, day, clear, plain, "figure car", false},
	}
	for _, tt := range tests {
		b := readPrompt(tt.prompt, 1, 1, 1)
		if tt.place != nowhere && b.place != tt.place {
			t.Errorf("%q: place %d, want %d", tt.prompt, b.place, tt.place)
		}
		if tt.hour != anyHour && b.hour != tt.hour {
			t.Errorf("%q: hour %d, want %d", tt.prompt, b.hour, tt.hour)
		}
		if b.weather != tt.sky || b.style != tt.style || b.icon != tt.icon {
			t.Errorf("%q: weather %d style %d icon %v, want %d %d %v", tt.prompt, b.weather, b.style, b.icon, tt.sky, tt.style, tt.icon)
		}
		if got := strings.Join(b.cast, " "); got != tt.cast {
			t.Errorf("%q: cast %q, want %q", tt.prompt, got, tt.cast)
		}
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	tests := []struct{ prompt, sprite, label string }{
		{`Round icon badge that says "Nowość" in PL`, "badge", "Nowość"},
		{`Green button “Play now”`, "button", "Play now"},
		{"Icon of a zamboni, blue", "badge", "Z"},
		{`"A whole prompt in quotes"`, "", ""},
		{`A knight says "to the bridge" at dusk`, "knight", "to the bridge"},
		{"Icon of a sword", "sword", ""},
	}
	for _, tt := range tests {
		b := readPrompt(tt.prompt, 1, 1, 1)
		if b.label != tt.label || strings.Join(b.cast, " ") != tt.sprite {
			t.Errorf("%s: %v says %q; want %s saying %q", tt.prompt, b.cast, b.label, tt.sprite, tt.label)
		}
	}
	draw := func(text string) *image.RGBA {
		s := newScene(readPrompt("Badge icon", 1, 1, 1), 400, 400, nil)
		s.b.label = text
		s.place(s.object())
		return s.k.RGBA
	}
	if differing(draw("New"), draw("Old")) < 300 {
		t.Error("the text of a badge cannot be seen")
	}
}

func TestColourGoesToItsNoun(t *testing.T) {
	t.Parallel()
	b := readPrompt("green hills under a pink sky, a small blue train", 1, 1, 1)
	if len(b.tints) != 1 || b.tints[0] != tints["green"] {
		t.Errorf("scene colours %v, want green alone", b.tints)
	}
	if len(b.sky) != 1 || b.sky[0] != tints["pink"] {
		t.Errorf("sky colour %v, want pink", b.sky)
	}
	if b.dress["train"] != tints["blue"] {
		t.Errorf("train colour %v, want blue", b.dress["train"])
	}
}

func TestCaption(t *testing.T) {
	t.Parallel()
	r := Request{Method: MethodImage, Prompt: "Hills by day"}
	with := Image(r)
	r.NoCaption = true
	without := Image(r)
	strip := image.Rect(0, 768-32, 1344, 768)
	if differing(crop(with, strip), crop(without, strip)) == 0 {
		t.Error("the caption cannot be seen")
	}
	above := image.Rect(0, 0, 1344, 768-32)
	if n := differing(crop(with, above), crop(without, above)); n != 0 {
		t.Errorf("the caption changes %d pixels above its strip", n)
	}
}

func TestCaptionText(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"  two\n\nlines\t", "two lines"},
		{"a\x00b\u200bc", "abc"},
		{"e\u0301", "e"},
		{"Замок", "Замок"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := printable(tt.in); got != tt.want {
			t.Errorf("printable(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestStrangePrompts draws what nobody would call a prompt.
func TestStrangePrompts(t *testing.T) {
	t.Parallel()
	for _, prompt := range []string{
		"",
		strings.Repeat("castle dragon ", 1500)[:20000],
		strings.Repeat("Ж", 20000),
		"🏰🐉🔥👩‍👩‍👧",
		"古い城と竜",
		"Старый замок на холме",
		"\x00\xff\xfe not UTF-8",
		strings.Repeat("\n", 300),
	} {
		m := Image(Request{Method: MethodImage, Prompt: prompt})
		if m.Rect.Dx() != 1344 || !m.Opaque() {
			t.Errorf("%.20q: drew %v", prompt, m.Rect)
		}
	}
}

func TestEncodePNG(t *testing.T) {
	t.Parallel()
	m := Image(Request{Method: MethodImage, Prompt: "icon of a coin", Aspect: "square"})
	var a, b bytes.Buffer
	if err := EncodePNG(&a, m); err != nil {
		t.Fatal(err)
	}
	if err := EncodePNG(&b, m); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("one picture gave two files")
	}
	got, err := png.Decode(&a)
	if err != nil {
		t.Fatal(err)
	}
	if n := differing(toRGBA(got), m); n != 0 {
		t.Errorf("%d pixels differ after decoding", n)
	}
}
