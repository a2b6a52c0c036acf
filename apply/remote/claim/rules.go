package claim

import "cmp"

// Reader is who looks at the claims of others.
type Reader struct {
	Origin      string // where its requests go
	Key         string // the fingerprint of its API key there
	HonoursKeys bool   // that server is known to honour idempotency keys
	// WaitedFrom is the first claim that it waited for; 0: it waited for none.
	WaitedFrom int
}

// Verdict is what claims mean for who has created one above them.
type Verdict int

// What may be met below a claim.
const (
	// Free: nothing binds. The request may be sent, once the result was looked
	// for again and the claim says sending.
	Free Verdict = iota
	// Resume: it was sent and accepted; the task is to be collected.
	Resume
	// Carry: it may have been sent, to a server that honours its key: that may be
	// sent again with the same key and no other.
	Carry
	// Question: it may have been sent. The owner may only be asleep: nothing is
	// sent. The task list may show the task.
	Question
	// Failure: the task that the reader waited for failed.
	Failure
	// Foreign: it is about another server, or another's account there. It is
	// waited for, and nothing is asked.
	Foreign
)

// Says tells that who reads claims downwards need read no further than this one.
func (c Claim) Says() bool { return c.State != Claimed }

// Judge tells what claim n means for one who took over: the first one downwards
// that says more than claimed. There is none where n is 0.
func (r Reader) Judge(n int, c Claim) Verdict {
	switch {
	case n == 0 || c.State == Released:
		return Free
	case c.State == Failed && r.WaitedFrom > 0 && n >= r.WaitedFrom && !r.foreign(c):
		return Failure
	case c.State == Failed:
		return Free
	case r.foreign(c):
		return Foreign
	case c.State == Task:
		return Resume
	case r.HonoursKeys:
		return Carry
	}
	return Question
}

// foreign tells that a claim is of another server or another's account there.
func (r Reader) foreign(c Claim) bool { return c.Origin != r.Origin || c.Key != r.Key }

// Unsent is what a claim of the reader's own means under which it has sent nothing,
// and never will, though it did not come to write so. It said sending only after
// nothing below was found to bind, or with a key that was taken over.
func (c Claim) Unsent(carried bool) State {
	if c.State == Sending {
		return WithoutTask(carried)
	}
	return c.State
}

// Since tells what became of a request whose outcome is unknown: own is its claim,
// and above are those that were created since. task is what somebody found who has
// its key; the request may be sent again with that key unless a person has given
// it up, or there is a claim for another request.
func Since(own Claim, above []Claim) (task string, mayResend bool) {
	mayResend = !own.State.Ended()
	for _, c := range above {
		switch c.IdempotencyKey {
		case "":
		case own.IdempotencyKey:
			task = cmp.Or(c.TaskID, task)
		default:
			mayResend = false
		}
	}
	return task, mayResend
}

// MaySend tells whether the owner of a claim that says sending may send: not if
// there is a claim above it, for its owner has read this one, perhaps before it
// said so.
func MaySend(above bool) bool { return !above }

// WithoutTask is what a claim says whose request certainly created nothing, or
// was not sent. With a key that was taken over another request may have been
// sent: then only a result, a failure or a person releases it.
func WithoutTask(carried bool) State {
	if carried {
		return Sending
	}
	return Released
}
