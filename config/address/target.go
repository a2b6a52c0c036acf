package address

import (
	"errors"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Target names an asset, a block of assets or a module (then Kind and Name of
// the address are empty).
type Target struct {
	Address Address
	Text    string
}

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

// maxTarget bounds the length of a target's text, in bytes.
const maxTarget = 4096

// ParseTarget reads the address of an asset, of a block of assets
// (`image.icon`) or of a module (`module.ui`). The error says in words what
// is wrong with the text.
func ParseTarget(text string) (Target, error) {
	if len(text) > maxTarget {
		return Target{}, parseError(text[:40]+"...", "it is too long")
	}
	trav, diags := hclsyntax.ParseTraversalAbs([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		return Target{}, parseError(text, "it is not of the form image.NAME, image.NAME[\"KEY\"] or module.NAME")
	}
	t, err := TargetOf(trav)
	if err != nil {
		return Target{}, parseError(text, err.Error())
	}
	return t, nil
}

// TargetOf reads the target that a traversal in configuration names.
func TargetOf(trav hcl.Traversal) (Target, error) {
	if path, ok := moduleOf(trav); ok {
		return Target{Address: Address{Module: path}, Text: path}, nil
	}
	a, rest, err := ofTraversal(trav)
	if err != nil {
		return Target{}, err
	}
	if len(rest) > 0 {
		return Target{}, errors.New("something follows the asset's name and key")
	}
	return Target{Address: a, Text: a.String()}, nil
}

// moduleOf reads a traversal that is nothing but a module path.
func moduleOf(steps hcl.Traversal) (string, bool) {
	var path string
	for len(steps) > 0 {
		name, _ := StepName(steps)
		label, ok := StepName(steps[1:])
		if name != "module" || !ok {
			return "", false
		}
		if path != "" {
			path += "."
		}
		path += "module." + label
		steps = steps[2:]
		if key, ok := StepKey(steps); ok {
			path += key
			steps = steps[1:]
		}
	}
	return path, path != ""
}
