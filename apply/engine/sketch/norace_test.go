//go:build !race

package sketch

import "testing"

func withoutRace(*testing.T) {}
