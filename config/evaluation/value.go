package evaluation

import (
	"math/big"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// TypeName says for people what values of a type are: "a list of strings".
func TypeName(t cty.Type) string {
	plural := func(t cty.Type) string {
		switch name := strings.TrimPrefix(strings.TrimPrefix(TypeName(t), "an "), "a "); {
		case t == cty.DynamicPseudoType:
			return "anything"
		case strings.Contains(name, " of "):
			head, rest, _ := strings.Cut(name, " of ")
			return head + "s of " + rest
		default:
			return name + "s"
		}
	}
	switch {
	case t == cty.DynamicPseudoType:
		return "null"
	case t.IsTupleType():
		return "a list"
	case t.IsObjectType():
		return "an object"
	case t.IsListType():
		return "a list of " + plural(t.ElementType())
	case t.IsSetType():
		return "a set of " + plural(t.ElementType())
	case t.IsMapType():
		return "a map of " + plural(t.ElementType())
	}
	return "a " + t.FriendlyName()
}

// IsNull tells that a value is null, marked or not.
func IsNull(v cty.Value) bool {
	v, _ = v.Unmark()
	return v.IsKnown() && v.IsNull()
}

// WholeNumber returns the int64 that a known, unmarked value stands for, or
// says in words what it is instead.
func WholeNumber(v cty.Value) (n int64, found string) {
	if v.IsNull() {
		return 0, "Found null"
	}
	converted, err := convert.Convert(v, cty.Number)
	if err != nil {
		return 0, "Found " + TypeName(v.Type())
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

// Bool returns the bool that a known value stands for, or says in words
// what it is instead.
func Bool(v cty.Value) (value bool, found string) {
	switch {
	case v.IsMarked():
		return false, "Found a sensitive value"
	case v.IsNull():
		return false, "Found null"
	}
	b, err := convert.Convert(v, cty.Bool)
	if err != nil {
		return false, "Found " + TypeName(v.Type())
	}
	return b.True(), ""
}
