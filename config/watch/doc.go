// Package watch ends a process whose evaluation takes more than it may.
//
// HCL cannot be interrupted: three for expressions within each other, a
// number of three million digits or a template that doubles with each use
// hold the processor or fill the memory for as long as they like, and a pull
// request from a fork must not be able to do that to the machine that plans
// it. A Watch looks every 50 ms at what the process has taken of processor
// time and of live memory while something was evaluated, and on passing a
// [Limit] it hands a diagnostic to its owner, who prints it and ends the
// process.
//
// The invariant: what was abandoned never goes on to a later step. The
// evaluation that passed a limit does not return from the function that
// Begin gave it, so nothing can run beside the diagnostic.
//
// The package never ends the process itself, and it measures the whole
// process: what else runs meanwhile, and the collection of garbage, counts.
// Start reading at Watch.
package watch
