package config

import (
	"assetform/config/diag"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// selfNames are what a postcondition can read of a result.
var selfNames = []string{"bytes", "duration", "height", "media_type", "width"}

// selfValue is the object that postconditions call self.
func selfValue(s Self) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"width":      cty.NumberIntVal(int64(s.Width)),
		"height":     cty.NumberIntVal(int64(s.Height)),
		"bytes":      cty.NumberIntVal(s.Bytes),
		"duration":   cty.NumberFloatVal(s.Duration),
		"media_type": cty.StringVal(s.MediaType),
	})
}

// unknownSelf stands for the result before there is one: type errors in a
// postcondition are reported before anything is paid for.
var unknownSelf = cty.UnknownVal(selfValue(Self{}).Type())

// evaluate evaluates a condition and, when it does not hold, its message.
// self is cty.NilVal but for postconditions. It changes nothing, so that
// results may be checked concurrently.
func (c boundCheck) evaluate(inst *instance, self cty.Value, summary, subject string) hcl.Diagnostics {
	if c.condition.failed || c.message.failed {
		return nil
	}
	ctx := c.context(c.condition, inst, self)
	v, diags := sensitive.Evaluate(c.condition.expr, ctx)
	if diags.HasErrors() || !v.IsKnown() {
		return diags
	}
	holds, found := boolOf(sensitive.Unmarked(v))
	at := c.condition.expr.Range()
	if found != "" {
		d := diag.Problem(at, "Invalid value of condition", "%s, but the condition of %s must be true or false.", found, subject)
		d.Expression, d.EvalContext = c.condition.expr, ctx
		return append(diags, d)
	}
	if holds {
		return diags
	}
	text, messageDiags := c.text(inst, self)
	diags = append(diags, messageDiags...)
	d := diag.Problem(at, summary, "%s: %s", subject, text)
	d.Expression, d.EvalContext = c.condition.expr, ctx
	return append(diags, d)
}

// text evaluates the message of a condition that does not hold.
func (c boundCheck) text(inst *instance, self cty.Value) (string, hcl.Diagnostics) {
	const none = "the condition does not hold, and its message cannot be shown."
	ctx := c.context(c.message, inst, self)
	v, diags := sensitive.Evaluate(c.message.expr, ctx)
	if diags.HasErrors() || !v.IsWhollyKnown() {
		return none, diags
	}
	at := c.message.expr.Range()
	if sensitive.Is(v) {
		return none, append(diags, diag.Problem(at, "Sensitive value in message", "The error_message holds a sensitive value, so it cannot be shown. Leave that value out."))
	}
	v, err := convert.Convert(v, cty.String)
	if err != nil || v.IsNull() {
		return none, append(diags, diag.Problem(at, "Invalid value of error_message", "The error_message must be a string."))
	}
	return v.AsString(), diags
}

// context is the context of an instance with its result.
func (c boundCheck) context(b bound, inst *instance, self cty.Value) *hcl.EvalContext {
	ctx := b.context(inst)
	if self == cty.NilVal {
		return ctx
	}
	child := ctx.NewChild()
	child.Variables = map[string]cty.Value{"self": self}
	return child
}

// preparePostconditions tries the postconditions with a result of which only
// the types are known, and keeps them for the real one.
func (e *evaluator) preparePostconditions(checks []boundCheck, inst *instance, spec *Spec) bool {
	ok := true
	for _, c := range checks {
		for _, b := range []bound{c.condition, c.message} {
			if b.failed {
				ok = false
				continue
			}
			_, diags := sensitive.Evaluate(b.expr, c.context(b, inst, unknownSelf))
			e.diags = append(e.diags, diags...)
			ok = ok && !diags.HasErrors()
		}
	}
	subject := spec.Address.String()
	spec.checks = func(self Self) hcl.Diagnostics {
		defer e.opts.Watch.Begin(e.place)()
		var diags hcl.Diagnostics
		for _, c := range checks {
			e.at(c.condition.expr.Range())
			diags = append(diags, c.evaluate(inst, selfValue(self), "Postcondition failed", subject)...)
		}
		return diags
	}
	return ok
}

// boolOf returns the bool that a known value stands for, or says in words
// what it is instead.
func boolOf(v cty.Value) (value bool, found string) {
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
