//go:build race

package drawing

import "testing"

// withoutRace skips a test under the race detector, which makes drawing ten
// times slower and has nothing to find there: a picture is drawn by one
// goroutine. Those tests run in a second pass without it.
func withoutRace(t *testing.T) {
	t.Helper()
	t.Skip("drawing is tested without the race detector")
}
