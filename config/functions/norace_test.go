//go:build !race

package functions

import "testing"

func withoutRace(*testing.T) {}
