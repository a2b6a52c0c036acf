// Package spent adds up what results have cost over the versions that a lock
// had: each result once, however many versions, addresses and branches have it.
//
// A result is told by its provider, its task and its content as it was
// delivered, so that to move, restore or merge it, or to write it in another
// format, makes no other one of it. Candidates are results of their own, each
// with its share of its asset's cost. What a person made, let go since or not,
// what is a placeholder and what no engine charges is none.
//
// It reads no file and asks nobody: versions come as they were read, the oldest
// first. Start reading at History.
package spent
