// Package progress shows an apply while it runs: live on a terminal, as plain
// lines elsewhere, and as JSON lines for programs.
//
// It decides how events look, never what happens. A sink takes an event
// without waiting: the one goroutine that owns the stream writes it. A stream
// that is too slow loses news of progress, never a result, because those are
// as many as the plan has changes and are kept until they are written.
//
// The invariants: nothing that a server or a configuration says reaches the
// terminal as a control character; no line of the live part is wider than the
// terminal; and what is permanent stands in the scrollback in the order in
// which it happened.
//
// Start reading at Sink; Terminal is in terminal.go, the queue in pump.go.
package progress
