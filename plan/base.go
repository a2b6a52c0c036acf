package plan

import (
	"errors"
	"fmt"
	"slices"

	"assetform/config/engine"
)

// Base is what a branch did against the commit that it began at, as far as the
// two locks tell. Package since makes it.
type Base struct {
	Ref    string `json:"ref"`    // as it was named
	Commit string `json:"commit"` // the merge base of that and HEAD
	// Changes are the assets on which the locks differ, sorted by address.
	Changes []BaseChange `json:"changes"`
	// Cost is that of the results which the base's history did not have, each
	// counted once.
	Cost         engine.Cost    `json:"cost"`
	Amount       *engine.Amount `json:"amount,omitempty"` // of Cost, at today's prices
	Placeholders int            `json:"placeholders"`     // sketches that today's lock has in results' places
	Notes        []string       `json:"notes,omitempty"`  // what is to be known about the comparison
}

// Did is what a branch did with an asset.
type Did string

// What a branch may have done, in the order of summaries.
const (
	Generated Did = "generated" // there is a result that the base's history did not have
	Sketched  Did = "sketched"  // a placeholder was drawn
	Derived   Did = "derived"   // made from other assets' results
	Picked    Did = "picked"    // another of the candidates is the output, or this one for good
	Adopted   Did = "adopted"   // a person's file is the result
	Released  Did = "released"  // a person's file does not hold back a generation any more
	Restored  Did = "restored"  // a result of the base's history stands here now
	Moved     Did = "moved"     // the same result under another address or path
	Recorded  Did = "recorded"  // only what the lock says of it differs
	Deleted   Did = "deleted"   // the lock has it no more
)

// Dids lists everything that may have been done, in the order of summaries.
var Dids = []Did{Generated, Sketched, Derived, Picked, Adopted, Released, Restored, Moved, Recorded, Deleted}

// BaseChange is one asset on which the locks differ.
type BaseChange struct {
	Address         string         `json:"address"`
	Did             Did            `json:"did"`
	Reasons         []Reason       `json:"reasons"`
	Output          string         `json:"output"` // of the deleted too
	PreviousAddress string         `json:"previous_address,omitempty"`
	PreviousOutput  string         `json:"previous_output,omitempty"`
	Candidates      int            `json:"candidates,omitempty"` // how many there are to pick from
	Picked          int            `json:"picked,omitempty"`     // the number of the chosen one
	Cost            engine.Cost    `json:"cost"`
	Amount          *engine.Amount `json:"amount,omitempty"` // of Cost, where that is anything
}

// Waits tells whether there are several to pick from and none is picked.
func (c *BaseChange) Waits() bool { return c.Candidates > 1 && c.Picked == 0 }

// Price writes the amounts.
func (b *Base) Price(prices engine.Prices) {
	for i := range b.Changes {
		b.Changes[i].Amount = prices.Charged(b.Changes[i].Cost)
	}
	b.Amount = prices.Amount(b.Cost)
}

// check holds what a stranger may have written to what since makes.
func (b *Base) check(prices engine.Prices) error {
	if b == nil {
		return nil
	}
	var sum engine.Cost
	for i := range b.Changes {
		c := &b.Changes[i]
		switch {
		case !slices.Contains(Dids, c.Did):
			return fmt.Errorf("nothing does %q with an asset", c.Did)
		case c.Address == "":
			return errors.New("a change since the base has no address")
		case !plausible(c.Cost):
			return errors.New("no asset has cost that")
		case !sameAmount(c.Amount, prices.Charged(c.Cost)):
			return errors.New("an amount since the base is not what the prices make of its cost")
		}
		sum = sum.Add(c.Cost)
	}
	if !plausible(b.Cost) || !sum.Equal(b.Cost) {
		return errors.New("the cost since the base is not that of its changes")
	}
	if !sameAmount(b.Amount, prices.Amount(b.Cost)) {
		return errors.New("the amount since the base is not what the prices make of its cost")
	}
	if b.Placeholders < 0 {
		return errors.New("there are no fewer placeholders than none")
	}
	return nil
}
