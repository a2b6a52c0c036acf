package functions

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assetform/config/explain"
	"assetform/config/sensitive"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// opened makes a project of these files and opens it, with the root module in
// dir.
func opened(t *testing.T, dir string, files map[string]string) *worktree.Files {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		full := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := worktree.OpenFiles(root, filepath.Join(root, dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// functionContext evaluates in the directory mod of functionFiles.
func functionContext(t *testing.T) *hcl.EvalContext {
	t.Helper()
	f := opened(t, "mod", functionFiles)
	wide := cty.StringVal("x")
	for range 3 {
		wide = cty.ListVal(slices.Repeat([]cty.Value{wide}, 110))
	}
	laughs := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'i'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", c-1), 9), ", "))
	}
	return &hcl.EvalContext{
		Functions: New(f).In("mod"),
		Variables: map[string]cty.Value{"t": cty.ObjectVal(map[string]cty.Value{
			"hello":    cty.StringVal("Hello, ${name}!"),
			"loop":     cty.StringVal("%{ for n in names }${n};%{ endfor }"),
			"number":   cty.StringVal("${3 + 4}"),
			"passes":   cty.StringVal("%{ if true }x%{ else }${regex(\"^z\", k.k)}%{ endif }"),
			"broken":   cty.StringVal("${"),
			"deep":     cty.StringVal("${" + strings.Repeat("[", 1000)),
			"brackets": cty.StringVal(strings.Repeat("[", 1_000_000)),
			"dashes":   cty.StringVal(strings.Repeat("- ", 1_000_000)),
			"laughs":   cty.StringVal(laughs),
			"wide":     wide,
			"list":     cty.ListVal([]cty.Value{cty.StringVal("one")}),
			"secret":   sensitive.Mark(cty.StringVal("hunter2")),
		})},
	}
}

func parseExpression(t *testing.T, src string) hclsyntax.Expression {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(src), "case", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", src, diags)
	}
	return expr
}

func allFunctionCases() map[string][][2]string {
	all := maps.Clone(functionCases)
	maps.Copy(all, moreFunctionCases)
	return all
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	ctx := functionContext(t)
	for name, cases := range allFunctionCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				checkCase(t, ctx, c[0], c[1])
			}
		})
	}
}

func checkCase(t *testing.T, ctx *hcl.EvalContext, src, want string) {
	t.Helper()
	got, diags := sensitive.Evaluate(parseExpression(t, src), ctx)
	if message, isError := strings.CutPrefix(want, "error: "); isError {
		if !diags.HasErrors() || !strings.Contains(diags[0].Detail, message) {
			t.Errorf("%s = %#v, %v; want an error with %q", src, got, diags, message)
		}
		if strings.Contains(diags.Error(), "report this") {
			t.Errorf("%s panics", src)
		}
		return
	}
	if diags.HasErrors() {
		t.Errorf("%s: %v", src, diags)
		return
	}
	wantValue, diags := parseExpression(t, want).Value(ctx)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", want, diags)
	}
	converted, err := convert.Convert(wantValue, got.Type())
	if err != nil || !converted.RawEquals(got) {
		t.Errorf("%s = %#v, want %#v", src, got, wantValue)
	}
}

// TestEveryFunctionHasCases keeps the table of cases and the table of
// functions together.
func TestEveryFunctionHasCases(t *testing.T) {
	t.Parallel()
	ctx := functionContext(t)
	cases := allFunctionCases()
	var documented []string
	for _, doc := range List() {
		documented = append(documented, doc.Name)
		if len(cases[doc.Name]) < 3 {
			t.Errorf("%s has %d cases, want at least 3", doc.Name, len(cases[doc.Name]))
		}
		if doc.Description == "" || !strings.HasSuffix(doc.Description, ".") || doc.Group == "" {
			t.Errorf("%s is not described: %+v", doc.Name, doc)
		}
		if !strings.HasPrefix(doc.Signature, doc.Name+"(") {
			t.Errorf("the signature of %s is %q", doc.Name, doc.Signature)
		}
		if _, missing := explain.Functions[doc.Name]; missing {
			t.Errorf("%s is there and said not to be", doc.Name)
		}
	}
	slices.Sort(documented)
	if have := slices.Sorted(maps.Keys(ctx.Functions)); !slices.Equal(have, documented) {
		t.Errorf("functions are %q, documented are %q", have, documented)
	}
	if len(documented) != len(cases) {
		t.Errorf("%d functions, cases for %d", len(documented), len(cases))
	}
}

// marksNothing are the functions whose purpose is to drop or make a mark, and
// those whose arguments are expressions.
var marksNothing = []string{"can", "try", "issensitive", "nonsensitive", "sensitive", "templatestring"}

// TestMarksSurvive marks each argument of each case in turn.
func TestMarksSurvive(t *testing.T) {
	t.Parallel()
	ctx := functionContext(t)
	for name, cases := range allFunctionCases() {
		if slices.Contains(marksNothing, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				call, ok := parseExpression(t, c[0]).(*hclsyntax.FunctionCallExpr)
				if !ok || call.Name != name || call.ExpandFinal {
					continue
				}
				checkMarks(t, ctx, call, c[0])
			}
		})
	}
}

