// Package studio is the local Imaginator-compatible server: one http.Handler
// that `assetform serve` runs on an address. Provider "local" without an address
// draws the same in its own process, and does without it.
//
// It speaks the contract of package imaginator to the letter of the API
// document: what a method takes, its defaults and its cost come from the table
// in apply/engine/imaginator, the fields of an answer from its wire types, and
// neither is written down a second time here. Where the document is silent (paths of
// the list, the quota and the models; a full queue; a result that expired)
// the choice is stated at the code that makes it.
//
// Invariants:
//   - A task that was answered with 201 is never lost while the data directory
//     lives: the answer is sent after the record is on disk, and what was not
//     finished runs again at the next start, with the same seed.
//   - A request that was refused, and a task that failed, cost nothing.
//   - A key sees its own tasks only. Keys are held as SHA-256, compared in
//     constant time and never logged.
//   - Everything is bounded: bodies, pixels, the queue, memory, files, time.
//
// A request goes through route.go, auth.go, decode.go (validation) and
// create.go (limits and acceptance); register.go is the one owner of what the
// server knows, archive.go its durable copy, work.go the drawing, results.go
// the delivery. fault.go lists the failures that can be switched on for tests
// of clients. Start reading at New.
package studio
