package drawing

import (
	"bytes"
	"fmt"
	"slices"
)

// decoder reads the subset of H.264 that encoder writes. It is written from
// the standard, apart from the encoder but for the tables of code words, and has
// no mercy.
type decoder struct {
	mbw       int
	cur, prev *frame
	mv        [][3]int // x, y in pixels and 1 if inter, per macroblock
	total     [3][]int // coefficients of each block, by plane; -1: not decoded yet
	buf       []byte
	pos       int // in bits
	n         int
}

func newDecoder(w, h int) *decoder {
	return &decoder{mbw: w / mbSize, cur: newFrame(w, h), prev: newFrame(w, h)}
}

func (d *decoder) bit() int {
	v := int(d.buf[d.pos>>3]>>(7-d.pos&7)) & 1
	d.pos++
	return v
}

func (d *decoder) u(n int) (v int) {
	for range n {
		v = v<<1 | d.bit()
	}
	return v
}

func (d *decoder) ue() int {
	zeros := 0
	for d.bit() == 0 {
		zeros++
	}
	return 1<<zeros - 1 + d.u(zeros)
}

func (d *decoder) se() int {
	v := d.ue()
	if v&1 == 1 {
		return (v + 1) / 2
	}
	return -v / 2
}

func (d *decoder) decode(nal []byte) error {
	if bytes.Contains(nal, []byte{0, 0, 0}) || bytes.Contains(nal, []byte{0, 0, 1}) {
		return fmt.Errorf("a start code in the payload")
	}
	d.buf, d.pos = bytes.ReplaceAll(nal[1:], []byte{0, 0, 3}, []byte{0, 0}), 0
	idr := nal[0] == nalIDR
	first, kind, pps := d.ue(), d.ue(), d.ue()
	if first != 0 || pps != 0 || idr != (kind == 7) || !idr && kind != 5 || idr != (d.n == 0) {
		return fmt.Errorf("slice at %d of type %d, NAL %#x", first, kind, nal[0])
	}
	if frameNum := d.u(4); frameNum != d.n%16 {
		return fmt.Errorf("frame_num %d", frameNum)
	}
	if idr {
		d.ue()
	}
	if poc := d.u(8); poc != 2*d.n {
		return fmt.Errorf("picture order %d", poc)
	}
	if idr {
		d.u(2)
	} else if d.u(3) != 0 {
		return fmt.Errorf("reference lists are changed")
	}
	if d.se() != 20-26 || d.ue() != 1 {
		return fmt.Errorf("another quantiser, or deblocking is on")
	}
	if err := d.macroblocks(idr); err != nil {
		return err
	}
	if d.bit() != 1 || (d.pos+7)/8 != len(d.buf) {
		return fmt.Errorf("no stop bit at the end")
	}
	d.cur, d.prev = d.prev, d.cur
	d.n++
	return nil
}

func (d *decoder) macroblocks(idr bool) error {
	total := len(d.cur.y) / 256
	d.mv = make([][3]int, total)
	for p, n := range []int{16, 4, 4} {
		d.total[p] = make([]int, n*total)
	}
	for mb := 0; mb < total; mb++ {
		if !idr {
			for range d.ue() {
				d.copy(mb, d.skip(mb))
				mb++
			}
			if mb == total {
				break
			}
		}
		kind := d.ue()
		if !idr && kind == 0 {
			p := d.predict(mb)
			x, y := d.se(), d.se()
			if x%8 != 0 || y%8 != 0 {
				return fmt.Errorf("macroblock %d: motion %d, %d", mb, x, y)
			}
			d.copy(mb, [3]int{p[0] + x/4, p[1] + y/4, 1})
			code := d.ue()
			pattern := slices.Index(patternCodes[:], uint32(code))
			if pattern > 0 && d.se() != 0 {
				return fmt.Errorf("macroblock %d changes the quantiser", mb)
			}
			if err := d.correct(mb, pattern&15, pattern>>4, false); err != nil {
				return err
			}
			continue
		}
		if !idr {
			kind -= 5
		}
		if kind < 1 || kind > 24 {
			return fmt.Errorf("macroblock %d of type %d", mb, kind)
		}
		kind--
		if err := d.around(mb, kind%4, d.ue()); err != nil {
			return err
		}
		if d.se() != 0 {
			return fmt.Errorf("macroblock %d changes the quantiser", mb)
		}
		if err := d.correct(mb, kind/12*15, kind/4%3, true); err != nil {
			return err
		}
	}
	return nil
}

