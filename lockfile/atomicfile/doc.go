// Package atomicfile replaces files so that whoever reads them, and a crash
// at any moment, finds the old content or the new one and nothing between.
//
// The new content goes to a temporary file in the same directory, is synced to
// disk, and is renamed over the target; on Unix the directory is synced after
// that. Until Commit the target is not touched; if anything fails, the
// temporary file is removed. What a kill leaves behind is recognised by IsTemp.
//
// Who replaces many files at once shares a Syncer: what waits for the disk at
// the same time is flushed together, and each still waits for all that it wrote.
//
// The target's directory is opened once and held (os.Root), so that a
// directory or symlink that is exchanged meanwhile leads nowhere else. If the
// target itself is a symlink, the rename replaces the link, not what it points
// to; a caller to whom that matters refuses symlinks in Commit's check.
package atomicfile
