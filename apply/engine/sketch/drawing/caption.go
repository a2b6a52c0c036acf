package drawing

import (
	"image"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// captionFont is Go Regular: Latin, Greek and Cyrillic.
var captionFont = sync.OnceValue(func() *opentype.Font {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic("sketch: the built-in font does not parse: " + err.Error())
	}
	return f
})

// The strip of a caption: two lines of text high, dark, half clear.
const captionAlpha = 150

var captionTone = hex(0x0c0e14)

// captionSize is the height of a caption's text in a picture of w by h.
func captionSize(w, h int) int { return max(min(w, h)/48, 8) }

// caption writes the prompt on a dark strip along the lower edge.
func caption(k *canvas, text string) {
	size := captionSize(k.w, k.h)
	strip := newCanvas(k.w, 2*size)
	strip.rect(0, 0, k.w, 2*size, flat(captionTone).fade(captionAlpha))
	if captionLine(strip, text, size) {
		k.over(strip.RGBA, 0, k.h-2*size, 255)
	}
}

// captionLine writes one line of text in the middle of a strip, cut where it
// is too long, and reports whether there was anything to write. Characters
// that the font lacks are shown as small boxes.
func captionLine(k *canvas, text string, size int) bool {
	face, err := newLetters(captionFont(), size)
	if err != nil {
		return false // only for a size of zero
	}
	defer face.Close()
	line := shorten(face, printable(text), fixed.I(k.w-2*size))
	d := font.Drawer{
		Dst:  k.RGBA,
		Src:  image.NewUniform(hex(0xf2f2ee)),
		Face: face,
		Dot:  fixed.P(size, k.h/2+size*9/25),
	}
	d.DrawString(line)
	return line != ""
}

// missing stands for characters that the font does not have.
const missing = '▯'

// printable makes one line: runs of white space become a blank, marks that
// join to the character before are dropped, and control characters go.
func printable(text string) string {
	var b strings.Builder
	blank, n := false, 0
	for _, r := range text {
		if n++; n > 400 {
			break // far more than a line holds
		}
		switch {
		case unicode.IsSpace(r):
			blank = b.Len() > 0
			continue
		case !unicode.IsPrint(r), unicode.Is(unicode.Mn, r):
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// shorten replaces what the face lacks and cuts the line to a width.
func shorten(face font.Face, line string, width fixed.Int26_6) string {
	out := make([]rune, 0, len(line))
	used := font.MeasureString(face, "…")
	for _, r := range line {
		a, ok := face.GlyphAdvance(r)
		if !ok || a == 0 {
			r = missing
			a, _ = face.GlyphAdvance(r)
		}
		if used += a; used > width {
			return strings.TrimSpace(string(out)) + "…"
		}
		out = append(out, r)
	}
	return string(out)
}
