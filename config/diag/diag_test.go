package diag_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"assetform/config/diag"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// evaluate parses a configuration and evaluates the attributes of its blocks,
// which is how real diagnostics come about.
func evaluate(t *testing.T, src string) (hcl.Diagnostics, map[string]*hcl.File) {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(src), "a.asset.hcl", hcl.InitialPos)
	files := map[string]*hcl.File{"a.asset.hcl": file}
	ctx := &hcl.EvalContext{
		Variables: map[string]cty.Value{
			"var": cty.ObjectVal(map[string]cty.Value{
				"key":   cty.StringVal("hunter2-secret").Mark("sensitive"),
				"style": cty.StringVal("oil"),
				"names": cty.ListVal([]cty.Value{cty.StringVal("a"), cty.StringVal("b")}),
				"none":  cty.NullVal(cty.String),
			}),
		},
		Functions: map[string]function.Function{"upper": stdlib.UpperFunc, "join": stdlib.JoinFunc},
	}
	if diags.HasErrors() {
		return diags, files
	}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		attrs, more := block.Body.JustAttributes()
		diags = append(diags, more...)
		for _, attr := range attrs {
			_, more := attr.Expr.Value(ctx)
			diags = append(diags, more...)
		}
	}
	return diags, files
}

const broken = `image "knight" {
  prompt = upper(var.style, 3)
  seed   = var.key + 1
  names  = "${var.style}" + 1
}
`

