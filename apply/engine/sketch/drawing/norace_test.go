//go:build !race

package drawing

import "testing"

func withoutRace(*testing.T) {}
