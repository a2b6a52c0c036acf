package functions

import (
	"assetform/config/sensitive"

	"github.com/hashicorp/go-cty-funcs/collection"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func collectionFunctions() []entry {
	return []entry{
		{name: "alltrue", fn: quantifier(true), description: "Reports whether all elements of a list are true; an empty list gives true."},
		{name: "anytrue", fn: quantifier(false), description: "Reports whether any element of a list is true; an empty list gives false."},
		{name: "chunklist", fn: stdlib.ChunklistFunc, description: "Splits a list into lists of at most a given length."},
		{name: "coalesce", fn: collection.CoalesceFunc, result: "any", description: "Returns the first argument that is neither null nor an empty string."},
		{name: "coalescelist", fn: stdlib.CoalesceListFunc, result: "any", description: "Returns the first list that is not empty."},
		{name: "compact", fn: stdlib.CompactFunc, description: "Removes null and empty strings from a list."},
		{name: "concat", fn: stdlib.ConcatFunc, result: "any", description: "Joins lists into one."},
		{name: "contains", fn: stdlib.ContainsFunc, result: "bool", description: "Reports whether a list, tuple or set has a given element."},
		{name: "distinct", fn: distinctFunc, description: "Removes duplicates from a list; the first of each stays."},
		{name: "element", fn: stdlib.ElementFunc, description: "Returns the element at an index, which wraps around the length of the list."},
		{name: "flatten", fn: stdlib.FlattenFunc, bound: boundFlatten, description: "Replaces elements that are lists by their elements, at any depth."},
		{name: "index", fn: indexFunc, result: "number", description: "Returns the index of a value in a list."},
		{name: "keys", fn: stdlib.KeysFunc, result: "any", description: "Returns the keys of a map or object in lexicographical order."},
		{name: "length", fn: lengthFunc, result: "number", description: "Returns the number of elements of a list, set, map or object, or the number of characters of a string."},
		{name: "lookup", fn: lookupFunc, result: "any", description: "Returns the element of a map at a key, or else the default that is given."},
		{name: "matchkeys", fn: matchKeysFunc, bound: boundMatchKeys, result: "list(any)", description: "Returns the elements of a list whose counterparts in a list of keys are in a set of wanted keys."},
		{name: "merge", fn: mergeFunc, result: "any", description: "Joins maps or objects; of equal keys the last one wins."},
		{name: "one", fn: oneFunc, result: "any", description: "Returns the only element of a list, set or tuple, or null if it is empty."},
		{name: "range", fn: stdlib.RangeFunc, bound: boundRange, description: "Returns a list of at most 1,024 numbers by start, limit and step."},
		{name: "reverse", fn: stdlib.ReverseListFunc, result: "any", description: "Reverses a list."},
		{name: "setintersection", fn: stdlib.SetIntersectionFunc, description: "Returns the elements that are in all of the given sets."},
		{name: "setproduct", fn: stdlib.SetProductFunc, bound: boundSetProduct, result: "any", description: "Returns all combinations of elements of the given sets or lists."},
		{name: "setsubtract", fn: stdlib.SetSubtractFunc, description: "Returns the elements of the first set that are not in the second."},
		{name: "setunion", fn: stdlib.SetUnionFunc, description: "Returns the elements that are in any of the given sets."},
		{name: "slice", fn: stdlib.SliceFunc, result: "any", description: "Returns consecutive elements of a list, from a start index up to, but not including, an end index."},
		{name: "sort", fn: stdlib.SortFunc, description: "Sorts strings lexicographically."},
		{name: "transpose", fn: transposeFunc, description: "Swaps keys and values of a map of lists of strings."},
		{name: "values", fn: stdlib.ValuesFunc, result: "any", description: "Returns the values of a map or object in the order of their keys."},
		{name: "zipmap", fn: stdlib.ZipmapFunc, result: "any", description: "Makes a map of a list of keys and a list of values."},
	}
}

// quantifier makes alltrue (all) and anytrue.
func quantifier(all bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			for it := args[0].ElementIterator(); it.Next(); {
				_, v := it.Element()
				if isTrue := !v.IsNull() && v.True(); isTrue != all {
					return cty.BoolVal(!all), nil
				}
			}
			return cty.BoolVal(all), nil
		},
	})
}

// distinctFunc is stdlib's distinct in linear time.
var distinctFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.List(cty.DynamicPseudoType)}},
	Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, retType cty.Type) (cty.Value, error) {
		if sensitive.HoldsUnknown(args[0]) {
			return cty.UnknownVal(retType), nil
		}
		seen := newValueSet()
		var out []cty.Value
		for it := args[0].ElementIterator(); it.Next(); {
			if _, v := it.Element(); seen.add(v) {
				out = append(out, v)
			}
		}
		if len(out) == 0 {
			return cty.ListValEmpty(retType.ElementType()), nil
		}
		return cty.ListVal(out), nil
	},
})

