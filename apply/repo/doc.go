// Package repo reads a git repository through the git program: which commit a
// name means, what stood at a path in a commit, what a merge is about, and
// which contents Git LFS holds on this machine.
//
// It never changes anything in the repository and asks no network: missing
// objects of a partial clone are not fetched, and a Git LFS pointer whose
// content was not pulled is reported as that. Bytes that it hands out for a
// content hash were checked against it.
//
// A repository is discovered from a directory, as git does it, so that a
// project in a subdirectory, in a linked work tree and in a submodule all
// work. Variables such as GIT_DIR, which git sets for the programs it starts,
// are not passed on: they are relative to where git was started.
//
// One file of git's is read without it: the index, which every command looks
// into before it uses the data directory (tracked.go, and Unmerged). Of an
// index that index.go does not understand for sure, git is asked.
//
// Start reading at Repo in repo.go, then find.go.
package repo
