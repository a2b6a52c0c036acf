package address

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
)

// ofTraversal splits a traversal into the asset address it begins with
// and what follows. The address keeps the module path relative to the module
// in which the traversal was written.
func ofTraversal(trav hcl.Traversal) (Address, hcl.Traversal, error) {
	var a Address
	steps := trav
	for {
		name, ok := StepName(steps)
		if !ok {
			return a, nil, errors.New("it must begin with a kind of asset, such as image or video, or with module")
		}
		switch {
		case name == "module":
			label, ok := StepName(steps[1:])
			if !ok {
				return a, nil, errors.New("a name must follow module")
			}
			if a.Module != "" {
				a.Module += "."
			}
			a.Module += "module." + label
			steps = steps[2:]
			if key, ok := StepKey(steps); ok {
				a.Module += key
				steps = steps[1:]
			}
		case Kind(name).Known():
			label, ok := StepName(steps[1:])
			if !ok {
				return a, nil, fmt.Errorf("a name must follow %s", name)
			}
			a.Kind, a.Name = Kind(name), label
			steps = steps[2:]
			if key, ok := StepKey(steps); ok {
				a.Key = key
				steps = steps[1:]
			}
			return a, steps, nil
		default:
			return a, nil, fmt.Errorf("it must begin with a kind of asset, such as image or video, or with module, not with %q", name)
		}
	}
}

// StepName returns the name of the first step of a traversal, which is its
// root or an attribute, in NFC: a name may be typed in any normal form.
func StepName(steps hcl.Traversal) (string, bool) {
	if len(steps) == 0 {
		return "", false
	}
	switch s := steps[0].(type) {
	case hcl.TraverseRoot:
		return nfc(s.Name), true
	case hcl.TraverseAttr:
		return nfc(s.Name), true
	}
	return "", false
}
