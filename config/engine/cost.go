package engine

import (
	"assetform/config/diag"
	"maps"
	"slices"
	"strings"
)

// Cost is an amount by unit. Nil costs nothing; what a Cost has zero of is as
// if it were not there.
type Cost map[string]int

// IsZero reports whether nothing is charged.
func (c Cost) IsZero() bool {
	for _, n := range c {
		if n != 0 {
			return false
		}
	}
	return true
}

// Equal reports whether two costs are the same.
func (c Cost) Equal(d Cost) bool { return c.Sub(d).IsZero() }

// Add returns the sum of two costs.
func (c Cost) Add(d Cost) Cost {
	sum := maps.Clone(c)
	if sum == nil {
		sum = Cost{}
	}
	for unit, n := range d {
		sum[unit] += n
	}
	return sum
}

// Sub returns what is left of a cost without another.
func (c Cost) Sub(d Cost) Cost {
	rest := maps.Clone(c)
	if rest == nil {
		rest = Cost{}
	}
	for unit, n := range d {
		rest[unit] -= n
	}
	return rest
}

// Present returns the units of which there is something.
func (c Cost) Present() Cost {
	some := Cost{}
	for unit, n := range c {
		if n != 0 {
			some[unit] = n
		}
	}
	return some
}

// Words is a unit for people: "image credits", or of one "image credit". A
// unit's name is its plural.
func Words(unit string, n int) string {
	words := strings.ReplaceAll(unit, "_", " ")
	if n == 1 {
		words = strings.TrimSuffix(words, "s")
	}
	return words
}

// String writes a cost for people: "12 image credits and 1 video", or
// "nothing".
func (c Cost) String() string {
	var parts []string
	for _, unit := range slices.Sorted(maps.Keys(c)) {
		if n := c[unit]; n != 0 {
			parts = append(parts, diag.Number(n)+" "+Words(unit, n))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	last := len(parts) - 1
	if last == 0 {
		return parts[0]
	}
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}
