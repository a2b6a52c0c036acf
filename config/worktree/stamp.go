package worktree

import (
	"io/fs"
	"time"
)

// A Stamp is what the system says of a regular file that differs after the
// file was written to, as far as the system knows it; times are in nanoseconds
// since 1970. The zero Stamp is no file's.
type Stamp struct {
	Size, Modified, Changed int64
	Inode                   uint64
}

const (
	// grain is how long a file that was written may be written again without
	// a new time, on file systems that keep fractions of seconds.
	grain = 20 * time.Millisecond
	// coarseGrain is the same where they keep none: FAT has every second one.
	coarseGrain = 2 * time.Second
)

// StampOf returns the stamp of a file.
func StampOf(info fs.FileInfo) Stamp {
	s := Stamp{Size: info.Size(), Modified: info.ModTime().UnixNano()}
	s.Changed, s.Inode = change(info)
	return s
}

// Youngest is the later one of the two times.
func (s Stamp) Youngest() int64 { return max(s.Modified, s.Changed) }

// Settled tells whether a file that has this stamp at a time before it is read
// would have another one if it is written to after that.
func (s Stamp) Settled(at time.Time) bool {
	keep := grain
	if s.Youngest()%int64(time.Second) == 0 {
		keep = coarseGrain
	}
	return s.Youngest()+int64(keep) <= at.UnixNano()
}
