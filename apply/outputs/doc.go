// Package outputs decides how a file comes to stand at an output path of the
// work tree, how it moves and how it goes, so that no file is lost that is not
// ours: Files is the project's outputs.
//
// It never decides which content belongs at a path, nor when: the caller says
// so, with an entry of the lock. It knows nothing of requests, servers,
// budgets or events, writes no lock, and reports with errors alone.
//
// The invariants: a path is replaced or emptied only if what stands there is
// what the lock has, or is in the store, or may be overwritten as drifted, and
// then its content is in the store first. New bytes are written beside
// the path and synced; then it is looked at again what stands there, and only
// then is it renamed over. Nothing is reached outside the project's root, and
// no directory goes but those that were made for outputs and are empty.
//
// Start reading at Files.Write in write.go, and mayReplace in look.go.
package outputs
