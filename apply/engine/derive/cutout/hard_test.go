package cutout

import (
	"image"
	"image/color"
	"testing"
)

// art is pixel art with the ground's colour inside, greys that look like
// mixtures of its black lines with a white ground, and a hole across a corner.
const art = `
................
.....kkkkk......
....krrrrrk.....
...krrrrrrdk....
...kkkkkkkkkk...
..kksssssssk....
..kskssskssk....
..gssssssssg....
...gkssddsgg....
...kkkgsskkk....
..kbbbkbbbbbk...
..kbb...bbdbk...
..ksk...kbbsk...
...kbbbbbbbk.y..
...kbbk.kbbk.y..
...kbbk.kbbk.y..
...kkkk.kkkk....
................
................`

// artwork draws the art, each letter as a square of that side.
func artwork(ground color.NRGBA, side int) *image.NRGBA {
	colours := map[rune]color.NRGBA{
		'.': ground, 'k': {20, 18, 24, 255}, 'r': {190, 50, 50, 255}, 'd': {120, 30, 40, 255}, 's': {235, 190, 150, 255},
		'g': {128, 128, 130, 255}, 'b': {60, 90, 200, 255}, 'y': {250, 210, 60, 255},
	}
	m := painted(16*side, 18*side, ground)
	x, y := 0, -1
	for _, letter := range art {
		if letter == '\n' {
			x, y = 0, y+1
			continue
		}
		fill(m, image.Rectangle{image.Pt(x, y).Mul(side), image.Pt(x+1, y+1).Mul(side)}, colours[letter])
		x++
	}
	return m
}

// TestPixelArt: every pixel is as it was or gone, whatever is inside.
func TestPixelArt(t *testing.T) {
	t.Parallel()
	for _, ground := range []color.NRGBA{green, white, {255, 0, 255, 255}, {90, 160, 220, 255}, {0, 0, 0, 255}} {
		for _, side := range []int{1, 3, 8} {
			src := artwork(ground, side)
			m, err := Cut(src, Defaults())
			if err != nil {
				t.Fatal(err)
			}
			for i := range len(m.Pix) / 4 {
				x, y := i%m.Rect.Dx(), i/m.Rect.Dx()
				was, is := src.NRGBAAt(x, y), m.NRGBAAt(x, y)
				inside := x/side >= 5 && x/side < 8 && y/side >= 11 && y/side < 13
				if want := was; was == ground && !inside && is != none || (was != ground || inside) && is != want {
					t.Fatalf("%v, side %d: %d,%d was %v, is %v", ground, side, x, y, was, is)
				}
			}
		}
	}
}

// TestSoftIsNotHard: shapes with soft edges are no pixel art.
func TestSoftIsNotHard(t *testing.T) {
	t.Parallel()
	for _, s := range subjects {
		for _, g := range grounds[:2] {
			src := s.paint(rgb{}).over(g.at)
			p := newPicture(src)
			b := lookAtBorder(p, Defaults())
			m := newMatte(p, newGround(p, b), Defaults())
			m.cut()
			if m.hard {
				t.Errorf("%s on %s is taken for pixel art", s.name, g.name)
			}
		}
	}
}
