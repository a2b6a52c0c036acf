package apply

import (
	"fmt"
	"sync"

	"assetform/config/method"
)

// Budget bounds what a run may spend. A request's cost is reserved before the
// request is sent, and then either settled (it was accepted, so it is charged)
// or refunded (the server said that it created nothing). A reservation whose
// request has an unknown outcome is neither: it stays, because the money may
// be gone. Methods may be called concurrently.
type Budget struct {
	mu       sync.Mutex
	credits  *int
	videos   *int
	reserved method.Cost // not settled yet
	settled  method.Cost
}

// NewBudget returns a budget with these limits; nil is no limit.
func NewBudget(imageCredits, videos *int) *Budget {
	return &Budget{credits: imageCredits, videos: videos}
}

// A BudgetError says that a reservation would pass a limit.
type BudgetError struct {
	Unit                string // "image credits" or "videos"
	Limit, Taken, Asked int
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("%d of %d %s are spent or reserved, and this request needs %d", e.Taken, e.Limit, e.Unit, e.Asked)
}

// Reserve sets the cost aside. The error is a *BudgetError, and then nothing
// was reserved.
func (b *Budget) Reserve(c method.Cost) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := b.reserved.Add(b.settled)
	if b.credits != nil && c.ImageCredits > 0 && taken.ImageCredits+c.ImageCredits > *b.credits {
		return &BudgetError{"image credits", *b.credits, taken.ImageCredits, c.ImageCredits}
	}
	if b.videos != nil && c.Videos > 0 && taken.Videos+c.Videos > *b.videos {
		return &BudgetError{"videos", *b.videos, taken.Videos, c.Videos}
	}
	b.reserved = b.reserved.Add(c)
	return nil
}

// Hold sets aside what may be charged already, whatever the limits.
func (b *Budget) Hold(c method.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved = b.reserved.Add(c)
}

// Settle turns a reservation into spending.
func (b *Budget) Settle(c method.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved = subtract(b.reserved, c)
	b.settled = b.settled.Add(c)
}

// Refund gives a reservation back.
func (b *Budget) Refund(c method.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved = subtract(b.reserved, c)
}

// Unsettle takes spending back whose task failed.
func (b *Budget) Unsettle(c method.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settled = subtract(b.settled, c)
}

// Spent returns what was settled, and what is still only reserved.
func (b *Budget) Spent() (settled, reserved method.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.settled, b.reserved
}

func subtract(c, d method.Cost) method.Cost {
	return method.Cost{ImageCredits: c.ImageCredits - d.ImageCredits, Videos: c.Videos - d.Videos}
}

// smaller returns the stricter of two limits.
func smaller(a, b *int) *int {
	switch {
	case a == nil:
		return b
	case b == nil || *a < *b:
		return a
	}
	return b
}
