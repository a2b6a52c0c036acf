// Package cells lays text out in the cells of a terminal: how wide it is,
// where it may be broken, and what of it is safe to print.
//
// Text is a list of spans with a style each, so that width is never mixed up
// with the escape sequences of colour: those appear only when a line is
// finished. Widths are counted by grapheme: a flag of two runes takes two
// cells, a combining accent none.
//
// The invariant: a line that Wrap or Cut returned is no wider than asked for,
// whatever is in it.
package cells
