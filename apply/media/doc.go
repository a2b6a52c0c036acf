// Package media finds out from its bytes what a file is, and makes other
// files of it.
//
// It decides whether a file is an image or a film that assetform takes, how
// large and how long it is, what a delivered one may carry beside its picture,
// and how an image is written in another format. Names it takes from
// config/format, pictures are read by config/picture; films it never converts.
//
// It knows no asset, store or server: a file is a reader here, and never a
// path. It runs no program and looks for none on the machine.
//
// The invariants:
//
//   - what it reads was sent by a stranger: bytes, pixels, seconds, parts and
//     what metadata unpacks to are bounded before memory or time is spent on
//     them, and no file makes it panic or loop;
//   - what lacks pixels or frames is refused: an image is decoded to its last
//     pixel, a film's tables and lengths must fit the file;
//   - equal images give equal bytes in another format.
//
// Start reading at Probe in probe.go; CheckCargo in cargo.go and Convert in
// convert.go stand on it.
package media
