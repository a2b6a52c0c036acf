package config

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/evaluation"
	"assetform/config/sensitive"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// params evaluates the parameters of an asset's method; those that expressions
// can read of what is generated become fields of the asset.
func (d *draft) params() bool {
	all := true
	d.spec.Params = make([]Param, 0, len(d.spec.Method.Params))
	blocks := d.assets.lang.assets[d.spec.Address.Kind].nested
	for _, p := range d.spec.Method.Params {
		switch {
		case p.Block != "" && d.parts.block(p.Block) == nil:
			continue
		case p.Block == "" && blocks[p.Name] != nil:
			d.spec.Params = append(d.spec.Params, d.blockParam(p))
			continue
		}
		param, v, ok := d.param(p)
		if !ok {
			all = false
			v = cty.UnknownVal(paramType(p))
		}
		if f := d.fields.field(p.Key()); f != nil && !d.derived() {
			*f = v
		}
		if ok && param.Value != nil && !p.Unsent {
			d.spec.Params = append(d.spec.Params, param)
		}
	}
	return all
}

// blockParam is the parameter that a nested block is itself.
func (d *draft) blockParam(p engine.Param) Param {
	if n := d.parts.block(p.Name); n != nil {
		return Param{Name: p.Name, Value: true, Range: n.rng}
	}
	return Param{Name: p.Name, Value: false, IsDefault: true, Range: d.spec.Range}
}

func paramType(p engine.Param) cty.Type {
	switch p.Type {
	case engine.Setting:
		return cty.DynamicPseudoType
	case engine.Integer, engine.Number:
		return cty.Number
	case engine.Boolean:
		return cty.Bool
	}
	return cty.String
}

// param evaluates one parameter. The Param's value is nil when
// nothing sets it and the method has no default.
func (d *draft) param(p engine.Param) (Param, cty.Value, bool) {
	param := Param{Name: p.Key(), Value: p.Default, IsDefault: true, Range: d.spec.Range}
	s, set := d.parameter(p)
	if !set {
		if p.Required {
			d.missingParam(p)
			return param, cty.NilVal, false
		}
		return param, defaultOf(p), true
	}
	param.Range = s.at()
	if p.Type == engine.Setting {
		value, ok := d.special(s, p)
		if ok && value != nil {
			param.Value, param.IsDefault = value, sameValue(value, p.Default)
		}
		return param, cty.NullVal(paramType(p)), ok
	}
	return d.scalar(param, s, p)
}

// scalar evaluates a parameter of a type of the language, which is set.
func (d *draft) scalar(param Param, s setting, p engine.Param) (Param, cty.Value, bool) {
	v, ok := d.convertParam(s, p)
	if !ok {
		return param, cty.NilVal, false
	}
	plain, marks := v.Unmark()
	param.Sensitive = len(marks) > 0
	if param.Sensitive && d.derived() {
		return param, cty.NilVal, d.refuseSensitiveParam(s, p)
	}
	switch p.Type {
	case engine.Integer:
		n, _ := evaluation.WholeNumber(plain)
		param.Value = n
	case engine.Number:
		f, _ := plain.AsBigFloat().Float64()
		if math.Abs(f) >= 1<<63 {
			s.report(d.reports, "Invalid value of "+p.Name, "Found a number out of range, but the %s of %s must be less than 2^63 in size.", p.Name, d.spec.Address)
			return param, cty.NilVal, false
		}
		param.Value = f
	case engine.Boolean:
		param.Value = plain.True()
	default:
		text := engine.NormalText(plain.AsString())
		if text == "" && !p.Required && !d.derived() {
			// An empty optional text says nothing: it counts as not set.
			param.Value = p.Default
			return param, defaultOf(p), true
		}
		param.Value = text
		v = cty.StringVal(text).WithMarks(marks)
		if !d.acceptText(s, p, text, param.Sensitive) {
			return param, cty.NilVal, false
		}
	}
	param.IsDefault = p.Default != nil && param.Value == p.Default
	if param.Sensitive {
		d.assets.watched.noteSecret(v)
	}
	return param, v, true
}

// missingParam reports a parameter that the method needs, unless a name that
// was reported stands for it.
func (d *draft) missingParam(p engine.Param) {
	if p.Block != "" {
		if n := d.parts.block(p.Block); !slices.Contains(n.meant, p.Name) {
			d.reports.Report(n.rng, "Missing "+p.Name+" in block", "The %s of %s needs a %s. Set it here.", p.Block, d.spec.Address, p.Name)
		}
		return
	}
	if !d.mistyped(p.Name) {
		d.reports.Report(d.spec.Range, "Missing "+p.Name+" of asset", "%s needs a %s. Set it here or in the defaults.", d.user(), p.Name)
	}
}

// user is who needs or has something in messages: the asset, by its method.
func (d *draft) user() string {
	if d.derived() {
		return d.spec.Address.String()
	}
	return fmt.Sprintf("%s uses %s, which", d.spec.Address, d.spec.Method.Name)
}

