package address

import (
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"image.a", "module.ui", `module.ui["x"].module.b`, `module.ui["x"].image.a`, `image.icon["*"]`} {
		if got, err := ParseTarget(text); err != nil || got.Address.String() != text {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "knight", "*", "image.*", "image.a.b", "image", strings.Repeat("image.a", 1000)} {
		if _, err := ParseTarget(text); err == nil {
			t.Errorf("%.20s: no error", text)
		}
	}
}
