// Package remote keeps results where all machines of a project reach them: what
// one of them generated is there for all.
//
// It decides how blobs and results are named and checked, and what a failure
// means. It never believes what it reads: bytes are hashed while they pass, a
// record of another origin is passed over, and nothing is listed or deleted on
// the way of an apply. Where files lie is one small interface, Files, with a
// package for each backend and one suite that all of them pass.
//
// Start reading at Files.
package remote
