//go:build unix

package atomicfile

import (
	"os"
	"syscall"
)

// nonblock opens a file without the poller's trying to take it: it takes none
// that is regular.
const nonblock = syscall.O_NONBLOCK

// syncDir makes the names in a directory durable.
func syncDir(root *os.Root, name string, by *Syncer) error {
	d, err := root.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return err
	}
	defer d.Close()
	return by.SyncDirs(d)
}
