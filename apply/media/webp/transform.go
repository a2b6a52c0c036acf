package webp

// block is a square of 4x4 samples, row by row; coeffs are its coefficients.
type (
	block  [16]uint8
	coeffs [16]int32
)

// The transform's constants with 16 bits of fraction: sqrt(2) times the cosine
// and the sine of pi/8 (RFC 6386, section 14.3).
const (
	cosine = 85627
	sine   = 35468
)

// forward transforms the difference of two blocks. It is the transpose of the
// decoder's inverse, so a step in a coefficient is half as large in samples.
func forward(src, pred *block, out *coeffs) {
	var t coeffs
	for i := 0; i < 16; i += 4 {
		d0 := int32(src[i]) - int32(pred[i])
		d1 := int32(src[i+1]) - int32(pred[i+1])
		d2 := int32(src[i+2]) - int32(pred[i+2])
		d3 := int32(src[i+3]) - int32(pred[i+3])
		a, b, c, d := d0+d3, d1+d2, d1-d2, d0-d3
		t[i] = (a + b) << 3
		t[i+1] = (cosine*d + sine*c + 1<<12) >> 13
		t[i+2] = (a - b) << 3
		t[i+3] = (sine*d - cosine*c + 1<<12) >> 13
	}
	for i := range 4 {
		a, b, c, d := t[i]+t[i+12], t[i+4]+t[i+8], t[i+4]-t[i+8], t[i]-t[i+12]
		out[i] = (a + b + 8) >> 4
		out[i+4] = (cosine*d + sine*c + 1<<19) >> 20
		out[i+8] = (a - b + 8) >> 4
		out[i+12] = (sine*d - cosine*c + 1<<19) >> 20
	}
}

// inverse adds what the decoder makes of the coefficients to a prediction. It
// is exact: section 14.3 leaves no freedom.
func inverse(in *coeffs, pred, out *block) {
	const cosineLess1 = cosine - 1<<16
	var t coeffs
	for i := range 4 {
		a, b := in[i]+in[i+8], in[i]-in[i+8]
		c := in[i+4]*sine>>16 - (in[i+12] + in[i+12]*cosineLess1>>16)
		d := in[i+4] + in[i+4]*cosineLess1>>16 + in[i+12]*sine>>16
		t[i], t[i+4], t[i+8], t[i+12] = a+d, b+c, b-c, a-d
	}
	for i := 0; i < 16; i += 4 {
		a, b := t[i]+t[i+2]+4, t[i]-t[i+2]+4
		c := t[i+1]*sine>>16 - (t[i+3] + t[i+3]*cosineLess1>>16)
		d := t[i+1] + t[i+1]*cosineLess1>>16 + t[i+3]*sine>>16
		out[i] = clip(int32(pred[i]) + (a+d)>>3)
		out[i+1] = clip(int32(pred[i+1]) + (b+c)>>3)
		out[i+2] = clip(int32(pred[i+2]) + (b-c)>>3)
		out[i+3] = clip(int32(pred[i+3]) + (a-d)>>3)
	}
}

// inverseDC is inverse for coefficients that are zero but for the first.
func inverseDC(dc int32, pred, out *block) {
	dc = (dc + 4) >> 3
	for i := range pred {
		out[i] = clip(int32(pred[i]) + dc)
	}
}

func clip(v int32) uint8 {
	if uint32(v) > 255 {
		return uint8(^(v >> 31))
	}
	return uint8(v)
}

// forwardDC transforms the first coefficients of 16 luma blocks (Y2).
func forwardDC(in, out *coeffs) {
	hadamard(in, out)
	for i := range out {
		out[i] = (out[i] + 1) >> 1
	}
}

// inverseDCs is the decoder's inverse of forwardDC, exact as well.
func inverseDCs(in, out *coeffs) {
	hadamard(in, out)
	for i := range out {
		out[i] = (out[i] + 3) >> 3
	}
}

// hadamard multiplies with the Walsh-Hadamard matrix from both sides, rows and
// columns by falling scale: {+ + + +}, {+ + - -}, {+ - - +}, {+ - + -}.
func hadamard(in, out *coeffs) {
	for i := range 4 {
		a, b, c, d := in[i]+in[i+12], in[i+4]+in[i+8], in[i+4]-in[i+8], in[i]-in[i+12]
		out[i], out[i+4], out[i+8], out[i+12] = a+b, c+d, a-b, d-c
	}
	for i := 0; i < 16; i += 4 {
		a, b, c, d := out[i]+out[i+3], out[i+1]+out[i+2], out[i+1]-out[i+2], out[i]-out[i+3]
		out[i], out[i+1], out[i+2], out[i+3] = a+b, c+d, a-b, d-c
	}
}

// roughness returns the sum of the Hadamard coefficients of a difference, 16
// times the scale of samples: a cheap likeness of its cost.
func roughness(src, pred *block) int32 {
	var t coeffs
	for i := 0; i < 16; i += 4 {
		d0 := int32(src[i]) - int32(pred[i])
		d1 := int32(src[i+1]) - int32(pred[i+1])
		d2 := int32(src[i+2]) - int32(pred[i+2])
		d3 := int32(src[i+3]) - int32(pred[i+3])
		a, b, c, d := d0+d3, d1+d2, d1-d2, d0-d3
		t[i], t[i+1], t[i+2], t[i+3] = a+b, c+d, a-b, d-c
	}
	var sum int32
	for i := range 4 {
		a, b, c, d := t[i]+t[i+12], t[i+4]+t[i+8], t[i+4]-t[i+8], t[i]-t[i+12]
		// |x+y| + |x-y| is twice the greater of |x| and |y|.
		sum += 2 * (max(a, -a, b, -b) + max(c, -c, d, -d))
	}
	return sum
}
