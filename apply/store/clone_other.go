//go:build !linux && !darwin

package store

import (
	"errors"
	"os"
)

// clone fails: Go reaches no reflinks on this system.
func clone(dst, src *os.File) (*os.File, error) { return nil, errors.ErrUnsupported }
