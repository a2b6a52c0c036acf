// Package pathname decides by its text alone which path a project may use:
// for configuration, which names the files that it reads and the outputs that
// it wants, and for the lock, which names the outputs that there are. Both ask
// the same rules, so that a lock can claim no file that configuration could
// not have asked for.
//
// A path has slashes. It is written relative to the directory of a file, and
// the rules answer with the path relative to the project root. It never leads
// out of the root, nor into .git or .assetform under any name by which some
// system reaches them. What an output is called must be possible on every
// system, because a project is checked out on all of them.
//
// The package looks at no disk: what a path is after symbolic links is decided
// where files are opened.
//
// Start with Resolve, which all paths go through, and Output.
package pathname
