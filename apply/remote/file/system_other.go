//go:build !unix

package file

import "errors"

const nonblock = 0

var errStale = errors.New("stale file handle")
