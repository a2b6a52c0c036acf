package config

import "strings"

// Covers tells whether the target names the asset: itself, as one of the
// instances of a block, or as part of a module.
func (t Target) Covers(a Address) bool {
	if t.Address.Kind == "" {
		rest, ok := strings.CutPrefix(a.Module, t.Address.Module)
		if !ok {
			return false
		}
		allInstances := !strings.HasSuffix(t.Address.Module, "]")
		return rest == "" || rest[0] == '.' || allInstances && rest[0] == '['
	}
	return a == t.Address || t.Address.Key == "" && a.Block() == t.Address
}

// Rewrite gives the address that the moved block makes of a. A block or
// module without a key moves all its instances and they keep their keys; with
// a key on the new side, only the asset without a key is meant.
func (m Moved) Rewrite(a Address) (Address, bool) {
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
