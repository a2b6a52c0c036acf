package render

import (
	"strings"
	"testing"

	"assetform/config/address"
	"assetform/plan"
)

// derivedSample is a plan of what is made of other assets.
func derivedSample() plan.Document {
	variant := func(name, output string, before, after map[string]any) plan.ChangeDocument {
		c := plan.ChangeDocument{
			Address: "variant." + name, Kind: address.Variant, Action: plan.Create, Reasons: []plan.Reason{"new"},
			Method: "variant", Provider: "derive", Output: output, Before: before, After: after,
		}
		if before != nil {
			c.Action = plan.Update
		}
		return c
	}
	cut := variant("cut", "game/cut.png", map[string]any{"source": hashA, "cutout": true, "cutout_tolerance": 0.1, "crop": []any{0.0, 0.0, 64.0, 64.0}},
		map[string]any{"source": hashA, "cutout": true, "cutout_tolerance": 0.2, "crop": []any{0.0, 8.0, 64.0, 56.0}, "sizes": []any{16.0, 32.0, 48.0}})
	cut.Reasons = []plan.Reason{"input:crop", "input:cutout_tolerance"}
	icon := variant("icon", "web/favicon.ico", nil, map[string]any{"source": map[string]any{"upstream": "image.hero"}, "sizes": []any{16.0, 64.0}, "fit": "cover"})
	return document(
		plan.ChangeDocument{
			Address: "atlas.units", Kind: address.Atlas, Action: plan.Update, Reasons: []plan.Reason{"upstream:variant.cut", "input:trim"},
			Method: "atlas", Provider: "derive", Output: "game/units.png",
			Before: map[string]any{"sprites": []any{hashA}, "names": []any{"cut"}},
			After:  map[string]any{"sprites": []any{map[string]any{"upstream": "variant.cut"}}, "names": []any{"cut"}, "trim": true, "padding": int64(2)},
		},
		plan.ChangeDocument{
			Address: "export.assets", Kind: address.Export, Action: plan.Update, Reasons: []plan.Reason{"input:records"},
			Method: "export", Provider: "derive", Output: "src/assets.ts",
			Before: map[string]any{"assets": []any{hashA, hashB}, "format": "typescript", "records": hashA},
			After:  map[string]any{"assets": []any{hashA, hashB}, "format": "typescript", "records": hashB},
		},
		cut, icon,
	)
}

func TestDerivedGolden(t *testing.T) {
	t.Parallel()
	golden(t, "derived.txt", Text(derivedSample(), Options{Width: 80}))
	golden(t, "derived.md", Markdown(derivedSample(), Options{}))
}

// TestLegendOfWhatIsMade says generate only of what is generated.
func TestLegendOfWhatIsMade(t *testing.T) {
	t.Parallel()
	d := derivedSample()
	for range 2 {
		want := "+\u00a0derive, ~\u00a0derive\u00a0again"
		if len(d.Changes) > 4 {
			want = "+\u00a0generate\u00a0or\u00a0derive, ~\u00a0derive\u00a0again"
		}
		if text := Text(d, Options{}); !strings.Contains(strings.ReplaceAll(text, " ", "\u00a0"), strings.ReplaceAll(want, " ", "\u00a0")) {
			t.Errorf("the plan lacks %q:\n%s", want, text)
		}
		d = document(append(d.Changes, sample().Changes[0])...)
	}
}
