// Package render shows plans and locks to people: as text for a terminal and
// as Markdown for the comment on a pull request.
//
// It decides how a plan looks, never what is in it. Its functions are pure:
// they read a plan.Document, which saved plans hold too, and return text. Only
// Causes looks at the configuration as well, because a document does not know
// where in which file a value was written, and at what those files were, which
// its caller tells it.
//
// The invariants: no line is wider than asked for; nothing that a prompt, a
// key or a path holds can move a cursor, become markup or reach a person by
// name; and a Markdown comment is never longer than GitHub takes.
//
// Start reading at Text in text.go.
package render
