//go:build !linux && !darwin

package datadir

import (
	"errors"
	"os"
)

// Clone fails: Go reaches no reflinks on this system.
func (d *Dir) Clone(dst *os.File, _ string, src *os.File) (*os.File, error) {
	return nil, errors.ErrUnsupported
}
