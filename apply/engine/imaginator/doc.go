// Package imaginator is the one definition of the Imaginator HTTP contract:
// the wire types of every request and answer, the documented error codes, and
// a client that speaks them. The local server uses the same wire types, so the
// two sides cannot drift apart.
//
// It decides what an answer means: whether a create request was accepted,
// refused, never sent, or has an unknown outcome ([Classify]); which reads are
// worth another try; how much of an answer is read at most.
//
// It never sends a create request twice. [Client.Submit] is one POST: no
// retry, no redirect, no replay by the transport. It never sends the API key
// to another origin than the configured one, and never lets it into an error,
// a log record or a returned value: whatever the server says is scrubbed first.
// Query strings of result URLs carry signatures and are neither logged nor
// put into errors.
//
// Everything a server sends is bounded in size (after decompression), nesting
// and time without progress.
//
// Start reading at [Client.Submit] for the path on which money is spent, at
// [Request] for what is sent, and at [Class] for what can come back.
package imaginator
