package functions

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"assetform/config/explain"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// failed stands for an expression that has an error, whichever, and unknown for
// one of which Terraform does not know the value.
const (
	failed  = "(error)"
	unknown = "(unknown)"
)

// TestTerraformConsole compares the expressions of all tables of cases, and
// calls of every function with all kinds of values, with what Terraform's
// console says, where Terraform is installed. What differs must be what
// Differences says; whether all of that does, depends on its version.
func TestTerraformConsole(t *testing.T) {
	t.Parallel()
	terraform, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not installed")
	}
	known := map[string]bool{}
	var sources []string
	for _, d := range Differences {
		known[d.Expression], known[d.Function] = true, d.Function != ""
		sources = append(sources, d.Expression)
	}
	for name, cases := range allFunctionCases() {
		for _, c := range cases {
			if !bounded(name, c[1]) {
				sources = append(sources, c[0])
			}
		}
	}
	for _, c := range operatorCases {
		sources = append(sources, c[0])
	}
	sources = append(sources, combinations(t)...)
	// What is sensitive makes all that it is printed with sensitive, and t is
	// a variable of these tests. time.tmpl calls timestamp.
	sources = slices.DeleteFunc(sources, func(src string) bool {
		return strings.Contains(src, "sensitive(") || strings.Contains(src, "time.tmpl") || strings.Contains(src, "t.") && readsT(t, src)
	})
	slices.Sort(sources)
	sources = slices.Compact(sources)
	dir := t.TempDir()
	for name, content := range functionFiles {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx := functionContext(t)
	for chunk := range slices.Chunk(sources, 300) {
		theirs := askTerraform(t, terraform, filepath.Join(dir, "mod"), chunk)
		for i, src := range chunk {
			here := asJSON(ctx, parseExpression(t, src))
			function, _, _ := strings.Cut(src, "(")
			if here != theirs[i] && !(here == failed && theirs[i] == unknown) && !known[src] && !known[function] {
				t.Errorf("%s\n  here      %.200s\n  Terraform %.200s", src, here, theirs[i])
			}
		}
	}
}

// combinations are calls of every function that reads no file, with all kinds
// of arguments: every seventh of them unless ASSETFORM_LONG is set.
func combinations(t *testing.T) (sources []string) {
	if testing.Short() {
		return nil
	}
	kinds := []string{
		`null`, `true`, `0`, `-1`, `1.5`, `""`, `"a"`, `"1"`, `[]`, `["b", "a"]`, `[1, 2]`, `[null]`, `[["a"], ["b"]]`,
		`{}`, `{ a = 1 }`, `toset(["a", "b"])`, `tomap({ a = "b" })`, `tolist(["x"])`, `"\u00e9"`,
	}
	few := []string{`null`, `1`, `"a"`, `["b", "a"]`, `{ a = 1 }`, `toset(["a"])`}
	table, n := functionContext(t).Functions, 0
	for _, d := range List() {
		switch {
		case strings.HasPrefix(d.Name, "file"), strings.HasPrefix(d.Name, "template"), d.Name == "try", d.Name == "can":
			continue
		}
		call := func(args ...string) {
			if n++; n%7 == 0 || os.Getenv("ASSETFORM_LONG") != "" {
				sources = append(sources, d.Name+"("+strings.Join(args, ", ")+")")
			}
		}
		call()
		most := len(table[d.Name].Params())
		if table[d.Name].VarParam() != nil {
			most += 2
		}
		for _, a := range kinds {
			call(a)
		}
		for _, a := range few {
			for _, b := range few {
				call(a, b)
				for _, c := range few[1:4] {
					if most > 2 {
						call(a, b, c)
					}
				}
			}
		}
	}
	return sources
}

// TestTerraformFunctions tells of every function that Terraform has that it is
// there, or why it is not.
func TestTerraformFunctions(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("terraform", "metadata", "functions", "-json").Output()
	if err != nil {
		t.Skip("terraform is not installed")
	}
	var theirs struct {
		Functions map[string]any `json:"function_signatures"`
	}
	if err := json.Unmarshal(out, &theirs); err != nil {
		t.Fatal(err)
	}
	ours := pure()
	for name := range theirs.Functions {
		_, here := ours[name]
		isFile := slices.ContainsFunc(List(), func(d Doc) bool { return d.Name == name })
		if _, told := explain.Functions[name]; !here && !isFile && !told && !strings.Contains(name, "::") {
			t.Errorf("nothing tells why there is no %s", name)
		}
	}
}

// bounded tells of a case that it is about a bound that Terraform has not: a
// result that would fill the memory, or a file outside the project.
func bounded(name, want string) bool {
	message, isError := strings.CutPrefix(want, "error: ")
	return isError && (strings.HasPrefix(name, "file") || regexp.MustCompile("MiB|too large|too many|elements|digits|nested|aliases|anchors|longer|finite").MatchString(message))
}

func readsT(t *testing.T, src string) bool {
	return slices.ContainsFunc(parseExpression(t, src).Variables(), func(trav hcl.Traversal) bool { return trav.RootName() == "t" })
}

// asJSON is an expression's value as JSON, or that it has none.
func asJSON(ctx *hcl.EvalContext, expr hclsyntax.Expression) string {
	v, diags := sensitive.Evaluate(expr, ctx)
	if diags.HasErrors() {
		return failed
	}
	text, err := ctx.Functions["jsonencode"].Call([]cty.Value{v})
	if err != nil {
		return failed
	}
	return text.AsString()
}

// askTerraform lets Terraform's console evaluate expressions.
func askTerraform(t *testing.T, terraform, dir string, sources []string) []string {
	t.Helper()
	var in bytes.Buffer
	in.WriteString("jsonencode([")
	for _, src := range sources {
		in.WriteString("try(jsonencode(" + src + "), \"" + failed + "\"), ")
	}
	in.WriteString("])\n")
	cmd := exec.Command(terraform, "console", "-no-color")
	cmd.Dir, cmd.Stdin = dir, &in
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("terraform console: %v\n%s", err, err.(*exec.ExitError).Stderr)
	}
	if strings.HasPrefix(string(out), "(known after apply)") {
		// One of them has a literal null, whose type Terraform does not know.
		if len(sources) == 1 {
			return []string{unknown}
		}
		half := len(sources) / 2
		return append(askTerraform(t, terraform, dir, sources[:half]), askTerraform(t, terraform, dir, sources[half:])...)
	}
	text, err := strconv.Unquote(string(bytes.TrimSpace(out)))
	if err != nil {
		t.Fatalf("terraform printed %.200s: %v", out, err)
	}
	var answers []string
	if err := json.Unmarshal([]byte(text), &answers); err != nil || len(answers) != len(sources) {
		t.Fatalf("%d answers to %d expressions, %v", len(answers), len(sources), err)
	}
	return answers
}