// around predicts a macroblock from its surroundings.
func (d *decoder) around(mb, luma, chroma int) error {
	if luma == 3 || chroma == 3 {
		return fmt.Errorf("macroblock %d is predicted as a plane", mb)
	}
	x, y := mb%d.mbw*16, mb/d.mbw*16
	side := func(plane []byte, stride, x, y, n, mode, corner int) {
		// mode: 0 from above, 1 from the left, 2 the mean; corner: the place of
		// the block in its macroblock for chroma's mean.
		for r := range n {
			for c := range n {
				at := (y+r)*stride + x + c
				switch mode {
				case 0:
					plane[at] = plane[(y-1)*stride+x+c]
				case 1:
					plane[at] = plane[(y+r)*stride+x-1]
				}
			}
		}
		if mode != 2 {
			return
		}
		left, top := x-corner%2*n > 0, y-corner/2*n > 0
		if corner == 1 && top {
			left = false
		}
		if corner == 2 && left {
			top = false
		}
		sum, count := 0, 0
		for i := range n {
			if left {
				sum, count = sum+int(plane[(y+i)*stride+x-corner%2*n-1]), count+1
			}
			if top {
				sum, count = sum+int(plane[(y-corner/2*n-1)*stride+x+i]), count+1
			}
		}
		v := 128
		if count > 0 {
			v = (sum + count/2) / count
		}
		for r := range n {
			for c := range n {
				plane[(y+r)*stride+x+c] = byte(v)
			}
		}
	}
	w := d.cur.w
	side(d.cur.y, w, x, y, 16, luma, 0)
	for _, plane := range [][]byte{d.cur.cb, d.cur.cr} {
		switch chroma {
		case 0:
			for i := range 4 {
				side(plane, w/2, x/2+i%2*4, y/2+i/2*4, 4, 2, i)
			}
		case 1:
			side(plane, w/2, x/2, y/2, 8, 1, 0)
		case 2:
			side(plane, w/2, x/2, y/2, 8, 0, 0)
		}
	}
	return nil
}

// correct adds what the stream says to the prediction.
func (d *decoder) correct(mb, luma, chroma int, intra bool) error {
	x, y := mb%d.mbw, mb/d.mbw
	var means [16]int
	if intra {
		c, err := d.residual(d.near(0, 4*x, 4*y, 4*d.mbw), 16)
		if err != nil {
			return err
		}
		m := matrix4(unzigzag(c))
		for i, v := range m {
			means[i] = (v*16*13 + 4) >> 3 // quantiser 20 is 2 of 6, three times doubled
		}
	}
	for i := range 16 {
		bx, by := i%2+i/4%2*2, i/2%2+i/8*2
		var c [16]int
		if luma>>(i/4)&1 == 1 {
			n, first := 16, 0
			if intra {
				n, first = 15, 1
			}
			list, err := d.residual(d.near(0, 4*x+bx, 4*y+by, 4*d.mbw), n)
			if err != nil {
				return err
			}
			d.total[0][(4*y+by)*4*d.mbw+4*x+bx] = count(list)
			copy(c[first:], list)
		}
		c = unzigzag(c[:])
		for k := range c {
			c[k] *= []int{13, 20, 16}[scaleOf(k)] << 3
		}
		if intra {
			c[0] = means[4*by+bx]
		}
		d.add(d.cur.y, d.cur.w, 16*x+4*bx, 16*y+4*by, c)
	}
	var mean [2][4]int
	for p := range mean {
		if chroma == 0 {
			break
		}
		c, err := d.residual(-1, 4)
		if err != nil {
			return err
		}
		for i, v := range []int{c[0] + c[1] + c[2] + c[3], c[0] - c[1] + c[2] - c[3], c[0] + c[1] - c[2] - c[3], c[0] - c[1] - c[2] + c[3]} {
			mean[p][i] = v * 16 * 13 << 3 >> 5
		}
	}
	for p, plane := range [][]byte{d.cur.cb, d.cur.cr} {
		for i := range 4 {
			var c [16]int
			if chroma == 2 {
				list, err := d.residual(d.near(1+p, 2*x+i%2, 2*y+i/2, 2*d.mbw), 15)
				if err != nil {
					return err
				}
				d.total[1+p][(2*y+i/2)*2*d.mbw+2*x+i%2] = count(list)
				copy(c[1:], list)
			}
			c = unzigzag(c[:])
			for k := range c {
				c[k] *= []int{13, 20, 16}[scaleOf(k)] << 3
			}
			c[0] = mean[p][i]
			d.add(plane, d.cur.w/2, 8*x+i%2*4, 8*y+i/2*4, c)
		}
	}
	return nil
}

