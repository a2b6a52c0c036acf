package derive

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"maps"
	"reflect"
	"slices"
	"strings"

	"assetform/apply/engine/derive/raster"
	"assetform/config/diag"
	"assetform/config/engine"
)

// values are a job's parameters in their canonical form. What is wrong with one
// is kept, so that settings are read without a check each.
type values struct {
	method *engine.Method
	params map[string]any  // those that are set, and defaults
	set    map[string]bool // not at their defaults
	errs   []error
}

// fail keeps what is wrong with a parameter.
func (v *values) fail(key, format string, args ...any) {
	v.errs = append(v.errs, &engine.SettingError{Key: key, Err: fmt.Errorf(format, args...)})
}

// wrong is all that is wrong with the parameters, and with what was made of
// them: what others say begins with the name of the parameter that it is of.
func (v *values) wrong(others ...error) error {
	errs := slices.Clone(v.errs)
	for _, err := range others {
		for _, one := range parts(err) {
			word, _, _ := strings.Cut(one.Error(), " ")
			if _, known := v.method.Param(word); known {
				one = &engine.SettingError{Key: word, Err: one}
			}
			errs = append(errs, one)
		}
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// parts are the errors that were joined.
func parts(err error) []error {
	if err == nil {
		return nil
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		return several.Unwrap()
	}
	return []error{err}
}

// valuesOf holds parameters against the method's table.
func valuesOf(j *Job) (*values, error) {
	m := j.method()
	if m == nil {
		return nil, fmt.Errorf("nothing is derived by method %q", j.Method)
	}
	v := &values{method: m, params: map[string]any{}, set: map[string]bool{}}
	for _, p := range m.Params {
		key := p.Key()
		given, ok := j.Params[key]
		if !ok || given == nil {
			if p.Default != nil {
				v.params[key] = p.Default
			}
			continue
		}
		canonical, err := accept(p, given)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		v.params[key], v.set[key] = canonical, !reflect.DeepEqual(canonical, p.Default)
	}
	for _, key := range slices.Sorted(maps.Keys(j.Params)) {
		if _, known := m.Param(key); !known {
			return nil, fmt.Errorf("%s takes no parameter %q", m.Name, key)
		}
	}
	return v, nil
}

// accept is the canonical value of a parameter of any type.
func accept(p engine.Param, value any) (any, error) {
	ok, want := false, "a text"
	switch p.Type {
	case engine.Setting:
		return p.Accept(value)
	case engine.String:
		var text string
		text, ok = value.(string)
		if ok && p.Values != nil && !slices.Contains(p.Values, text) {
			ok, want = false, diag.Quoted(p.Values, "or")
		}
	case engine.Boolean:
		_, ok = value.(bool)
		want = "true or false"
	case engine.Integer:
		var n []float64
		if n, ok = wholesOf([]any{value}, -1<<30); ok {
			value = int64(n[0])
		}
		want = "a whole number"
	case engine.Number:
		var n float64
		n, ok = numberOf(value)
		value, want = n, "a number"
	}
	if !ok {
		return nil, unexpected(value, want)
	}
	return value, nil
}

func (v *values) text(key string) string {
	s, _ := v.params[key].(string)
	return s
}

func (v *values) is(key string) bool {
	b, _ := v.params[key].(bool)
	return b
}

func (v *values) number(key string) float64 {
	n, _ := v.params[key].(float64)
	return n
}

// whole is a number. One that stands for nothing at 0 is wrong if it is set to
// that; else who takes it says what it may be.
func (v *values) whole(key string, least int) int {
	n, _ := v.params[key].(int64)
	if v.set[key] && n == 0 && least > 0 {
		v.fail(key, "%s is %d, expected at least %d", key, n, least)
	}
	return int(n)
}

// share is a number from 0 to 1 of the block cutout.
func (v *values) share(name string) float64 {
	key := blockCutout + "_" + name
	n := v.number(key)
	if !(n >= 0 && n <= 1) {
		v.fail(key, "%s of %s is %v, expected 0 to 1", name, blockCutout, n)
	}
	return n
}

func (v *values) point(key string) image.Point {
	if l, _ := v.params[key].([]float64); len(l) == 2 {
		return image.Pt(int(l[0]), int(l[1]))
	}
	return image.Point{}
}

func (v *values) focus(key string) *raster.Focus {
	if l, _ := v.params[key].([]float64); len(l) == 2 {
		return &raster.Focus{X: l[0], Y: l[1]}
	}
	f, _ := raster.ParseFocus(v.text(key)) // it was accepted
	return &f
}

func (v *values) color(key string) *color.NRGBA {
	if v.text(key) == "" || v.text(key) == auto {
		return nil
	}
	c, _ := raster.ParseColor(v.text(key))
	return &c
}
