//go:build race

package functions

import "testing"

// withoutRace skips a test under the race detector, which makes it ten times
// slower and has nothing to find there: it evaluates in one goroutine. Those
// tests run in a second pass without it.
func withoutRace(t *testing.T) {
	t.Helper()
	t.Skip("bounds of evaluation are tested without the race detector")
}
