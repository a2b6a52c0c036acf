package plan

import (
	"assetform/config"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/config/worktree"
	"assetform/lockfile"
)

// Snapshot is what a plan knows of the world besides configuration and lock:
// the files at output and input paths, the store and the journal.
type Snapshot struct {
	// Files holds the state of every output path of configuration and lock
	// and of every input file, by path relative to the root module's
	// directory. A path that is not in it is absent.
	Files map[string]worktree.State
	// Stored returns the store's result for these inputs whose blob is there.
	// It is a function so that a plan without changes reads no records.
	Stored func(lockfile.InputsHash) (lockfile.Entry, bool)
	// HasBlob tells whether the store holds this content.
	HasBlob func(lockfile.ContentHash) bool
	// Past finds a result of these inputs, for an asset of that provider, that the
	// store does not have and the project's remote or git has, and says where: in
	// FromRemote, or in a commit. Nil: there is neither.
	Past func(lockfile.InputsHash, config.ProviderRef) (e lockfile.Entry, from string, ok bool)
	// Recorded finds an entry with several candidates of these inputs in git's
	// history, that of the asset before that of another one, whose output git
	// still has. Nil: there is no git.
	Recorded func(address.Address, lockfile.InputsHash) (e lockfile.Entry, commit string, ok bool)
	// Picked is the number of the candidate that somebody picked when the asset
	// had these inputs, 0 if nobody did. Nil: nobody did.
	Picked func(address.Address, lockfile.InputsHash) int
	// Kept tells where the content of an entry of the lock is, likewise, and in
	// git only at its path; "": nowhere. Nil: there is neither.
	Kept func(*lockfile.Entry) string
	// Committed tells which of these files are ours by git: the last commit
	// that changed the file, and every one that brought this content to its
	// path, also changed the lock entry that names it to this content. The note
	// says why git could not tell of the others, "" if it could. It is asked
	// once, about all files that a plan would take away, overwrite or store and
	// whose content is not in the store; nil: there is no git.
	Committed func([]Claim) (shown map[Claim]Evidence, note string)
	// Adopted returns the file that a person gave the asset for these inputs,
	// if its blob is there. Nil: there is none.
	Adopted func(address.Address, lockfile.InputsHash) (lockfile.Entry, bool)
	// HandMade tells whether a person made this content, as far as the store
	// knows. Nil: none.
	HandMade func(lockfile.ContentHash) bool
	// Wrote tells of a content that a person made whether it was assetform that
	// wrote it to this output path, as a copy of theirs for instance. Nil: never.
	Wrote func(path string, h lockfile.ContentHash) bool
	// Unfit says why the file at a path cannot be the result that belongs
	// there, as a clause; "" if it can. Nil: all can.
	Unfit func(path string) string
	// Generated tells whether the text at a path says at its head that assetform
	// wrote it. Nil: all do.
	Generated func(path string) bool
	// Merged tells whether the text at an export's path is nobody's edit: git made
	// it of two that were each what the lock beside it said. Nil: none is.
	Merged func(path string) bool
	// Paid holds the inputs that a task in the journal was paid for and
	// whose result is not in the store yet.
	Paid map[lockfile.InputsHash]bool
	// Finished tells whether a task was paid for with these inputs whose result
	// was here and is gone: the server is asked for it again before anything is
	// paid for. Nil: there is none.
	Finished func(lockfile.InputsHash) bool
	// Requested holds interrupted --replace requests: the address and the
	// inputs it was asked for, those of each candidate.
	Requested map[address.Address]map[lockfile.InputsHash]Request
	// Unsettled are paid requests in the journal whose outcome nobody knows.
	Unsettled []Unsettled
}

// Request says how far a --replace has come.
type Request uint8

// What a --replace may have come to.
const (
	RequestDone   Request = iota // the lock has what came, or it was given up
	RequestStored                // the newest result in the store is what came
	RequestOpen
)

// Unsettled is a request that may have been charged.
type Unsettled struct {
	Address    address.Address
	InputsHash lockfile.InputsHash
	Cost       engine.Cost
}

// Claim is a file of which the lock says that assetform wrote it.
type Claim struct {
	Path string // relative to the root module's directory
	Hash lockfile.ContentHash
	Size int64 // of the content in bytes
}

// Evidence is what git shows of a claim.
type Evidence struct {
	Ours   bool
	Commit string // a commit that put the file there without its entry; "": git knows none
}
