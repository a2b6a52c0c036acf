// Package since says what was done between two locks: which assets were
// generated, picked, adopted, moved or deleted, why as far as their recorded
// inputs tell, and what it cost.
//
// It sees the two locks and nothing between them: what was generated and
// replaced again before the second one was written is not in it. A result costs
// only if the base's history did not have it, and only once, however many
// entries hold it; so moves, restores and merges add nothing.
//
// It reads nothing: the locks come from the caller, and so does what older
// versions of the first one had.
//
// Start reading at Pairs, then Compare.
package since
