//go:build !race

package studio_test

import "testing"

func withoutRace(*testing.T) {}
