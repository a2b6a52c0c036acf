package drawing

// A subset of H.264 that every decoder plays. A macroblock (16 by 16 pixels) is
// copied from the frame before, at a whole-pixel displacement, or predicted and
// corrected by a transform, whose quantiser is so fine that nobody sees it.
//
// What is drawn says where a macroblock can be copied: where nothing was drawn
// anew, what the decoder shows is copied as it is, and its error stays what it
// was. So a camera that glides over a still scene is nearly free.

const mbSize = 16

// profile, constraint flags and level of the stream: Constrained Baseline 4.0.
const (
	avcProfile = 66
	avcCompat  = 0xC0
	avcLevel   = 40
)

// NAL header bytes: reference importance and type.
const (
	nalSlice = 0x61
	nalIDR   = 0x65
	nalSPS   = 0x67
	nalPPS   = 0x68
)

// encoder turns frames into access units.
type encoder struct {
	mbw, mbh int
	prev     *frame     // the frame before, as it was drawn
	shown    *frame     // the same as the decoder has it
	now      *frame     // that of the frame being coded
	counts   [3][]uint8 // levels of each block of luma and of both planes of chroma
	mvs      []motion   // of the frame being coded, by macroblock
	n        int        // frames written
	bw       bitWriter
}

// motion is how a macroblock was predicted: by a displacement in whole pixels,
// or not at all.
type motion struct {
	x, y  int
	intra bool
}

func newEncoder(w, h int) *encoder {
	return &encoder{
		mbw: w / mbSize, mbh: h / mbSize, mvs: make([]motion, w/mbSize*(h/mbSize)),
		shown: newFrame(w, h), now: newFrame(w, h),
		counts: [3][]uint8{make([]uint8, w*h/16), make([]uint8, w*h/64), make([]uint8, w*h/64)},
	}
}

// sps is the sequence parameter set, without its length prefix.
func (e *encoder) sps() []byte {
	var b bitWriter
	b.u(avcProfile, 8)
	b.u(avcCompat, 8)
	b.u(avcLevel, 8)
	b.ue(0) // seq_parameter_set_id
	b.ue(0) // log2_max_frame_num - 4
	b.ue(0) // pic_order_cnt_type
	b.ue(4) // log2_max_pic_order_cnt_lsb - 4
	b.ue(1) // max_num_ref_frames
	b.u(0, 1)
	b.ue(uint32(e.mbw - 1))
	b.ue(uint32(e.mbh - 1))
	b.u(1, 1) // frame_mbs_only
	b.u(1, 1) // direct_8x8_inference
	b.u(0, 1) // no cropping: every size is whole macroblocks
	b.u(1, 1) // vui follows, to state the colours and that nothing is reordered
	b.u(0, 1) // aspect ratio
	b.u(0, 1) // overscan
	b.u(1, 1) // video_signal_type
	b.u(5, 3) // unspecified format
	b.u(0, 1) // limited range
	b.u(1, 1) // colour description
	b.u(1, 8) // BT.709 primaries
	b.u(1, 8) // BT.709 transfer
	b.u(1, 8) // BT.709 matrix
	b.u(0, 1) // chroma location
	b.u(1, 1) // timing
	b.u(1, 32)
	b.u(2*fps, 32)
	b.u(1, 1) // fixed frame rate
	b.u(0, 1) // nal hrd
	b.u(0, 1) // vcl hrd
	b.u(0, 1) // pic_struct
	b.u(1, 1) // bitstream restriction
	b.u(1, 1) // motion vectors may point outside the picture
	b.ue(0)   // max bytes per picture: no limit stated
	b.ue(0)   // max bits per macroblock: the same
	b.ue(10)  // log2 of the longest motion vector, horizontal
	b.ue(10)  // and vertical
	b.ue(0)   // frames reordered
	b.ue(1)   // frames buffered
	b.trail()
	return escapeNAL(nalSPS, b.buf)
}

// pps is the picture parameter set, without its length prefix.
func (e *encoder) pps() []byte {
	var b bitWriter
	b.ue(0)   // pic_parameter_set_id
	b.ue(0)   // seq_parameter_set_id
	b.u(0, 1) // CAVLC
	b.u(0, 1) // bottom_field_pic_order
	b.ue(0)   // one slice group
	b.ue(0)   // one reference
	b.ue(0)
	b.u(0, 1) // no weighted prediction
	b.u(0, 2)
	b.se(0)
	b.se(0)
	b.se(0)
	b.u(1, 1) // slices say whether to deblock
	b.u(0, 1)
	b.u(0, 1)
	b.trail()
	return escapeNAL(nalPPS, b.buf)
}

