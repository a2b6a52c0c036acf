package cutout

import (
	"math/rand/v2"
	"testing"
)

// TestLine: a row is what its pixels are one by one, at every size of cells.
func TestLine(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	for _, size := range [][2]int{{1, 1}, {1, 300}, {5, 3}, {97, 40}, {400, 31}, {1344, 20}, {3000, 7}} {
		g := newGrid(size[0], size[1])
		for i := range g.at {
			g.at[i] = rgb{r.IntN(255*fine + 1), 255 * fine, r.IntN(3) * fine}
		}
		line := make([]rgb, size[0])
		for y := range size[1] {
			g.line(y, line)
			for x, c := range line {
				if want := g.colour(x, y); c != want || c[0] > 255 || c[1] != 255 {
					t.Fatalf("%v: %d,%d is %v in the row, else %v", size, x, y, c, want)
				}
			}
		}
	}
}
