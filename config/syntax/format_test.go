package syntax

import (
	"bytes"
	"strings"
	"testing"

	"assetform/config/worktree"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"alignment": {
			"image \"a\" {\nprompt=\"x\"\n  output    = \"a.png\"\n}\n",
			"image \"a\" {\n  prompt = \"x\"\n  output = \"a.png\"\n}\n",
		},
		"comments stay": {
			"# head\nimage \"a\" { // end\n/* in */ prompt = \"x\" # tail\n\n// last\n}\n",
			"# head\nimage \"a\" {             // end\n  /* in */ prompt = \"x\" # tail\n\n  // last\n}\n",
		},
		"heredoc stays": {
			"locals {\n    a = <<EOT\n   keep   this\n\t${ local.b }\n  EOT\n}\n",
			"locals {\n  a = <<EOT\n   keep   this\n\t${local.b}\n  EOT\n}\n",
		},
		"sole interpolation": {"locals {\n  a = \"${local.b}\"\n}\n", "locals {\n  a = local.b\n}\n"},
		"sole interpolation with quotes in it": {
			"locals {\n  a = \"${format(\"%s ${local.c}\", local.b)}\"\n}\n",
			"locals {\n  a = format(\"%s ${local.c}\", local.b)\n}\n",
		},
		"sole interpolation in lines": {
			"locals {\n  a = \"${\n    local.b ?\n    1 : 2\n  }\"\n}\n",
			"locals {\n  a = (local.b ?\n  1 : 2)\n}\n",
		},
		"two interpolations": {"locals {\n  a = \"${local.b}${local.c}\"\n}\n", "locals {\n  a = \"${local.b}${local.c}\"\n}\n"},
		"interpolation with a comment": {
			"locals {\n  a = \"${ # why\n    local.b}\"\n}\n",
			"locals {\n  a = \"${ # why\n  local.b}\"\n}\n",
		},
		"bare labels":         {"image knight {\n}\n", "image \"knight\" {\n}\n"},
		"comment in labels":   {"image /* which */ knight {\n}\n", "image /* which */ \"knight\" {\n}\n"},
		"windows lines":       {"locals {\r\n# c\r\n    a = 1\r\n}\r\n", "locals {\r\n  # c\r\n  a = 1\r\n}\r\n"},
		"mixed lines":         {"locals {\n  a = 1\r\n}\n", "locals {\n  a = 1\n}\n"},
		"windows heredoc":     {"a = <<EOT\r\nx\r\nEOT\r\n", "a = <<EOT\r\nx\r\nEOT\r\n"},
		"mixed heredoc":       {"a = <<EOT\nx\r\ny\nEOT\n", "a = <<EOT\nx\ny\nEOT\n"},
		"byte order mark":     {"\xef\xbb\xbfa=1\r\n", "a = 1\r\n"},
		"old Mac lines":       {"a=1\rb = 2\r", "a = 1\nb = 2\n"},
		"empty":               {"", ""},
		"no newline at end":   {"a=1", "a = 1"},
		"objects and nesting": {"locals {\n a={\nb=1\nccc=2\n}\n}\n", "locals {\n  a = {\n    b   = 1\n    ccc = 2\n  }\n}\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, diags := Format("a.asset.hcl", []byte(test.in))
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if d := cmp.Diff(test.want, string(got)); d != "" {
				t.Errorf("format (-want +got):\n%s", d)
			}
			again, _ := Format("a.asset.hcl", got)
			if d := cmp.Diff(string(got), string(again)); d != "" {
				t.Errorf("formatting twice (-once +twice):\n%s", d)
			}
		})
	}
}

func TestFormatErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"syntax":    {"image \"a\" {\n", "Unclosed configuration block"},
		"duplicate": {"a = 1\na = 2\n", "Attribute redefined"},
		"nesting":   {"a = " + strings.Repeat("[", 100_000), "Configuration nested too deeply"},
		"size":      {strings.Repeat("#", worktree.MaxFileBytes+1), "Configuration file too large"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, diags := Format("a.asset.hcl", []byte(test.in))
			if len(diags) == 0 || diags[0].Summary != test.want {
				t.Errorf("diagnostics %v, want %q", diags, test.want)
			}
			if string(got) != test.in {
				t.Error("source with errors was changed")
			}
		})
	}
}

func TestUnifiedDiff(t *testing.T) {
	t.Parallel()
	if got := UnifiedDiff("a", []byte("x\n"), []byte("x\n")); got != "" {
		t.Errorf("diff of equal sources: %q", got)
	}
	got := UnifiedDiff("a.asset.hcl", []byte("a=1 # \x1b[2J\nb = 1\n"), []byte("a = 1 # \x1b[2J\nb = 1\n"))
	want := "--- old/a.asset.hcl\n+++ new/a.asset.hcl\n@@ -1,2 +1,2 @@\n-a=1 # \\x1b[2J\n+a = 1 # \\x1b[2J\n b = 1\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("diff (-want +got):\n%s", d)
	}
}

// FuzzFormat checks that formatting is stable and keeps every token but those
// that it is meant to change.
func FuzzFormat(f *testing.F) {
	for _, seed := range []string{
		"image \"a\" {\nprompt=\"x ${var.y}\"\n}\n",
		"a = <<-EOT\n  x %{ if true }y%{ endif }\n  EOT\n",
		"locals {\n a={b=[1,2\n,3]}\n c = \"${d}\"\r\n}\n",
		"a = x ? -y : !z # c\n/* d */ b \"l\" m { n = f(o...)[*].p }\n",
		"a = [for k, v in x : \"${k}=${v}\" if v != null]\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		once, diags := Format("f.asset.hcl", src)
		if diags.HasErrors() {
			if !bytes.Equal(once, src) {
				t.Fatal("source with errors was changed")
			}
			return
		}
		twice, diags := Format("f.asset.hcl", once)
		if diags.HasErrors() {
			t.Fatalf("the result does not parse: %v\n%q", diags, once)
		}
		if got, want := Layout(src), hclwrite.Format(src); !bytes.Equal(got, want) {
			t.Fatalf("laid out as %q, by hclwrite as %q", got, want)
		}
		if !bytes.Equal(once, twice) {
			t.Fatalf("not stable:\n%q\n%q", once, twice)
		}
		if d := cmp.Diff(meaning(src), meaning(once)); d != "" {
			t.Fatalf("tokens changed (-before +after):\n%s", d)
		}
	})
}

// meaning is the text of all tokens but those that formatting may add, drop
// or write in another way.
func meaning(src []byte) string {
	tokens, _ := hclsyntax.LexConfig(worktree.Text(src), "", hcl.InitialPos)
	var b strings.Builder
	for _, tok := range tokens {
		switch tok.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenOQuote, hclsyntax.TokenCQuote, hclsyntax.TokenOParen, hclsyntax.TokenCParen,
			hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateSeqEnd:
		case hclsyntax.TokenComment:
			b.WriteString(strings.TrimSpace(string(tok.Bytes)))
		default:
			b.Write(tok.Bytes)
		}
	}
	return b.String()
}
