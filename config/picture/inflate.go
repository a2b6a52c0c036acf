package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash"
	"hash/adler32"
	"io"
	"math/bits"
)

// An inflater unpacks the pixels of a PNG in half the time of compress/zlib,
// which takes its input a byte at a time through an interface: of all that a
// thumbnail costs, unpacking is the most. It knows only what encoders write.
// Whatever else it finds is errInflate, and then compress/zlib is asked, which
// alone decides what is wrong with a file.
type inflater struct {
	r       io.Reader
	in      []byte // what was read and not yet taken into bits, from at on
	at      int
	padding int    // bytes at the end of in that the file does not have
	bits    uint64 // the next ones, the first lowest
	have    uint   // how many

	out       []byte // the window, and what was unpacked since
	from, end int    // what was not handed out yet
	sum       hash.Hash32

	block   uint8 // of those below
	last    bool  // it is the last one
	stored  int   // bytes that are left of it
	symbols huffman
	offsets huffman
}

const (
	noBlock uint8 = iota
	storedBlock
	packedBlock

	window   = 32 << 10
	maxMatch = 258
)

var errInflate = errors.New("unusual or damaged compression")

func newInflater(r io.Reader) (*inflater, error) {
	z := &inflater{r: r, in: make([]byte, 0, 64<<10), out: make([]byte, window+128<<10), sum: adler32.New()}
	if err := z.refill(); err != nil {
		return nil, err
	}
	head := bits.ReverseBytes16(uint16(z.take(16)))
	if head%31 != 0 || head>>8&15 != 8 || head>>12 > 7 || head&0x20 != 0 {
		return nil, errInflate
	}
	return z, nil
}

// Read implements io.Reader. Before it returns io.EOF the checksum was right
// and the input at its end.
func (z *inflater) Read(p []byte) (int, error) {
	for z.from == z.end {
		if z.last && z.block == noBlock {
			return 0, z.finish()
		}
		if err := z.unpack(); err != nil {
			return 0, err
		}
	}
	n := copy(p, z.out[z.from:z.end])
	z.from += n
	return n, nil
}

// unpack unpacks as much as there is room for, or to the end of a block.
func (z *inflater) unpack() error {
	if z.end >= len(z.out)-maxMatch {
		copy(z.out, z.out[z.end-window:z.end])
		z.from, z.end = window, window
	}
	var err error
	switch z.block {
	case noBlock:
		err = z.header()
	case storedBlock:
		err = z.copyStored()
	case packedBlock:
		err = z.copyPacked()
	}
	if err == nil && 8*(len(z.in)-z.at)+int(z.have) < 8*z.padding {
		err = errInflate // it ends before its end
	}
	z.sum.Write(z.out[z.from:z.end])
	return err
}

// refill takes as much into bits as they hold, 56 or more.
func (z *inflater) refill() error {
	if len(z.in)-z.at < 8 {
		if err := z.fill(); err != nil {
			return err
		}
	}
	z.bits |= binary.LittleEndian.Uint64(z.in[z.at:]) << z.have
	z.at += int(63-z.have) >> 3
	z.have |= 56
	return nil
}

// fill reads on until there are 8 bytes, if only of padding.
func (z *inflater) fill() error {
	rest := copy(z.in[:cap(z.in)], z.in[z.at:])
	z.in, z.at = z.in[:rest], 0
	for len(z.in) < 8 {
		n, err := z.r.Read(z.in[len(z.in):cap(z.in)])
		z.in = z.in[:len(z.in)+n]
		switch err {
		case nil:
		case io.EOF:
			z.in, z.padding = append(z.in, make([]byte, 8)...), z.padding+8
		default:
			return err
		}
	}
	return nil
}

// take takes at most 32 bits, of those that are there.
func (z *inflater) take(n uint) uint32 {
	v := uint32(z.bits & (1<<n - 1))
	z.bits >>= n
	z.have -= n
	return v
}

// finish reads what stands behind the last block.
func (z *inflater) finish() error {
	if err := z.refill(); err != nil {
		return err
	}
	z.take(z.have & 7)
	sum := bits.ReverseBytes32(z.take(32))
	if left := 8*(len(z.in)-z.at) + int(z.have) - 8*z.padding; sum != z.sum.Sum32() || left < 0 {
		return errInflate
	} else if left == 0 {
		if n, err := io.ReadFull(z.r, make([]byte, 1)); n == 0 && err == io.EOF {
			return io.EOF
		}
	}
	return errInflate
}

