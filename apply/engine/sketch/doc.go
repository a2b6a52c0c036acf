// Package sketch is the engine that is built in: it draws what a request means
// on this machine, for nothing, without a key or a network.
//
// [Driver] is the engine as apply drives it. [Job] is one thing to draw, which
// the local server hands over too, so that both draw the same: the seed of a
// request that names none follows from its idempotency key ([Seed]), which
// apply makes of the inputs hash. What is drawn, and how, is decided in the
// package drawing alone.
//
// A parameter of the table that the drawing does not understand still tells one
// picture from another: none is dropped.
//
// It keeps nothing beyond the process: a task that an earlier process began is
// not known here, and is drawn again.
package sketch
