package thumbhash

import "math"

// cosines returns for each of n frequencies its values at the middles of size
// samples: cos(pi/size * k * (i + 1/2)).
func cosines(size, n int) [][]float64 {
	out := make([][]float64, n)
	for k := range out {
		out[k] = make([]float64, size)
		for i := range out[k] {
			out[k][i] = cosine(k*(2*i+1), 2*size)
		}
	}
	return out
}

// cosine is cos(pi * a/b). The angle comes to the first eighth of the circle in
// integers; there its series has all bits after few terms, and every processor
// rounds them alike.
func cosine(a, b int) float64 {
	a %= 2 * b
	if a > b {
		a = 2*b - a
	}
	sign := 1.0
	if 2*a > b {
		a, sign = b-a, -1
	}
	if 4*a <= b {
		return sign * series(1, 0, float64(math.Pi*float64(a))/float64(b))
	}
	// The sine of what is left of a quarter.
	x := float64(math.Pi*float64(b-2*a)) / float64(2*b)
	return sign * series(x, 1, x)
}

// series sums term, -term*x*x/((n+1)(n+2)), and so on.
func series(term float64, n int, x float64) float64 {
	sum, square := 0.0, float64(x*x)
	for range 12 {
		sum += term
		term = -float64(term*square) / float64((n+1)*(n+2))
		n += 2
	}
	return sum
}
