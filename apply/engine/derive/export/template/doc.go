// Package template writes what code needs to know of assets as a template of
// the project says: Go's text/template over the records of an export.
//
// It decides what a template may do: go through records, choose, cut and
// compare, and write texts by functions of its own. It refuses what makes much
// of little or depends on Go: formats, numbers as ranges, templates that call
// themselves, and every function that is not listed here.
//
// A template comes with a pull request and is hostile until merged. text/template
// cannot be interrupted, so that Parse puts a check into its tree before every
// node: an execution ends when its context does, within the time of one action.
// What is written and what functions make is counted while it is made.
//
// The invariant: equal templates and records give equal bytes, or an error. An
// execution reads nothing but the records.
//
// Start reading at Parse; inspect.go looks through the tree, run.go executes it.
package template
