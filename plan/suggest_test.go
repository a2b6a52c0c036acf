package plan

import (
	"strings"
	"testing"
)

func TestSuggestAddress(t *testing.T) {
	t.Parallel()
	known := []string{`image.icon["sword"]`, `image.icon["a b"]`, "image.knight", `module.ui["en"].image.logo`, "video.v[0]"}
	for given, want := range map[string]string{
		"image.icon[sword]":       ` The shell takes the quotes away: write 'image.icon["sword"]', in single quotes.`,
		"image.icon[a b]":         ` The shell takes the quotes away: write 'image.icon["a b"]', in single quotes.`,
		"image.icon[s*]":          ` The shell takes the quotes away: write 'image.icon["s*"]', in single quotes.`,
		"module.ui[en]":           ` The shell takes the quotes away: write 'module.ui["en"]', in single quotes.`,
		"image.icon.sword":        ` Write 'image.icon["sword"]'.`,
		"image.icn":               ` Did you mean "image.icon"?`,
		"image.icon[\"swrd\"]":    ` Did you mean "image.icon[\"sword\"]"?`,
		"imag.knight":             ` Did you mean "image.knight"?`,
		"knight":                  ` Did you mean "image.knight"?`,
		"Image.Knight":            ` Did you mean "image.knight"?`,
		"video.v[1]":              ` Did you mean "video.v[0]"?`,
		"image.icon[axe]":         "",
		"image.something":         "",
		strings.Repeat("x", 1000): "",
	} {
		if got := SuggestAddress(given, known); got != want {
			t.Errorf("%s: %q, want %q", given, got, want)
		}
	}
}
