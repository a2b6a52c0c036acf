package evaluation

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"assetform/config/diag"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Check is a condition with its message.
type Check struct{ Condition, Message Bound }

// BindCheck binds both.
func (e *Evaluator) BindCheck(s *Scope, condition, message hcl.Expression, in Names) Check {
	return Check{Condition: e.Bind(s, condition, in), Message: e.Bind(s, message, in)}
}

// Evaluate evaluates a condition and, when it does not hold, its message.
// self is cty.NilVal but for postconditions. It changes nothing, so that
// results may be checked concurrently.
func (c Check) Evaluate(inst *Instance, self cty.Value, summary, subject string) hcl.Diagnostics {
	if c.Condition.failed || c.Message.failed {
		return nil
	}
	ctx := c.context(c.Condition, inst, self)
	v, diags := sensitive.Evaluate(c.Condition.expr, ctx)
	if diags.HasErrors() || !v.IsKnown() {
		return diags
	}
	holds, found := Bool(sensitive.Unmarked(v))
	at := c.Condition.expr.Range()
	if found != "" {
		d := diag.Problem(at, "Invalid value of condition", "%s, but the condition of %s must be true or false.", found, subject)
		d.Expression, d.EvalContext = c.Condition.expr, ctx
		return append(diags, d)
	}
	if holds {
		return diags
	}
	text, messageDiags := c.text(inst, self)
	diags = append(diags, messageDiags...)
	d := diag.Problem(at, summary, "%s: %s", subject, stopped(text))
	d.Expression, d.EvalContext = c.Condition.expr, ctx
	return append(diags, d)
}

// stopped is a message that something may follow: authors leave out the stop at
// its end.
func stopped(text string) string {
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	if last, _ := utf8.DecodeLastRuneInString(text); unicode.IsLetter(last) || unicode.IsDigit(last) || strings.ContainsRune("\"')]", last) {
		return text + "."
	}
	return text
}

// text evaluates the message of a condition that does not hold.
func (c Check) text(inst *Instance, self cty.Value) (string, hcl.Diagnostics) {
	const none = "the condition does not hold, and its message cannot be shown."
	ctx := c.context(c.Message, inst, self)
	v, diags := sensitive.Evaluate(c.Message.expr, ctx)
	if diags.HasErrors() || !v.IsWhollyKnown() {
		return none, diags
	}
	at := c.Message.expr.Range()
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
func (c Check) context(b Bound, inst *Instance, self cty.Value) *hcl.EvalContext {
	ctx := b.Context(inst)
	if self == cty.NilVal {
		return ctx
	}
	child := ctx.NewChild()
	child.Variables = map[string]cty.Value{"self": self}
	return child
}

// Try evaluates both with a result of which only the types are known, so that
// what cannot be a condition is told of before anything is paid for.
func (c Check) Try(inst *Instance, self cty.Value) (diags hcl.Diagnostics, ok bool) {
	ok = true
	for i, b := range []Bound{c.Condition, c.Message} {
		if b.failed {
			ok = false
			continue
		}
		v, problems := sensitive.Evaluate(b.expr, c.context(b, inst, self))
		if i == 0 && !problems.HasErrors() {
			if _, err := convert.Convert(sensitive.Unmarked(v), cty.Bool); err != nil {
				problems = append(problems, diag.Problem(b.Range(), "Invalid value of condition", "Found %s, but a condition must be true or false.", TypeName(v.Type())))
			}
		}
		diags = append(diags, problems...)
		ok = ok && !problems.HasErrors()
	}
	return diags, ok
}
