package progress

import (
	"io"
	"time"

	"assetform/apply"
	"assetform/config/diag"
)

// Sink is an apply.Sink that owns its stream until it is closed.
type Sink interface {
	apply.Sink
	// Close writes what is left and waits for it. It returns the first error
	// of the stream. Events must not come any more.
	Close() error
}

// Options say how events are shown. Out is required.
type Options struct {
	Out   io.Writer
	Color bool
	// Size gives the terminal's columns and rows at this moment; nil: 80
	// columns and 24 rows.
	Size func() (columns, rows int)
	// Printer makes diagnostics fit to show; nil: without source snippets.
	Printer *diag.Printer
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}
