package atomicfile

import (
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// enough is how many files of a file system are flushed by one call for all of
// it. That may wait for what others write there, so what one asset alone has to
// flush is flushed one by one.
const enough = 3

// flush makes files durable.
func (s *Syncer) flush(files []*os.File) []error {
	if len(files) < enough {
		return flushEach(files)
	}
	devices := map[uint64][]*os.File{}
	at := make([]uint64, len(files))
	for i, f := range files {
		var stat unix.Stat_t
		if err := unix.Fstat(int(f.Fd()), &stat); err == nil {
			at[i] = stat.Dev // else 0, which no file system on disk has
		}
		devices[at[i]] = append(devices[at[i]], f)
	}
	results := make(map[uint64][]error, len(devices))
	for device, list := range devices {
		if len(list) >= enough && s.sharing(device, list[0]) {
			results[device] = flushAll(list)
		} else {
			results[device] = flushEach(list)
		}
	}
	errs := make([]error, len(files))
	for i, device := range at {
		errs[i], results[device] = results[device][0], results[device][1:]
	}
	return errs
}

// flushAll flushes the file system that files are on. Whether it could write
// them each file is asked itself: the call's own answer may be about another's,
// and before Linux 5.8 was about none.
func flushAll(files []*os.File) []error {
	if unix.Syncfs(int(files[0].Fd())) != nil {
		return flushEach(files)
	}
	errs := make([]error, len(files))
	for i, f := range files {
		switch err := unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WAIT_BEFORE); err {
		case nil: // and nothing was waited for any more
		case unix.ESPIPE, unix.ENOSYS, unix.EPERM: // nobody can tell
			errs[i] = f.Sync()
		default:
			errs[i] = &os.PathError{Op: "sync", Path: f.Name(), Err: err}
		}
	}
	return errs
}

// sharing tells whether a file system is one whose flush is known to reach the
// disk. One on the network, or of another process, may only send what it has.
func (s *Syncer) sharing(device uint64, f *os.File) bool {
	is, known := s.shares[device]
	if !known {
		var stat unix.Statfs_t
		if err := unix.Fstatfs(int(f.Fd()), &stat); err == nil {
			is = slices.Contains([]uint32{unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC}, uint32(stat.Type))
		}
		if s.shares == nil {
			s.shares = map[uint64]bool{}
		}
		s.shares[device] = is
	}
	return is
}
