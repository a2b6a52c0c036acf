package functions

import (
	"errors"
	"fmt"
	"slices"

	"assetform/config/sensitive"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

const (
	// maxText is the length in bytes of the longest string a function takes
	// or makes.
	maxText = 16 << 20
	// maxElements is the length of the longest list, set or map a function
	// takes or makes.
	maxElements = 1 << 20
	// maxExponent bounds numbers to about 5,000 decimal digits on either side
	// of the point. HCL's numbers go to 600 million digits, which a
	// conversion to a string would write out.
	maxExponent = 1 << 14
)

var (
	errTextTooLong     = fmt.Errorf("the result would be longer than %d MiB", maxText>>20)
	errTooManyElements = fmt.Errorf("the result would have more than %d elements", maxElements)
	errNumberTooLarge  = errors.New("the number has too many digits")
	errNotFinite       = errors.New("the result is not a finite number")
	errPanicked        = errors.New("these arguments are not accepted; please report this as an error of assetform")
	errWithheld        = errors.New("the value is not accepted; the reason is not shown, because an argument is sensitive")
)

// guard wraps a function for use in configurations: arguments and results are
// bounded, an error that could quote a sensitive argument is withheld, and a
// panic becomes an error.
func guard(inner function.Function, bound func([]cty.Value) error) function.Function {
	params := inner.Params()
	for i := range params {
		params[i].AllowMarked = true
		params[i].AllowUnknown = true
		params[i].AllowDynamicType = true
	}
	varParam := inner.VarParam()
	if varParam != nil {
		varParam.AllowMarked = true
		varParam.AllowUnknown = true
		varParam.AllowDynamicType = true
	}
	return function.New(&function.Spec{
		Description: inner.Description(),
		Params:      params,
		VarParam:    varParam,
		// The inner call checks types. To ask for the type here as well would
		// evaluate some functions twice.
		Type: function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return guardedCall(inner, bound, args)
		},
	})
}

// guardedCall lets no panic out: package function would write the stack into
// its error.
func guardedCall(inner function.Function, bound func([]cty.Value) error, args []cty.Value) (v cty.Value, err error) {
	defer func() {
		if recover() != nil {
			v, err = cty.NilVal, errPanicked
		}
	}()
	v, refused, err := boundedCall(inner, bound, args)
	if err == nil {
		return v, nil
	}
	// HCL evaluates the condition of a for with an element that is not known,
	// and a postcondition is tried before there is a result. What a function
	// says of an argument that is not known itself is about its type and true
	// of any value. What it says of one with unknown elements may be about them.
	known := !slices.ContainsFunc(args, func(arg cty.Value) bool { return !arg.IsKnown() })
	var panicked function.PanicError
	if refused && !known || (known || errors.As(err, &panicked)) && slices.ContainsFunc(args, sensitive.HoldsUnknown) {
		return unknownOf(args), nil
	}
	return cty.NilVal, describeError(err, args)
}

// unknownOf is the result of a call with such arguments, not all of which are
// known.
func unknownOf(args []cty.Value) cty.Value {
	if slices.ContainsFunc(args, sensitive.MayBe) {
		return sensitive.Mark(cty.DynamicVal)
	}
	return cty.DynamicVal
}

// boundedCall makes the call. refused tells that its bound is against it.
func boundedCall(inner function.Function, bound func([]cty.Value) error, args []cty.Value) (v cty.Value, refused bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = function.PanicError{Value: p}
		}
	}()
	if err := boundArguments(args); err != nil {
		return cty.NilVal, false, err
	}
	if bound != nil {
		if err := bound(plainArguments(args)); err != nil {
			return cty.NilVal, true, err
		}
	}
	if v, err = inner.Call(typedNulls(inner, args)); err != nil {
		return cty.NilVal, false, err
	}
	return v, false, boundValue(v)
}

// typedNulls gives a type to arguments that are a literal null, which has
// none: functions that do not expect that answer that the result is not known.
func typedNulls(inner function.Function, args []cty.Value) []cty.Value {
	params, varParam := inner.Params(), inner.VarParam()
	typed := args
	for i, arg := range args {
		v, marks := arg.Unmark()
		if !v.IsNull() || v.Type() != cty.DynamicPseudoType {
			continue
		}
		param := varParam
		if i < len(params) {
			param = &params[i]
		}
		if param == nil || param.AllowDynamicType {
			continue
		}
		t := param.Type
		if t == cty.DynamicPseudoType {
			t = cty.String // any type does
		}
		typed = slices.Clone(typed)
		typed[i] = cty.NullVal(t).WithMarks(marks)
	}
	return typed
}

