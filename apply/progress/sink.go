package progress

import (
	"io"
	"strings"
	"time"

	"assetform/apply"
	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
)

// Sink is an apply.Sink that owns its stream until it is closed. Whatever
// else is to be said on that stream meanwhile goes through Note.
type Sink interface {
	apply.Sink
	// Note shows a sentence for people between the events; JSON has none. It
	// may be called from any goroutine, before Close has returned.
	Note(text string)
	// Close writes what is left and returns the stream's first error. It must
	// come after the last Event. The stream itself stays open.
	Close() error
}

// Options say how events are shown. Out is required.
type Options struct {
	Out   io.Writer
	Color bool
	// Size gives the terminal's columns and rows at this moment; nil, or
	// numbers below 1: 80 columns and 24 rows.
	Size func() (columns, rows int)
	// Printer makes diagnostics fit to show; nil: without source snippets.
	Printer *diag.Printer
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

func (o Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

func (o Options) size() (columns, rows int) {
	if o.Size != nil {
		columns, rows = o.Size()
	}
	if columns < 1 {
		columns = 80
	}
	if rows < 1 {
		rows = 24
	}
	return columns, rows
}

func (o Options) printer() diag.Printer {
	if o.Printer == nil {
		return diag.Printer{}
	}
	return *o.Printer
}

// box is a diagnostic as text for people.
func (o Options) box(d *hcl.Diagnostic) string {
	p := o.printer()
	p.Color = o.Color
	p.Width, _ = o.size()
	var b strings.Builder
	if err := p.Text(&b, hcl.Diagnostics{d}); err != nil {
		return d.Summary + "\n" // a Builder takes everything
	}
	return b.String()
}
