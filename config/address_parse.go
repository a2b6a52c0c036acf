package config

import (
	"errors"
	"fmt"

	"assetform/config/method"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

func addressError(text, why string) error {
	return fmt.Errorf("%q is no asset address: %s", text, why)
}

// addressOfTraversal splits a traversal into the asset address it begins with
// and what follows. The address keeps the module path relative to the module
// in which the traversal was written.
func addressOfTraversal(trav hcl.Traversal) (Address, hcl.Traversal, error) {
	var a Address
	steps := trav
	for {
		name, ok := stepName(steps)
		if !ok {
			return a, nil, errors.New("it must begin with image, video or module")
		}
		switch name {
		case "module":
			label, ok := stepName(steps[1:])
			if !ok {
				return a, nil, errors.New("a name must follow module")
			}
			if a.Module != "" {
				a.Module += "."
			}
			a.Module += "module." + label
			steps = steps[2:]
			if key, ok := stepKey(steps); ok {
				a.Module += key
				steps = steps[1:]
			}
		case string(method.Image), string(method.Video):
			label, ok := stepName(steps[1:])
			if !ok {
				return a, nil, fmt.Errorf("a name must follow %s", name)
			}
			a.Kind, a.Name = method.Kind(name), label
			steps = steps[2:]
			if key, ok := stepKey(steps); ok {
				a.Key = key
				steps = steps[1:]
			}
			return a, steps, nil
		default:
			return a, nil, fmt.Errorf("it must begin with image, video or module, not with %q", name)
		}
	}
}

func stepName(steps hcl.Traversal) (string, bool) {
	if len(steps) == 0 {
		return "", false
	}
	switch s := steps[0].(type) {
	case hcl.TraverseRoot:
		return s.Name, true
	case hcl.TraverseAttr:
		return s.Name, true
	}
	return "", false
}

// stepKey returns the instance key that the first step indexes with, in its
// written form.
func stepKey(steps hcl.Traversal) (string, bool) {
	if len(steps) == 0 {
		return "", false
	}
	ix, ok := steps[0].(hcl.TraverseIndex)
	if !ok || ix.Key.IsNull() || !ix.Key.IsKnown() {
		return "", false
	}
	switch ix.Key.Type() {
	case cty.String:
		return StringKey(ix.Key.AsString()), true
	case cty.Number:
		n, acc := ix.Key.AsBigFloat().Int64()
		if acc != 0 || n < 0 {
			return "", false
		}
		return IntKey(int(n)), true
	}
	return "", false
}
