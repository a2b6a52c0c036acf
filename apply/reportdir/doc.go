// Package reportdir is the directory that a report is written to.
//
// It decides where that may stand (Place), and which files in it are replaced
// or removed: those that an earlier report wrote and that stand as it wrote
// them, by a list of names, hashes and sizes that is kept beside the pages.
// Whoever forges the list gets nothing else, since only names that reports
// have are looked at.
//
// It never follows a link, writes nothing into git's or assetform's own
// directories, nor where git tracks files, and takes no file of anybody's: a
// directory that no report wrote must be empty. A report that was interrupted
// can be made again.
//
// Start reading at Open, then Dir.Write and Dir.Finish.
package reportdir
