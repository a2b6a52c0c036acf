// Package trace remembers that a plan found nothing to do, and all that it
// learnt of the disk, so that the next command can answer the same without
// reading a configuration, a lock or an index.
//
// It decides whether everything is as it was: each file by its stamp or, where
// that does not tell, by its content, each directory that was listed by its
// entries, each link by where it leads, and what is no file by a digest of it
// that the caller calls the [Key]. It never decides what goes into the key, nor
// what a plan with nothing to do looks like: a trace holds a number and no word.
//
// The invariant: a trace that is cut, foreign, of another program or of a
// newer one, or that leaves any doubt, is none. Without it a command takes
// longer and says the same.
//
// What changes a file without changing its times is not seen, as git does not
// see it: who writes through a mapping into memory that was written to before
// and is not on disk yet. --no-index sees it.
//
// Whoever can write a file with a chosen inode and change time could forge a
// trace, so it is read only from a data directory of which git tracks nothing.
//
// Start reading at [Recall].
package trace
