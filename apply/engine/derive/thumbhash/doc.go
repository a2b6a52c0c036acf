// Package thumbhash makes the ThumbHash of a picture: some 25 bytes of which a
// page draws a blurred likeness until the picture is there. The format is that
// of evanw.github.io/thumbhash: brightness, two colour differences and alpha as
// the first terms of a cosine transform.
//
// It decides how a picture is made small first, and how is rounded what the
// published code leaves to the machine's last bit: cosines are computed here, no
// product is fused with a sum, and a term that is 0 but for errors of rounding is
// 0. All other bits are those of the published code.
//
// The invariant: the same pixels give the same bytes on every machine.
//
// Start reading at Of. Nothing here draws a likeness: pages do.
package thumbhash
