package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/apply/remote"
	"assetform/apply/remote/claim"
	"assetform/config/diag"
	"assetform/lockfile"
)

// claiming keeps this run and other machines from paying for the same inputs at
// once, by claims in the remote; the rules stand in package claim. A claim is
// taken right before its request is sent (taking.go) and follows what the journal
// says of that request from then on: what did not get through is written by the
// next run. Methods may be called concurrently.
type claiming struct {
	claims    *claim.Claims // nil: the project has no remote
	sharing   *sharing
	journal   *journal.Journal
	usable    func(*node) func(lockfile.Entry) bool
	unclaimed bool // see Options
	warnOff   sync.Once

	mu      sync.Mutex
	renewed map[string]context.CancelFunc // by intent
	said    map[string]claim.State        // what its claim says, by intent
	renewal sync.WaitGroup
}

func newClaiming(o *Options, s *sharing, usable func(*node) func(lockfile.Entry) bool) *claiming {
	c := &claiming{sharing: s, journal: o.Journal, usable: usable, unclaimed: o.Unclaimed, renewed: map[string]context.CancelFunc{}, said: map[string]claim.State{}}
	if o.Remote != nil {
		c.claims = claim.New(o.Remote.Files, o.Remote.Shown())
	}
	return c
}

// applies tells whether an asset is claimed: what charges, and is not another
// take that a person asked for whatever there is.
func (c *claiming) applies(n *node) bool {
	return c.claims != nil && n.unclaimed == nil && c.sharing.hasResults(n) && !asked(n.change)
}

// able tells whether the remote keeps claims, and says once if it does not.
func (c *claiming) able(ctx context.Context) (bool, error) {
	unable, err := c.claims.Probe(ctx)
	if unable != nil {
		c.warnOff.Do(func() {
			why := "keeps results, but takes no file only if it is absent, so machines cannot tell each other what they generate"
			if errors.Is(unable, remote.ErrDenied) {
				why = fmt.Sprintf("may not be written from here, so this machine waits for what others have claimed and cannot claim itself: %v", unable)
			}
			c.sharing.events.report(warning("Two machines may pay for the same thing at once", fmt.Sprintf("The remote %s %s.", c.sharing.remote.Shown(), why)))
		})
	}
	return unable == nil, err
}

// own returns a claim as this machine knows it, if it is its own and its end did
// not get through.
func (c *claiming) own(cl claim.Claim) claim.Claim {
	if in, ok := c.journal.Intent(cl.Owner); ok {
		if goal, writes := goalOf(&in); writes && goal.Ended() {
			cl.State = goal
		} else if in.State == journal.StateClaimed {
			cl.State = cl.Unsent(in.ClaimCarried)
		}
	}
	return cl
}

// dead tells that a claim is of this machine. No other run is under way here, and
// this one has each inputs once.
func (c *claiming) dead(owner string) bool {
	_, ok := c.journal.Intent(owner)
	return ok
}

// goalOf is what the claim of a request is to say; writes is false where nothing
// is to be written. A result is released only once the remote has it.
func goalOf(in *journal.Intent) (goal claim.State, writes bool) {
	switch {
	case in.State == journal.StateForgotten:
		return claim.Released, true
	case in.State == journal.StateNotCreated, in.State == journal.StateRefused:
		goal = claim.WithoutTask(in.ClaimCarried)
		return goal, goal.Ended()
	case in.State.Paid(), in.State == journal.StateStored, in.State == journal.StateDone:
		return claim.Task, true
	case in.State == journal.StateFailed:
		return claim.Failed, true
	}
	return "", false
}

// follow writes into a request's claim what the journal says of it. What does
// not get through is left to the next run.
func (c *claiming) follow(ctx context.Context, id string) {
	if c.claims == nil {
		return
	}
	if in, ok := c.journal.Intent(id); ok && in.Claim > 0 && !in.ClaimEnded {
		if goal, writes := goalOf(&in); writes {
			c.write(ctx, &in, goal)
		}
	}
}

