package evaluation

import (
	"assetform/config/address"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Instance is one of the things that a block with for_each or count stands
// for, or the only one of a block without.
type Instance struct {
	Key   string // as in addresses: `["sword"]`, `[3]` or empty
	Index string // member of the block's value: `sword`, `3`

	name  string               // each, count or empty
	value cty.Value            // each.value or count.index
	kept  map[string]cty.Value // names, while they are kept
}

// names are what its expressions may use beside the names of the scope.
func (i *Instance) names() map[string]cty.Value {
	switch {
	case i.kept != nil:
		return i.kept
	case i.name == "each":
		return map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(i.Index), "value": i.value})}
	case i.name == "count":
		return map[string]cty.Value{"count": cty.ObjectVal(map[string]cty.Value{"index": i.value})}
	}
	return nil
}

// Keep makes the values of each or count once for all that is evaluated until
// forget is called. Of a table with 50,000 rows they take more memory than the
// table.
func (i *Instance) Keep() (forget func()) {
	if i.name == "" {
		return func() {} // which all blocks without instances share
	}
	i.kept = i.names()
	return func() { i.kept = nil }
}

// Repetition is what makes several instances of a block: one attribute of the
// two, or none.
type Repetition struct{ ForEach, Count *hcl.Attribute }

// Instanced tells that the instances have keys.
func (r Repetition) Instanced() bool { return r.ForEach != nil || r.Count != nil }

// Names are what the expressions of an instance may use.
func (r Repetition) Names() Names { return Names{Each: r.ForEach != nil, Count: r.Count != nil} }

// Expander makes instances, and bounds how many there may be.
type Expander struct {
	evaluator *Evaluator
	reports   *Reports
	total     int // instances so far
}

// NewExpander makes an expander that has made no instance.
func NewExpander(e *Evaluator) *Expander { return &Expander{evaluator: e, reports: e.reports} }

// TooMany tells that there would have been more instances than a project may
// have, which was reported.
func (x *Expander) TooMany() bool { return x.total > maxTotal }

// maxInstances bounds the instances of one block, maxTotal those of a whole
// project, so that a slip in a for_each is an error and not a full memory.
const (
	maxInstances = 100_000
	maxTotal     = 250_000
)

// only is the instance of a block without for_each and count.
var only = []*Instance{{}}

// Expand evaluates for_each or count of a block whose range is at. ok is false
// when that failed: then nothing is known about the block's instances.
func (x *Expander) Expand(s *Scope, r Repetition, what string, at hcl.Range) (list []*Instance, ok bool) {
	switch {
	case r.ForEach != nil:
		list, ok = x.forEach(s, r.ForEach, what)
	case r.Count != nil:
		list, ok = x.count(s, r.Count, what)
	default:
		list, ok = only, true
	}
	x.total += len(list)
	if x.TooMany() && x.total-len(list) <= maxTotal {
		x.reports.Report(at, "Too many instances", "With %s the project has more than %d assets and modules.", what, maxTotal)
	}
	if x.TooMany() {
		return nil, false
	}
	return list, ok
}

func (x *Expander) forEach(s *Scope, attr *hcl.Attribute, what string) ([]*Instance, bool) {
	b := x.evaluator.Bind(s, attr.Expr, Names{})
	v := x.evaluator.Value(b, nil)
	t := v.Type()
	switch {
	case !v.IsKnown():
		return nil, false
	case v.IsMarked():
		x.reports.ReportValue(b, nil, "Sensitive value in for_each", "The keys of for_each become addresses, which are shown and stored, so the value "+
			"of for_each in %s cannot be sensitive.", what)
		return nil, false
	case v.IsNull():
		x.reports.ReportValue(b, nil, "Invalid value of for_each", "for_each of %s is null. Use an empty map for no instances.", what)
		return nil, false
	case t.IsSetType() && t.ElementType() != cty.String && v.LengthInt() > 0,
		!t.IsSetType() && !t.IsMapType() && !t.IsObjectType():
		hint := ""
		if t.IsTupleType() || t.IsListType() {
			hint = " Convert a list of strings with toset()."
			if element := firstType(t); element.IsObjectType() || element.IsMapType() {
				hint = " Say by which attribute the rows are told apart: { for r in ... : r.NAME => r }."
			}
		}
		if t == cty.String && strings.HasSuffix(strings.ToLower(v.AsString()), ".csv") {
			hint = fmt.Sprintf(" To read a table, write { for r in csvdecode(file(%q)) : r.NAME => r }, with the column that tells the rows apart.", v.AsString())
		}
		x.reports.ReportValue(b, nil, "Invalid value of for_each", "Found %s, but for_each of %s must be a map, an object or a set of strings.%s",
			TypeName(t), what, hint)
		return nil, false
	}
	if n := v.LengthInt(); n > maxInstances {
		x.reports.ReportValue(b, nil, "Too many instances", "for_each of %s has %d elements; a block can have %d instances.", what, n, maxInstances)
		return nil, false
	}
	list := make([]*Instance, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		if !key.IsKnown() || key.IsNull() {
			x.reports.ReportValue(b, nil, "Invalid value of for_each", "A key of for_each in %s is null.", what)
			return nil, false
		}
		if t.IsSetType() {
			element = key
		}
		text := key.AsString()
		if text == "" {
			hint := `{ for r in ... : r.id => r if r.id != "" }`
			if t.IsSetType() {
				hint = "toset(compact(...))"
			}
			x.reports.ReportValue(b, nil, "Empty key in for_each", "A key of for_each in %s is empty, so nothing could name that instance.%s "+
				"Fill it in, or pass over it: %s.", what, x.evaluator.Row(s, attr.Expr, ""), hint)
			return nil, false
		}
		list = append(list, &Instance{Key: address.StringKey(text), Index: text, name: "each", value: element})
	}
	return list, true
}

// firstType is the type of a list's first element, as far as it has one.
func firstType(t cty.Type) cty.Type {
	switch {
	case t.IsListType():
		return t.ElementType()
	case t.IsTupleType() && t.Length() > 0:
		return t.TupleElementType(0)
	}
	return cty.DynamicPseudoType
}

func (x *Expander) count(s *Scope, attr *hcl.Attribute, what string) ([]*Instance, bool) {
	b := x.evaluator.Bind(s, attr.Expr, Names{})
	v := x.evaluator.Value(b, nil)
	if !v.IsKnown() {
		return nil, false
	}
	if v.IsMarked() {
		x.reports.ReportValue(b, nil, "Sensitive value in count", "The number of instances is shown and stored, so count of %s cannot be sensitive.", what)
		return nil, false
	}
	n, err := WholeNumber(v)
	switch {
	case err != "":
		hint := ""
		if v.Type() == cty.Bool {
			hint = " For one or none, write CONDITION ? 1 : 0."
		}
		x.reports.ReportValue(b, nil, "Invalid value of count", "%s, but count of %s must be a whole number from 0.%s", err, what, hint)
		return nil, false
	case n < 0:
		x.reports.ReportValue(b, nil, "Invalid value of count", "Found %d, but count of %s must be 0 or more.", n, what)
		return nil, false
	case n > maxInstances:
		x.reports.ReportValue(b, nil, "Too many instances", "count of %s is %d; a block can have %d instances.", what, n, maxInstances)
		return nil, false
	}
	list := make([]*Instance, n)
	for i := range list {
		index := cty.NumberIntVal(int64(i))
		key := address.IntKey(i)
		list[i] = &Instance{Key: key, Index: key[1 : len(key)-1], name: "count", value: index}
	}
	return list, true
}
