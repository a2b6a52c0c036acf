//go:build !linux

package atomicfile

import "os"

// flush makes files durable: the system has no call for several.
func (s *Syncer) flush(files []*os.File) []error { return flushEach(files) }