// taker is who takes a value in messages: the method that the asset uses.
func (d *draft) taker() string {
	if d.derived() {
		return d.spec.Address.String()
	}
	return fmt.Sprintf("%s, which %s uses,", d.spec.Method.Name, d.spec.Address)
}

// defaultOf is the value that an asset shows of a parameter nothing sets.
func defaultOf(p engine.Param) cty.Value {
	switch d := p.Default.(type) {
	case string:
		return cty.StringVal(d)
	case bool:
		return cty.BoolVal(d)
	case int64:
		return cty.NumberIntVal(d)
	case float64:
		return cty.NumberFloatVal(d)
	}
	return cty.NullVal(paramType(p))
}

// convertParam gives a setting the type of its parameter.
func (d *draft) convertParam(s setting, p engine.Param) (cty.Value, bool) {
	if !s.value.IsWhollyKnown() {
		return cty.NilVal, false
	}
	v, err := convert.Convert(s.value, paramType(p))
	if err != nil {
		d.reportType(s, p)
		return cty.NilVal, false
	}
	if p.Type == engine.Integer {
		plain, _ := v.Unmark()
		if _, found := evaluation.WholeNumber(plain); found != "" {
			if sensitive.Is(v) {
				found = "Found a sensitive value that is none"
			}
			s.report(d.reports, "Invalid value of "+p.Name, "%s, but the %s of %s must be a whole number of 64 bits.", found, p.Name, d.spec.Address)
			return cty.NilVal, false
		}
	}
	return v, true
}

// reportType reports a setting that does not have the type of its parameter. A
// field of a table is always a text.
func (d *draft) reportType(s setting, p engine.Param) {
	text := "x"
	if s.value.Type() == cty.String && !s.value.IsMarked() {
		text = strings.ToLower(strings.TrimSpace(s.value.AsString()))
	}
	wanted := evaluation.TypeName(paramType(p))
	if p.Type == engine.Boolean {
		wanted = "true or false"
	}
	hint := ""
	switch {
	case text == "":
		hint = fmt.Sprintf(" Where an empty field of a table means nothing, give null: %s = try(to%s(...), null).", p.Name, paramType(p).FriendlyName())
	case p.Type == engine.Boolean && (text == "true" || text == "false"):
		hint = " Spreadsheets write TRUE and FALSE: use lower(...)."
	}
	s.report(d.reports, "Invalid value of "+p.Name, "Found %s, but the %s of %s must be %s.%s",
		evaluation.TypeName(s.value.Type()), p.Name, d.spec.Address, wanted, hint)
}

// acceptText checks a text against what the method takes.
func (d *draft) acceptText(s setting, p engine.Param, text string, sensitive bool) bool {
	switch {
	case text == "" && p.Values == nil:
		s.report(d.reports, "Empty "+p.Name, "The %s of %s is empty. Write one, or give null for none.", p.Name, d.spec.Address)
		return false
	case text == "": // it is none of the values
	case !strings.ContainsFunc(text, visible):
		todo := "Describe what is to be generated."
		if d.derived() {
			todo = "Write one, or leave it out."
		}
		s.report(d.reports, "Empty "+p.Name, "The %s of %s has nothing but white space and characters that cannot be seen. %s", p.Name, d.spec.Address, todo)
		return false
	case strings.ContainsRune(text, 0):
		s.report(d.reports, "NUL character in "+p.Name, "The %s of %s holds a NUL character (\\u0000), which no text has: it may be text in another encoding, such as UTF-16, that was read as UTF-8.", p.Name, d.spec.Address)
		return false
	case p.Max > 0 && utf8.RuneCountInString(text) > p.Max:
		taker := fmt.Sprintf("%s of provider %s", d.spec.Method.Name, d.spec.Provider.Type)
		if d.derived() {
			taker = "it"
		}
		s.report(d.reports, "Value of "+p.Name+" too long", "The %s of %s has %s characters, but %s takes at most %s.",
			p.Name, d.spec.Address, diag.Number(utf8.RuneCountInString(text)), taker, diag.Number(p.Max))
		return false
	case p.Values == nil || slices.Contains(p.Values, text):
		return true
	}
	found := strconv.Quote(text)
	if s.value.Type() == cty.Number {
		found = "a number"
	}
	if sensitive {
		found = "a sensitive value"
	}
	hint := cmp.Or(p.Hint(text), diag.Suggest(text, p.Values))
	if sensitive {
		hint = ""
	}
	s.report(d.reports, "Unsupported value of "+p.Name, "Found %s, but %s takes %s as %s.%s", found, d.taker(), choice(p.Values), p.Name, hint)
	return false
}

// visible tells that a character is one to be seen: no blank, no control
// character, and none that only says how others are drawn.
func visible(r rune) bool {
	const brailleBlank = '\u2800'
	return r != brailleBlank && !unicode.In(r, unicode.C, unicode.Z, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// choice writes values as `only "a"` or `"a", "b" or "c"`.
func choice(values []string) string {
	if len(values) == 1 {
		return `only "` + values[0] + `"`
	}
	return diag.Quoted(values, "or")
}
