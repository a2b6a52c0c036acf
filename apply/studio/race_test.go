//go:build race

package studio_test

import "testing"

// withoutRace skips a test that draws WebM, which under the race detector takes
// longer than a client waits for the first byte of a result. Those tests run in
// a second pass without it.
func withoutRace(t *testing.T) {
	t.Helper()
	t.Skip("WebM is drawn without the race detector")
}
