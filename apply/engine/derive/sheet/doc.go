// Package sheet puts sprites on one picture: an atlas.
//
// It decides how large the sheet is, where on it each sprite stands, and what
// the frame of each says. A packed sheet is the smallest that its search finds,
// by MaxRects without rotation; a grid goes row by row in the order in which the
// sprites come.
//
// The invariants:
//
//   - no two frames overlap; between them, what is extruded included, and at the
//     border there is the padding;
//   - every pixel of a sprite that is not wholly transparent stands in its
//     frame, unchanged;
//   - the same sprites and settings give the same sheet on every machine: all is
//     reckoned in integers, and how far the search goes depends on the number of
//     sprites, never on time.
//
// It reads and writes no file and changes no sprite. Start reading at Make in
// sheet.go; [Arrange] needs sizes alone, which are often known before the
// sprites are there, and [Settings.Trimmed] makes them small.
package sheet
