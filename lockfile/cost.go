package lockfile

import (
	"maps"
	"slices"
	"strings"

	"assetform/config/diag"
)

// Cost is what a generation cost, by unit such as "image_credits".
type Cost map[string]int

// Add returns the sum of both. Neither is changed.
func (c Cost) Add(other Cost) Cost {
	if len(other) == 0 {
		return c
	}
	sum := maps.Clone(c)
	if sum == nil {
		sum = Cost{}
	}
	for unit, n := range other {
		sum[unit] += n
	}
	return sum
}

// String returns the cost for people, "2 image credits and 1 video"; "" for
// none. A unit's name is its plural.
func (c Cost) String() string {
	var parts []string
	for _, unit := range slices.Sorted(maps.Keys(c)) {
		n := c[unit]
		words := strings.ReplaceAll(unit, "_", " ")
		if n == 1 {
			words = strings.TrimSuffix(words, "s")
		}
		if n != 0 {
			parts = append(parts, diag.Number(n)+" "+words)
		}
	}
	return strings.Join(parts, " and ")
}
