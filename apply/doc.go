// Package apply carries out a plan: it sends the requests that must be paid
// for, collects what they deliver, has the outputs written and keeps the lock.
//
// It decides when something is sent, in which order, how often it is asked
// about, and what an answer means. It never decides what is to be generated
// (plan does), never evaluates configuration, never prints, and knows the
// server only through engine.Driver.
//
// The invariants: no create request leaves without a durable intent in the
// journal and a reservation in the budget; one whose outcome is not known is
// never sent again by itself; an output is replaced only by a complete,
// verified file, and only while the path holds what the plan saw; the lock
// has one writer. A kill at any instant loses nothing that was paid for.
//
// Each part has what it needs by name, and nothing else: providers opens lanes,
// scheduler decides what starts (the one goroutine that owns the graph and the
// counts), generation is one asset's life, with its phases submission,
// settlement, polling and collection; delivery writes outputs, committer the
// lock.
//
// Start reading at Run in run.go; one asset's life is generation.life in
// generation.go, and the argument for what may be sent again stands above
// settle in settle.go.
package apply
