// Package datadir opens everything in a project's data directory: ".assetform",
// or what ASSETFORM_DATA_DIR names. Nobody else opens a path that leads into it.
//
// A work tree is filled by strangers, and git carries links: whatever is
// appended to, cut or removed through one of them is some other file of the
// machine. So nothing in the directory is a link, and nothing is followed: each
// component is looked at without following it, must be a directory or a regular
// file with one name, is opened relative to the open directory above it, without
// waiting (a pipe) and without cutting (a hard link), and must then be what was
// looked at. os.Root alone does not give that: it follows links that stay inside.
//
// The directory itself is opened as it is named. Only a name that comes from
// the environment may lead through links.
//
// A Dir need not exist: reading finds nothing then and creates nothing. What is
// created is for its owner alone, and the directory gets a .gitignore that hides
// all of it. A *Dir that is nil is a directory that may not be used: it holds
// nothing and takes nothing.
//
// Whether git tracks any of it is for the caller to ask before the first use.
//
// Start reading at Dir.open in dir.go, then Dir.openFile in file.go.
package datadir
