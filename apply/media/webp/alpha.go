package webp

// The filters of an ALPH chunk say what is taken off a sample.
const (
	filterNone = iota
	filterHorizontal
	filterVertical
	filterGradient
	filters
)

// alphaChunk returns the content of an ALPH chunk in parts, the alpha without loss: in
// the lossless format, or as it is should that be shorter.
func alphaChunk(alpha []uint8, w, h int) [][]byte {
	best, bytes := [][]byte{{0}, alpha}, len(alpha)
	quiet := filterNone
	least := len(alpha) + 1
	for f := range filters {
		if n := unrest(filtered(alpha, w, h, f), w); n < least {
			least, quiet = n, f
		}
	}
	for _, f := range []int{filterNone, quiet} {
		data := chunk{parts: lossless(filtered(alpha, w, h, f), w)}
		if n := int(data.bytes()); n < bytes {
			best, bytes = append([][]byte{{byte(f<<2 | 1)}}, data.parts...), n
		}
	}
	return best
}

// filtered returns what a filter leaves. The first row has the sample to the
// left taken off and the first column that above, whatever the filter.
func filtered(alpha []uint8, w, h, filter int) []uint8 {
	if filter == filterNone {
		return alpha
	}
	out := make([]uint8, len(alpha))
	out[0] = alpha[0]
	for x := 1; x < w; x++ {
		out[x] = alpha[x] - alpha[x-1]
	}
	for y := 1; y < h; y++ {
		up, row, to := alpha[(y-1)*w:][:w], alpha[y*w:][:w], out[y*w:][:w]
		to[0] = row[0] - up[0]
		for x := 1; x < w; x++ {
			switch filter {
			case filterHorizontal:
				to[x] = row[x] - row[x-1]
			case filterVertical:
				to[x] = row[x] - up[x]
			default:
				to[x] = row[x] - clip(int32(row[x-1])+int32(up[x])-int32(up[x-1]))
			}
		}
	}
	return out
}

// unrest counts the samples that neither the one before nor the one above
// foretells.
func unrest(pix []uint8, w int) int {
	n := 0
	for i, v := range pix {
		if i > 0 && v != pix[i-1] && (i < w || v != pix[i-w]) {
			n++
		}
	}
	return n
}
