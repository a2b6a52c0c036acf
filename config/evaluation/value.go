package evaluation

import (
	"math/big"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

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
		return false, "Found " + v.Type().FriendlyName()
	}
	return b.True(), ""
}
