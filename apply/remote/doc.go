// Package remote keeps results where all machines of a project reach them: what
// one of them generated is there for all.
//
//	v1/blobs/sha256/<64 hex digits>          a file, by the hash of its bytes
//	v1/results/<64 hex digits>.json          which blob a set of inputs gave
//	v1/claims/<64 hex digits>/               who generates it: package claim
//
// It decides how blobs and results are named and checked, and what a failure
// means. It never believes what it reads: bytes are hashed while they pass, a
// delivered file is looked at like one that a server sends, a record of another
// origin is passed over, and nothing is listed or deleted on the way of an apply.
// What is damaged counts as absent and is told. Any other failure is tried again
// for a while, and is then a *FailureError: nothing may be paid for that perhaps
// is there. Once one is, what is asked afterwards fails at once.
//
// A blob is written before its record. What could not be uploaded is noted in
// the data directory until it is.
//
// Where files lie is one small interface, Files, with a package for each backend
// and one suite that all of them pass. Start reading at Remote.Find.
package remote
