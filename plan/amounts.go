package plan

import "assetform/config/engine"

// Amounts is what a plan costs in the project's currency, without what engines
// that charge nothing count: as Cost, the certain part and what conditional
// changes may add. Both are nil without prices, and each is where a unit that
// it has some of has no price.
type Amounts struct {
	Amount            *engine.Amount `json:"amount,omitempty"`
	ConditionalAmount *engine.Amount `json:"conditional_amount,omitempty"`
}

// Amounts is what the plan costs in the project's currency.
func (p *Plan) Amounts() Amounts {
	var charged Cost
	for _, c := range p.Changes {
		if len(c.Cost) > 0 && p.Engines.Charges(c.Provider) {
			charged.Add(c.Cost, c.Conditional)
		}
	}
	return Amounts{p.Prices.Amount(charged.Certain), p.Prices.Amount(charged.Conditional)}
}

// price writes the amounts into a document.
func (d *Document) price() {
	if d.Prices.IsZero() {
		return
	}
	for i := range d.Changes {
		d.Changes[i].Amount = d.amount(&d.Changes[i])
	}
	d.Amounts = d.amounts()
}

// amount is what a change is charged; nil where that is nothing, or not known.
func (d *Document) amount(c *ChangeDocument) *engine.Amount {
	if d.Prices.IsZero() || !d.Engines.Charges(c.Provider) {
		return nil
	}
	return d.Prices.Charged(c.Cost)
}

func (d *Document) amounts() Amounts {
	var charged Cost
	for i := range d.Changes {
		if c := &d.Changes[i]; d.Engines.Charges(c.Provider) {
			charged.Add(c.Cost, c.Conditional)
		}
	}
	return Amounts{d.Prices.Amount(charged.Certain), d.Prices.Amount(charged.Conditional)}
}

func sameAmount(a, b *engine.Amount) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
