package render

import (
	"fmt"
	"strings"

	"assetform/lockfile"
	"assetform/plan"
)

// Text shows a plan on a terminal.
func Text(doc plan.Document, o Options) string {
	var b strings.Builder
	for _, c := range doc.Changes {
		if c.Action != plan.NoOp || o.Verbose {
			fmt.Fprintf(&b, "%s %s (%v)\n", c.Action.Sign(), c.Address, c.Reasons)
		}
	}
	return b.String()
}

// Markdown shows a plan in the comment on a pull request.
func Markdown(doc plan.Document, o Options) string { return Text(doc, o) }

// Lock shows the assets of a lock on a terminal.
func Lock(lock *lockfile.Lock, o Options) string {
	var b strings.Builder
	for _, a := range lock.Addresses() {
		fmt.Fprintf(&b, "%s %s\n", a, lock.Assets[a].Output)
	}
	return b.String()
}
