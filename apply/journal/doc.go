// Package journal keeps what was asked of servers, so that no paid request is
// forgotten whenever the process ends: each request is an Intent, durable before
// it is sent, and every answer a further record of it. The file is append-only
// JSON lines, fsynced in groups, and compacted when nothing of it is needed any
// more.
//
// The invariants: a journal comes into being whole; a record that Append has
// returned for is on disk, and so are the notes before it; a last record that a crash cut short is dropped, and
// anything else that cannot be read is damage, which nobody goes on from without
// a person (Recover). States say what is known of a request, never what is
// guessed.
//
// Start reading at Record and State in record.go, then Journal; Index arranges
// what a run begins with.
package journal
