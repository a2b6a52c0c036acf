package drawing

import (
	"image"
	"slices"
)

// uncaptioned cuts the strip with the prompt off a picture that this engine
// drew: a reference is to lend its subject, not its words. The strip is known
// by its place, by what lies under it being darkened just so, and by its text.
func uncaptioned(m *image.RGBA) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	for _, tall := range []int{2 * captionSize(w, h), 2*captionSize(w, h) + 1, 2*captionSize(w, h) - 1} {
		if tall*8 < h && hasStrip(wrap(m), h-tall, tall) {
			return crop(m, image.Rect(0, 0, w, h-tall-1))
		}
	}
	return m
}

// hasStrip reports whether a caption of a height begins at row top.
func hasStrip(k *canvas, top, tall int) bool {
	shaded, n := 0, 0
	for x := 0; x < k.w; x += 3 {
		above, below := k.at(x, top-2), k.at(x, top+2)
		n++
		if distance(mix(above, captionTone, captionAlpha*256/255), below) < 900 {
			shaded++
		}
	}
	if shaded*10 < n*8 {
		return false
	}
	bright := func(y0, y1 int) (count int) {
		for y := y0; y < y1; y++ {
			for x := range k.w {
				if k.at(x, y).luma() > 165 {
					count++
				}
			}
		}
		return count
	}
	edges := bright(top+1, top+tall/8+1) + bright(k.h-tall/8, k.h)
	return edges*50 < k.w && bright(top+tall/4, k.h-tall/4) > tall
}

// standsOut marks the middle parts of a picture that differ from what lies to
// their left and right: skies, hills and seas run across a picture, a subject
// does not. Each row is compared with the colours at its two ends and with
// those of the rows near it.
func standsOut(m *image.RGBA) []uint8 {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	k := wrap(m)
	rim := max(w/9, 1)
	score := make([]int, w*h)
	for y := range h {
		var ends []rgb
		for dy := -2; dy <= 2; dy++ {
			row := min(max(y+dy, 0), h-1)
			for x := 0; x < rim; x += 2 {
				ends = append(ends, k.at(x, row), k.at(w-1-x, row))
			}
		}
		for x := range w {
			c, best := k.at(x, y), 1<<30
			for _, e := range ends {
				best = min(best, distance(c, e))
			}
			score[y*w+x] = isqrt(best)
		}
	}
	limit := max(threshold(score), 26)
	mask := make([]uint8, w*h)
	for i, v := range score {
		if v > limit {
			mask[i] = 255
		}
	}
	closeGaps(mask, w, h)
	keepMain(mask, w, h)
	bridgeDull(mask, score, w, h, limit/3)
	fillHoles(mask, w, h)
	return mask
}

// threshold parts scores into two classes as Otsu's method does: so that the
// classes differ most.
func threshold(score []int) int {
	var hist [256]int
	sum := 0
	for _, v := range score {
		hist[min(v, 255)]++
		sum += min(v, 255)
	}
	best, at := 0, 0
	n, part := 0, 0
	for t, c := range hist {
		n += c
		part += t * c
		if n == 0 || n == len(score) {
			continue
		}
		d := (part/n - (sum-part)/(len(score)-n))
		if v := n / 16 * (len(score) - n) / 16 * d * d; v > best {
			best, at = v, t
		}
	}
	return at * 4 / 10 // a subject has dull parts too
}

// bridgeDull adds what has parts of the mask on all four sides and differs
// from the picture's ends if only a little: a grey breastplate between shield
// and sword under a grey sky.
func bridgeDull(mask []uint8, score []int, w, h, limit int) {
	seen := make([]uint8, len(mask)) // a bit for each side
	sweep := func(n, m, stepN, stepM int, bits [2]uint8) {
		for a := range n {
			on := false
			for b := range m {
				i := a*stepN + b*stepM
				if on = on || mask[i] > 0; on {
					seen[i] |= bits[0]
				}
			}
			on = false
			for b := m - 1; b >= 0; b-- {
				i := a*stepN + b*stepM
				if on = on || mask[i] > 0; on {
					seen[i] |= bits[1]
				}
			}
		}
	}
	sweep(h, w, w, 1, [2]uint8{1, 2})
	sweep(w, h, 1, w, [2]uint8{4, 8})
	for i, sides := range seen {
		if sides == 15 && score[i] > limit {
			mask[i] = 255
		}
	}
}

// closeGaps joins parts of a mask that are two pixels apart.
func closeGaps(mask []uint8, w, h int) {
	for _, grow := range []bool{true, false} {
		old := slices.Clone(mask)
		for y := 1; y < h-1; y++ {
			for x := 1; x < w-1; x++ {
				i := y*w + x
				lo, hi := old[i], old[i]
				for _, j := range [4]int{i - 1, i + 1, i - w, i + w} {
					lo, hi = min(lo, old[j]), max(hi, old[j])
				}
				if grow {
					mask[i] = hi
				} else {
					mask[i] = lo
				}
			}
		}
	}
}

// keepMain leaves the part of a mask that is large and near the middle.
func keepMain(mask []uint8, w, h int) {
	part, sizes := parts(mask, w, h)
	weight := make([]int, len(sizes))
	for i, id := range part {
		if id > 0 {
			weight[id] += 256 - abs(2*(i%w)-w)*256/w
		}
	}
	main := 0
	for id := range weight {
		if weight[id] > weight[main] {
			main = id
		}
	}
	for i, id := range part {
		if id != main || id == 0 {
			mask[i] = 0
		}
	}
}

// parts numbers the connected parts of a mask from 1 and counts their pixels.
func parts(mask []uint8, w, h int) (part, sizes []int) {
	part, sizes = make([]int, len(mask)), []int{0}
	for start := range mask {
		if mask[start] == 0 || part[start] != 0 {
			continue
		}
		id := len(sizes)
		sizes = append(sizes, 0)
		part[start] = id
		for queue := []int{start}; len(queue) > 0; queue = queue[1:] {
			i := queue[0]
			sizes[id]++
			x, y := i%w, i/w
			for _, n := range [4][2]int{{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}} {
				j := n[1]*w + n[0]
				if n[0] >= 0 && n[1] >= 0 && n[0] < w && n[1] < h && mask[j] != 0 && part[j] == 0 {
					part[j] = id
					queue = append(queue, j)
				}
			}
		}
	}
	return part, sizes
}

// fillHoles sets what a mask encloses.
func fillHoles(mask []uint8, w, h int) {
	outside := make([]uint8, len(mask))
	for i, v := range mask {
		outside[i] = 255 - v
	}
	part, _ := parts(outside, w, h)
	open := map[int]bool{}
	for x := range w {
		open[part[x]], open[part[(h-1)*w+x]] = true, true
	}
	for y := range h {
		open[part[y*w]], open[part[y*w+w-1]] = true, true
	}
	for i, id := range part {
		if id > 0 && !open[id] {
			mask[i] = 255
		}
	}
}
