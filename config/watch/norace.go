//go:build !race

package watch

// slowdown multiplies every limit.
const slowdown = 1