// valueSet is a set of unmarked values that remembers nothing but membership.
type valueSet map[int][]cty.Value

func newValueSet() valueSet { return valueSet{} }

func (s valueSet) has(v cty.Value) bool {
	for _, have := range s[v.Hash()] {
		if have.RawEquals(v) {
			return true
		}
	}
	return false
}

// add reports whether v was not in the set yet.
func (s valueSet) add(v cty.Value) bool {
	if s.has(v) {
		return false
	}
	s[v.Hash()] = append(s[v.Hash()], v)
	return true
}

var indexFunc = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType},
	},
	Type: function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if t := args[0].Type(); !t.IsListType() && !t.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "a list or tuple is required, not %s", t.FriendlyName())
		}
		if args[0].LengthInt() == 0 {
			return cty.NilVal, function.NewArgErrorf(0, "cannot search an empty list")
		}
		for it := args[0].ElementIterator(); it.Next(); {
			i, v := it.Element()
			if eq := v.Equals(args[1]); eq.IsKnown() && !eq.IsNull() && eq.True() {
				return i, nil
			}
		}
		return cty.NilVal, function.NewArgErrorf(1, "the list has no such element")
	},
})

// lengthFunc counts elements, as stdlib.LengthFunc, and the grapheme clusters
// of strings. Like that function it lets only the marks of the collection
// itself pass, not those of its elements.
var lengthFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowMarked: true}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		switch t := v.Type(); {
		case t == cty.String:
			n, err := stdlib.Strlen(v)
			if err != nil {
				return cty.NilVal, err
			}
			return n.WithMarks(marks), nil
		case t.IsObjectType():
			return cty.NumberIntVal(int64(len(t.AttributeTypes()))).WithMarks(marks), nil
		case t.IsCollectionType() || t.IsTupleType():
			return v.Length().WithMarks(marks), nil
		default:
			return cty.NilVal, function.NewArgErrorf(0, "argument must be a string, a collection type, or a structural type, not %s", t.FriendlyName())
		}
	},
})

var lookupFunc = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "map", Type: cty.DynamicPseudoType, AllowMarked: true},
		{Name: "key", Type: cty.String, AllowMarked: true},
	},
	VarParam: &function.Parameter{Name: "default", Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true, AllowMarked: true},
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if len(args) > 3 {
			return cty.NilVal, function.NewArgErrorf(3, "lookup takes two or three arguments, got %d", len(args))
		}
		m, mapMarks := args[0].Unmark()
		key, keyMarks := args[1].Unmark()
		t := m.Type()
		switch {
		case t.IsObjectType():
			if t.HasAttribute(key.AsString()) {
				return m.GetAttr(key.AsString()).WithMarks(mapMarks, keyMarks), nil
			}
		case t.IsMapType():
			if m.HasIndex(key).True() {
				return m.Index(key).WithMarks(mapMarks, keyMarks), nil
			}
		default:
			return cty.NilVal, function.NewArgErrorf(0, "lookup requires a map as the first argument, not %s", t.FriendlyName())
		}
		if len(args) < 3 {
			return cty.NilVal, function.NewArgErrorf(1, "the map has no element with the key %q, and no default is given", key.AsString())
		}
		fallback := args[2]
		if t.IsMapType() {
			var err error
			if fallback, err = convert.Convert(fallback, t.ElementType()); err != nil {
				return cty.NilVal, function.NewArgErrorf(2, "the default value must have the same type as the map elements")
			}
		}
		return fallback.WithMarks(mapMarks, keyMarks), nil
	},
})

var matchKeysFunc = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "values", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "keys", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "searchset", Type: cty.List(cty.DynamicPseudoType)},
	},
	Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, retType cty.Type) (cty.Value, error) {
		if args[0].LengthInt() != args[1].LengthInt() {
			return cty.NilVal, function.NewArgErrorf(1, "length of keys and values should be equal")
		}
		keyType, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type(), args[2].Type()})
		if keyType == cty.NilType {
			return cty.NilVal, function.NewArgErrorf(2, "keys and searchset must be of the same type")
		}
		keys, err := convert.Convert(args[1], keyType)
		if err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		search, err := convert.Convert(args[2], keyType)
		if err != nil {
			return cty.NilVal, function.NewArgError(2, err)
		}
		if sensitive.HoldsUnknown(keys) || sensitive.HoldsUnknown(search) {
			return cty.UnknownVal(retType), nil
		}
		wanted := newValueSet()
		for it := search.ElementIterator(); it.Next(); {
			_, v := it.Element()
			wanted.add(v)
		}
		var out []cty.Value
		values := args[0].AsValueSlice()
		for i, key := range keys.AsValueSlice() {
			if wanted.has(key) {
				out = append(out, values[i])
			}
		}
		if len(out) == 0 {
			return cty.ListValEmpty(retType.ElementType()), nil
		}
		return cty.ListVal(out), nil
	},
})

