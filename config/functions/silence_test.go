package functions

import (
	"strings"
	"testing"

	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// silenceContext has a secret on its own, one in a map and one as a key.
func silenceContext(t *testing.T) *hcl.EvalContext {
	t.Helper()
	ctx := functionContext(t).NewChild()
	key := sensitive.Mark(cty.StringVal("key"))
	ctx.Variables = map[string]cty.Value{
		"key":    key,
		"inside": cty.ObjectVal(map[string]cty.Value{"key": key, "plain": cty.StringVal("p"), "none": cty.NullVal(cty.String)}),
		"all":    sensitive.Mark(cty.MapVal(map[string]cty.Value{"key": cty.StringVal("x")})),
		"rows":   cty.TupleVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{"id": cty.StringVal("a"), "key": key})}),
		"plain":  cty.StringVal("p"),
		"i":      cty.NumberIntVal(0),
	}
	return ctx
}

// TestPassedOverErrorsAreMarked asks of a secret, in all ways in which an
// error is no error, whether it begins with a letter. The answer is sensitive
// whether it is yes or no.
func TestPassedOverErrorsAreMarked(t *testing.T) {
	t.Parallel()
	ctx := silenceContext(t)
	for _, src := range []string{
		`can(regex("^X", key))`, `try(regex("^X", key), 9)`, `try({ a = "ok", b = regex("^X", key) }.a, "no")`, `can({ b = regex("^X", key) })`,
		`try("${regex("^X", key)}" == "" ? 1 : 2, 3)`, `can(regex("^X", inside.key))`, `can(regex("^X", jsonencode(inside)))`,
		`can([for k in [key] : regex("^X", k)])`, `can([for k in ["key"] : regex("^X", inside[k])])`, `can(regex("^X", rows[i].key))`,
		`can(regex("^X", rows[*].key[0]))`, `can(all["Xey"])`, `can(all.Xey)`, `try(all.Xey, 1)`, `try(all[lower("Xey")], 1)`, `can({ Xey = 1 }[key])`,
		`[for c in ["X"] : c if can(regex("^X", key))]`, `[for c in ["X"] : c if can(regex("^${c}", key))]`, `length([for c in ["X"] : c if can(regex("^X", key))])`,
		`can(templatestring(t.hello, { name = regex("^X", key) }))`, `try(t.nothing, try(regex("^X", key), 1))`, `can(can(regex("^X", key)) ? 1 : {}.a)`,
		`true ? "x" : regex("^X", key)`, `false ? regex("^X", key) : "x"`, `true ? "x" : { Xey = "y" }[key]`, `true ? "x" : { a = regex("^X", key), b = "y" }.b`,
		`false && regex("^X", key) == "X"`, `regex("^X", key) == "X" || true`, `issensitive(true ? "x" : regex("^X", key))`,
		`issensitive(false && regex("^X", key) == "X")`, `[for k in [key] : true ? "x" : regex("^X", k)]`, `"%{ if true }x%{ else }${regex("^X", key)}%{ endif }"`,
		`length(try(regex("^X", key), []))`, `templatestring(t.passes, { k = { k = key } })`,
	} {
		for _, letter := range []string{"k", "z"} {
			src := strings.ReplaceAll(src, "X", letter)
			got, diags := sensitive.Evaluate(parseExpression(t, src), ctx)
			if diags.HasErrors() || !got.IsMarked() {
				t.Errorf("%s = %#v, %v; want a marked value", src, got, diags)
			}
		}
	}
}

// TestOrdinaryValuesStayPlain has in it what is as in Terraform: a value that
// stands beside a secret is none, and what names no secret is no secret.
func TestOrdinaryValuesStayPlain(t *testing.T) {
	t.Parallel()
	ctx := silenceContext(t)
	for src, want := range map[string]string{
		`try(inside.plain, "x")`: `"p"`, `try(inside.missing, "x")`: `"x"`, `can(inside.plain)`: `true`, `can(inside.missing)`: `false`,
		`try(rows[i].id, "x")`: `"a"`, `try(rows[i].missing, "x")`: `"x"`, `try(rows[7].id, "x")`: `"x"`, `try(upper(rows[i].id), "x")`: `"A"`,
		`can((rows[i]).id)`: `true`, `try(regex("^z", plain), 1)`: `1`, `try(plain, regex("^z", key))`: `"p"`, `can(rows)`: `true`,
		`plain == "p" ? upper(plain) : inside.plain`: `"P"`, `false && can(regex("a", plain))`: `false`, `inside.none == null ? "x" : upper(inside.none)`: `"x"`,
		`try(inside, {}).plain`: `"p"`, `issensitive(try(regex("^z", key), 1))`: `true`, `issensitive(try(regex("^k", key), 1))`: `true`,
	} {
		got, diags := sensitive.Evaluate(parseExpression(t, src), ctx)
		if diags.HasErrors() || got.ContainsMarked() {
			t.Errorf("%s = %#v, %v; want an ordinary value", src, got, diags)
			continue
		}
		checkCase(t, ctx, src, want)
	}
}

// TestTryWithholdsWhatFails has errors in try that quote a secret without a
// function's doing.
func TestTryWithholdsWhatFails(t *testing.T) {
	t.Parallel()
	ctx := functionContext(t)
	_, diags := sensitive.Evaluate(parseExpression(t, `try({ for s in [t.secret, t.secret] : s => 1 })`), ctx)
	if !diags.HasErrors() || strings.Contains(diags.Error(), "hunter2") {
		t.Errorf("%v; want an error without the secret", diags)
	}
}
