// Package webp writes WebP, lossy and lossless, and the bare VP8 frames of a
// WebM film.
//
// A frame is a VP8 key frame as RFC 6386 describes it: macroblocks of 16x16
// samples, each predicted from those above and to the left and corrected by
// coefficients. Of each the encoder decides how it is predicted: as a whole or
// block by block, by what the coefficients would cost and what is lost. The
// probabilities with which they are coded are counted first, so the frame is
// held as tokens until its end. A file is a frame in RIFF; alpha stands beside
// it in an ALPH chunk without loss, coded in the lossless format's terms.
//
// A lossless file has the pixels themselves, of which what those before them
// foretell is taken off; what is left is coded as copies and prefix codes.
//
// It holds that
//
//   - the same pixels and options give the same bytes on every machine: all
//     arithmetic is in integers;
//   - what decoders make of a frame is what the encoder reckoned with, but for
//     the loop filter, to the last bit;
//   - every picture of 1 to 16383 pixels a side can be written.
//
// It never looks for an encoder on the machine, and it decodes nothing: that is
// config/picture's to do.
//
// Start at Encode (webp.go) and KeyFrame (frame.go); encoder.go goes through the
// macroblocks, whole.go and split.go decide on one. EncodeLossless is in
// argb.go; symbols.go codes what foretell.go and matches.go leave.
package webp