// mergeFunc is stdlib's merge, which passes over a null without looking at
// its marks.
var mergeFunc = function.New(&function.Spec{
	VarParam: stdlib.MergeFunc.VarParam(),
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, err := stdlib.MergeFunc.Call(args)
		if err != nil {
			return cty.NilVal, err
		}
		for _, arg := range args {
			if arg.IsNull() {
				v = v.WithSameMarks(arg)
			}
		}
		return v, nil
	},
})

var oneFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType, AllowMarked: true}},
	Type:   function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		list, marks := args[0].Unmark()
		t := list.Type()
		if !t.IsListType() && !t.IsSetType() && !t.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "must be a list, set, or tuple value, not %s", t.FriendlyName())
		}
		switch list.LengthInt() {
		case 0:
			none := cty.DynamicPseudoType
			if t.IsCollectionType() {
				none = t.ElementType()
			}
			return cty.NullVal(none).WithMarks(marks), nil
		case 1:
			it := list.ElementIterator()
			it.Next()
			_, v := it.Element()
			return v.WithMarks(marks), nil
		}
		return cty.NilVal, function.NewArgErrorf(0, "must be a list, set, or tuple value with either zero or one elements")
	},
})

var transposeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "values", Type: cty.Map(cty.List(cty.String))}},
	Type:   function.StaticReturnType(cty.Map(cty.List(cty.String))),
	Impl: func(args []cty.Value, retType cty.Type) (cty.Value, error) {
		out := map[string][]cty.Value{}
		for it := args[0].ElementIterator(); it.Next(); {
			key, list := it.Element()
			if list.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "the list at key %q is null", key.AsString())
			}
			for elements := list.ElementIterator(); elements.Next(); {
				_, v := elements.Element()
				if v.IsNull() {
					return cty.NilVal, function.NewArgErrorf(0, "the list at key %q has a null element", key.AsString())
				}
				out[v.AsString()] = append(out[v.AsString()], key)
			}
		}
		if len(out) == 0 {
			return cty.MapValEmpty(cty.List(cty.String)), nil
		}
		lists := make(map[string]cty.Value, len(out))
		for key, list := range out {
			lists[key] = cty.ListVal(list)
		}
		return cty.MapVal(lists), nil
	},
})

func boundSetProduct(args []cty.Value) error {
	total := len(args)
	for _, arg := range args {
		if arg.IsNull() || !arg.CanIterateElements() {
			return nil // the function reports it
		}
		n := arg.LengthInt()
		if n == 0 {
			return nil
		}
		if exceeds(maxElements, total, n) {
			return errTooManyElements
		}
		total *= n
	}
	return nil
}

// boundRange refuses the step of zero, which stdlib.RangeFunc only knows in
// one of its representations.
func boundRange(args []cty.Value) error {
	if len(args) == 3 && !args[2].IsNull() && args[2].AsBigFloat().Sign() == 0 {
		return function.NewArgErrorf(2, "step must not be zero")
	}
	return nil
}

// boundFlatten counts elements at all depths: a list that holds another one a
// thousand times is small in memory and large when flattened.
func boundFlatten(args []cty.Value) error {
	if countLeaves(args[0], maxElements+1) > maxElements {
		return errTooManyElements
	}
	return nil
}

func countLeaves(v cty.Value, limit int) int {
	if v, _ = v.Unmark(); v.IsNull() || !v.IsKnown() || !v.CanIterateElements() || v.Type().IsMapType() || v.Type().IsObjectType() {
		return 1
	}
	// A list counts even if it is empty: to look at it takes time, too.
	n := 1
	for it := v.ElementIterator(); it.Next() && n < limit; {
		_, element := it.Element()
		n += countLeaves(element, limit-n)
	}
	return n
}

// boundMatchKeys converts nothing, it only keeps the three lists together
// within what one list may have.
func boundMatchKeys(args []cty.Value) error {
	for _, arg := range args {
		if countLeaves(arg, maxElements+1) > maxElements {
			return errTooManyElements
		}
	}
	return nil
}