func (z *inflater) header() error {
	if err := z.refill(); err != nil {
		return err
	}
	z.last = z.take(1) == 1
	switch z.take(2) {
	case 0:
		z.take(z.have & 7)
		n := z.take(16)
		if z.take(16) != n^0xffff {
			return errInflate
		}
		z.stored, z.block = int(n), storedBlock
		return nil
	case 1:
		z.block = packedBlock
		return z.fixedTrees()
	case 2:
		z.block = packedBlock
		return z.trees()
	}
	return errInflate
}

// fixedTrees are the codes of a block that brings none.
func (z *inflater) fixedTrees() error {
	var symbols [288]uint8
	for i := range symbols {
		switch {
		case i < 144, i >= 280:
			symbols[i] = 8
		case i < 256:
			symbols[i] = 9
		default:
			symbols[i] = 7
		}
	}
	offsets := bytes.Repeat([]byte{5}, 32)
	return errors.Join(z.symbols.build(symbols[:], symbolBits, symbolEntry), z.offsets.build(offsets, offsetBits, offsetEntry))
}

// trees reads the codes of a block.
func (z *inflater) trees() error {
	symbols, offsets, n := 257+int(z.take(5)), 1+int(z.take(5)), 4+int(z.take(4))
	if symbols > 286 || offsets > 30 {
		return errInflate
	}
	var lengths [286 + 30]uint8
	order := [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	for _, at := range order[:n] {
		if z.have < 3 {
			if err := z.refill(); err != nil {
				return err
			}
		}
		lengths[at] = uint8(z.take(3))
	}
	plain := func(symbol int) uint32 { return uint32(symbol)<<16 | literal }
	if err := z.symbols.build(lengths[:19], symbolBits, plain); err != nil {
		return err
	}
	clear(lengths[:19])
	for i := 0; i < symbols+offsets; {
		if err := z.refill(); err != nil {
			return err
		}
		e := z.symbols.table[z.bits&(1<<symbolBits-1)]
		if e&kinds != literal {
			return errInflate
		}
		z.take(uint(e & taken))
		value, again := uint8(e>>16), 1
		switch {
		case value == 16:
			if i == 0 {
				return errInflate
			}
			value, again = lengths[i-1], 3+int(z.take(2))
		case value == 17:
			value, again = 0, 3+int(z.take(3))
		case value == 18:
			value, again = 0, 11+int(z.take(7))
		}
		if i+again > symbols+offsets {
			return errInflate
		}
		for range again {
			lengths[i] = value
			i++
		}
	}
	if err := z.symbols.build(lengths[:symbols], symbolBits, symbolEntry); err != nil {
		return err
	}
	return z.offsets.build(lengths[symbols:][:offsets], offsetBits, offsetEntry)
}

func (z *inflater) copyStored() error {
	for z.stored > 0 && z.end < len(z.out) {
		if z.have > 0 { // whole bytes
			z.out[z.end] = uint8(z.take(8))
			z.end++
			z.stored--
			continue
		}
		z.bits = 0 // what refill took of a byte that it did not count
		if z.at == len(z.in) {
			if err := z.fill(); err != nil {
				return err
			}
		}
		n := copy(z.out[z.end:], z.in[z.at:min(len(z.in), z.at+z.stored)])
		z.at, z.end, z.stored = z.at+n, z.end+n, z.stored-n
	}
	if z.stored == 0 {
		z.block = noBlock
	}
	return nil
}

func (z *inflater) copyPacked() error {
	out, end := z.out, z.end
	bits, have := z.bits, z.have // as take and refill do, but in registers
	var err error
	for end < len(out)-maxMatch {
		if have < 48 { // a length and an offset have as many at most
			if len(z.in)-z.at < 8 {
				if err = z.fill(); err != nil {
					break
				}
			}
			bits |= binary.LittleEndian.Uint64(z.in[z.at:]) << (have & 63)
			z.at += int(63-have) >> 3
			have |= 56
		}
		e := z.symbols.table[bits&(1<<symbolBits-1)]
		if e&kinds == longer {
			e = z.symbols.table[e>>16+uint32(bits>>symbolBits)&(1<<(e&taken)-1)]
		}
		bits >>= e & taken
		have -= uint(e & taken)
		if e&kinds == literal {
			out[end] = uint8(e >> 16)
			end++
			continue
		}
		if e&kinds == over {
			z.block = noBlock
			break
		}
		d := z.offsets.table[bits>>(e>>8&15)&(1<<offsetBits-1)]
		length := int(e>>16) + int(bits&(1<<(e>>8&15)-1))
		bits >>= e >> 8 & 15
		have -= uint(e >> 8 & 15)
		if d&kinds == longer {
			d = z.offsets.table[d>>16+uint32(bits>>offsetBits)&(1<<(d&taken)-1)]
		}
		bits >>= d & taken
		have -= uint(d & taken)
		offset := int(d>>16) + int(bits&(1<<(d>>8&15)-1))
		bits >>= d >> 8 & 15
		have -= uint(d >> 8 & 15)
		if e&kinds != match || d&kinds != match || offset > end {
			err = errInflate
			break
		}
		if from := end - offset; offset >= length {
			copy(out[end:end+length], out[from:])
		} else {
			for i := range length {
				out[end+i] = out[from+i]
			}
		}
		end += length
	}
	z.end, z.bits, z.have = end, bits, have
	return err
}

// huffman is a code as a table: of the next bits, so many at a time, and of
// those that follow for the codes that are longer.
type huffman struct {
	// As many entries as 288 codes of up to 15 bits can need: a table of
	// longer ones has 32, and two codes at least.
	table [1<<symbolBits + 144<<(15-symbolBits)]uint32
}

// An entry of a table: how many bits are taken, what it stands for, the bits
// that are to be added to its value, and that.
const (
	taken   = 0x1f
	kinds   = 7 << 5
	literal = 1 << 5
	match   = 2 << 5
	over    = 3 << 5
	longer  = 4 << 5 // the value is where to look further

	symbolBits = 10
	offsetBits = 8
)

// build makes the table of canonical codes of these lengths. It takes a code
// that is whole, or has one symbol, or none.
func (h *huffman) build(lengths []uint8, first int, entry func(symbol int) uint32) error {
	var count, next [16]int
	for _, n := range lengths {
		count[n]++
	}
	count[0] = 0
	left, code, longest := 1, 0, 0
	for n := 1; n < len(count); n++ {
		if left = left<<1 - count[n]; left < 0 {
			return errInflate
		}
		code = (code + count[n-1]) << 1
		next[n] = code
		if count[n] > 0 {
			longest = n
		}
	}
	if left > 0 && longest > 1 {
		return errInflate
	}
	clear(h.table[:])
	free := 1 << first
	for symbol, length := range lengths {
		if length == 0 {
			continue
		}
		n := int(length)
		code := int(bits.Reverse16(uint16(next[n])) >> (16 - n))
		next[n]++
		e := entry(symbol) | uint32(n)
		table, step := h.table[:1<<first], 1<<n
		if n > first {
			link := &table[code&(1<<first-1)]
			if *link == 0 {
				*link = uint32(free)<<16 | longer | uint32(longest-first)
				free += 1 << (longest - first)
			}
			table, step = h.table[*link>>16:][:1<<(longest-first)], 1<<(n-first)
			code >>= first
		}
		for ; code < len(table); code += step {
			table[code] = e
		}
	}
	return nil
}

// symbolEntry is a byte, the end of a block, or a length from 3 to 258.
func symbolEntry(symbol int) uint32 {
	switch i := symbol - 257; {
	case i < -1:
		return uint32(symbol)<<16 | literal
	case i == -1:
		return over
	case i < 8:
		return uint32(3+i)<<16 | match
	case i < 28:
		extra := i/4 - 1
		return uint32(3+(4+i%4)<<extra)<<16 | uint32(extra)<<8 | match
	case i == 28:
		return maxMatch<<16 | match
	}
	return 0
}

func offsetEntry(symbol int) uint32 {
	switch {
	case symbol < 4:
		return uint32(1+symbol)<<16 | match
	case symbol < 30:
		extra := symbol/2 - 1
		return uint32(1+(2+symbol%2)<<extra)<<16 | uint32(extra)<<8 | match
	}
	return 0
}
