package claim

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"sync/atomic"
	"time"

	"assetform/apply/remote"
	"assetform/lockfile"

	"golang.org/x/sync/errgroup"
)

// Figures of claims. Owners renew four times before they count as expired.
const (
	expiry     = 60 * time.Second // without a change that the reader saw
	patience   = 30 * time.Second // with a remote that does not answer
	callTime   = 10 * time.Second
	firstPause = 250 * time.Millisecond
	// secondThought is after what time a place is asked again that has refused a
	// probe: without claims money is at stake.
	secondThought = 2 * time.Second
	maxPause      = 5 * time.Second
	unseen        = 4 * time.Second // for which what somebody writes may not be there yet
	maxNumber     = 1 << 20
)

// TestOnlyExpiry makes claims expire sooner, for tests with real processes.
var TestOnlyExpiry time.Duration

// Expiry is how long nothing of a claim may change until its owner is taken for
// gone.
func Expiry() time.Duration {
	if TestOnlyExpiry > 0 {
		return TestOnlyExpiry
	}
	return expiry
}

func renewEvery() time.Duration { return Expiry() / 4 }
func lookEvery() time.Duration  { return Expiry() / 30 }

// Claims are the claims in a remote. Methods may be called concurrently. Errors
// of a remote that does not answer are a *remote.FailureError.
type Claims struct {
	open  func(context.Context) (remote.Files, error)
	shown string

	probing chan struct{} // holds who probes
	probed  bool
	unable  error // what Probe found

	down atomic.Pointer[remote.FailureError] // it did not answer for long
}

// New returns the claims in the remote that open connects to; shown is what
// people call it.
func New(open func(context.Context) (remote.Files, error), shown string) *Claims {
	return &Claims{open: open, shown: shown, probing: make(chan struct{}, 1)}
}

// DamageError says that claims are not as anybody writes them.
type DamageError struct {
	Name string
	Why  string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("the claim %s is damaged: %s", e.Name, e.Why)
}

// Way says what a person can do about it.
func (e *DamageError) Way() string {
	return fmt.Sprintf("If a newer assetform may have written it, use that one. Else look at the files in %s/ there: they tell which tasks were paid for. Once no machine applies, and \"assetform tasks list\" shows no task that it could be about, that directory can be deleted, all of it and never a part: the next \"assetform apply\" then sends the request", path.Dir(e.Name))
}

// ErrTaken says that another has created the claim.
var ErrTaken = errors.New("another machine has the claim")

func name(h lockfile.InputsHash, n int, ext string) string {
	return "v1/claims/" + hex.EncodeToString(h[:]) + "/" + strconv.Itoa(n) + ext
}

// Probe tells whether the remote can keep claims of this machine: whether it
// refuses to create what exists, and lets it write at all. If not, unable matches
// remote.ErrDenied or remote.ErrUnsupported. It asks once.
func (c *Claims) Probe(ctx context.Context) (unable, err error) {
	select {
	case c.probing <- struct{}{}:
		defer func() { <-c.probing }()
	case <-ctx.Done():
		return nil, &remote.FailureError{Shown: c.shown, Err: ctx.Err()}
	}
	if c.probed {
		return c.unable, nil
	}
	probe := "v1/probe/" + rand.Text()
	put := func() error {
		return c.try(ctx, remote.ErrDenied, func(ctx context.Context, f remote.Files) error { return create(ctx, f, probe, []byte("probe\n")) })
	}
	if err = put(); errors.Is(err, remote.ErrDenied) { // once: what was refused for a moment may pass
		select {
		case <-time.After(secondThought):
		case <-ctx.Done():
		}
		err = put()
	}
	if err == nil || errors.Is(err, remote.ErrExists) { // ours, whose answer was lost
		err = put()
	}
	switch {
	case err == nil:
		unable = remote.ErrUnsupported // it was written over
	case errors.Is(err, remote.ErrExists):
	case errors.Is(err, remote.ErrDenied), errors.Is(err, remote.ErrUnsupported):
		unable = err
	default:
		return nil, err
	}
	c.probed, c.unable = true, unable
	return unable, nil
}

func create(ctx context.Context, f remote.Files, name string, b []byte) error {
	return f.Create(ctx, name, bytes.NewReader(b), int64(len(b)))
}

// Newest is the number of the newest claim of these inputs, 0 if there is none.
func (c *Claims) Newest(ctx context.Context, h lockfile.InputsHash) (int, error) {
	low, high := 0, 1
	for {
		there, err := c.exists(ctx, h, high)
		if err != nil {
			return 0, err
		}
		if !there {
			break
		}
		if low, high = high, 2*high; high > maxNumber {
			return 0, &DamageError{name(h, high, ".json"), "nobody tries so often"}
		}
	}
	for high-low > 1 {
		mid := (low + high) / 2
		there, err := c.exists(ctx, h, mid)
		if err != nil {
			return 0, err
		}
		if there {
			low = mid
		} else {
			high = mid
		}
	}
	return low, nil
}

