package diag

import (
	"math/rand/v2"
	"testing"
)

// TestFoldASCII: of a text that is ASCII foldASCII says what fold does, and of
// another one nothing.
func TestFoldASCII(t *testing.T) {
	t.Parallel()
	for c := range byte(0x80) {
		if text, ok := foldASCII(string(rune(c))); !ok || text != (view{text: string(rune(c))}).fold().text {
			t.Errorf("%q: %q, %v", c, text, ok)
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		b := make([]byte, r.IntN(40))
		for i := range b {
			b[i] = byte(r.IntN(0x80))
		}
		want := view{text: string(b)}.fold().text
		if text, ok := foldASCII(string(b)); !ok || text != want {
			t.Fatalf("%q: %q, %v, want %q", b, text, ok, want)
		}
	}
	for _, s := range []string{"\xff", "a\u200bb", "É"} {
		if text, ok := foldASCII(s); ok {
			t.Errorf("%q is not ASCII, and became %q", s, text)
		}
	}
}
