package functions

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"time"

	"github.com/hashicorp/go-cty-funcs/cidr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func numericFunctions() []entry {
	return []entry{
		{name: "abs", fn: stdlib.AbsoluteFunc, description: "Returns the number without its sign."},
		{name: "ceil", fn: stdlib.CeilFunc, description: "Returns the next whole number that is not smaller."},
		{name: "floor", fn: stdlib.FloorFunc, description: "Returns the next whole number that is not larger."},
		{name: "log", fn: stdlib.LogFunc, bound: boundLog, description: "Returns the logarithm of a number in a given base."},
		{name: "max", fn: stdlib.MaxFunc, description: "Returns the largest of the given numbers."},
		{name: "min", fn: stdlib.MinFunc, description: "Returns the smallest of the given numbers."},
		{name: "parseint", fn: stdlib.ParseIntFunc, result: "number", bound: boundDigits, description: "Reads a string as a whole number in a given base from 2 to 62."},
		{name: "pow", fn: stdlib.PowFunc, bound: boundPow, description: "Returns a number raised to a power."},
		{name: "signum", fn: stdlib.SignumFunc, description: "Returns -1, 0 or 1 for a negative number, zero or a positive number."},
		{name: "sum", fn: sumFunc, result: "number", description: "Returns the sum of the numbers in a list or set."},
	}
}

func dateFunctions() []entry {
	return []entry{
		{name: "formatdate", fn: stdlib.FormatDateFunc, bound: boundDate, description: "Writes an RFC 3339 timestamp in another format."},
		{name: "timeadd", fn: stdlib.TimeAddFunc, description: "Adds a duration such as \"-1h30m\" to an RFC 3339 timestamp."},
		{name: "timecmp", fn: timeCmpFunc, description: "Returns -1, 0 or 1 when the first RFC 3339 timestamp is earlier than, equal to or later than the second."},
	}
}

func networkFunctions() []entry {
	return []entry{
		{name: "cidrhost", fn: cidr.HostFunc, description: "Returns the address of a numbered host within a network prefix."},
		{name: "cidrnetmask", fn: cidr.NetmaskFunc, description: "Returns the subnet mask of an IPv4 network prefix."},
		{name: "cidrsubnet", fn: cidr.SubnetFunc, description: "Returns a numbered subnet of a network prefix."},
		{name: "cidrsubnets", fn: cidr.SubnetsFunc, description: "Returns consecutive subnets of a network prefix, each longer by the given number of bits."},
	}
}

var sumFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		list := args[0]
		if t := list.Type(); !t.IsListType() && !t.IsSetType() && !t.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "a list, set or tuple of numbers is required, not %s", t.FriendlyName())
		}
		if list.LengthInt() == 0 {
			return cty.NilVal, function.NewArgErrorf(0, "cannot sum an empty list")
		}
		// 512 bits is the precision of HCL's numbers.
		total := new(big.Float).SetPrec(512)
		for it := list.ElementIterator(); it.Next(); {
			_, v := it.Element()
			n, err := convert.Convert(v, cty.Number)
			if err != nil || n.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "every element must be a number")
			}
			if err := boundNumber(n); err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			total.Add(total, n.AsBigFloat())
		}
		return cty.NumberVal(total), nil
	},
})

// floats returns two numbers as float64.
func floats(args []cty.Value) (a, b float64, ok bool) {
	if args[0].IsNull() || args[1].IsNull() {
		return 0, 0, false // the function reports it
	}
	a, _ = args[0].AsBigFloat().Float64()
	b, _ = args[1].AsBigFloat().Float64()
	return a, b, true
}

func boundLog(args []cty.Value) error {
	num, base, ok := floats(args)
	if !ok {
		return nil
	}
	if r := math.Log(num) / math.Log(base); math.IsNaN(r) || math.IsInf(r, 0) {
		return fmt.Errorf("the number %v has no logarithm in base %v", num, base)
	}
	return nil
}

func boundPow(args []cty.Value) error {
	num, power, ok := floats(args)
	if !ok {
		return nil
	}
	switch r := math.Pow(num, power); {
	case math.IsNaN(r):
		return fmt.Errorf("%v raised to %v is no real number", num, power)
	case math.IsInf(r, 0):
		return errNotFinite
	}
	return nil
}

// boundDigits bounds the digits of a number as boundNumber bounds its size.
func boundDigits(args []cty.Value) error {
	if text, _ := shallowSize(args[0]); text > maxExponent {
		return function.NewArgError(0, errNumberTooLarge)
	}
	return nil
}

// boundDate keeps a format of repeated long verbs from being spelt out at
// length.
func boundDate(args []cty.Value) error {
	if text, _ := shallowSize(args[0]); text > 1<<16 {
		return function.NewArgErrorf(0, "the format is longer than %d bytes", 1<<16)
	}
	return nil
}

var timeCmpFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "timestamp_a", Type: cty.String}, {Name: "timestamp_b", Type: cty.String}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		a, err := parseTimestamp(args[0].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		b, err := parseTimestamp(args[1].AsString())
		if err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		return cty.NumberIntVal(int64(a.Compare(b))), nil
	},
})

var errTimestamp = errors.New(`not a valid RFC 3339 timestamp such as "2006-01-02T15:04:05Z"`)

func parseTimestamp(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, errTimestamp
	}
	return t, nil
}
