package raster

import (
	"math"
	"slices"
)

// bits are those of the weights' fraction.
const bits = 14

// half rounds a word of sums.
const half = 1<<(bits-1) + 1<<(bits-1)*upper

// taps are the pixels of a side that one pixel of the result is made of.
type taps struct {
	first   int
	weights []int64 // together 1<<bits
}

func (t taps) end() int { return t.first + len(t.weights) }

// tapsOf are the taps for every pixel of a side: so many pixels are made of the
// window of a side that has so many. Pixels beyond the window but within the
// side have their share. first and end never go back from one pixel to the next.
func tapsOf(size int, w window, wanted int) []taps {
	scale := w.length / float64(wanted)
	wide := max(scale, 1) // what is not made smaller is not blurred
	all := make([]taps, wanted)
	store := make([]int64, 0, wanted*(int(4*wide)+2)) // of all weights
	values := make([]float64, 0, int(4*wide)+2)
	for i := range all {
		middle := float64((float64(i)+0.5)*scale) + w.from - 0.5
		first := max(int(math.Ceil(middle-2*wide)), 0)
		last := min(int(math.Floor(middle+2*wide)), size-1)
		values = values[:0]
		var sum float64
		for s := first; s <= last; s++ {
			v := catmullRom(min(math.Abs(float64(s)-middle)/wide, 2))
			values = append(values, v)
			sum += v
		}
		all[i] = weighed(store, first, values, sum)
		n := len(all[i].weights)
		store = store[n:n]
	}
	inOrder(all)
	return all
}

// inOrder gives weights of nothing to where dropping these has made the taps of
// one pixel begin after those of the next, or end before those of the last.
func inOrder(all []taps) {
	for i := len(all) - 2; i >= 0; i-- {
		if n := all[i].first - all[i+1].first; n > 0 {
			all[i].weights = append(make([]int64, n), all[i].weights...)
			all[i].first -= n
		}
	}
	for i := 1; i < len(all); i++ {
		if n := all[i-1].end() - all[i].end(); n > 0 {
			all[i].weights = append(all[i].weights, make([]int64, n)...)
		}
	}
}

// weighed makes integers of weights. What rounding takes from one, the next one
// gets, so that they add up and none has an error of more than one half. They
// take their room from the store, which is empty.
func weighed(store []int64, first int, values []float64, sum float64) taps {
	weights := store
	var until float64
	var given int64
	for _, v := range values {
		until += v
		k := int64(math.Round(until/sum*(1<<bits))) - given
		given += k
		if k == 0 && len(weights) == 0 {
			first++
			continue
		}
		weights = append(weights, k)
	}
	for n := len(weights); n > 1 && weights[n-1] == 0; n = len(weights) {
		weights = weights[:n-1]
	}
	return taps{first: first, weights: slices.Clip(weights)}
}

// catmullRom is the cubic, at a distance of at most 2. Each product is rounded
// by itself, so that no processor fuses it with the sum.
func catmullRom(d float64) float64 {
	if d < 1 {
		return float64(float64(float64(1.5*d)-2.5)*d*d) + 1
	}
	return float64(float64(float64(float64(float64(-0.5*d)+2.5)*d)-4)*d) + 2
}
