package since

import (
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/lockfile"
)

// Pair is an asset on which two locks differ.
type Pair struct {
	Address         string
	PreviousAddress string          // where it stood before, if elsewhere
	Before, After   *lockfile.Entry // nil: it was not there
}

// Moved tells whether it is the same result under another address or path.
func (p *Pair) Moved() bool {
	return p.Before != nil && p.After != nil && sameResult(p.Before, p.After) &&
		(p.PreviousAddress != "" || p.Before.Output != p.After.Output)
}

// Pairs lists the assets on which two locks differ, sorted by address. An entry
// that vanished and one that appeared with the same content and inputs are one
// pair, and so are those of one kind with the same output.
func Pairs(before, after *lockfile.Lock) []Pair {
	gone := map[string][]string{} // addresses that vanished, by result
	for _, address := range before.Addresses() {
		if _, stays := after.Assets[address]; !stays {
			key := resultKey(address, before.Assets[address])
			gone[key] = append(gone[key], address)
		}
	}
	var pairs []Pair
	for _, address := range after.Addresses() {
		now := after.Assets[address]
		was, stood := before.Assets[address]
		key := resultKey(address, now)
		switch {
		case stood && was.Equal(now):
		case stood:
			pairs = append(pairs, Pair{Address: address, Before: &was, After: &now})
		case len(gone[key]) > 0:
			from := gone[key][0]
			gone[key] = gone[key][1:]
			was = before.Assets[from]
			pairs = append(pairs, Pair{Address: address, PreviousAddress: from, Before: &was, After: &now})
		default:
			pairs = append(pairs, Pair{Address: address, After: &now})
		}
	}
	pairs = append(pairs, succeed(pairs, before, gone)...)
	slices.SortFunc(pairs, func(a, b Pair) int { return strings.Compare(a.Address, b.Address) })
	return pairs
}

// succeed joins new assets with those that vanished from their output, and
// returns the ones that nothing succeeds.
func succeed(pairs []Pair, before *lockfile.Lock, gone map[string][]string) (deleted []Pair) {
	left := map[string]string{} // addresses that went nowhere, by output
	for _, addresses := range gone {
		for _, address := range addresses {
			left[before.Assets[address].Output] = address
		}
	}
	succeeded := map[string]bool{}
	for i := range pairs {
		p := &pairs[i]
		if from, ok := left[p.After.Output]; ok && p.Before == nil && kindOf(from) == kindOf(p.Address) {
			was := before.Assets[from]
			p.PreviousAddress, p.Before = from, &was
			succeeded[from] = true
		}
	}
	for _, addresses := range gone {
		for _, address := range addresses {
			if !succeeded[address] {
				was := before.Assets[address]
				deleted = append(deleted, Pair{Address: address, Before: &was})
			}
		}
	}
	return deleted
}

func kindOf(text string) address.Kind {
	a, _ := address.Parse(text)
	return a.Kind
}

// resultKey identifies what an entry holds, wherever it stands.
func resultKey(text string, e lockfile.Entry) string {
	return string(kindOf(text)) + e.ContentHash.String() + e.InputsHash.String()
}

func sameResult(a, b *lockfile.Entry) bool {
	return a.ContentHash == b.ContentHash && a.InputsHash == b.InputsHash
}
