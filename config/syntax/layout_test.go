package syntax

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// The layout is hclwrite's, of everything that stands below this repository,
// and of parts of it that do not parse.
func TestLayoutIsHCLs(t *testing.T) {
	t.Parallel()
	seen := 0
	same := func(src []byte) {
		t.Helper()
		seen++
		if d := cmp.Diff(string(hclwrite.Format(src)), string(Layout(src))); d != "" {
			t.Errorf("%q (-hclwrite +got):\n%s", src, d)
		}
	}
	err := filepath.WalkDir("../..", func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".hcl" {
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil || len(src) > 64<<10 {
			return err
		}
		same(src)
		// Without every blank, and from somewhere to somewhere.
		var tight []byte
		for _, c := range src {
			if c != ' ' {
				tight = append(tight, c)
			}
		}
		same(tight)
		for i := 1; i < 8; i++ {
			same(src[len(src)*i/20 : len(src)*(12+i)/20])
		}
		return nil
	})
	if err != nil || seen < 100 {
		t.Fatalf("%d texts, error %v", seen, err)
	}
	for _, src := range []string{
		"", "\n", "a", "a=", "=", "a=-1", "a = 1 - -1", "a=b-1", "a=[-1,!x]", "a={}", "a={b=1}", "a=x[0][1].y[*]", "a=f(x...)", "a=p::f()",
		"a=[for x in [1]: x]", "a=in[0]", "a=\"${ {a=1} }${b}\"", "a=<<-E\n  x ${y}\n  E\nb=1 # c\n", "x {\n))\n}\n}\n}\n a=1", "a=[[[\n1\n]]\n]\nb=1\n",
		"ä=1 # x\nabc=2 # y\ne\u0301=3 # z\n👩‍👩‍👧=4 #\n", "a=1 /* b */\nbcd=2 // c\n\ne=3", "a = true ? -1 : -2", "a=%{", "a=\"%{if x}y%{endif}\"",
	} {
		same([]byte(src))
	}
}

func TestLiteralIsHCLs(t *testing.T) {
	t.Parallel()
	for _, v := range []cty.Value{
		cty.NullVal(cty.String), cty.True, cty.False, cty.NumberIntVal(-3), cty.MustParseNumberVal("1e30"), cty.MustParseNumberVal("0.1"),
		cty.StringVal(""), cty.StringVal("a\n\r\t\"\\$${%{$ % ä\x00\u200b\U000e0001"), cty.EmptyObjectVal, cty.EmptyTupleVal, cty.ListValEmpty(cty.String),
		cty.SetVal([]cty.Value{cty.StringVal("b"), cty.StringVal("a")}),
		cty.ObjectVal(map[string]cty.Value{
			"a": cty.TupleVal([]cty.Value{cty.Zero, cty.EmptyObjectVal}), "long_name": cty.True, "a b": cty.MapVal(map[string]cty.Value{"x": cty.StringVal("y")}), "for": cty.NullVal(cty.DynamicPseudoType),
		}),
	} {
		want := string(hclwrite.Format(hclwrite.TokensForValue(v).Bytes()))
		if got := Literal(v); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
