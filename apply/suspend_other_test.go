//go:build !unix

package apply

import (
	"errors"
	"time"
)

func suspend(time.Duration) error { return errors.ErrUnsupported }
