// Package claim lets two machines that want the same inputs pay once, and one
// finish what the other has paid for. For each set of inputs the remote has
//
//	v1/claims/<64 hex digits>/<n>.json    claim n: whose it is, and how far that one has come
//	v1/claims/<64 hex digits>/<n>.beat    a count, which its owner renews, or that it has left
//
// Claim n is created only if it is absent, by one who found n-1 ended or
// expired. From then on its owner alone writes it, and only forward: claimed,
// sending, task, and at last released or failed. Renewals go to a file of their
// own, so that a write that is still on its way brings no older state back. A person
// who gives another's claim up creates one above it, and releases that.
//
// The invariant: a request is sent only by one whose claim says sending, and who
// found no claim above it after that write was answered. Whoever takes over
// creates his claim first and reads what is below it then, so of the two at least
// one sees the other. A claim that says sending may be of an owner who is asleep:
// nobody sends in its place, but to a server that honours the key that it names.
//
// What follows from what was read stands in rules.go, without a file or a
// clock: the test that walks through all that may happen uses the same
// functions. Expired is what the reader itself saw unchanged for a time; clocks
// in files decide nothing. Nothing is sent under a claim whose writes fail.
//
// All of it needs a store that creates a file only if it is absent, and that
// shows every answered write: Probe tells. Start reading at rules.go.
package claim
