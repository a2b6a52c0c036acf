// Package disclosure lists what was generated and of what, for those to whom
// that has to be told: as Markdown, CSV and JSON.
//
// It reads the lock and nothing else. What a configuration says today need not
// be what a file was made of, and the list must be had where the configuration
// cannot be evaluated. So a source is named by the address of the asset that
// the lock has with that content, and by its content hash where there is none:
// it is a file of the project then, or the asset changed since.
//
// It decides who made an asset as the lock has it. It looks at no file, claims
// nothing of what a person made, and gives no dates: the lock has none.
//
// The invariants: what was recorded as sensitive is in no form of the list, not
// as a digest either; no text of others ends a cell, becomes markup or a
// formula; equal locks give equal bytes. Nothing is left out for its length.
//
// Start reading at Of in document.go.
package disclosure
