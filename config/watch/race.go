//go:build race

package watch

// slowdown multiplies every limit: the race detector makes evaluation about
// ten times slower and larger.
const slowdown = 10
