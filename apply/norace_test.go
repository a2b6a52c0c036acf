//go:build !race

package apply

import "testing"

func withoutRace(*testing.T) {}
