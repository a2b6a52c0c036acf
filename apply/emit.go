package apply

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
)

// emitter hands events to the sink, one at a time, and keeps the diagnostics
// among them. What a server said is free of secrets when it comes here.
type emitter struct {
	sink Sink

	mu    sync.Mutex
	diags hcl.Diagnostics
}

func (e *emitter) emit(ev Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ev.Time.IsZero() {
		ev.Time = time.Now()
	}
	if ev.Diagnostic != nil {
		e.diags = append(e.diags, ev.Diagnostic)
	}
	e.sink.Event(ev)
}

// report sends a diagnostic that belongs to no asset's end.
func (e *emitter) report(d *hcl.Diagnostic) {
	e.emit(Event{Type: EventDiagnostic, Diagnostic: d})
}

// diagnostics returns all that were emitted, in the order of the files.
func (e *emitter) diagnostics() hcl.Diagnostics {
	e.mu.Lock()
	defer e.mu.Unlock()
	sorted := slices.Clone(e.diags)
	slices.SortStableFunc(sorted, func(a, b *hcl.Diagnostic) int {
		return cmp.Or(
			cmp.Compare(place(a).Filename, place(b).Filename),
			cmp.Compare(place(a).Start.Byte, place(b).Start.Byte),
			cmp.Compare(a.Summary, b.Summary),
			cmp.Compare(a.Detail, b.Detail))
	})
	return sorted
}

func place(d *hcl.Diagnostic) hcl.Range {
	if d.Subject == nil {
		return hcl.Range{}
	}
	return *d.Subject
}

// sentence makes an error the beginning of a sentence.
func sentence(err error) string {
	text := strings.TrimRight(diag.Plain(err), ". \n")
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
