// Package cutout makes the painted ground of a generated picture transparent.
//
// It decides which pixels of a picture are ground, how much of the ground is
// seen through each pixel at the subject's edge, and which colour the subject
// has there without it. What it cannot decide it refuses, and says what it saw
// and what to do: a ground of several colours, a painted checkerboard, a
// picture that is nothing but ground.
//
// The ground is what the border shows. It may be graded and noisy: its colour
// is known for each place (ground.go), from the border inwards as far as it
// changes slowly, and goes on beneath the subject. Ground is what has that
// colour, and what it is seen through, and hangs together with the border
// (flood.go); so a subject keeps what it has of the ground's colour inside.
//
// It never guesses what the subject is, reads no file and writes none.
//
// The invariants:
//
//   - equal pixels and settings give equal pixels everywhere: all arithmetic is
//     in integers;
//   - a pixel that is far from all ground keeps its colour and its opacity;
//   - time is proportional to the pixels, and beside the result at most three
//     bytes a pixel are used in all but made-up pictures.
//
// Start reading at Cut in cutout.go; matte.go has the edges.
package cutout
