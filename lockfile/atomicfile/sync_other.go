//go:build !unix

package atomicfile

import "os"

const nonblock = 0

// syncDir does nothing: the system offers no way to sync a directory.
func syncDir(*os.Root, string, *Syncer) error { return nil }
