package drawing

import (
	"image"
	"slices"
)

// cutOut takes the subject out of an image: its own transparency if it has
// any, else what differs from its border, else what stands out in its middle.
// Nil means that the image has no subject: it is scenery.
func cutOut(m image.Image) *image.RGBA {
	src := shrinkInput(m)
	if side := max(src.Rect.Dx(), src.Rect.Dy()); side > 640 {
		src = contain(uncaptioned(src), 640, 640)
	}
	src = crop(src, src.Rect) // never paint on the caller's pixels
	if transparent(src) {
		return trim(src)
	}
	const grid = 128
	w, h := src.Rect.Dx(), src.Rect.Dy()
	w, h = max(w*grid/max(w, h), 1), max(h*grid/max(w, h), 1)
	small := resize(src, w, h)
	mask := standsOut(small)
	if !compact(mask, w, h) {
		mask = unlikeBorder(small)
	}
	if !compact(mask, w, h) {
		return nil
	}
	coarse := image.NewRGBA(image.Rect(0, 0, w, h))
	for i, v := range mask {
		coarse.Pix[i*4+3] = v
	}
	full := resize(coarse, src.Rect.Dx(), src.Rect.Dy())
	for i := 0; i < len(src.Pix); i += 4 {
		a := smooth(min(max((int(full.Pix[i+3])-70)*2, 0), 256)) * 255 / 256
		for c := range 3 {
			src.Pix[i+c] = uint8(int(src.Pix[i+c]) * a / 255)
		}
		src.Pix[i+3] = uint8(a)
	}
	return trim(src)
}

// compact reports whether a mask can be one subject: neither a crumb nor most
// of the picture, nor something low or that runs from side to side.
func compact(mask []uint8, w, h int) bool {
	n, left, right, top, bottom := 0, w, 0, h, 0
	for i, v := range mask {
		if v > 0 {
			n++
			left, right = min(left, i%w), max(right, i%w)
			top, bottom = min(top, i/w), max(bottom, i/w)
		}
	}
	share := n * 100 / len(mask)
	return share >= 2 && share <= 72 && (right-left)*100 <= w*86 && (bottom-top)*100 >= h*30
}

// transparent reports whether a good part of the image can be seen through.
func transparent(m *image.RGBA) bool {
	n := 0
	for i := 3; i < len(m.Pix); i += 4 {
		if m.Pix[i] < 40 {
			n++
		}
	}
	all := len(m.Pix) / 4
	return n*20 > all && n < all
}

// unlikeBorder floods in from the border over colours that change little, and
// marks what the flood does not reach.
func unlikeBorder(m *image.RGBA) []uint8 {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	k := wrap(m)
	reached := make([]bool, w*h)
	var queue []int
	push := func(x, y int) {
		if i := y*w + x; !reached[i] {
			reached[i] = true
			queue = append(queue, i)
		}
	}
	for x := range w {
		push(x, 0)
	}
	for y := range h * 2 / 3 { // a subject often stands on the lower edge
		push(0, y)
		push(w-1, y)
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		x, y := i%w, i/w
		for _, n := range [4][2]int{{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}} {
			if n[0] >= 0 && n[1] >= 0 && n[0] < w && n[1] < h && distance(k.at(x, y), k.at(n[0], n[1])) < 420 {
				push(n[0], n[1])
			}
		}
	}
	mask := make([]uint8, w*h)
	for i, r := range reached {
		if !r {
			mask[i] = 255
		}
	}
	dropCrumbs(mask, w, h)
	return mask
}

// dropCrumbs clears the parts of a mask that are small beside its largest.
func dropCrumbs(mask []uint8, w, h int) {
	part, sizes := parts(mask, w, h)
	largest := slices.Max(sizes)
	for i, id := range part {
		if sizes[id]*6 < largest {
			mask[i] = 0
		}
	}
}

// oval is the cut-out of last resort: the middle of the image, softly.
func oval(m *image.RGBA) *image.RGBA {
	m = contain(m, 640, 640)
	out := crop(m, m.Rect)
	w, h := m.Rect.Dx(), m.Rect.Dy()
	for y := range h {
		for x := range w {
			dx, dy := (2*x-w+1)*256/w, (2*y-h+1)*256/h
			a := min(max((256-isqrt(dx*dx+dy*dy))*6, 0), 256)
			p := out.Pix[y*out.Stride+x*4:][:4:4]
			for c := range p {
				p[c] = uint8(int(p[c]) * a >> 8)
			}
		}
	}
	return out
}

// trim cuts clear margins off.
func trim(m *image.RGBA) *image.RGBA {
	r := image.Rectangle{Min: m.Rect.Max}
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			if m.Pix[y*m.Stride+x*4+3] > 24 {
				r.Min.X, r.Min.Y = min(r.Min.X, x), min(r.Min.Y, y)
				r.Max.X, r.Max.Y = max(r.Max.X, x+1), max(r.Max.Y, y+1)
			}
		}
	}
	if r.Dx() <= 0 || r.Dy() <= 0 {
		return m
	}
	return crop(m, r)
}
