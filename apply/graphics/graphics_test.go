package graphics

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

// environ looks a variable up in NAME=VALUE parted by blanks.
func environ(text string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, v := range strings.Fields(text) {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value, true
			}
		}
		return "", false
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]string{
		"": "", "TERM=xterm-256color": "", "TERM=xterm-kitty": "kitty", "TERM=xterm-256color KITTY_WINDOW_ID=1": "kitty",
		"TERM=xterm-256color TERM_PROGRAM=iTerm.app": "iTerm", "TERM_PROGRAM=WezTerm": "iTerm", "TERM_PROGRAM=Apple_Terminal": "",
		"TERM=tmux-256color KITTY_WINDOW_ID=1": "", "TERM=xterm-kitty TMUX=/tmp/x": "", "TERM=screen TERM_PROGRAM=iTerm.app": "", "TERM=dumb KITTY_WINDOW_ID=1": "",
		"TERM=linux KITTY_WINDOW_ID=1": "",
	} {
		if got := find(nil, nil, environ(env)); got != want {
			t.Errorf("%q: %q, want %q", env, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	const ok = "\x1b_Gi=31;OK\x1b\\"
	for answer, want := range map[string]answers{
		"":                                    {},
		"\x1b[?62;4;6":                        {},
		ok:                                    {},
		"\x1b[?62;4;6;22c":                    {whole: true, sixel: true},
		"\x1b[?4c":                            {whole: true}, // a kind of device
		"\x1b[?62;14;40c":                     {whole: true},
		"ls\n\x1b[?64;1;4c\n":                 {whole: true, sixel: true},
		ok + "\x1b[?62c":                      {whole: true, kitty: true},
		"\x1b_Gi=31;ENOTSUP:no\x1b\\\x1b[?6c": {whole: true},
		"\x1b[>1;4c":                          {}, // an answer to another question
		"\x1b[?62c" + ok:                      {whole: true},
	} {
		if got := parse([]byte(answer)); got != want {
			t.Errorf("%q: %+v, want %+v", answer, got, want)
		}
	}
}

// encoded is a picture as a PNG.
func encoded(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noise is a picture that does not compress.
func noise() image.Image {
	img := image.NewGray(image.Rect(0, 0, 120, 120))
	for i, n := 0, uint32(1); i < len(img.Pix); i++ {
		n = n*1664525 + 1013904223
		img.Pix[i] = byte(n >> 24)
	}
	return img
}

func TestEscapes(t *testing.T) {
	t.Parallel()
	picture := encoded(t, noise())
	text := kitty(picture)
	for _, piece := range strings.SplitAfter(text, "\x1b\\") {
		if len(piece) > 4096+len("\x1b_Ga=T,f=100,q=2,m=1;\x1b\\") || piece != "" && !strings.HasPrefix(piece, "\x1b_G") {
			t.Errorf("a piece of %d characters", len(piece))
		}
	}
	if !strings.HasPrefix(text, "\x1b_Ga=T,f=100,q=2,m=1;") || strings.Count(text, "a=T") != 1 {
		t.Errorf("kitty's is %.60q", text)
	}
	if text := iTerm(picture); !strings.HasPrefix(text, "\x1b]1337;File=inline=1;size=") || !strings.HasSuffix(text, "\a") {
		t.Errorf("iTerm's is %.60q", text)
	}
	if sixel([]byte("no PNG")) != "" {
		t.Error("what is no PNG is shown")
	}
}

// The text of a small picture, read by hand.
func TestSixelText(t *testing.T) {
	t.Parallel()
	m := image.NewNRGBA(image.Rect(0, 0, 5, 7))
	for y := range 7 {
		for x := range 4 { // the last column is transparent
			m.Set(x, y, color.White)
		}
	}
	m.Set(1, 0, color.Black)
	want := "\x1bP0;1q\"1;1;5;7" +
		"#0;2;0;0;0?@$" + "#255;2;100;100;100~}~~$-" +
		"#255!4@$-" + "\x1b\\"
	if got := sixel(encoded(t, m)); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Every picture comes back from its sixels with the colours that it had, as near
// as the palette has them.
func TestSixelPixels(t *testing.T) {
	t.Parallel()
	m := image.NewNRGBA(image.Rect(0, 0, 37, 20))
	for y := range 20 {
		for x := range 37 {
			m.Set(x, y, color.NRGBA{uint8(x / 10 * 85), uint8(y / 7 * 68), 0x44, 0xff})
		}
	}
	text := sixel(encoded(t, m))
	got := drawn(t, text, 37, 20)
	var wrong, sum int
	for y := range 20 {
		for x := range 37 {
			r, g, b, _ := m.At(x, y).RGBA()
			p := got[y][x]
			if p == [3]int{-1, -1, -1} {
				t.Fatalf("%d,%d is not drawn", x, y)
			}
			d := abs(int(r>>8)-p[0]*255/100) + abs(int(g>>8)-p[1]*255/100) + abs(int(b>>8)-p[2]*255/100)
			if sum += d; d > 150 {
				wrong++
			}
		}
	}
	if wrong > 0 || sum/(37*20) > 40 {
		t.Errorf("%d pixels are wrong, the mean distance is %d", wrong, sum/(37*20))
	}
}

func abs(n int) int { return max(n, -n) }

// drawn is what a terminal draws of sixels, in hundredths of each colour; -1:
// nothing.
func drawn(t *testing.T, text string, w, h int) [][][3]int {
	t.Helper()
	body, ok := strings.CutPrefix(text, "\x1bP0;1q")
	body, end := strings.CutSuffix(body, "\x1b\\")
	if !ok || !end {
		t.Fatalf("no sixels: %.40q", text)
	}
	rows := make([][][3]int, h)
	for y := range rows {
		rows[y] = make([][3]int, w)
		for x := range rows[y] {
			rows[y][x] = [3]int{-1, -1, -1}
		}
	}
	numbers := func() (list []int) {
		for body != "" && strings.ContainsRune("0123456789;", rune(body[0])) {
			if body[0] == ';' || len(list) == 0 {
				list = append(list, 0)
			}
			if body[0] != ';' {
				list[len(list)-1] = list[len(list)-1]*10 + int(body[0]-'0')
			}
			body = body[1:]
		}
		return list
	}
	palette := map[int][3]int{}
	x, top, colour := 0, 0, 0
	for body != "" {
		c := body[0]
		body = body[1:]
		repeat := 1
		if c == '!' {
			repeat = numbers()[0]
			c, body = body[0], body[1:]
		}
		switch {
		case c == '"':
			if size := numbers(); len(size) != 4 || size[2] != w || size[3] != h {
				t.Fatalf("the size is %v", size)
			}
		case c == '#':
			n := numbers()
			if colour = n[0]; len(n) == 5 {
				palette[colour] = [3]int{n[2], n[3], n[4]}
			}
		case c == '$':
			x = 0
		case c == '-':
			x, top = 0, top+bandHeight
		case c >= '?' && c <= '~':
			for range repeat {
				for bit := range bandHeight {
					if (c-'?')>>bit&1 == 1 {
						rows[top+bit][x] = palette[colour]
					}
				}
				x++
			}
		default:
			t.Fatalf("%q is no sixel", c)
		}
	}
	return rows
}
