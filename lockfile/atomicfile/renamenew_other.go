//go:build !linux && !windows && !darwin

package atomicfile

import (
	"errors"
	"os"
)

// renameNew does nothing: no call of all the other systems does it.
func renameNew(*os.Root, string, string) error { return errors.ErrUnsupported }
