package picture

import "math"

// power is v to the p, to 14 digits: the same on every processor, where
// math.Pow is written for some of them by itself and fuses on others. Each
// product is rounded before it is added to.
func power(v, p float64) float64 {
	if !(v > 0) || v == 1 || p == 1 || math.IsInf(v, 1) {
		return math.Pow(v, p) // exact everywhere
	}
	// log v = e log 2 + 2 atanh((f-1)/(f+1)), the second one as its series.
	f, e := math.Frexp(v)
	if f < math.Sqrt2/2 {
		f, e = 2*f, e-1
	}
	s, series := (f-1)/(f+1), 0.0
	for k := 21.0; k > 0; k -= 2 {
		series = float64(series*float64(s*s)) + 1/k
	}
	x := float64(p * (float64(float64(e)*math.Ln2) + float64(2*s*series)))
	// exp x = 2^n exp(x - n log 2), the second one as its series.
	n := math.Round(x / math.Ln2)
	rest, exp := x-float64(n*math.Ln2), 1.0
	for k := 15.0; k > 0; k-- {
		exp = 1 + float64(exp*rest)/k
	}
	return math.Ldexp(exp, int(n))
}
