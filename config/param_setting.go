package config

import (
	"cmp"
	"reflect"

	"assetform/config/engine"
	"assetform/config/evaluation"
	"assetform/config/pathname"
	"assetform/config/sensitive"

	"github.com/zclconf/go-cty/cty"
)

// special evaluates a setting, a parameter whose form only its engine knows.
// ok is false when something was reported; nil counts as not set.
func (d *draft) special(s setting, p engine.Param) (value any, ok bool) {
	switch {
	case !s.value.IsWhollyKnown():
		return nil, false
	case sensitive.Is(s.value):
		return nil, d.refuseSensitiveParam(s, p)
	}
	plain, found := settingOf(s.value)
	if found != "" {
		s.report(d.reports, "Invalid value of "+p.Name, "Found %s, but the %s of %s must be a text, a number, true, false or a list of these.", found, p.Name, d.spec.Address)
		return nil, false
	}
	var err error
	if dir, isText := plain.(string); p.Directory && isText {
		plain, err = d.directory(dir)
	}
	if err == nil {
		value, err = p.Accept(plain)
	}
	if err != nil {
		s.report(d.reports, "Invalid value of "+p.Name, "The %s of %s cannot be used: %s.", p.Name, d.spec.Address, err)
		return nil, false
	}
	return value, true
}

// refuseSensitiveParam reports a value that would stand in a file in clear: what
// is derived is made of nothing else.
func (d *draft) refuseSensitiveParam(s setting, p engine.Param) bool {
	s.report(d.reports, "Sensitive value of "+p.Name, "The %s of %s is shown and stored, so it cannot be sensitive.", p.Name, d.spec.Address)
	return false
}

// directory is a path as it stands in a file, relative to the root module's
// directory.
func (d *draft) directory(p string) (string, error) {
	full, err := pathname.Resolve(d.x.block.module.mod.dir, p)
	if err != nil {
		return "", err
	}
	return cmp.Or(pathname.Relative(d.assets.rootDir, full), "."), nil
}

// settingOf is a value as engines take it: string, int64, float64, bool or
// []any of these; or it says what was found instead.
func settingOf(v cty.Value) (plain any, found string) {
	t := v.Type()
	switch {
	case v.IsNull():
		return nil, "null"
	case t == cty.String:
		return engine.NormalText(v.AsString()), ""
	case t == cty.Bool:
		return v.True(), ""
	case t == cty.Number:
		if n, found := evaluation.WholeNumber(v); found == "" {
			return n, ""
		}
		f, _ := v.AsBigFloat().Float64()
		if f <= -1<<63 || f >= 1<<63 {
			return nil, "a number out of range"
		}
		return f, ""
	case !t.IsListType() && !t.IsTupleType() && !t.IsSetType():
		return nil, evaluation.TypeName(t)
	}
	list := make([]any, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		member, found := settingOf(element)
		if _, nested := member.([]any); nested {
			found = "a list"
		}
		if found != "" {
			return nil, found + " in a list"
		}
		list = append(list, member)
	}
	return list, ""
}

// sameValue reports whether two values of a parameter are one.
func sameValue(a, b any) bool {
	switch a.(type) {
	case []string, []float64:
		return reflect.DeepEqual(a, b)
	}
	switch b.(type) {
	case []string, []float64:
		return false
	}
	return a == b
}