// encode appends one access unit to dst. Macroblocks may be copied from the
// frame before at any of the moves, which must be even so that chroma moves by
// whole pixels too. The encoder keeps f as its reference until the next call.
func (e *encoder) encode(dst []byte, f *frame, moves []motion) []byte {
	e.bw = bitWriter{buf: e.bw.buf[:0]}
	header := byte(nalSlice)
	if e.n == 0 {
		header = nalIDR
		e.sliceHeader(true)
		var c coded
		for mb := range e.mvs {
			mode, _ := e.around(&c, f, mb)
			e.fromAround(&c, f, mb, mode, 1)
		}
	} else {
		e.sliceHeader(false)
		e.predicted(f, moves)
	}
	e.prev = f
	e.shown, e.now = e.now, e.shown
	return e.finish(dst, header)
}

// repeat appends an access unit that shows the frame before again.
func (e *encoder) repeat(dst []byte) []byte {
	e.bw = bitWriter{buf: e.bw.buf[:0]}
	e.sliceHeader(false)
	e.bw.ue(uint32(len(e.mvs)))
	return e.finish(dst, nalSlice)
}

func (e *encoder) finish(dst []byte, header byte) []byte {
	e.bw.trail()
	e.n++
	return appendNAL(dst, header, e.bw.buf)
}

func (e *encoder) sliceHeader(idr bool) {
	b := &e.bw
	b.ue(0) // first_mb_in_slice
	if idr {
		b.ue(7)
	} else {
		b.ue(5)
	}
	b.ue(0)                // pic_parameter_set_id
	b.u(uint32(e.n&15), 4) // frame_num
	if idr {
		b.ue(0) // idr_pic_id
	}
	b.u(uint32(2*e.n&255), 8) // pic_order_cnt_lsb
	if idr {
		b.u(0, 2) // no_output_of_prior_pics, long_term_reference
	} else {
		b.u(0, 1) // num_ref_idx_active_override
		b.u(0, 1) // ref_pic_list_modification
		b.u(0, 1) // adaptive_ref_pic_marking
	}
	b.se(quantiser - 26) // slice_qp_delta
	b.ue(1)              // no deblocking
}

// predicted codes the macroblocks of a P slice: skipped, copied, or corrected.
func (e *encoder) predicted(f *frame, moves []motion) {
	var c coded
	skipped := uint32(0)
	for mb := range e.mvs {
		skip := e.skipMotion(mb)
		if e.matches(f, mb, skip) {
			e.mvs[mb] = skip
			e.copyShown(mb, skip)
			skipped++
			continue
		}
		e.bw.ue(skipped)
		skipped = 0
		if m, ok := e.search(f, mb, skip, moves); ok {
			e.bw.ue(0) // P_L0_16x16
			e.displaced(mb, m)
			e.bw.ue(0) // coded_block_pattern 0
			e.copyShown(mb, m)
			continue
		}
		e.corrected(&c, f, mb, skip, moves)
	}
	if skipped > 0 {
		e.bw.ue(skipped)
	}
}

// search finds a displacement that gives the macroblock: none, or a known move.
func (e *encoder) search(f *frame, mb int, skip motion, moves []motion) (motion, bool) {
	if still := (motion{}); skip != still && e.matches(f, mb, still) {
		return still, true
	}
	for _, m := range moves {
		if m != skip && e.matches(f, mb, m) {
			return m, true
		}
	}
	return motion{}, false
}

// corrected codes a macroblock with its difference from what comes nearest.
func (e *encoder) corrected(c *coded, f *frame, mb int, skip motion, moves []motion) {
	x, y := mb%e.mbw*mbSize, mb/e.mbw*mbSize
	best, least := motion{}, 1<<30
	for i := -2; i < len(moves); i++ {
		m := motion{}
		switch {
		case i == -1:
			m = skip
		case i >= 0:
			m = moves[i]
		}
		if !e.inside(mb, m) {
			continue
		}
		if d := farness(f.y[y*f.w+x:], f.w, e.shown.y[(y+m.y)*f.w+x+m.x:], f.w); d < least {
			best, least = m, d
		}
	}
	const worth = mbSize * mbSize // levels of the means cost more than motion
	if mode, apart := e.around(c, f, mb); apart+worth < least {
		e.fromAround(c, f, mb, mode, 6)
		return
	}
	e.before(c, mb, best)
	e.transform(c, f, mb, false)
	e.bw.ue(0) // P_L0_16x16
	e.displaced(mb, best)
	e.bw.ue(patternCodes[c.pattern])
	if c.pattern != 0 {
		e.bw.se(0) // mb_qp_delta
	}
	e.put(c, mb, false)
}

// patternCodes are the numbers of table 9-4 for macroblocks that are predicted
// from the frame before, by their pattern.
var patternCodes = func() (codes [48]uint32) {
	for code, pattern := range []int{
		0, 16, 1, 2, 4, 8, 32, 3, 5, 10, 12, 15, 47, 7, 11, 13, 14, 6, 9, 31, 35, 37, 42, 44,
		33, 34, 36, 40, 39, 43, 45, 46, 17, 18, 20, 24, 19, 21, 26, 28, 23, 27, 29, 30, 22, 25, 38, 41,
	} {
		codes[pattern] = uint32(code)
	}
	return codes
}()

