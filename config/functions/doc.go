// Package functions is the function set of the language: names and behaviour
// are Terraform's, less what would differ from run to run or from one machine
// to another.
//
// It decides what a call returns, and how much a call may take and make. It
// knows no name that an expression may refer to, and reads files through
// config/worktree alone, which remembers what was read.
//
// The invariants: the same arguments and files give the same result on every
// machine; a call comes to an end in bounded time and memory, whatever its
// arguments; a panic in it becomes an error; and what is made of something
// sensitive is marked, in an error not quoted, and asked of the disk by a key
// that does not tell it.
//
// Start reading at the table in functions.go, and at guard in guard.go, which
// is round every function.
package functions
