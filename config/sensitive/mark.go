package sensitive

import "github.com/zclconf/go-cty/cty"

// valueMark is the type of all marks on values.
type valueMark string

// mark stands on every value that must not be shown or stored.
const mark valueMark = "sensitive"

// Mark marks a value as one to be shown nowhere. Marks survive all functions
// and operators of package cty.
func Mark(v cty.Value) cty.Value { return v.Mark(mark) }

// MarkIf marks a value if it holds something that is secret.
func MarkIf(v cty.Value, secret bool) cty.Value {
	if secret {
		return Mark(v)
	}
	return v
}

// Marked reports whether the mark is on the value itself.
func Marked(v cty.Value) bool { return v.HasMark(mark) }

// Unmark takes the mark from the value itself; marks of elements stay.
func Unmark(v cty.Value) cty.Value {
	v, marks := v.Unmark()
	delete(marks, mark)
	return v.WithMarks(marks)
}

// Unmarked is the value without marks on it or in it.
func Unmarked(v cty.Value) cty.Value {
	v, _ = v.UnmarkDeep()
	return v
}

// Is reports whether a mark is on the value or on anything in it.
func Is(v cty.Value) bool { return v.ContainsMarked() }

// maxLooked is how many values are looked at for a mark. Values share memory,
// so one that is small may be endless to walk.
const maxLooked = 1 << 20

// MayBe reports whether Is is true of v, or v is too large to tell in
// reasonable time.
func MayBe(v cty.Value) bool {
	budget := maxLooked
	return holds(v, cty.Value.IsMarked, &budget) || budget < 0
}

// Holds reports whether something is true of v or of anything in it. Of a
// value that is too large to tell it says no.
func Holds(v cty.Value, something func(cty.Value) bool) bool {
	budget := maxLooked
	return holds(v, something, &budget)
}

// HoldsUnknown reports whether v or anything in it is not known.
func HoldsUnknown(v cty.Value) bool {
	return Holds(v, func(v cty.Value) bool { return !v.IsKnown() })
}

// holds reports whether something is true of v or of anything in it, as far as
// the budget goes.
func holds(v cty.Value, something func(cty.Value) bool, budget *int) bool {
	if *budget--; *budget < 0 {
		return false
	}
	if something(v) {
		return true
	}
	if v, _ = v.Unmark(); v.IsNull() || !v.IsKnown() || !v.CanIterateElements() {
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, element := it.Element(); holds(element, something, budget) {
			return true
		}
	}
	return false
}