func (d *decoder) near(plane, x, y, w int) int {
	t := d.total[plane]
	switch {
	case x > 0 && y > 0:
		return (t[y*w+x-1] + t[(y-1)*w+x] + 1) / 2
	case x > 0:
		return t[y*w+x-1]
	case y > 0:
		return t[(y-1)*w+x]
	}
	return 0
}

func count(list []int) (n int) {
	for _, v := range list {
		if v != 0 {
			n++
		}
	}
	return n
}

func unzigzag(list []int) (out [16]int) {
	for k, v := range list {
		out[zigzag[k]] = v
	}
	return out
}

// matrix4 is the transform of means: rows and columns of 1 and -1.
func matrix4(c [16]int) (out [16]int) {
	h := [4][4]int{{1, 1, 1, 1}, {1, 1, -1, -1}, {1, -1, -1, 1}, {1, -1, 1, -1}}
	for i := range 4 {
		for j := range 4 {
			for k := range 4 {
				for l := range 4 {
					out[4*i+j] += h[i][k] * c[4*k+l] * h[l][j]
				}
			}
		}
	}
	return out
}

// add adds a transformed block.
func (d *decoder) add(plane []byte, stride, x, y int, c [16]int) {
	line := func(a, b, c, d int) (int, int, int, int) {
		e, f, g, h := a+c, a-c, b>>1-d, b+d>>1
		return e + h, f + g, f - g, e - h
	}
	for r := range 4 {
		c[4*r], c[4*r+1], c[4*r+2], c[4*r+3] = line(c[4*r], c[4*r+1], c[4*r+2], c[4*r+3])
	}
	for r := range 4 {
		c[r], c[4+r], c[8+r], c[12+r] = line(c[r], c[4+r], c[8+r], c[12+r])
	}
	for i, v := range c {
		at := (y+i/4)*stride + x + i%4
		plane[at] = byte(min(max(int(plane[at])+(v+32)>>6, 0), 255))
	}
}

// word reads a word of a code.
func (d *decoder) word(code []vlc) int {
	bits := uint32(0)
	for n := uint(1); n <= 16; n++ {
		bits = bits<<1 | uint32(d.bit())
		for i, c := range code {
			if c.n == n && c.bits == bits && !isNone(code, i) {
				return i
			}
		}
	}
	return -1
}

