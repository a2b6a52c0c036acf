// Package lockfile is the model of assetform.lock.json and its only reader
// and writer. The lock says for each asset what was asked, what came back and
// what it cost; it is committed in git beside the outputs.
//
// The text is canonical: equal locks have equal bytes, and writing what was
// read changes no byte of a canonical file. It holds no time, no counter and
// no host name, so that two branches that generate different assets merge
// line by line. Reading is strict, because a lock that is half understood
// would pay for results a second time: anything unexpected is a *SyntaxError
// with line and column, never a default.
//
// The package decides nothing about assets. It does not know how an inputs
// hash is computed, whether an output is there, or what a method accepts.
//
// Start with entry.go for the model and encode.go for the format. parse.go and
// its neighbours read it, versions.go reads thousands of them that are nearly
// alike, merge.go joins two branches' locks, and conflict.go takes a file with
// git's conflict markers apart.
package lockfile
