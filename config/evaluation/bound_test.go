package evaluation

import (
	"testing"

	"assetform/config/sensitive"
	"assetform/config/syntax"

	"github.com/zclconf/go-cty/cty"
)

// TestMarksAreSoughtOnce would look through a large map for marks in each of
// the instances that read it.
func TestMarksAreSoughtOnce(t *testing.T) {
	t.Parallel()
	e := New(&Reports{}, &Position{})
	plain := e.NewScope("", ".", nil)
	plain.Locals = map[string]*Cell{
		"plain":  {Compute: func() cty.Value { return cty.StringVal("x") }},
		"secret": {Compute: func() cty.Value { return cty.TupleVal([]cty.Value{sensitive.Mark(cty.True)}) }},
	}
	for src, want := range map[string]bool{"local.plain": true, "local.secret": false, "[local.secret, local.plain]": false} {
		expr, diags := syntax.ParseExpression("case", []byte(src))
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		b := e.Bind(plain, expr, Names{})
		if _, got := b.ctx.Variables[sensitive.NoSecrets]; got != want || e.readsSecret {
			t.Errorf("%s reads no secret: %t, want %t", src, got, want)
		}
	}
}
