// Package drawing draws the pictures and films of the local studio.
//
// It is a sketch engine for blocking out a game or a page, not a model: a
// prompt is read for the words the engine knows (colours, time of day,
// weather, places, subjects, styles) and everything else about a picture
// follows from a hash of the request. Within that it keeps three promises.
//
//   - The same Request gives the same pixels on every machine. Whatever
//     decides a pixel is integer arithmetic; there is no floating point that a
//     compiler could fuse differently on another processor.
//   - Two prompts look different, and two seeds of one prompt vary.
//   - Inputs are obeyed: references lend colours and cut-outs, a recipe puts
//     the subject over the scene in the colours of the style, a film starts
//     and ends on the images it was given.
//
// It never reads a file, the clock or the network, keeps no state between
// calls, and is safe for concurrent use.
//
// Start at Image (image.go) and MP4 (mp4.go). A prompt is read (reader.go, by
// the tables of words.go and nouns.go) into a brief, the brief becomes layers
// on a canvas (scene.go), and films are frames of a reel (film.go) written by
// a subset of H.264 (h264.go).
package drawing
