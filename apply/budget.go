package apply

import (
	"fmt"
	"maps"
	"sync"

	"assetform/config/engine"
	"assetform/plan"
)

// Budget bounds what a run may spend. A request's cost is reserved before the
// request is sent, and then either settled (it was accepted, so it is charged)
// or refunded (the server said that it created nothing). A reservation whose
// request has an unknown outcome is neither: it stays, because the money may
// be gone. Methods may be called concurrently.
type Budget struct {
	limits map[string]int // by unit; what is not there is not limited

	mu       sync.Mutex
	reserved engine.Cost // not settled yet
	settled  engine.Cost
}

// NewBudget returns a budget with these limits.
func NewBudget(limits map[string]int) *Budget { return &Budget{limits: limits} }

// A BudgetError says that a reservation would pass a limit.
type BudgetError struct {
	Unit                string
	Limit, Taken, Asked int
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("%d of %d %s are spent or reserved, and this request needs %d", e.Taken, e.Limit, engine.Words(e.Unit, 2), e.Asked)
}

// Reserve sets the cost aside. The error is a *BudgetError, and then nothing
// was reserved.
func (b *Budget) Reserve(c engine.Cost) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := b.reserved.Add(b.settled)
	for unit, limit := range b.limits {
		if n := c[unit]; n > 0 && taken[unit]+n > limit {
			return &BudgetError{unit, limit, taken[unit], n}
		}
	}
	b.reserved = b.reserved.Add(c)
	return nil
}

// Hold sets aside what may be charged already, whatever the limits.
func (b *Budget) Hold(c engine.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved = b.reserved.Add(c)
}

// Settle turns a reservation into spending.
func (b *Budget) Settle(c engine.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved = b.reserved.Sub(c)
	b.settled = b.settled.Add(c)
}

// Refund gives a reservation back.
func (b *Budget) Refund(c engine.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved = b.reserved.Sub(c)
}

// Unsettle takes spending back whose task failed.
func (b *Budget) Unsettle(c engine.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settled = b.settled.Sub(c)
}

// Spent returns what was settled, and what is still only reserved.
func (b *Budget) Spent() (settled, reserved engine.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.settled, b.reserved
}

// limits joins two sets of limits: of each unit the stricter one holds.
func limits(budget map[string]int, maxima map[string]plan.Max) map[string]int {
	all := map[string]int{}
	maps.Copy(all, budget)
	for unit, m := range maxima {
		if n, ok := all[unit]; !ok || m.N < n {
			all[unit] = m.N
		}
	}
	return all
}