// residual reads the coefficients of a block of n.
func (d *decoder) residual(near, n int) ([]int, error) {
	var token int
	switch {
	case near < 0:
		token = d.word(chromaTokens())
	case near < 2:
		token = d.word(coeffTokens()[0])
	case near < 4:
		token = d.word(coeffTokens()[1])
	case near < 8:
		token = d.word(coeffTokens()[2])
	default:
		if token = d.u(6) + 4; token == 7 {
			token = 0
		}
	}
	total, ones := token/4, token%4
	if token < 0 || total > n {
		return nil, fmt.Errorf("a block of %d coefficients", total)
	}
	list := make([]int, n)
	if total == 0 {
		return list, nil
	}
	levels := make([]int, total)
	size := 0
	if total > 10 && ones < 3 {
		size = 1
	}
	for i := range levels {
		if i < ones {
			levels[i] = 1 - 2*d.bit()
			continue
		}
		prefix := 0
		for d.bit() == 0 {
			prefix++
		}
		code, bits := prefix<<size, size
		switch {
		case prefix == 14 && size == 0:
			bits = 4
		case prefix == 15:
			bits = 12
			if size == 0 {
				code += 15
			}
		case prefix > 15:
			return nil, fmt.Errorf("a level of prefix %d", prefix)
		}
		code += d.u(bits)
		if i == ones && ones < 3 {
			code += 2
		}
		if levels[i] = code/2 + 1; code%2 == 1 {
			levels[i] = -(code + 1) / 2
		}
		size = max(size, 1)
		if abs(levels[i]) > 3<<(size-1) && size < 6 {
			size++
		}
	}
	zeros := 0
	if total < n {
		table := totalZeros()
		if near < 0 {
			table = chromaZeros()
		}
		zeros = d.word(table[total])
	}
	at := total + zeros - 1
	for i, l := range levels {
		if at < 0 || at >= n {
			return nil, fmt.Errorf("a coefficient at %d of %d", at, n)
		}
		list[at] = l
		run := 0
		if zeros > 0 && i < total-1 {
			run = d.word(runsBefore()[min(zeros, 7)])
		}
		zeros -= run
		at -= 1 + run
	}
	return list, nil
}

func (d *decoder) copy(mb int, mv [3]int) {
	d.mv[mb] = mv
	move := func(dst, src []byte, stride, x, y, dx, dy, n int) {
		for r := range n {
			copy(dst[(y+r)*stride+x:][:n], src[(y+r+dy)*stride+x+dx:][:n])
		}
	}
	x, y, w := mb%d.mbw*16, mb/d.mbw*16, d.cur.w
	move(d.cur.y, d.prev.y, w, x, y, mv[0], mv[1], 16)
	move(d.cur.cb, d.prev.cb, w/2, x/2, y/2, mv[0]/2, mv[1]/2, 8)
	move(d.cur.cr, d.prev.cr, w/2, x/2, y/2, mv[0]/2, mv[1]/2, 8)
}

// predict is the median of clause 8.4.1.3 with its exceptions.
func (d *decoder) predict(mb int) [3]int {
	x, y := mb%d.mbw, mb/d.mbw
	var n [3][3]int
	if x > 0 {
		n[0] = d.mv[mb-1]
	}
	if y == 0 {
		if x > 0 { // B and C are not in the picture
			return [3]int{n[0][0], n[0][1], 1}
		}
		return [3]int{0, 0, 1}
	}
	n[1] = d.mv[mb-d.mbw]
	if x+1 < d.mbw {
		n[2] = d.mv[mb-d.mbw+1]
	} else {
		n[2] = d.mv[mb-d.mbw-1]
	}
	if n[0][2]+n[1][2]+n[2][2] == 1 {
		for _, m := range n {
			if m[2] == 1 {
				return m
			}
		}
	}
	mid := func(i int) int {
		lo, hi := min(n[0][i], n[1][i], n[2][i]), max(n[0][i], n[1][i], n[2][i])
		return n[0][i] + n[1][i] + n[2][i] - lo - hi
	}
	return [3]int{mid(0), mid(1), 1}
}

func (d *decoder) skip(mb int) [3]int {
	still := [3]int{0, 0, 1}
	if mb%d.mbw == 0 || mb < d.mbw || d.mv[mb-1] == still || d.mv[mb-d.mbw] == still {
		return still
	}
	return d.predict(mb)
}
