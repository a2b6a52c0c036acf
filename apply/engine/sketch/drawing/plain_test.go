package drawing

import (
	"image"
	"testing"
)

func TestPlainGroundIsRead(t *testing.T) {
	t.Parallel()
	white, grey := hex(0xffffff), mix(tints["grey"], hex(0xffffff), 140)
	tests := []struct {
		prompt string
		bare   bool
		ground rgb // of those that name one
		tints  int // colours that are left for the subject
	}{
		{"Game icon of a sword, blue and silver, on a plain white ground", true, white, 2},
		{"A knight, plain white background, full figure", true, white, 0},
		{"one bronze shield, on a flat background of one uniform light grey, no shadow", true, grey, 0},
		{"A wolf on a solid magenta backdrop", true, tints["magenta"], 0},
		{"A dragon in red, plain background", true, rgb{}, 1},
		{"A rose on black background", true, hex(0), 0},
		{"Abstract teal and orange background", false, rgb{}, 2},
		{"A castle with mountains in the background", false, rgb{}, 0},
		{"The ground is white", false, rgb{}, 1},
	}
	for _, tt := range tests {
		b := readPrompt(tt.prompt, 1, 1, 1)
		if b.bare != tt.bare || b.ground != tt.ground || len(b.tints) != tt.tints {
			t.Errorf("%q: plain %v, ground %v, colours %v; want %v, %v and %d", tt.prompt, b.bare, b.ground, b.tints, tt.bare, tt.ground, tt.tints)
		}
	}
}

func TestSecondColourIsNoThing(t *testing.T) {
	t.Parallel()
	b := readPrompt("Game icon of a round shield, brown and gold", 1, 1, 1)
	if len(b.cast) != 1 || len(b.tints) != 2 || b.tints[1] != tints["gold"] {
		t.Errorf("cast %v in the colours %v, want a shield in brown and gold", b.cast, b.tints)
	}
}

// TestPlainGround looks at what a prompt for a plain ground comes to in every
// style: the border is of one colour to the last pixel, and the subject stands
// away from it.
func TestPlainGround(t *testing.T) {
	t.Parallel()
	figure := Image(Request{Method: MethodImage, Prompt: "A knight, full figure, plain white background", Aspect: "square"})
	for name, r := range map[string]Request{
		"no style":    {Prompt: "A potion on a plain white ground"},
		"pixel":       {Prompt: "A potion on a plain white ground, pixel art"},
		"ink":         {Prompt: "A potion on a plain white ground, ink"},
		"watercolour": {Prompt: "A potion on a plain white ground, watercolour"},
		"neon":        {Prompt: "A potion on a plain white ground, neon"},
		"painterly":   {Prompt: "A potion on a plain white ground, painterly, in snow"},
		"references":  {Prompt: "The knight on a plain white ground", Method: MethodReferences, References: []image.Image{figure}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.Aspect = "square"
			if r.Method == "" {
				r.Method = MethodImage
			}
			m := wrap(Image(r))
			white, subject := hex(0xffffff), 0
			rim := m.w / 20
			for y := range m.h {
				for x := range m.w {
					if m.at(x, y) == white {
						continue
					}
					if subject++; min(x, y, m.w-1-x, m.h-1-y) < rim {
						t.Fatalf("%v at %d, %d, near the border", m.at(x, y), x, y)
					}
				}
			}
			if share := subject * 100 / (m.w * m.h); share < 5 || share > 60 {
				t.Errorf("the subject is %d%% of the picture", share)
			}
		})
	}
}

// TestPlainGroundHasNoShadow goes in from both sides of every row: what comes
// first after the ground is the dark line round the object.
func TestPlainGroundHasNoShadow(t *testing.T) {
	t.Parallel()
	m := wrap(Image(Request{Method: MethodImage, Prompt: "Game icon of a gem on a plain white ground", Aspect: "square"}))
	ground, rows := m.at(0, 0), 0
	for y := m.h * 3 / 10; y < m.h*7/10; y++ {
		for _, way := range [2]int{1, -1} {
			x := 0
			if way < 0 {
				x = m.w - 1
			}
			for x >= 0 && x < m.w && m.at(x, y) == ground {
				x += way
			}
			if x < 0 || x >= m.w {
				continue // nothing stands in this row
			}
			rows++
			if edge := m.at(x+way*3, y).luma(); edge > 80 {
				t.Fatalf("row %d: %d within the edge, want the line", y, edge)
			}
		}
	}
	if rows < m.h/2 {
		t.Errorf("%d edges were seen", rows)
	}
}

func TestPlainGroundOfFilm(t *testing.T) {
	t.Parallel()
	f := newFrame(1280, 720)
	newFilm(Request{Method: MethodVideo, Prompt: "A robot on a plain white background"}).draw(0, f)
	for _, at := range []image.Point{{4, 4}, {1275, 4}, {4, 715}, {640, 715}, {1275, 715}} {
		if y := f.y[at.Y*f.w+at.X]; y != lumaOf(255, 255, 255) {
			t.Errorf("brightness %d at %v, want white", y, at)
		}
	}
}
