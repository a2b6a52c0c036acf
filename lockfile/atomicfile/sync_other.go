//go:build !unix

package atomicfile

import "os"

// syncDir does nothing: the system offers no way to sync a directory.
func syncDir(*os.Root, string) error { return nil }
