// Package report writes static HTML pages that show what changed between two
// locks: pictures before and after, the candidates that a result is chosen
// from, prompts, costs and facts. It is what the reviewer of a pull request
// looks at, and whoever picks.
//
// It decides how changes look and what a page may load. It knows neither git
// nor the disk: contents come in through functions and pages go out through
// the interface Files. Equal input gives equal bytes, so a report can be made
// again over an older one: what stands is not decoded again, and only what
// changed is written.
//
// The invariants: no page asks any host for anything, and none runs a script
// or takes a style that is not a file of this package (the pages carry a
// Content-Security-Policy that says so, and have no inline handlers). What a
// lock or a prompt holds is escaped by html/template. Only bytes that were
// recognised as a picture or a film are copied, under names made of hashes; of
// a text a bounded part stands on the pages themselves.
// Everything can be read without scripts; they add filters, the keyboard, and
// the viewer, which lays both sides over each other with styles alone: no
// script may read a picture of a page that was opened from disk.
//
// Start reading at Write in report.go; compare.go says what a change is, and
// diffshare.go how it is counted what differs.
package report
