// Package merge merges two locks, so that nothing that was paid for is lost.
//
// It finds the versions that git has of a lock in conflict, decides each entry
// (by lockfile's three-way rule, and where both sides changed one, by what the
// configuration on disk asks for), and puts into the store every result that
// the merged lock does not hold: whatever configuration the merge ends with
// may ask for any of them.
//
// It writes nothing but the store: the lock is written by who asked. It never
// believes a lock that a file is ours: what git does not show to be so is
// stored with a person's mark. It prints nothing; what it warns of is handed
// over as it is found.
//
// Start reading at Merge.Run, then saveResults and unmix.
package merge
