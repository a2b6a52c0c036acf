// Package picture reads pictures: it is the one place where PNG, JPEG and WebP
// are decoded, whoever delivered or brought them.
//
// It decides whether a file is a picture, whole and still; how large it is as
// people see it; what programs pass over although it is wrong; and which pixels
// it shows: upright, whatever its EXIF says of the camera, and in the colours of
// sRGB, whatever its profile, its gAMA, cHRM or cICP say of the screen.
//
// Open looks at the structure alone, which costs as much as reading the file.
// Verify goes to the last pixel; Use hands the pixels out, and Rows does so row
// by row, for what is made smaller. All keep within one amount of memory,
// together, however many run at a time.
//
// The invariants:
//
//   - what is read was sent by a stranger: bytes and pixels are bounded before
//     memory or time is spent on them;
//   - equal files give equal pixels on every machine: what is computed with
//     fractions is rounded so far that no processor differs.
//
// It is a leaf but for the names of formats, writes no file and knows no film.
// Start reading at Open in file.go.
package picture
