package drawing

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLetters holds the pixels of what is written, which are the same on every
// processor: the sums were written on one and hold on the others.
func TestLetters(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for r := '!'; r < 0x180; r++ {
		text.WriteRune(r)
	}
	var got strings.Builder
	for _, size := range []int{8, 9, 13, 16, 22, 31, 40, 77} {
		k := newCanvas(320*size, 2*size)
		captionLine(k, text.String()[:400], size)
		fmt.Fprintf(&got, "caption %d %x\n", size, sha256.Sum256(k.Pix))
	}
	for _, side := range []int{110, 330, 1024} {
		for _, object := range []string{"badge", "button", "ribbon"} {
			k := newCanvas(side, side)
			inscribe(k.RGBA, object, "Ragout & 98%", tones{body: hex(0x203040), lit: 100})
			fmt.Fprintf(&got, "%s %d %x\n", object, side, sha256.Sum256(k.Pix))
		}
	}
	path := filepath.Join("testdata", "letters.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("not as in %s:\n%s", path, got.String())
	}
}
