package cutout

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
)

// Settings say what is ground. Defaults are the values that they usually have.
type Settings struct {
	Key       *color.NRGBA // the ground's colour, alpha aside; nil: whatever the border shows
	Tolerance float64      // how far from the ground's colour is ground still: 0 exact, 1 all from black to white; see distance
	Despill   bool         // takes the ground's cast off the subject's edge
	MinGround float64      // share of the border that must be ground, 0 to 1
	Holes     bool         // ground that is enclosed by the subject goes too
}

// Defaults are the settings of a cutout block that says nothing.
func Defaults() Settings {
	return Settings{Tolerance: 0.1, Despill: true, MinGround: 0.9}
}

var (
	errEmpty        = errors.New("the picture has no pixels")
	errCheckerboard = errors.New("the ground is a painted checkerboard, which is no transparency: ask for a ground of one colour in the prompt")
)

// Cut returns the picture without its ground, in the same size with its corner
// at 0, 0. Colours are straight, not multiplied with alpha. A picture whose border is transparent
// already, to the share that MinGround asks for, has no painted ground: Cut
// returns src itself. src is never changed.
//
// An error says what the border shows where too little of it is ground, that
// the ground is a checkerboard, or that nothing but ground is there.
func Cut(src *image.NRGBA, s Settings) (*image.NRGBA, error) {
	size := src.Rect.Size()
	if size.X <= 0 || size.Y <= 0 {
		return nil, errEmpty
	}
	p := newPicture(src)
	b := lookAtBorder(p, s)
	if b.share(b.clear) >= share(s.MinGround) && b.clear > 0 {
		return src, nil
	}
	if checkered(p, b) {
		return nil, errCheckerboard
	}
	g := newGround(p, b)
	if seen := b.share(g.onBorder(b)); seen < share(s.MinGround) || seen == 0 {
		return nil, tooLittle(b, s, seen, g.covered(b))
	}
	m := newMatte(p, g, s)
	out := m.cut()
	if !m.left {
		return nil, fmt.Errorf("nothing is left: all of the picture is ground of %s within the tolerance %v: lower the tolerance or look at the picture", hex(b.colour), s.Tolerance)
	}
	return out, nil
}

// tooLittle says what the border shows. seen is in thousandths; covered are the
// sides where mostly something else is.
func tooLittle(b *border, s Settings, seen int, covered []string) error {
	what := hex(b.colour)
	if seen == 0 && s.Key != nil {
		return fmt.Errorf("no ground of %s at the border, which is mostly %s: set key to that colour or to \"auto\"", what, hex(b.common))
	}
	hint := "ask for a ground of one colour all round the subject in the prompt, or lower min_ground or raise tolerance"
	if s.Key != nil && square(b.common, b.colour) > b.named {
		hint = fmt.Sprintf("the border is mostly %s; %s", hex(b.common), hint)
	}
	where := ""
	if len(covered) > 0 {
		where = ", and something else is at the " + strings.Join(covered, " and ")
	}
	return fmt.Errorf("%d%% of the border is ground of %s, at least %s%% is needed%s: %s", seen/10, what, percent(s.MinGround), where, hint)
}

func percent(f float64) string {
	n := share(f)
	if n%10 == 0 {
		return fmt.Sprint(n / 10)
	}
	return fmt.Sprintf("%d.%d", n/10, n%10)
}

// share is a share of 1 in thousandths.
func share(f float64) int { return scaled(f, 1000) }

// scaled is a number from 0 to 1 in parts of n.
func scaled(f float64, n int) int {
	if !(f > 0) { // not a number counts as 0
		return 0
	}
	return int(math.Floor(float64(min(f, 1)*float64(n)) + 0.5))
}

// picture is the source by its bytes: 4 a pixel, rows stride bytes apart.
type picture struct {
	pix    []byte
	stride int
	w, h   int
}

func newPicture(m *image.NRGBA) *picture {
	at := m.PixOffset(m.Rect.Min.X, m.Rect.Min.Y)
	return &picture{pix: m.Pix[at:], stride: m.Stride, w: m.Rect.Dx(), h: m.Rect.Dy()}
}

func (p *picture) row(y int) []byte { return p.pix[y*p.stride:][:4*p.w] }

func (p *picture) at(x, y int) rgb {
	c := p.pix[y*p.stride+4*x:][:3]
	return rgb{int(c[0]), int(c[1]), int(c[2])}
}

func (p *picture) alpha(x, y int) byte { return p.pix[y*p.stride+4*x+3] }
