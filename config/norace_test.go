//go:build !race

package config

import "testing"

func withoutRace(*testing.T) {}
