// Package derive is the engine that makes finished files of the project's own
// ones on this machine: variants of pictures, atlases of sprites, and exports,
// which tell code what there is.
//
// It decides what each attribute of the three kinds accepts and in which one
// form its value is hashed (Engine), what of a result follows from sizes and
// settings alone (Check, Size), and in which order a picture is cut, scaled,
// marked and written (Maker). How pixels are computed the packages below decide.
//
// It never reaches a network, never charges, knows neither lock nor plan and
// writes to nothing but what it is handed. It runs one program, ffmpeg, and only
// for a picture of a film.
//
// The invariants:
//
//   - the same sources, settings and marks give the same bytes, but for what
//     ffmpeg makes of a film;
//   - what is read is the content that its hash names, to the last byte, or the
//     result is an error;
//   - what is held of pictures stays within one amount of memory, whatever runs
//     at once, or what is larger than that runs alone; a source that many want at
//     about the same time is decoded once.
//
// Start reading at Maker.Make in maker.go; memory.go says what runs when.
package derive
