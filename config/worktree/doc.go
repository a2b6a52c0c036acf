// Package worktree reaches the files of a project: those below its root, and
// nothing else. It decides where the root is, what stands at a path (nothing,
// a file, a Git LFS pointer, or something that is no file), which content that
// is, and where a path leads once symbolic links are followed.
//
// A [Tree] is the opened root. [Files] is a Tree as evaluation reads it:
// bounded, each file once, and with a digest of all that was learnt, so that a
// saved plan can tell whether anything that it was made from has changed.
//
// The package writes nothing, and does not decide what a path may be called:
// that is config/pathname's, which looks at no disk.
//
// The invariant: no way leads out of the root, nor through .git or .assetform
// under any of their names, whatever links there are; and nothing is waited
// for, because only regular files and directories are opened.
//
// Start reading at Open in tree.go and follow in links.go.
package worktree
