package config

import (
	"math/big"

	"assetform/config/address"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// instance is one of the things that a block with for_each or count stands
// for, or the only one of a block without.
type instance struct {
	key    string               // as in addresses: `["sword"]`, `[3]` or empty
	index  string               // member of the block's value: `sword`, `3`
	values map[string]cty.Value // each or count
}

// only is the instance of a block without for_each and count.
var only = []*instance{{}}

// expand evaluates for_each or count of a block whose range is at. ok is false when that
// failed: then nothing is known about the block's instances.
func (e *evaluator) expand(s *scope, forEach, count *hcl.Attribute, what string, at hcl.Range) (list []*instance, ok bool) {
	switch {
	case forEach != nil:
		list, ok = e.expandForEach(s, forEach, what)
	case count != nil:
		list, ok = e.expandCount(s, count, what)
	default:
		list, ok = only, true
	}
	e.total += len(list)
	if e.total > maxTotal && e.total-len(list) <= maxTotal {
		e.broken = true
		e.report(at, "Too many instances", "With %s the project has more than %d assets and modules.", what, maxTotal)
	}
	if e.total > maxTotal {
		return nil, false
	}
	return list, ok
}

func (e *evaluator) expandForEach(s *scope, attr *hcl.Attribute, what string) ([]*instance, bool) {
	b := e.bind(s, attr.Expr, names{})
	v := e.value(b, nil)
	t := v.Type()
	switch {
	case !v.IsKnown():
		return nil, false
	case v.IsMarked():
		e.reportAt(b, nil, "Sensitive value in for_each", "The keys of for_each become addresses, which are shown and stored, so the value "+
			"of for_each in %s cannot be sensitive.", what)
		return nil, false
	case v.IsNull():
		e.reportAt(b, nil, "Invalid value of for_each", "for_each of %s is null. Use an empty map for no instances.", what)
		return nil, false
	case t.IsSetType() && t.ElementType() != cty.String && v.LengthInt() > 0,
		!t.IsSetType() && !t.IsMapType() && !t.IsObjectType():
		hint := ""
		if t.IsTupleType() || t.IsListType() {
			hint = " Convert a list of strings with toset()."
		}
		e.reportAt(b, nil, "Invalid value of for_each", "Found %s, but for_each of %s must be a map, an object or a set of strings.%s",
			t.FriendlyName(), what, hint)
		return nil, false
	}
	if n := v.LengthInt(); n > maxInstances {
		e.reportAt(b, nil, "Too many instances", "for_each of %s has %d elements; a block can have %d instances.", what, n, maxInstances)
		return nil, false
	}
	list := make([]*instance, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		if !key.IsKnown() || key.IsNull() {
			e.reportAt(b, nil, "Invalid value of for_each", "A key of for_each in %s is null.", what)
			return nil, false
		}
		if t.IsSetType() {
			element = key
		}
		text := key.AsString()
		list = append(list, &instance{
			key: address.StringKey(text), index: text,
			values: map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": key, "value": element})},
		})
	}
	return list, true
}

func (e *evaluator) expandCount(s *scope, attr *hcl.Attribute, what string) ([]*instance, bool) {
	b := e.bind(s, attr.Expr, names{})
	v := e.value(b, nil)
	if !v.IsKnown() {
		return nil, false
	}
	if v.IsMarked() {
		e.reportAt(b, nil, "Sensitive value in count", "The number of instances is shown and stored, so count of %s cannot be sensitive.", what)
		return nil, false
	}
	n, err := wholeNumber(v)
	switch {
	case err != "":
		e.reportAt(b, nil, "Invalid value of count", "%s, but count of %s must be a whole number from 0.", err, what)
		return nil, false
	case n < 0:
		e.reportAt(b, nil, "Invalid value of count", "Found %d, but count of %s must be 0 or more.", n, what)
		return nil, false
	case n > maxInstances:
		e.reportAt(b, nil, "Too many instances", "count of %s is %d; a block can have %d instances.", what, n, maxInstances)
		return nil, false
	}
	list := make([]*instance, n)
	for i := range list {
		index := cty.NumberIntVal(int64(i))
		list[i] = &instance{
			key: address.IntKey(i), index: address.IntKey(i)[1 : len(address.IntKey(i))-1],
			values: map[string]cty.Value{"count": cty.ObjectVal(map[string]cty.Value{"index": index})},
		}
	}
	return list, true
}

// wholeNumber returns the int64 that a known, unmarked value stands for, or
// says in words what it is instead.
func wholeNumber(v cty.Value) (n int64, found string) {
	if v.IsNull() {
		return 0, "Found null"
	}
	converted, err := convert.Convert(v, cty.Number)
	if err != nil {
		return 0, "Found " + v.Type().FriendlyName()
	}
	if converted.IsNull() {
		return 0, "Found null"
	}
	f := converted.AsBigFloat()
	n, acc := f.Int64()
	if acc != big.Exact {
		return 0, "Found " + f.Text('g', 20)
	}
	return n, ""
}

// instanceKey returns the key of an instance as addresses write it.
func instanceKey(v cty.Value) (string, bool) {
	return address.StepKey(hcl.Traversal{hcl.TraverseIndex{Key: v}})
}
