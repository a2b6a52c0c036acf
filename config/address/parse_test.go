package address

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Address{
		`image.knight`:         {Kind: Image, Name: "knight"},
		`video.v[3]`:           {Kind: Video, Name: "v", Key: "[3]"},
		`image.icon["a b"]`:    {Kind: Image, Name: "icon", Key: `["a b"]`},
		`module.ui.image.logo`: {Module: "module.ui", Kind: Image, Name: "logo"},
		`variant.card["640"]`:  {Kind: Variant, Name: "card", Key: `["640"]`},
		`module.ui.atlas.u[2]`: {Module: "module.ui", Kind: Atlas, Name: "u", Key: "[2]"},
		`image.i["[a]"]`:       {Kind: Image, Name: "i", Key: `["[a]"]`},
		`export.variant`:       {Kind: Export, Name: "variant"},
		`module.a["x.module.y"].module.b[0].video.v["\"]"]`: {Module: `module.a["x.module.y"].module.b[0]`, Kind: Video, Name: "v", Key: `["\"]"]`},
	} {
		got, err := Parse(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "image", "image.", "image.a.b", "image.a[", "image.a[1.5]", "image.a[-1]", "local.a", "module.ui", "image.a[*]", `image["a"]`,
		"module.image.a", "image.a[null]", strings.Repeat("module.a.", 3),
	} {
		if a, err := Parse(text); err == nil {
			t.Errorf("%q: %+v, want an error", text, a)
		}
	}
}

// TestKeyRoundTrip: every key can be written and read again.
func TestKeyRoundTrip(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "a", `"`, `\`, "\n\r\t", "${x}", "%{if}", "$${", "$", "ä", "\x01", "[0]", `"].image.b["`} {
		a := Address{Kind: Image, Name: "a", Key: StringKey(key)}
		got, err := Parse(a.String())
		if err != nil || got != a || got.Index() != key {
			t.Errorf("key %q: %q, %v, of %q", key, got, err, got.Index())
		}
	}
}

func TestParseExact(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{ // well-formed: is it a video?
		`image.a`: false, `video._b-2`: true, `image.größe`: false, `image.a[0]`: false, `image.a[12]`: false,
		`video.a["x.y"]`: true, `video.a["]"]`: true, `image.a["\"]"]`: false, `image.a["$${x}\n"]`: false, `image.a[""]`: false,
		`module.ui.image.a`: false, `module.ui.video.a["k"]`: true, `module.a.module.b["video.x"].image.c[1]`: false,
		`module.video.image.x`: false, `variant.card["640"]`: false, `module.ui.atlas.u`: false, `export.a`: false,
	}
	for text, video := range tests {
		a, err := ParseExact(text)
		if err != nil || a.String() != text || a.Kind == Video != video {
			t.Errorf("%s: %+v, %v", text, a, err)
		}
	}
	for _, text := range []string{``, `image`, `image.`, `.a`, `image.1a`, `image.-a`, `image.a b`, `image.a.b`, `image.a[]`,
		`image.a[-1]`, `image.a[01]`, `image.a[x]`, `image.a["x"`, `image.a["x]`, `image.a["x\"]`, `image.a["x"y]`, `image.a[0][1]`, `image.a[0]b`,
		`module.a`, `module.a.`, `module.a.b`, `module..image.a`, `Image.a`, `variant`, `variants.a`, `image.a["x"].path`, "image.a\n"} {
		if a, err := ParseExact(text); err == nil {
			t.Errorf("%q: %+v, want an error", text, a)
		}
	}
}

// TestOneText: other spellings of an address are read, but are not exact, and
// the error says which spelling of the key is.
func TestOneText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`image.a["\u00e4"]`: `image.a["ä"]`, "image.a[\"a\u0308\"]": `image.a["ä"]`, `image.a["\u000a"]`: `image.a["\n"]`,
		`image.a["\u0001"]`: `image.a["\u0001"]`, `image.a["$"]`: `image.a["$"]`, `image.größe["50%"]`: `image.größe["50%"]`,
		`module.a["\U00000041"].image.a`: `module.a["A"].image.a`, `image.a[ 0 ]`: `image.a[0]`, "module.cafe\u0301.image.a\u0308": "module.caf\u00e9.image.\u00e4", `image.a ["x"]`: `image.a["x"]`,
	} {
		a, err := Parse(text)
		if err != nil || a.String() != want {
			t.Errorf("%s: %s, %v, want %s", text, a, err, want)
		}
		if exact, err := ParseExact(text); text == want && (err != nil || exact != a) || text != want && err == nil {
			t.Errorf("%s: %s, %v", text, exact, err)
		}
	}
	if _, err := ParseExact(`image.a["\u00e4"]`); err == nil || !strings.Contains(err.Error(), `["ä"]`) {
		t.Error(err)
	}
}

// FuzzParseExact: what it reads is what HCL reads, and has no other text.
func FuzzParseExact(f *testing.F) {
	for _, seed := range []string{"image.a", `video.b["x y"]`, "module.a[0].image.b[12]", `image.a["$${x}\n%"]`, "image.größe", `module.a["\"]"].video.v`, "image.a[01]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseExact(text)
		if err != nil {
			return
		}
		trav, diags := hclsyntax.ParseTraversalAbs([]byte(text), "", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatalf("%q: %v", text, diags)
		}
		b, rest, err := ofTraversal(trav)
		if err != nil || len(rest) > 0 || a != b || a.String() != text {
			t.Errorf("%q: %+v, but HCL reads %+v, %v", text, a, b, err)
		}
	})
}

// FuzzStringKey: every key that HCL can hold is written so that it is read
// again.
func FuzzStringKey(f *testing.F) {
	for _, seed := range []string{"", "a", "${x}", "%%{", "\x7f", "\u2028", "ä", "\ufeff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		key = cty.StringVal(strings.ToValidUTF8(key, "")).AsString()
		want := Address{Module: "module.m" + StringKey(key), Kind: Image, Name: "a", Key: StringKey(key)}
		if got, err := ParseExact(want.String()); err != nil || got != want {
			t.Errorf("key %q: %q, %v", key, got, err)
		}
	})
}
