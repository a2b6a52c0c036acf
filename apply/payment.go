package apply

import "assetform/config/engine"

// payment is what one asset's request has of the budget: nothing, a
// reservation, or the charge. A provider that charges nothing is counted, but
// has no part in the budget.
type payment struct {
	budget   *budget
	paid     bool // the provider charges
	reserved bool // the budget holds the cost
	charged  bool
}

// reserve sets a cost aside before a request is sent.
func (p *payment) reserve(cost engine.Cost) error {
	if !p.paid || p.reserved {
		return nil
	}
	if err := p.budget.reserve(cost); err != nil {
		return err
	}
	p.reserved = true
	return nil
}

// refund gives the reservation back: the server said that it created nothing.
func (p *payment) refund(cost engine.Cost) {
	if p.reserved {
		p.budget.refund(cost)
		p.reserved = false
	}
}

// charge notes that the request was accepted.
func (p *payment) charge(cost engine.Cost) {
	if p.reserved {
		p.budget.settle(cost)
		p.reserved = false
	}
	p.charged = true
}

// uncharge takes the charge back: a task that failed costs nothing.
func (p *payment) uncharge(cost engine.Cost) {
	if p.charged {
		p.charged = false
		if p.paid {
			p.budget.unsettle(cost)
		}
	}
}

// doubt takes the charge back into the reservation: whether there was one is
// not known any more.
func (p *payment) doubt(cost engine.Cost) {
	if p.charged && p.paid {
		p.charged, p.reserved = false, true
		p.budget.unsettle(cost)
		p.budget.hold(cost)
	}
}

// spent is what this run was charged, of a request with that cost.
func (p *payment) spent(cost engine.Cost) (c engine.Cost) {
	if p.charged {
		return cost
	}
	return c
}
