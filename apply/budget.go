package apply

import (
	"fmt"
	"maps"
	"sync"

	"assetform/config/engine"
	"assetform/plan"
)

// budget bounds what a run may spend. A request's cost is reserved before the
// request is sent, and then either settled (it was accepted, so it is charged)
// or refunded (the server said that it created nothing). A reservation whose
// request has an unknown outcome is neither: it stays, because the money may
// be gone. Methods may be called concurrently.
type budget struct {
	limits map[string]int // by unit; what is not there is not limited

	mu       sync.Mutex
	reserved engine.Cost // not settled yet
	settled  engine.Cost
}

// newBudget returns a budget with these limits.
func newBudget(limits map[string]int) *budget { return &budget{limits: limits} }

// A budgetError says that a reservation would pass a limit.
type budgetError struct {
	Unit                string
	Limit, Taken, Asked int
}

func (e *budgetError) Error() string {
	return fmt.Sprintf("%d of %d %s are spent or reserved, and this request needs %d", e.Taken, e.Limit, engine.Words(e.Unit, e.Limit), e.Asked)
}

// reserve sets the cost aside. The error is a *budgetError, and then nothing
// was reserved.
func (b *budget) reserve(c engine.Cost) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := b.reserved.Add(b.settled)
	for unit, limit := range b.limits {
		if n := c[unit]; n > 0 && taken[unit]+n > limit {
			return &budgetError{unit, limit, taken[unit], n}
		}
	}
	b.reserved = b.reserved.Add(c)
	return nil
}

// hold sets aside what may be charged already, whatever the limits.
func (b *budget) hold(c engine.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved = b.reserved.Add(c)
}

// settle turns a reservation into spending.
func (b *budget) settle(c engine.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved = b.reserved.Sub(c)
	b.settled = b.settled.Add(c)
}

// refund gives a reservation back.
func (b *budget) refund(c engine.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved = b.reserved.Sub(c)
}

// unsettle takes spending back whose task failed.
func (b *budget) unsettle(c engine.Cost) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settled = b.settled.Sub(c)
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