func checkMarks(t *testing.T, ctx *hcl.EvalContext, call *hclsyntax.FunctionCallExpr, src string) {
	t.Helper()
	fn := ctx.Functions[call.Name]
	params, varParam := fn.Params(), fn.VarParam()
	var args []cty.Value
	for i, arg := range call.Args {
		v, diags := arg.Value(ctx)
		want := cty.DynamicPseudoType
		if i < len(params) {
			want = params[i].Type
		} else if varParam != nil {
			want = varParam.Type
		}
		v, err := convert.Convert(v, want)
		if diags.HasErrors() || err != nil {
			return // the case is about an argument that does not come to be
		}
		args = append(args, v)
	}
	for i, arg := range args {
		if call.Name == "lookup" && i == 2 {
			continue // a default that is not needed is not part of the result
		}
		marked := slices.Clone(args)
		marked[i] = sensitive.Mark(arg)
		got, err := fn.Call(marked)
		switch {
		case err != nil && !strings.Contains(err.Error(), "because an argument is sensitive") && err.Error() != "argument must not be null":
			t.Errorf("%s with argument %d marked: error %q", src, i, err)
		case err == nil && !sensitive.Marked(got):
			t.Errorf("%s with argument %d marked: %#v is not marked", src, i, got)
		}
	}
}

func TestSensitiveTemplates(t *testing.T) {
	t.Parallel()
	ctx := functionContext(t)
	for _, src := range []string{
		`templatestring(t.secret, {})`, `templatefile("hello.tmpl", { name = t.secret })`,
		`templatestring(t.hello, { name = t.secret })`, `try(t.secret, "")`, `try(t.nothing, upper(t.secret))`,
		`merge({ a = 1 }, { b = t.secret }).b`, `[for s in [t.secret] : lower(s)][0]`, `lookup({ a = 1 }, "b", t.secret)`,
		`element([t.secret], 0)`, `one([t.secret])`, `join(",", ["a", t.secret])`, `values({ a = t.secret })[0]`,
		`flatten([["a"], [t.secret]])[1]`, `concat([t.secret], [])[0]`, `zipmap(["a"], [t.secret]).a`,
		`coalesce("", t.secret)`, `distinct(["a", t.secret])`, `jsonencode({ a = t.secret })`, `format("%s", t.secret)`,
		`tomap({ a = t.secret })["a"]`, `reverse([t.secret])[0]`, `slice([t.secret], 0, 1)[0]`, `sort([t.secret])`,
	} {
		got, diags := parseExpression(t, src).Value(ctx)
		if diags.HasErrors() || !got.IsMarked() {
			t.Errorf("%s = %#v, %v; want a marked value", src, got, diags)
		}
	}
}

// TestErrorsDoNotQuoteSecrets gives a secret to functions that quote what
// they do not accept.
func TestErrorsDoNotQuoteSecrets(t *testing.T) {
	t.Parallel()
	ctx := functionContext(t)
	for _, src := range []string{
		`file(t.secret)`, `file("${t.secret}/../../../x")`, `fileexists("/${t.secret}")`, `fileset(".", "[${t.secret}")`,
		`templatefile(t.secret, {})`, `filesha256(t.secret)`, `parseint(t.secret, 10)`, `tonumber(t.secret)`, `tobool(t.secret)`,
		`base64decode("!${t.secret}")`, `jsondecode(t.secret)`, `yamldecode("[${t.secret}")`, `csvdecode("${t.secret},${t.secret}")`,
		`regex(t.secret, "x")`, `regex("(${t.secret}", "x")`, `timeadd(t.secret, "1h")`, `formatdate("YYYY", t.secret)`,
		`lookup({}, t.secret)`, `cidrhost(t.secret, 1)`, `textencodebase64("x", t.secret)`, `templatestring(t.hello, { "${t.secret} x" = 1 })`,
		`templatestring("${t.secret}", {})`, `format("%d", t.secret)`, `transpose({ (t.secret) = null })`, `try(file(t.secret))`,
	} {
		_, diags := parseExpression(t, src).Value(ctx)
		if !diags.HasErrors() {
			t.Errorf("%s is no error", src)
		}
		if strings.Contains(diags.Error(), "hunter2") {
			t.Errorf("%s: the error shows the secret: %v", src, diags)
		}
	}
}

