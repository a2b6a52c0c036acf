package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"sync"

	"assetform/config/diag"
)

// currencyAttribute stands among the prices of units, whose names are others:
// they have units in the singular.
const currencyAttribute = "currency"

// Singular is the name of one of a unit: that of its price.
func Singular(unit string) string { return strings.TrimSuffix(unit, "s") }

// Prices is what one of each unit costs in a currency, in decimals that are
// calculated with as they are written. The zero value says nothing.
type Prices struct {
	Currency string            // three capital letters
	Units    map[string]string // by the unit's singular: "0.04"
}

// Amount is a sum of money.
type Amount struct {
	Value    string `json:"value"` // "3.40"
	Currency string `json:"currency"`
}

// Text writes an amount for people: "1,003.40 USD".
func (a *Amount) Text() string {
	whole, decimals, found := strings.Cut(a.Value, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		whole += "." + decimals
	}
	return whole + " " + a.Currency
}

var decimal = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,9})?$`) })

// IsPrice tells whether a text is a price.
func IsPrice(text string) bool { return decimal().MatchString(text) }

// IsCurrency tells whether a text has the form of a currency's code.
func IsCurrency(text string) bool {
	return len(text) == 3 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// IsZero reports whether no prices are declared.
func (p Prices) IsZero() bool { return p.Currency == "" }

// Amount is what a cost comes to, with as many decimals as the price with the
// most of them. It is nil where that is not known: without prices, and of a
// unit without one.
func (p Prices) Amount(c Cost) *Amount {
	if p.IsZero() || len(p.missing(c)) > 0 {
		return nil
	}
	scale := 0
	for _, price := range p.Units {
		_, decimals, _ := strings.Cut(price, ".")
		scale = max(scale, len(decimals))
	}
	sum := new(big.Int)
	for unit, n := range c {
		whole, decimals, _ := strings.Cut(p.Units[Singular(unit)], ".")
		one, ok := new(big.Int).SetString(whole+decimals+strings.Repeat("0", scale-len(decimals)), 10)
		if ok { // else there is nothing of the unit, and no price
			sum.Add(sum, one.Mul(one, big.NewInt(int64(n))))
		}
	}
	digits := fmt.Sprintf("%0*d", scale+1, sum)
	if at := len(digits) - scale; scale > 0 {
		digits = digits[:at] + "." + digits[at:]
	}
	return &Amount{digits, p.Currency}
}

// Charged is the amount of a cost of which something is charged; nil where
// nothing is, or where it is not known.
func (p Prices) Charged(c Cost) *Amount {
	if c.IsZero() {
		return nil
	}
	return p.Amount(c)
}

// missing lists the units of a cost that have no price.
func (p Prices) missing(c Cost) []string {
	var units []string
	for _, unit := range slices.Sorted(maps.Keys(c.Present())) {
		if _, priced := p.Units[Singular(unit)]; !priced {
			units = append(units, Words(unit, 2))
		}
	}
	return units
}

// Text writes a cost that is charged for people, with its amount where there
// are prices: "85 image credits (3.40 USD)".
func (p Prices) Text(c Cost) string { return c.String() + p.Note(c) }

// Note is what Text says behind the cost.
func (p Prices) Note(c Cost) string {
	switch missing := p.missing(c); {
	case p.IsZero() || c.IsZero():
		return ""
	case len(missing) > 0:
		return fmt.Sprintf(" (amount unknown: no price of %s)", diag.Listed(missing))
	}
	return " (" + p.Amount(c).Text() + ")"
}

// MarshalJSON writes prices as their block has them.
func (p Prices) MarshalJSON() ([]byte, error) {
	all := maps.Clone(p.Units)
	if all == nil {
		all = map[string]string{}
	}
	all[currencyAttribute] = p.Currency
	return json.Marshal(all)
}

// UnmarshalJSON reads what MarshalJSON writes, and nothing else.
func (p *Prices) UnmarshalJSON(b []byte) error {
	*p = Prices{}
	if err := json.Unmarshal(b, &p.Units); err != nil {
		return err
	}
	p.Currency = p.Units[currencyAttribute]
	delete(p.Units, currencyAttribute)
	if !IsCurrency(p.Currency) {
		return fmt.Errorf("%q is no currency", p.Currency)
	}
	for unit, price := range p.Units {
		if !IsPrice(price) {
			return fmt.Errorf("%q is no price of %q", price, unit)
		}
	}
	return nil
}