func TestText(t *testing.T) {
	t.Parallel()
	diags, files := evaluate(t, broken)
	var b strings.Builder
	if err := (&diag.Printer{Files: files, Width: 60}).Text(&b, diags); err != nil {
		t.Fatal(err)
	}
	want := `╷
│ Error: Too many function arguments
│
│   on a.asset.hcl:2, in image "knight":
│    2:   prompt = upper(var.style, 3)
│                                   ^
│     ├────────────────
│     │ while calling upper(str)
│     │ var.style is "oil"
│
│ Function "upper" expects only 1 argument(s).
╵
╷
│ Error: Invalid operand
│
│   on a.asset.hcl:3, in image "knight":
│    3:   seed   = var.key + 1
│                  ^^^^^^^
│     ├────────────────
│     │ var.key is (sensitive value)
│
│ Unsuitable value for left operand: a number is required.
╵
╷
│ Error: Invalid operand
│
│   on a.asset.hcl:4, in image "knight":
│    4:   names  = "${var.style}" + 1
│                  ^^^^^^^^^^^^^^
│     ├────────────────
│     │ var.style is "oil"
│
│ Unsuitable value for left operand: a number is required.
╵
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("text (-want +got):\n%s", d)
	}
}

func TestTextColor(t *testing.T) {
	t.Parallel()
	diags, files := evaluate(t, broken)
	var b strings.Builder
	if err := (&diag.Printer{Files: files, Color: true}).Text(&b, diags[:1]); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\x1b[31m╷\x1b[0m\n", "\x1b[1m\x1b[31mError: \x1b[0m", "\x1b[4m"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("coloured text lacks %q:\n%q", want, b.String())
		}
	}
	if strings.Contains(b.String(), "^") {
		t.Errorf("coloured text has carets beside the underline:\n%s", b.String())
	}
}

// hostile is a diagnostic whose every text holds a secret and what a terminal
// would act on. What is foreign in its words is redacted, as whoever makes a
// diagnostic has to see to.
func hostile() (hcl.Diagnostics, map[string]*hcl.File, *diag.Redactor) {
	redactor := diag.NewRedactor("s3cr3t-token", "line1\nline2", "abc")
	text := "a \x1b[31mred\x07 \u009b2J \u202e s3cr3t-token and line1\nline2 \xff"
	src := "x = \"s3cr3t-token\" # \x1b]0;title\x07\r\ny = 1\n"
	file := &hcl.File{Bytes: []byte(src)}
	d := &hcl.Diagnostic{
		Severity: hcl.DiagWarning,
		Summary:  redactor.Text(text),
		Detail:   redactor.Text(text + ` quoted "line1\nline2"`),
		Subject:  &hcl.Range{Filename: "dir\x1b.hcl", Start: hcl.Pos{Line: 1, Column: 5, Byte: 4}, End: hcl.Pos{Line: 1, Column: 19, Byte: 18}},
	}
	diag.SetAddress(d, "image.\x1btoken")
	return hcl.Diagnostics{d}, map[string]*hcl.File{"dir\x1b.hcl": file}, redactor
}

func TestNothingHarmfulIsShown(t *testing.T) {
	t.Parallel()
	diags, files, redactor := hostile()
	p := &diag.Printer{Files: files, Redactor: redactor, Width: 80}
	forms := map[string]func(*strings.Builder) error{
		"text": func(b *strings.Builder) error { return p.Text(b, diags) },
		"json": func(b *strings.Builder) error { return p.JSON(b, diags) },
	}
	for name, write := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			out := b.String()
			for _, bad := range []string{"s3cr3t", "line1", "\u202e"} {
				if strings.Contains(out, bad) {
					t.Errorf("%s shows %q:\n%q", name, bad, out)
				}
			}
			if i := strings.IndexFunc(out, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }); i >= 0 {
				t.Errorf("%s has the control character %q:\n%q", name, out[i], out)
			}
			if !strings.Contains(out, "sensitive value") {
				t.Errorf("%s does not say that something is hidden:\n%s", name, out)
			}
		})
	}
}

func TestHighlightMovesWithWhatIsHidden(t *testing.T) {
	t.Parallel()
	diags, files, redactor := hostile()
	got := (&diag.Printer{Files: files, Redactor: redactor}).Diagnostics(diags)[0].Snippet
	if marked := got.Code[got.HighlightStartOffset:got.HighlightEndOffset]; marked != `"(sensitive value)"` {
		t.Errorf("highlight is %q in %q", marked, got.Code)
	}
}

func TestEscapeMarkdown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Bad *name* <b>": "Bad \\*name\\* &lt;b&gt;",
		"Ask @admin about #12, see https://evil.example and `code`.\n1. no list": "Ask @<!-- -->admin about \\#<!-- -->12, see https:<!-- -->//evil.example and \\`code\\`.<br>\n1\\. no list",
	} {
		if d := cmp.Diff(want, diag.EscapeMarkdown(text)); d != "" {
			t.Errorf("markdown (-want +got):\n%s", d)
		}
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	at := func(file string, line, column int, severity hcl.DiagnosticSeverity, summary string) *hcl.Diagnostic {
		return &hcl.Diagnostic{Severity: severity, Summary: summary, Subject: &hcl.Range{
			Filename: file, Start: hcl.Pos{Line: line, Column: column}, End: hcl.Pos{Line: line, Column: column + 1},
		}}
	}
	got := diag.Sort(hcl.Diagnostics{
		at("b", 1, 1, hcl.DiagError, "six"),
		at("a", 10, 1, hcl.DiagError, "five"),
		at("a", 2, 3, hcl.DiagWarning, "four"),
		at("a", 2, 3, hcl.DiagError, "three"),
		at("a", 2, 3, hcl.DiagError, "three"),
		at("a", 2, 1, hcl.DiagWarning, "two"),
		{Severity: hcl.DiagError, Summary: "one"},
	})
	var order []string
	for _, d := range got {
		order = append(order, d.Summary)
	}
	if d := cmp.Diff([]string{"one", "two", "three", "four", "five", "six"}, order); d != "" {
		t.Errorf("order (-want +got):\n%s", d)
	}
}

func TestSnippetBounds(t *testing.T) {
	t.Parallel()
	long := "x = \"" + strings.Repeat("é", 100_000) + "\"\n" + strings.Repeat("y = 1\n", 100)
	whole := hcl.Range{Filename: "f", Start: hcl.InitialPos, End: hcl.Pos{Line: 101, Column: 1, Byte: len(long)}}
	subject := hcl.Range{Filename: "f", Start: hcl.Pos{Line: 1, Column: 1001, Byte: 5001}, End: hcl.Pos{Line: 1, Column: 1002, Byte: 5003}}
	d := diag.JSON(hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "S", Subject: &subject, Context: &whole}},
		map[string]*hcl.File{"f": {Bytes: []byte(long)}})[0]
	if n := len(d.Snippet.Code); n > 500 {
		t.Errorf("the snippet has %d bytes", n)
	}
	if marked := d.Snippet.Code[d.Snippet.HighlightStartOffset:d.Snippet.HighlightEndOffset]; marked != "é" {
		t.Errorf("highlight is %q", marked)
	}
}

func TestAbsoluteFileNamesAreShownRelative(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "sub", "a.asset.hcl")
	got := (&diag.Printer{Dir: dir}).Diagnostics(hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "S", Subject: &hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos},
	}})
	if got[0].Range.Filename != "sub/a.asset.hcl" {
		t.Errorf("file name is %q", got[0].Range.Filename)
	}
}

// TestJSONShape compares the document with the one that Terraform itself
// wrote for the same mistake (testdata/terraform.json, version 1.11).
func TestJSONShape(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/terraform.json")
	if err != nil {
		t.Fatal(err)
	}
	file, diags := hclsyntax.ParseConfig(src, "main.tf", hcl.InitialPos)
	ctx := &hcl.EvalContext{
		Variables: map[string]cty.Value{"local": cty.ObjectVal(map[string]cty.Value{"l": cty.StringVal("word")})},
		Functions: map[string]function.Function{"upper": stdlib.UpperFunc},
	}
	for _, attr := range file.Body.(*hclsyntax.Body).Blocks[0].Body.Attributes {
		_, more := attr.Expr.Value(ctx)
		diags = append(diags, more...)
	}
	var b strings.Builder
	if err := (&diag.Printer{Files: map[string]*hcl.File{"main.tf": file}}).JSON(&b, diags); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(generic(t, string(want)), generic(t, b.String())); d != "" {
		t.Errorf("document (-terraform +assetform):\n%s", d)
	}
}

// generic reads a document; Terraform's diagnostics are in no certain order.
func generic(t *testing.T, document string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(document), &v); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(v["diagnostics"].([]any), func(a, b any) int {
		return strings.Compare(a.(map[string]any)["summary"].(string), b.(map[string]any)["summary"].(string))
	})
	return v
}

// TestTerraformAgrees renews the comparison where Terraform is installed.
func TestTerraformAgrees(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is not installed")
	}
	want, err := os.ReadFile("testdata/terraform.json")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("terraform", "-chdir=testdata", "validate", "-json")
	out, _ := cmd.Output() // the exit status is 1 for an invalid configuration
	if d := cmp.Diff(generic(t, string(want)), generic(t, string(out))); d != "" {
		t.Errorf("terraform's document (-recorded +now):\n%s", d)
	}
}

// What a message quotes of elsewhere is never the whole of something long.
func TestLongQuotes(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("/9j/2wCE", 5000)
	for _, detail := range []string{
		`The image cannot be used: path "` + content + `" is absolute.`,
		"Found " + content + ", which is absolute.",
		`Found "` + strings.Repeat("a knight ", 5000) + `" and "b", which is absolute.`,
		`Found "` + strings.Repeat(`\"`, 5000) + `", which is absolute.`,
	} {
		got := diag.JSON(hcl.Diagnostics{{Summary: "x", Detail: detail}}, nil)[0].Detail
		if len(got) > 500 || !strings.HasSuffix(got, "is absolute.") {
			t.Errorf("%d bytes: %.600s", len(got), got)
		}
	}
	short := `Write "a" and "` + strings.Repeat("b", 290) + `": it is not cut. ` + strings.Repeat("words ", 100) + strings.Repeat("小さすぎます", 50)
	if got := diag.JSON(hcl.Diagnostics{{Summary: "x", Detail: short}}, nil)[0].Detail; got != short {
		t.Errorf("cut: %s", got)
	}
}
