// Package earlier finds results in the history of the lock: what was generated
// once and is still among git's objects, or those of Git LFS on this machine.
// It is what makes a revert free in a clone that has no store.
//
// It decides which of the lock's versions are looked at (those on HEAD's first
// parents), which entries give a result for inputs (no person's file and no
// sketch), and where the bytes are. It never fetches anything, and it believes
// no entry: bytes are hashed when they are taken, and content that git alone
// names is kept as a person's until assetform writes it somewhere.
//
// The search is made once, when it is first asked for, and is bounded in
// commits, bytes and time; what it left out is said by Note.
//
// Start reading at Results.Find.
package earlier
