// Package file keeps a remote's files in a directory that machines share: a
// mounted NFS or SMB share, or any other.
//
// Everything is done below one open directory, and no link leads out of it. A
// file is written beside its place and moved there, so that it is whole or not
// there; Create moves it by a hard link, or by a rename that replaces nothing
// where there are no links, and says that it cannot where there is neither.
//
// A mount that is missing looks like an empty directory, and an empty remote is
// paid for again. So the directory v1 in it is never made here: a person does
// that once, and what has none is no remote. Start reading at Open.
package file
