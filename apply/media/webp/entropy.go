package webp

import "sync"

// logs are those of small numbers, as most counts are.
var logs = sync.OnceValue(func() *[1 << 12]uint16 {
	var t [1 << 12]uint16
	for n := range t {
		t[n] = uint16(log2(uint64(max(n, 1))))
	}
	return &t
})

// logOf is the logarithm of n, times 256; 0 for nothing.
func logOf(n int) int {
	if t := logs(); n < len(t) {
		return int(t[n])
	}
	return log2(uint64(n))
}

// entropy is about how many bits symbols of these counts take, with their
// code, in integers so that every machine agrees.
func entropy(counts []int) int64 {
	var sum, used, bits int64
	t := logs()
	for _, n := range counts {
		if n == 0 {
			continue
		}
		sum += int64(n)
		used++
		if n < len(t) {
			bits -= int64(n) * int64(t[n])
		} else {
			bits -= int64(n) * int64(log2(uint64(n)))
		}
	}
	return (bits+sum*int64(logOf(int(sum))))>>8 + 5*used
}
