package address

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
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
		// A star that is part of a key.
		{`image.icon["*"]`, `image.icon["*"]`, true},
		{`image.icon["\u002a"]`, `image.icon["*"]`, true},
		{`image.icon["\u002A"]`, `image.icon["*"]`, true},
		{`image.icon["\u002a"]`, `image.icon["sword"]`, false},
		{`image.*["\u002a"]`, `image.icon["*"]`, true},
		{`image.*["\u002a"]`, `image.icon["sword"]`, false},
		{`image.*["a\u002a*"]`, `image.icon["a*b"]`, true},
		{`image.*["a\u002a*"]`, `image.icon["aab"]`, false},
		{`image.icon["\\u002a"]`, `image.icon["*"]`, false},
		{`image.icon["\\u002a*"]`, `image.icon["\\u002a"]`, true},
		{`module.m["\u002a"]`, `module.m["*"].image.a`, true},
		{`module.m["\u002a"]`, `module.m["x"].image.a`, false},
		// Other spellings of an address.
		{"image.icon[\"a\u0308\"]", `image.icon["ä"]`, true},
		{`image.icon["\u00e4"]`, `image.icon["ä"]`, true},
		{`image.icon[ 0 ]`, `image.icon[0]`, true},
		{"image.cafe\u0301", "image.caf\u00e9", true},
		{"image.cafe\u0301*", `image.café["x"]`, true},
		{"module.cafe\u0301", "module.caf\u00e9.image.a", true},
	} {
		a, err := Parse(test.address)
		if err != nil {
			a = Address{Kind: Image, Name: test.address}
		}
		if got := Match(test.pattern, a); got != test.want {
			t.Errorf("%s on %s: %t", test.pattern, test.address, got)
		}
	}
}

// TestPattern: the pattern of an address names that asset and no other.
func TestPattern(t *testing.T) {
	t.Parallel()
	keys := []string{"*", "a*b", "\\u002a", "\\*", "**", "sword", `"`, "${x}"}
	for _, key := range keys {
		a := Address{Kind: Image, Name: "icon", Key: StringKey(key)}
		for _, other := range keys {
			b := Address{Kind: Image, Name: "icon", Key: StringKey(other)}
			if got := Match(a.Pattern(), b); got != (a == b) {
				t.Errorf("%s on %s: %t", a.Pattern(), b, got)
			}
		}
	}
}