// fromAround codes a macroblock that is predicted from around. first is the
// number of the first such type in the slice.
func (e *encoder) fromAround(c *coded, f *frame, mb, mode, first int) {
	e.transform(c, f, mb, true)
	e.mvs[mb] = motion{intra: true}
	kind := first + mode + 4*(c.pattern>>4)
	if c.pattern&15 != 0 {
		kind += 12
	}
	e.bw.ue(uint32(kind))
	e.bw.ue(map[int]uint32{fromMean: 0, fromLeft: 1, fromAbove: 2}[mode]) // intra_chroma_pred_mode
	e.bw.se(0)                                                            // mb_qp_delta
	e.put(c, mb, true)
}

// displaced writes a motion vector.
func (e *encoder) displaced(mb int, m motion) {
	p := e.median(mb)
	e.bw.se(4 * (m.x - p.x))
	e.bw.se(4 * (m.y - p.y))
	e.mvs[mb] = m
}

// copyShown reconstructs a macroblock that is copied.
func (e *encoder) copyShown(mb int, m motion) {
	x, y, w := mb%e.mbw*mbSize, mb/e.mbw*mbSize, e.now.w
	for r := range mbSize {
		copy(e.now.y[(y+r)*w+x:][:mbSize], e.shown.y[(y+m.y+r)*w+x+m.x:])
	}
	for _, p := range [2][2][]byte{{e.now.cb, e.shown.cb}, {e.now.cr, e.shown.cr}} {
		for r := range mbSize / 2 {
			copy(p[0][(y/2+r)*(w/2)+x/2:][:mbSize/2], p[1][((y+m.y)/2+r)*(w/2)+(x+m.x)/2:])
		}
	}
	e.nothing(mb)
}

// neighbours returns the motion left of, above and above right of (or, at the
// right edge, above left of) a macroblock, and which of them are in the frame.
func (e *encoder) neighbours(mb int) (a, b, c motion, hasA, hasB, hasC bool) {
	x, y := mb%e.mbw, mb/e.mbw
	none := motion{intra: true}
	a, b, c = none, none, none
	if hasA = x > 0; hasA {
		a = e.mvs[mb-1]
	}
	if hasB = y > 0; hasB {
		b = e.mvs[mb-e.mbw]
	}
	switch {
	case y > 0 && x+1 < e.mbw:
		c, hasC = e.mvs[mb-e.mbw+1], true
	case y > 0 && x > 0:
		c, hasC = e.mvs[mb-e.mbw-1], true
	}
	return
}

// median predicts a motion vector as clause 8.4.1.3 of the standard does.
func (e *encoder) median(mb int) motion {
	a, b, c, hasA, hasB, hasC := e.neighbours(mb)
	if hasA && !hasB && !hasC {
		b, c = a, a
	}
	inter := 0
	var only motion
	for _, m := range []motion{a, b, c} {
		if !m.intra {
			inter++
			only = m
		}
	}
	if inter == 1 {
		return only
	}
	mid := func(p, q, r int) int { return max(min(p, q), min(max(p, q), r)) }
	return motion{x: mid(a.x, b.x, c.x), y: mid(a.y, b.y, c.y)}
}

// skipMotion is the displacement that P_Skip implies at a macroblock.
func (e *encoder) skipMotion(mb int) motion {
	a, b, _, hasA, hasB, _ := e.neighbours(mb)
	if !hasA || !hasB || a == (motion{}) || b == (motion{}) {
		return motion{}
	}
	return e.median(mb)
}

// matches reports whether copying from the frame before at m gives exactly
// the macroblock of f.
func (e *encoder) matches(f *frame, mb int, m motion) bool {
	x, y := mb%e.mbw*mbSize, mb/e.mbw*mbSize
	sx, sy := x+m.x, y+m.y
	if !e.inside(mb, m) {
		return false
	}
	for r := range mbSize {
		if [mbSize]byte(f.y[(y+r)*f.w+x:]) != [mbSize]byte(e.prev.y[(sy+r)*f.w+sx:]) {
			return false
		}
	}
	cw := f.w / 2
	const half = mbSize / 2
	for r := range half {
		at, from := (y/2+r)*cw+x/2, (sy/2+r)*cw+sx/2
		if [half]byte(f.cb[at:]) != [half]byte(e.prev.cb[from:]) ||
			[half]byte(f.cr[at:]) != [half]byte(e.prev.cr[from:]) {
			return false
		}
	}
	return true
}

// inside tells whether a displacement stays in the frame. The standard allows
// others, but there is nothing there to copy.
func (e *encoder) inside(mb int, m motion) bool {
	x, y := mb%e.mbw*mbSize+m.x, mb/e.mbw*mbSize+m.y
	return x >= 0 && y >= 0 && x+mbSize <= e.mbw*mbSize && y+mbSize <= e.mbh*mbSize
}
