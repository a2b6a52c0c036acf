// Package plan says what would be generated, why, and at what cost.
//
// It compares the evaluated configuration with the lock and with a Snapshot
// of the disk, the store and the journal, and builds a Plan: pure data, one
// Change for each asset. It never writes an output or the lock, needs no
// network and no key, and does not know how anything is generated; what the
// store and the journal know reaches it as data in the Snapshot.
//
// The invariants: the same configuration, lock and snapshot give the same
// Plan, byte for byte; nothing is planned to be paid for that the lock, the
// store or the journal already holds; and an unknown is said to be unknown.
//
// Start reading at Build in build.go, which states the table of actions. The
// one definition of what "the same inputs" means is Fingerprint in
// fingerprint.go.
package plan
