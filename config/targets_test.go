package config

import (
	"strings"
	"testing"

	"assetform/config/method"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Address{
		`image.knight`:         {Kind: method.Image, Name: "knight"},
		`video.v[3]`:           {Kind: method.Video, Name: "v", Key: "[3]"},
		`image.icon["a b"]`:    {Kind: method.Image, Name: "icon", Key: `["a b"]`},
		`module.ui.image.logo`: {Module: "module.ui", Kind: method.Image, Name: "logo"},
		`module.a["x.module.y"].module.b[0].video.v["\"]"]`: {Module: `module.a["x.module.y"].module.b[0]`, Kind: method.Video, Name: "v", Key: `["\"]"]`},
	} {
		got, err := ParseAddress(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "image", "image.", "image.a.b", "image.a[", "image.a[1.5]", "image.a[-1]", "local.a", "module.ui", "image.a[*]", `image["a"]`,
		"module.image.a", "image.a[null]", strings.Repeat("module.a.", 3),
	} {
		if a, err := ParseAddress(text); err == nil {
			t.Errorf("%q: %+v, want an error", text, a)
		}
	}
}

// TestKeyRoundTrip: every key can be written and read again.
func TestKeyRoundTrip(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", "a", `"`, `\`, "\n\r\t", "${x}", "%{if}", "$${", "$", "ä", "\x01", "[0]", `"].image.b["`} {
		a := Address{Kind: method.Image, Name: "a", Key: StringKey(key)}
		got, err := ParseAddress(a.String())
		if err != nil || got != a {
			t.Errorf("key %q: %q, %v", key, got, err)
		}
	}
}

func TestMatchAddress(t *testing.T) {
	t.Parallel()
	const deep = `module.ui["en"].module.kit[0].image.icon["sword"]`
	for _, test := range []struct {
		pattern, address string
		want             bool
	}{
		{"image.a", "image.a", true},
		{"image.a", "image.ab", false},
		{"image.a", "video.a", false},
		{"image.icon", `image.icon["sword"]`, true},
		{`image.icon["sword"]`, `image.icon["sword"]`, true},
		{`image.icon["sword"]`, `image.icon["shield"]`, false},
		{`image.icon["s*"]`, `image.icon["shield"]`, true},
		{`image.icon["*"]`, `image.icon["a.b"]`, true},
		{`image.icon["*"]`, `image.icon[0]`, false},
		{`image.icon[*]`, `image.icon[0]`, true},
		{"image.*", "image.a", true},
		{"image.*", "video.a", false},
		{"image.*", "module.ui.image.a", false},
		{"*.a", "module.ui.image.a", true},
		{"*", "video.v", true},
		{"image.a", "module.ui.image.a", false},
		{"module.ui", deep, true},
		{`module.ui["en"]`, deep, true},
		{`module.ui["de"]`, deep, false},
		{"module.u", deep, false},
		{"module.ui.module.kit", deep, true},
		{"module.ui.module.kit.image.icon", deep, true},
		{`module.ui.module.kit[0].image.icon["sword"]`, deep, true},
		{`module.ui["en"].module.kit[1]`, deep, false},
		{"module.*.image.icon", deep, true},
		{deep, deep, true},
		{"module.ui.image.icon", deep, false},
		{"a*a*a*a*a*b", strings.Repeat("a", 50), false},
	} {
		a, err := ParseAddress(test.address)
		if err != nil {
			a = Address{Kind: method.Image, Name: test.address}
		}
		if got := MatchAddress(test.pattern, a); got != test.want {
			t.Errorf("%s on %s: %t", test.pattern, test.address, got)
		}
	}
}

func TestValidatePattern(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"image.a", "module.ui", `module.ui["x"]`, "*", "im*", "image.*", `image.icon["*"]`, "*.a"} {
		if err := ValidatePattern(pattern); err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
	}
	for _, pattern := range []string{"", "knight", "local.*", "image.a.b", "image", strings.Repeat("image.a", 1000)} {
		if ValidatePattern(pattern) == nil {
			t.Errorf("%.20s: no error", pattern)
		}
	}
}

func TestGraph(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, map[string]string{"main.asset.hcl": `
image "z" {
  prompt = "first"
  output = "z.png"
}
image "a" {
  subject = image.z
  style   = image.z
  output  = "a.png"
}
image "m" {
  prompt = image.a.path
  output = "m.png"
  lifecycle { replace_triggered_by = [image.z] }
}
`})
	var order, dependants []string
	for _, s := range p.Order() {
		order = append(order, s.Address.Name)
	}
	for _, s := range p.Dependants(Address{Kind: method.Image, Name: "z"}) {
		dependants = append(dependants, s.Address.Name)
	}
	if got := strings.Join(order, "") + " " + strings.Join(dependants, ""); got != "zam am" {
		t.Error(got)
	}
	if got := p.Dependants(Address{Kind: method.Image, Name: "a"}); got != nil {
		t.Errorf("a mere reference makes a dependant: %v", got)
	}
}

func TestEval(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, map[string]string{"main.asset.hcl": `
variable "v" { default = [1, 2] }
image "a" {
  prompt = "x"
  output = "a.png"
}
`})
	v, diags := p.Eval("[for n in var.v : n * 2][1] + length(image.a.path)")
	if diags.HasErrors() || jsonText(t, v) != "9" {
		t.Errorf("%#v %s", v, describe(diags))
	}
	for _, src := range []string{"", "1 +", "image.b", "each.key", "self", "nothing()", strings.Repeat("(", 10_000), "\xff"} {
		if _, diags := p.Eval(src); !diags.HasErrors() {
			t.Errorf("%.20q: no error", src)
		}
	}
	if got := strings.Join(p.Complete("im"), " "); got != "image.a" {
		t.Error(got)
	}
	broken, _ := loadFiles(t, map[string]string{"main.asset.hcl": "image {"})
	if _, diags := broken.Eval("1"); !diags.HasErrors() {
		t.Error("evaluated in a broken project")
	}
}
