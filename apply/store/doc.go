// Package store keeps generated files by the hash of their bytes, so that
// nothing is paid for twice.
//
// A blob is one file, named by its content hash. A result is a small record
// that says which blob a set of inputs gave, named by the inputs hash. Both
// lie below "store" in the project's data directory (".assetform"):
//
//	store/blobs/sha256/ab/<64 hex digits>
//	store/results/v1-sha256-<64 hex digits>.json
//	store/adopted/v1-sha256-<64 hex digits>-<24 of the address' hash>.json
//	store/tmp/       files that are being written
//	store/damaged/   blobs whose bytes did not match their name
//
// What a person made and an asset adopted has a record of its own for that
// asset, and a mark beside its blob (adopted.go).
//
// The package decides where things lie and what is durable when. It never
// decides what is kept: nothing is removed but by Prune, which the user asks
// for. It never looks into a blob and holds no secret: a record has inputs in
// the lock's form, where a sensitive value is a digest.
//
// The invariants: a name in the store appears only after all its bytes are on
// disk; a record only after its blob, and it counts for nothing without it; what
// returns without an error is durable, flushed together with whatever else waits
// for the disk; and bytes that leave the store are checked against their name. Several processes may use one store at once,
// except that Prune wants the run lock.
//
// Start reading at Store in store.go.
package store
