package config

import (
	"strings"

	"assetform/config/address"
)

// Rewrite gives the address that the moved block makes of a. A block or
// module without a key moves all its instances and they keep their keys; with
// a key on the new side, only the asset without a key is meant.
func (m Moved) Rewrite(a address.Address) (address.Address, bool) {
	from, to := m.From.Address, m.To.Address
	if !m.From.Covers(a) {
		return a, false
	}
	if from.Kind == "" {
		rest := strings.TrimPrefix(a.Module, from.Module)
		if strings.HasSuffix(to.Module, "]") && strings.HasPrefix(rest, "[") {
			return a, false
		}
		a.Module = strings.TrimPrefix(to.Module+rest, ".")
		return a, true
	}
	if a == from {
		return to, true
	}
	if to.Key != "" {
		return a, false
	}
	to.Key = a.Key
	return to, true
}