// leave follows a request that this run is done with. What is neither running nor
// on its way to the remote is not renewed, and others need not wait to see that.
func (c *claiming) leave(ctx context.Context, id string) {
	if c.claims == nil || c.sharing.remote.ReadOnly() {
		return
	}
	ctx, done := c.sharing.stops.whileParting(ctx)
	defer done()
	c.withdraw(ctx, id)
	c.follow(ctx, id)
	in, ok := c.journal.Intent(id)
	if !ok || in.Claim == 0 || in.State.Paid() || in.State == journal.StateStored || in.State == journal.StateDone {
		return
	}
	c.stop(id)
	if !in.ClaimEnded {
		ctx, cancel := context.WithTimeout(ctx, partingTime)
		defer cancel()
		_ = c.claims.Leave(ctx, in.InputsHash, in.Claim, in.ID) // else others wait
	}
}

// withdraw releases a claim under which nothing was sent, though the run that took
// it came to an end before. It stays claimed while something below it binds: who
// comes next reads on then. What does not get through is left to the next run.
func (c *claiming) withdraw(ctx context.Context, id string) {
	in, ok := c.journal.Intent(id)
	if !ok || in.State != journal.StateClaimed || in.Claim == 0 || in.ClaimEnded {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, partingTime)
	defer cancel()
	is, err := c.claims.Read(ctx, in.InputsHash, in.Claim)
	if err != nil || is.Owner != id {
		return
	}
	state := is.Unsent(in.ClaimCarried)
	if state == claim.Claimed {
		m, below, err := c.claims.Below(ctx, in.InputsHash, in.Claim, c.own)
		if err != nil {
			return
		}
		if (claim.Reader{Origin: is.Origin, Key: is.Key}).Judge(m, below) == claim.Free {
			state = claim.Released
		}
	}
	if state != claim.Released {
		if c.claims.Leave(ctx, in.InputsHash, in.Claim, in.ID) == nil { // nothing more is to be said of it
			_ = c.journal.Note(context.WithoutCancel(ctx), journal.Record{ID: id, State: in.State, ClaimEnded: true})
		}
		return
	}
	// A journal that cannot be written says that nothing was sent as it is.
	if c.journal.Append(context.WithoutCancel(ctx), journal.Record{ID: id, State: journal.StateNotCreated, Error: "nothing was sent under its claim"}) != nil {
		c.write(ctx, &in, claim.Released)
	}
}

// write writes a state into the claim of a request.
func (c *claiming) write(ctx context.Context, in *journal.Intent, goal claim.State) (written bool) {
	c.mu.Lock()
	said := c.said[in.ID]
	c.mu.Unlock()
	if said == goal || c.sharing.remote.ReadOnly() {
		return true
	}
	ctx, done := c.sharing.stops.whileParting(ctx)
	defer done()
	if writeClaim(ctx, c.claims, c.journal, in, goal) != nil {
		return false
	}
	c.mu.Lock()
	c.said[in.ID] = goal
	c.mu.Unlock()
	if goal.Ended() {
		c.stop(in.ID)
	}
	return true
}

// released writes released into the claims of what was uploaded, if others find
// it: a record of another server's result stays where it is, and then they go on
// with the task.
func (c *claiming) released(ctx context.Context, h lockfile.InputsHash) {
	if c.claims == nil {
		return
	}
	c.journal.Flush()
	for _, in := range c.journal.Intents() {
		if in.InputsHash == h && in.Claim > 0 && !in.ClaimEnded && (in.State == journal.StateStored || in.State == journal.StateDone) {
			origin := shownOrigin(in.Origin)
			_, there, err := c.sharing.remote.Find(ctx, h, []string{origin})
			if err != nil || there && !c.write(ctx, &in, claim.Released) {
				c.sharing.remote.Note(remote.Upload{Inputs: h, Origin: origin}) // the next run is to come by here
			}
		}
	}
}

// resume makes up for what earlier runs could not write. What they have stored
// goes to the remote, and is then released. A request whose outcome is unknown,
// and whose inputs this run does not generate, may have been taken over: then its
// task is known.
func (c *claiming) resume(ctx context.Context, order []*node) {
	if c.claims == nil || c.sharing.remote.ReadOnly() {
		return
	}
	wanted := generated(order)
	for _, in := range c.journal.Intents() {
		if in.Claim == 0 || in.ClaimEnded {
			continue
		}
		switch in.State {
		case journal.StateStored, journal.StateDone:
			c.sharing.upload(ctx, remote.Upload{Inputs: in.InputsHash, Origin: shownOrigin(in.Origin)}, false)
		case journal.StateIntent, journal.StateUnknown:
			if wanted[in.InputsHash] {
				continue
			}
			c.sharing.uploads.Go(func() {
				if task, _, err := c.sinceThen(ctx, &in); err == nil && task != "" {
					_ = c.journal.Append(ctx, journal.Record{ID: in.ID, State: journal.StateAttached, TaskID: task})
				}
			})
		default:
			c.sharing.uploads.Go(func() {
				c.withdraw(ctx, in.ID)
				c.follow(ctx, in.ID)
			})
		}
	}
}

