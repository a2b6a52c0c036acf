// Package progress shows an apply while it runs: live on a terminal, as plain
// lines elsewhere, and as JSON lines for programs.
//
// It decides how events look, never what happens. A sink takes an event
// without waiting for its stream: the goroutine that owns the stream writes
// it. A terminal that is too slow loses frames and progress events, never a
// result.
//
// Start reading at Sink; Terminal in terminal.go is the live one.
package progress
