// Package raster makes a finished picture of a decoded one: it cuts, trims,
// scales, pads, reduces colours and encodes.
//
// It decides which pixels a variant has and how its file is written. Each step
// of [Settings] is a function, in this order: [Settings.Cropped], a cutout of the
// caller's if it wants one, [Settings.Trimmed], [Settings.Resized],
// [Settings.Padded], [Settings.Reduced], [Encode]. What follows from sizes alone, [Settings.Check]
// and [Settings.Size] say before there is a pixel, with the same errors.
//
// Pictures are *image.NRGBA whose bounds begin at 0,0; [Straight] makes one of
// whatever was decoded.
//
// The invariants:
//
//   - no step changes the picture it is given, so one decoded picture serves
//     many variants at a time; a result may share its pixels;
//   - the same pixels and settings give the same bytes on every machine: pixels
//     are computed in integers, weights with products that are rounded one by
//     one;
//   - scaling takes the memory of its result and of a few rows.
//
// It opens no file, decodes nothing and knows no asset. Start reading at
// Settings in settings.go; resize.go scales.
package raster