// renew renews the claim of a request until it has ended, or the run has.
func (c *claiming) renew(in *journal.Record) {
	if c.claims == nil || in.Claim == 0 || c.sharing.remote.ReadOnly() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.renewed[in.ID] == nil {
		ctx, cancel := context.WithCancel(context.Background())
		c.renewed[in.ID] = cancel
		h, n, left := in.InputsHash, in.Claim, in.State != journal.StateClaimed // by an earlier run
		c.renewal.Go(func() { c.claims.Renew(ctx, h, n, left) })
	}
}

// stop ends the renewals of a claim: its state ends it, or others may.
func (c *claiming) stop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if end := c.renewed[id]; end != nil {
		end()
		delete(c.renewed, id)
	}
}

// finish ends all renewals, and says so.
func (c *claiming) finish(ctx context.Context) {
	c.mu.Lock()
	left := slices.Collect(maps.Keys(c.renewed))
	for _, end := range c.renewed {
		end()
	}
	c.mu.Unlock()
	c.renewal.Wait()
	ctx, cancel := context.WithTimeout(ctx, partingTime)
	defer cancel()
	var all sync.WaitGroup
	for _, id := range left {
		if in, ok := c.journal.Intent(id); ok {
			all.Go(func() { _ = c.claims.Leave(ctx, in.InputsHash, in.Claim, in.ID) })
		}
	}
	all.Wait()
}

// reader is who looks at claims with a driver.
func (c *claiming) reader(d engine.Driver, waitedFrom int) claim.Reader {
	origin := shownOrigin(d.Origin())
	return claim.Reader{Origin: origin, Key: keyCheck(d, claimSalt(origin)), WaitedFrom: waitedFrom}
}

// claimLeft ends an asset for this run that another machine has claimed, or of
// whose claim nothing is known.
func (c *claiming) claimLeft(ctx context.Context, n *node, cl claim.Claim, err error) outcome {
	var damage *claim.DamageError
	var silent *remote.FailureError
	switch {
	case errors.As(err, &damage):
		return outcome{node: n, ending: endLeft, diag: n.diagnostic("Claim in the remote is damaged", fmt.Sprintf(
			"%s was not sent: in %s %s. Whether another machine has paid for it cannot be told. %s. \"assetform apply --remote off\" pays without asking.", n.address(), c.sharing.remote.Shown(), damage, damage.Way()))}
	case cl.Owner != "" && (err == nil || c.sharing.stops.sendingEnded(ctx)):
		return outcome{node: n, ending: endLeft, diag: n.diagnostic("Another machine has it", fmt.Sprintf(
			"%s was not sent: the claim of owner %s in %s says %q. %s The next \"assetform apply\" restores its result, or goes on with what that owner has paid for.", n.address(), cl.Owner, c.sharing.remote.Shown(), cl.State, whoseClaim))}
	case errors.As(err, &silent):
		return c.sharing.left(ctx, n, err)
	}
	return outcome{node: n, ending: endLeft}
}

// claimForeign ends an asset that somebody may have paid for whose account this
// one does not see.
func (c *claiming) claimForeign(n *node, cl claim.Claim, origin string) outcome {
	what := "with another API key"
	if cl.Origin != origin {
		what = "at another server"
	}
	return outcome{node: n, ending: endLeft, diag: n.diagnostic("Another account may have paid for it", fmt.Sprintf(
		"%s was not sent: owner %s has claimed it in %s %s and is not heard of any more; its claim says %q. Nothing is asked there. %s Run \"assetform apply\" with what it was sent with, or give it up with \"assetform tasks forget --claim %s\".",
		n.address(), cl.Owner, c.sharing.remote.Shown(), what, cl.State, whoseClaim, diag.ShellWord(n.address().String())))}
}