func (c *Claims) exists(ctx context.Context, h lockfile.InputsHash, n int) (bool, error) {
	err := c.try(ctx, nil, func(ctx context.Context, f remote.Files) error {
		_, err := f.Stat(ctx, name(h, n, ".json"))
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Read reads claim n. One that is not there is damage: it was, or should be. It is
// asked for again first: servers refuse to create what another is about to have
// created, and do not show it yet.
func (c *Claims) Read(ctx context.Context, h lockfile.InputsHash, n int) (Claim, error) {
	at := name(h, n, ".json")
	b, err := c.get(ctx, at)
	for since, pause := time.Now(), firstPause; errors.Is(err, fs.ErrNotExist) && time.Since(since) < unseen; pause = 2 * pause {
		select {
		case <-time.After(pause):
			b, err = c.get(ctx, at)
		case <-ctx.Done():
			return Claim{}, &remote.FailureError{Shown: c.shown, Err: ctx.Err()}
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return Claim{}, &DamageError{at, "it is not there, though one above it is or was. Claims are never deleted: look at the lifecycle rules of the remote"}
	}
	if err != nil {
		return Claim{}, err
	}
	claim, err := decode(b)
	if err != nil {
		return Claim{}, &DamageError{at, err.Error()}
	}
	return claim, nil
}

func (c *Claims) get(ctx context.Context, name string) (b []byte, err error) {
	err = c.try(ctx, nil, func(ctx context.Context, f remote.Files) error {
		r, _, err := f.Get(ctx, name)
		if err != nil {
			return err
		}
		defer r.Close()
		b, err = io.ReadAll(io.LimitReader(r, maxBytes))
		return err
	})
	return b, err
}

// ahead are the claims that are looked for above one that is not there: rules that
// delete by age take the oldest first.
var ahead = []int{1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 64}

// Next creates nothing: it tells that claim n is not there, and none above it as
// far as it looks. One above it without it is damage, for what it said is lost.
func (c *Claims) Next(ctx context.Context, h lockfile.InputsHash, n int) error {
	var g errgroup.Group
	var any atomic.Bool
	for _, above := range ahead {
		g.Go(func() error {
			there, err := c.exists(ctx, h, n+above)
			if there {
				any.Store(true)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil || !any.Load() {
		return err
	}
	_, err := c.Read(ctx, h, n)
	return cmp.Or(err, ErrTaken)
}

// Create creates claim n; ErrTaken: it is another's. An answer that was lost is
// asked for: the owner says whose it is.
func (c *Claims) Create(ctx context.Context, h lockfile.InputsHash, n int, claim Claim) error {
	b, err := encode(claim)
	if err != nil {
		return err
	}
	err = c.try(ctx, nil, func(ctx context.Context, f remote.Files) error { return create(ctx, f, name(h, n, ".json"), b) })
	if errors.Is(err, remote.ErrExists) {
		there, err := c.Read(ctx, h, n)
		if err == nil && there.Owner != claim.Owner {
			err = ErrTaken
		}
		return err
	}
	return hideAbsence(err)
}

// Write writes a claim of the caller's own. It returns when that was answered.
func (c *Claims) Write(ctx context.Context, h lockfile.InputsHash, n int, claim Claim) error {
	b, err := encode(claim)
	if err != nil {
		return err
	}
	return c.put(ctx, name(h, n, ".json"), b)
}

func (c *Claims) put(ctx context.Context, name string, b []byte) error {
	return hideAbsence(c.try(ctx, nil, func(ctx context.Context, f remote.Files) error {
		return f.Put(ctx, name, bytes.NewReader(b), int64(len(b)))
	}))
}

// hideAbsence makes what a write says is not there, as a directory, a failure.
func hideAbsence(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New(err.Error())
	}
	return err
}

// Above tells whether there is a claim above n.
func (c *Claims) Above(ctx context.Context, h lockfile.InputsHash, n int) (bool, error) {
	return c.exists(ctx, h, n+1)
}

// Below reads from n-1 down to the first claim that says more than claimed, and
// returns its number; 0 if there is none. known is a claim with what this machine
// knows of it.
func (c *Claims) Below(ctx context.Context, h lockfile.InputsHash, n int, known func(Claim) Claim) (int, Claim, error) {
	for n--; n > 0; n-- {
		claim, err := c.Read(ctx, h, n)
		if err != nil {
			return n, claim, err
		}
		if claim = known(claim); claim.Says() {
			return n, claim, nil
		}
	}
	return 0, Claim{}, nil
}

// try makes a call again while its failure may pass. final is one that does not.
func (c *Claims) try(ctx context.Context, final error, call func(context.Context, remote.Files) error) error {
	if down := c.down.Load(); down != nil {
		return down
	}
	until := time.Now().Add(patience)
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		err := c.once(ctx, call)
		switch {
		case err == nil, errors.Is(err, fs.ErrNotExist), errors.Is(err, remote.ErrExists),
			final != nil && (errors.Is(err, final) || errors.Is(err, remote.ErrUnsupported)):
			return err
		case ctx.Err() != nil:
			return &remote.FailureError{Shown: c.shown, Err: ctx.Err()}
		case errors.Is(err, remote.ErrNowhere), time.Now().Add(pause).After(until):
			down := &remote.FailureError{Shown: c.shown, Err: err}
			c.down.Store(down)
			return down
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

func (c *Claims) once(ctx context.Context, call func(context.Context, remote.Files) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	f, err := c.open(ctx)
	if err != nil {
		return hideAbsence(err)
	}
	return call(ctx, f)
}
