package lockfile

import (
	"maps"
	"slices"
	"strconv"
	"strings"
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
			parts = append(parts, grouped(n)+" "+words)
		}
	}
	return strings.Join(parts, " and ")
}

// grouped writes a number with its thousands parted.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