// describeError is the error as a person may see it.
func describeError(err error, args []cty.Value) error {
	var panicked function.PanicError
	if errors.As(err, &panicked) {
		err = errPanicked
	}
	for _, arg := range args {
		if sensitive.MayBe(arg) {
			var argErr function.ArgError
			if errors.As(err, &argErr) {
				return function.NewArgError(argErr.Index, errWithheld)
			}
			return errWithheld
		}
	}
	return err
}

// plainArguments are arguments as bounds take them: without the marks on them,
// not on what is in them, since to copy a value that shares memory with itself
// may take forever, and null in place of what is not known.
func plainArguments(args []cty.Value) []cty.Value {
	plain := make([]cty.Value, len(args))
	for i, arg := range args {
		plain[i], _ = arg.Unmark()
		if !arg.IsKnown() {
			plain[i] = cty.NullVal(arg.Type())
		}
	}
	return plain
}

// boundArguments bounds each argument and all of them together, without
// looking into collections: that would make a lookup in a large map cost as
// much as a walk over it.
func boundArguments(args []cty.Value) error {
	text, elements := 0, 0
	for i, arg := range args {
		if err := boundValue(arg); err != nil {
			return function.NewArgError(i, err)
		}
		t, e := shallowSize(arg)
		text, elements = text+t, elements+e
		if text > maxText {
			return errTextTooLong
		}
		if elements > maxElements {
			return errTooManyElements
		}
	}
	return nil
}

// boundValue returns an error when a value is too large to be worked with.
// It does not look into collections.
func boundValue(v cty.Value) error {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() {
		return nil
	}
	text, elements := shallowSize(v)
	switch {
	case text > maxText:
		return errTextTooLong
	case elements > maxElements:
		return errTooManyElements
	case v.Type() == cty.Number:
		return boundNumber(v)
	}
	return nil
}

func boundNumber(v cty.Value) error {
	n := v.AsBigFloat()
	if n.IsInf() {
		return errNotFinite
	}
	if exp := n.MantExp(nil); exp > maxExponent || exp < -maxExponent {
		return errNumberTooLarge
	}
	return nil
}

// shallowSize returns the bytes of a string and the number of elements of a
// collection.
func shallowSize(v cty.Value) (text, elements int) {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() {
		return 0, 0
	}
	switch t := v.Type(); {
	case t == cty.String:
		return len(v.AsString()), 0
	case t.IsObjectType():
		return 0, len(t.AttributeTypes())
	case t.IsCollectionType() || t.IsTupleType():
		return 0, v.LengthInt()
	}
	return 0, 0
}

// SizeUpTo estimates how long a value is when it is written out: a byte for
// each byte of its strings, and some for each element. Values share memory,
// so what is small in memory may be large on paper; SizeUpTo stops counting
// behind the limit.
func SizeUpTo(v cty.Value, limit int) int {
	budget := limit + 1
	spend(v, &budget)
	return limit + 1 - budget
}

// Finite tells whether all numbers in a value are, up to that many elements: a
// YAML document may say .inf.
func Finite(v cty.Value, elements int) bool {
	finite := true
	// The walk cannot fail: the callback returns no error.
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
		elements--
		if v, _ = v.Unmark(); v.Type() == cty.Number && v.IsKnown() && !v.IsNull() && v.AsBigFloat().IsInf() {
			finite = false
		}
		return finite && elements > 0, nil
	})
	return finite
}

// deepSize is SizeUpTo what a function may take.
func deepSize(v cty.Value) int { return SizeUpTo(v, maxText) }

func spend(v cty.Value, budget *int) {
	v, _ = v.Unmark()
	if *budget -= 4; *budget <= 0 || v.IsNull() || !v.IsKnown() {
		return
	}
	switch t := v.Type(); {
	case t == cty.String:
		*budget -= len(v.AsString())
	case t == cty.Number:
		if boundNumber(v) != nil {
			*budget = 0
			return
		}
		n := v.AsBigFloat()
		exp := n.MantExp(nil)
		*budget -= (max(exp, -exp)+int(n.MinPrec()))/3 + 2 // decimal digits
	case t.IsCollectionType() || t.IsTupleType() || t.IsObjectType():
		for it := v.ElementIterator(); it.Next() && *budget > 0; {
			key, element := it.Element()
			if key.Type() == cty.String && key.IsKnown() && !key.IsNull() { // a set's keys are its elements
				*budget -= len(key.AsString())
			}
			spend(element, budget)
		}
	}
}

// boundDeep refuses arguments that would be too long when written out.
func boundDeep(args []cty.Value) error {
	total := 0
	for _, arg := range args {
		if total += deepSize(arg); total > maxText {
			return errTextTooLong
		}
	}
	return nil
}
