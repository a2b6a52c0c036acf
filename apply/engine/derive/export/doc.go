// Package export writes what code needs to know of assets in the languages that
// it is written in: their paths, sizes, contents, texts and frames, as JSON,
// TypeScript, C#, Go, GDScript, CSS and TexturePacker's JSON.
//
// It decides how records nest (by modules, kind, name and key), what each is
// called in a language that does not allow its name, which two cannot be told
// apart there, how a text is written so that it stays a text, and how a file
// tells that it was generated. Names and texts come from strangers; none of
// them ends the literal, the comment or the rule in which it stands.
//
// It reads no file and no lock: a model comes in and bytes go out. It never
// drops a record or renames one quietly into another: two that would have one
// name are an error with both addresses.
//
// The invariant: equal records and settings give equal bytes, on every machine
// and with every Go release. What follows from Unicode's tables alone is the
// letters of an identifier; what is escaped is a list of its own.
//
// Start reading at Render in render.go. JSON, TypeScript, GDScript and
// TexturePacker's JSON are one writer with different rules (literal.go); C#, Go
// and CSS have a file each. The package template below writes what none of these
// does.
package export
