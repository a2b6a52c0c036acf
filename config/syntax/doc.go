// Package syntax is the one way into HCL's parsers. It decides what source may
// be parsed at all: UTF-8, not nested so deeply, nor
// with operators in so long a row, nor with so large a number that HCL's
// parser or evaluator would exhaust stack or time. Blocks of the plainest form
// it reads itself, into the same syntax tree. And it gives source its canonical
// form.
//
// It never reads a file, and it knows no block, attribute or name of the
// language: what a file means is config's.
//
// The invariant: whatever bytes come in, a syntax tree or diagnostics come
// out, in time and memory in proportion to the source; and formatting changes
// no meaning, and nothing more when it is done twice.
//
// Start reading at Parse in parse.go; nesting.go has the limits and why,
// plain.go what a plain block is.
package syntax
