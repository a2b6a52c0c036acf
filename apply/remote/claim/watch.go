package claim

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"assetform/apply/remote"
	"assetform/lockfile"
)

// gone is the beat of a claim that its owner has left: nobody need wait to see
// that it is not renewed. Of another owner, whose claim never came to be, it says
// nothing.
func gone(owner string) string { return "gone " + owner + "\n" }

// Renew renews claim n until ctx ends, from the start if it may have been left.
// What does not get through is made up for by the next.
func (c *Claims) Renew(ctx context.Context, h lockfile.InputsHash, n int, left bool) {
	tick := time.NewTicker(renewEvery())
	defer tick.Stop()
	for count := 1; ; count++ {
		if !left {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
		left = false
		_ = c.beat(ctx, h, n, strconv.Itoa(count)+"\n")
	}
}

// Leave tells others that the owner of claim n does nothing about it any more, for
// now. Whoever waits takes over at once then, as it might at any time.
func (c *Claims) Leave(ctx context.Context, h lockfile.InputsHash, n int, owner string) error {
	return c.beat(ctx, h, n, gone(owner))
}

func (c *Claims) beat(ctx context.Context, h lockfile.InputsHash, n int, text string) error {
	return c.once(ctx, func(ctx context.Context, f remote.Files) error {
		return f.Put(ctx, name(h, n, ".beat"), strings.NewReader(text), int64(len(text)))
	})
}

// sight is a claim as it was seen, and its beat.
type sight struct {
	n     int
	claim Claim
	beat  string
}

// see looks at claim n; 0: at nothing.
func (c *Claims) see(ctx context.Context, h lockfile.InputsHash, n int) (s sight, err error) {
	if n == 0 {
		return s, nil
	}
	if s.claim, err = c.Read(ctx, h, n); err != nil {
		return s, err
	}
	beat, err := c.get(ctx, name(h, n, ".beat"))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	s.n, s.beat = n, string(beat)
	return s, err
}

// over tells that there is nothing to wait for.
func (s sight) over() bool { return s.n == 0 || s.claim.State.Ended() || s.beat == gone(s.claim.Owner) }

// unchanged looks until what it sees is over, or has not changed for so long that
// its owner is taken for gone. It returns what was seen last, also if ctx ends.
func unchanged[S comparable](ctx context.Context, look func() (now S, over bool, err error)) (last S, err error) {
	for since := time.Now(); ; {
		now, over, err := look()
		if err != nil {
			return last, err
		}
		if now != last {
			last, since = now, time.Now()
		}
		if over || time.Since(since) >= Expiry() {
			return last, nil
		}
		select {
		case <-time.After(lookEvery()):
		case <-ctx.Done():
			return last, ctx.Err()
		}
	}
}

// Watch looks at the newest claim until it has ended, or nothing of it was seen
// to change for so long that its owner is taken for gone, or that one has left it.
// dead tells of an owner that this machine knows to be gone; seen is told of each
// claim that is waited for, once. The claim is what was seen last, also if ctx ends.
func (c *Claims) Watch(ctx context.Context, h lockfile.InputsHash, dead func(owner string) bool, seen func(Claim)) (n int, claim Claim, err error) {
	told := 0
	last, err := unchanged(ctx, func() (now sight, over bool, err error) {
		n, err := c.Newest(ctx, h)
		if err != nil {
			return now, false, err
		}
		if now, err = c.see(ctx, h, n); err != nil || now.over() || dead(now.claim.Owner) {
			return now, true, err
		}
		if told != n {
			told = n
			seen(now.claim)
		}
		return now, false, nil
	})
	return last.n, last.claim, err
}

// ErrAlive says that somebody is heard of who was to be given up.
var ErrAlive = errors.New("its owner is heard of again")

// Forget gives up the claim that binds whoever wants these inputs, once neither its
// owner nor that of the newest one is heard of any more. That an owner has left its
// request says nothing of what the server does about it, so that one is looked at
// for as long as any other. Nobody writes another's
// claim, which a write of its owner could bring back: as by who takes over, one is
// created above it, what is below is read again, and then that one is released.
// What says only claimed binds nobody, and is left. ok is false if there is nothing
// to be forgotten.
func (c *Claims) Forget(ctx context.Context, h lockfile.InputsHash) (forgotten Claim, ok bool, err error) {
	asTheyAre := func(c Claim) Claim { return c }
	type sights struct{ newest, said sight }
	last, err := unchanged(ctx, func() (now sights, over bool, err error) {
		n, err := c.Newest(ctx, h)
		if err != nil {
			return now, false, err
		}
		if now.newest, err = c.see(ctx, h, n); err != nil || now.newest.claim.State.Ended() || n == 0 {
			return now, true, err
		}
		if n, _, err = c.Below(ctx, h, n+1, asTheyAre); err == nil {
			now.said, err = c.see(ctx, h, n)
		}
		return now, now.newest.over() && (now.said.n == 0 || now.said.claim.State.Ended()), err
	})
	newest, said := last.newest, last.said.claim
	switch {
	case err != nil:
		return newest.claim, false, err
	case newest.n == 0, newest.claim.State.Ended():
		if err = c.Next(ctx, h, newest.n+1); errors.Is(err, ErrTaken) { // since then
			err = nil
		}
		return newest.claim, false, err
	case last.said.n == 0, said.State.Ended():
		return newest.claim, true, c.Leave(ctx, h, newest.n, newest.claim.Owner)
	}
	mine := Claim{Owner: rand.Text(), Key: said.Key, Origin: said.Origin, State: Claimed}
	at := newest.n + 1
	if err := c.Next(ctx, h, at); err != nil {
		return said, false, err
	}
	if err := c.Create(ctx, h, at, mine); err != nil {
		return said, false, err
	}
	if _, again, err := c.Below(ctx, h, at, asTheyAre); err != nil || again != said {
		_ = c.Leave(ctx, h, at, mine.Owner) // else others wait for it
		return said, false, cmp.Or(err, ErrAlive)
	}
	mine.State, mine.IdempotencyKey = Released, mine.Owner // whose request is the one of no other claim
	return said, true, c.Write(ctx, h, at, mine)
}