// TestSensitivePathsAreNotStored asks for files by a path that holds a secret.
func TestSensitivePathsAreNotStored(t *testing.T) {
	t.Parallel()
	f := opened(t, ".", map[string]string{"hunter2.txt": "content", "hunter2/a": "${x}"})
	ctx := &hcl.EvalContext{
		Functions: New(f).In("."),
		Variables: map[string]cty.Value{"s": sensitive.Mark(cty.StringVal("hunter2"))},
	}
	sources := []string{
		`file("${s}.txt")`, `fileexists("${s}.txt")`, `fileset(s, "*")`, `fileset(".", "${s}/*")`, `filesha256("${s}.txt")`,
		`templatefile("${s}/a", { x = 1 })`, `try(file("${s}.missing"), s)`,
	}
	for _, src := range sources {
		got, diags := parseExpression(t, src).Value(ctx)
		if diags.HasErrors() || !got.IsMarked() {
			t.Errorf("%s = %#v, %v; want a marked value", src, got, diags)
		}
	}
	digests := f.Digests()
	for key := range digests {
		if strings.Contains(key, "hunter2") {
			t.Errorf("the digest's key shows the secret: %s", key)
		}
	}
	if len(digests) != 6 {
		t.Errorf("%d answers were remembered, want 6: %v", len(digests), digests)
	}
}

// TestExplosions are small expressions with endless results.
func TestExplosions(t *testing.T) {
	withoutRace(t)
	t.Parallel()
	ctx := functionContext(t)
	doubled := `"x"`
	for range 30 {
		doubled = "join(\"\", [for s in [" + doubled + "] : format(\"%s%s\", s, s)])"
	}
	for name, src := range map[string]string{
		"doubling":          doubled,
		"nested flatten":    `flatten(t.wide)`,
		"nested jsonencode": `jsonencode([t.wide, t.wide, t.wide])`,
		"nested yamlencode": `yamlencode([t.wide, t.wide, t.wide])`,
		"nested format":     `format("%v%v%v", t.wide, t.wide, t.wide)`,
		"replace":           `replace(join("", [for i in range(1000) : "aaaaaaaaaa"]), "a", format("%10000s", ""))`,
		"regex replace":     `replace(format("%100000s", ""), "/ /", format("%10000s", ""))`,
		"group replace":     `replace(format("%100000s", ""), "/.*/", replace(format("%1000s", ""), " ", "$0"))`,
		"indent":            `indent(100000, replace(format("%10000s", ""), " ", "\n"))`,
		"join":              `join(format("%100000s", ""), [for i in range(1000) : "x"])`,
		"format argument":   `format(replace(format("%1000s", ""), " ", "%[1]s"), format("%100000s", ""))`,
		"split":             `split("", format("%2000000s", ""))`,
		"regexall":          `regexall("", format("%2000000s", ""))`,
		"setproduct":        `setproduct(range(1024), range(1024), range(2))`,
		"parseint":          `parseint(replace(format("%20000s", ""), " ", "9"), 10)`,
		"width by part":     `format(replace(format("%1000s", ""), " ", "%%1000000s"), 1)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v, diags := parseExpression(t, src).Value(ctx); !diags.HasErrors() {
				t.Errorf("no error, but a value of type %s", v.Type().FriendlyName())
			}
		})
	}
}

// TestNestedTryIsLinear would take 2^40 evaluations if try evaluated its
// arguments twice.
func TestNestedTryIsLinear(t *testing.T) {
	t.Parallel()
	src := strings.Repeat("try(", 40) + "1" + strings.Repeat(")", 40)
	checkCase(t, functionContext(t), src, "1")
}

func TestUnknownFunctions(t *testing.T) {
	t.Parallel()
	ctx := functionContext(t)
	for src, want := range map[string]string{
		`uper("x")`:        `Did you mean "upper"?`,
		`timestamp()`:      "differ from run to run",
		`uuid()`:           "differ from run to run",
		`abspath("x")`:     "differs from one machine to another",
		`list("a")`:        "tolist",
		`core::max(1)`:     "Write max",
		`provider::a::b()`: "providers have no functions",
		`foo(1)`:           `no function named "foo".`,
		`try(timestamp())`: "differ from run to run",
	} {
		if _, diags := sensitive.Evaluate(parseExpression(t, src), ctx); len(diags) != 1 || !strings.Contains(diags[0].Detail, want) {
			t.Errorf("%s: %v; want %q", src, diags, want)
		}
	}
}

// TestPanicsBecomeErrors calls a function that panics, in every way there is.
func TestPanicsBecomeErrors(t *testing.T) {
	t.Parallel()
	panicking := guard(tryFunc, func([]cty.Value) error { panic("no way out") })
	closure := customdecode.ExpressionClosureVal(&customdecode.ExpressionClosure{Expression: parseExpression(t, "1")})
	if _, err := panicking.Call([]cty.Value{closure}); err == nil || strings.Contains(err.Error(), "goroutine") {
		t.Errorf("a panic gives the error %v", err)
	}
}

func BenchmarkGuardedCall(b *testing.B) {
	b.ReportAllocs()
	upper, args := pure()["upper"], []cty.Value{cty.StringVal("knight")}
	for b.Loop() {
		if v, err := upper.Call(args); err != nil || v.AsString() != "KNIGHT" {
			b.Fatal(v, err)
		}
	}
}

func BenchmarkFunctionTable(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if table := New(nil).In("."); len(table) < 100 {
			b.Fatal("functions are missing")
		}
	}
}
