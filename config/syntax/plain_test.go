package syntax

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// plainSources are blocks that are plain, but for what the last character of
// the name says: "-".
var plainSources = map[string]string{
	"texts":             "image \"a\" {\n  prompt = \"Grüße, ein Ritter – 騎士 – рыцарь\" # why\n  seed   = 7\n\n  output = \"a.png\"\n}\n",
	"names":             "video b {\nimage=image.a\nloop = true\na = null\nb = [image.a, \"x\", [1, 2.5,], # c\n]\nc = []\n}\n",
	"templates":         "image \"a\" \"b\" {\n  prompt = \"${local.style}, a ${ var.x.y }\"\n  b = \"${a.b}\"\n  c = \"\"\n  d = \"${a}${b}\"\n}\n",
	"nested":            "\n# one\nimage \"a\" { # two\n\n  lifecycle {\n    prevent_destroy = true\n  }\n\n  // three\n  variant \"x\" {}\n}\n",
	"no line behind":    "provider \"imaginator\" {}",
	"operator-":         "a {\n  b = 1 + 2\n}\n",
	"negative-":         "a {\n  b = -1\n}\n",
	"call-":             "a {\n  b = file(\"x\")\n}\n",
	"index-":            "a {\n  b = c[0]\n}\n",
	"splat-":            "a {\n  b = c.*.d\n}\n",
	"legacy index-":     "a {\n  b = c.0\n}\n",
	"condition-":        "a {\n  b = [c ? 1 : 2]\n}\n",
	"for-":              "a {\n  b = [for c in d : c]\n}\n",
	"object-":           "a {\n  b = { c = 1 }\n}\n",
	"heredoc-":          "a {\n  b = <<EOT\n}\nEOT\n}\n",
	"escape-":           "a {\n  b = \"\\\"\"\n}\n",
	"dollar-":           "a {\n  b = \"$${c} 100% $5\"\n}\n",
	"control-":          "a {\n  b = \"%{ if c }d%{ endif }\"\n}\n",
	"keyword-":          "a {\n  b = \"${true}\"\n}\n",
	"trimmed-":          "a {\n  b = \" ${~ c ~} \"\n}\n",
	"exponent-":         "a {\n  b = 1e5\n}\n",
	"one line-":         "a { b = 1 }\n",
	"comment-":          "/* a */ a {\n}\n",
	"combined letters-": "a {\n  b = \"x\u0323\u0307 👩‍🚀 e\"\n}\n",
	"letters in names-": "ä {\n}\n",
	"mark-":             "a {\n}\n\ufeffb {\n}\n",
	"number-":           "a {\n  b = 123456789012345678901234567890\n}\n",
	"spaced path-":      "a {\n  b = c .d\n}\n",
}

// TestPlain: most of what a project consists of is plain, and what is not is
// not taken for it.
func TestPlain(t *testing.T) {
	t.Parallel()
	for name, src := range plainSources {
		p := &plain{shown: "x", src: src, first: hcl.InitialPos, place: place{line: 1}}
		for p.emptyLines(); p.at < len(src); p.emptyLines() {
			if p.block(0) == nil {
				break
			}
		}
		if got := p.at == len(src); got == strings.HasSuffix(name, "-") {
			t.Errorf("%s: plain %v", name, got)
		}
		compareWithHCL(t, []byte(src))
	}
	deep := strings.Repeat("a {\n", 40) + "b = " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n" + strings.Repeat("}\n", 40)
	compareWithHCL(t, []byte(deep))
}

// TestAlone: characters that are told to join with none do not, whichever of
// them stand beside each other.
func TestAlone(t *testing.T) {
	t.Parallel()
	var all []rune
	for r := rune(0x80); r < 0x20000; r++ {
		if alone(r) {
			all = append(all, r)
		}
	}
	for _, other := range []rune{'a', '가', 'か', 'ä', '一', 'я'} {
		for piece := range bytesOf(all, other) {
			compareWithHCL(t, []byte("a {\n  b = \""+piece+"\"\n}\n"))
		}
	}
}

// bytesOf yields lines in which each of the characters has the other beside it.
func bytesOf(all []rune, other rune) func(func(string) bool) {
	return func(yield func(string) bool) {
		var line strings.Builder
		for i, r := range all {
			fmt.Fprintf(&line, "%c%c", r, other)
			if (i+1)%1000 == 0 || i == len(all)-1 {
				if !yield(line.String()) {
					return
				}
				line.Reset()
			}
		}
	}
}

// compareWithHCL parses source and compares with what HCL makes of it.
func compareWithHCL(t *testing.T, src []byte) {
	t.Helper()
	if bytes.HasPrefix(src, []byte("\ufeff")) || bytes.IndexByte(src, '\r') >= 0 {
		return // worktree.Text lets neither pass
	}
	file := parseChunks("x", src, splitChunks(src))
	if file == nil {
		return // HCL reads it
	}
	want, diags := hclsyntax.ParseConfig(src, "x", hcl.InitialPos)
	if len(diags) > 0 {
		t.Fatalf("%q has no error, want %v", src, diags)
	}
	if bytes.HasPrefix(bytes.TrimLeft(src, " \t"), []byte("/*")) {
		file.Body.(*hclsyntax.Body).SrcRange.Start = want.Body.(*hclsyntax.Body).SrcRange.Start // it begins behind the comment
	}
	if !reflect.DeepEqual(file.Body, want.Body) {
		t.Fatalf("%q is read otherwise", src)
	}
	if len(splitChunks(src)) == 1 && !reflect.DeepEqual(file, want) {
		t.Fatalf("%q: the file differs", src)
	}
}

// FuzzPlain compares what is read with what HCL reads.
func FuzzPlain(f *testing.F) {
	for _, src := range plainSources {
		f.Add([]byte(src), 1)
	}
	f.Add([]byte(manyBlocks(30)), 2)
	f.Fuzz(func(t *testing.T, src []byte, times int) {
		if checkSource("x", src) == nil {
			compareWithHCL(t, bytes.Repeat(append(src, '\n'), max(1, min(times, 10))))
		}
	})
}

func BenchmarkParse(b *testing.B) {
	src := []byte(manyBlocks(10_000))
	b.ReportAllocs()
	for b.Loop() {
		file, diags := Parse("x", src, false)
		if n := len(file.Body.(*hclsyntax.Body).Blocks); diags != nil || n != 10_000 {
			b.Fatal(n, diags)
		}
	}
}
