package render

import (
	"strings"
	"testing"
	"time"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"
)

func TestQuantities(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"nothing":                             engine.Cost{}.String(),
		"1 image credit":                      engine.Cost{"image_credits": 1}.String(),
		"12,345 image credits and 1 video":    engine.Cost{"image_credits": 12345, "videos": 1}.String(),
		"2 videos":                            engine.Cost{"videos": 2}.String(),
		"1,000,000 assets":                    diag.Count(1_000_000, "asset"),
		"-123":                                diag.Number(-123),
		"0 s":                                 TimeText(0),
		"13 s":                                TimeText(13 * time.Second),
		"50 s":                                TimeText(47 * time.Second),
		"2 min":                               TimeText(100 * time.Second),
		"59 min":                              TimeText(59 * time.Minute),
		"2 h":                                 TimeText(119 * time.Minute),
		"2 h 10 min":                          TimeText(128 * time.Minute),
		"999 bytes":                           sizeText(999),
		"1.0 kB":                              sizeText(1000),
		"2.5 GB":                              sizeText(2_500_000_000),
		"a":                                   enumerate([]string{"a"}, "and"),
		"a, b and c":                          enumerate([]string{"a", "b", "c"}, "and"),
		"a, b and 3 others":                   few([]string{"a", "b", "c", "d", "e"}, "and"),
		"2 to create, 1 to update, 1 to move": summaryText(&plan.Document{Summary: plan.Summary{Create: 2, Update: 1, Move: 1, NoOp: 7}}),
		"2 to create (1 conditional), 1 to update": summaryText(&plan.Document{Summary: plan.Summary{Create: 2, Update: 1}, Changes: []plan.ChangeDocument{
			{Action: plan.Create, Conditional: true}, {Action: plan.Create}, {Action: plan.Update}}}),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// generation is a create or update of one image credit.
func generation(addr, provider string, up ...string) plan.ChangeDocument {
	c := plan.ChangeDocument{
		Address: addr, Kind: address.Image, Action: plan.Create, Reasons: []plan.Reason{"new"}, Method: "generate_image",
		Provider: provider, Output: "art/a.png", After: map[string]any{"prompt": "A"}, Cost: engine.Cost{"image_credits": 1},
	}
	for _, u := range up {
		c.After["image"] = map[string]any{"upstream": u}
	}
	return c
}

// TestDefaultList does not show a list that is the method's default.
func TestDefaultList(t *testing.T) {
	t.Parallel()
	m := &engine.Method{Params: []engine.Param{{Name: "sizes", Type: engine.Setting, Default: []float64{16, 32}}}}
	if usual := defaultOf(m, "sizes"); !equal(usual, []any{16.0, 32.0}) || equal(usual, []any{16.0}) {
		t.Errorf("the default is %v", usual)
	}
}

func TestBill(t *testing.T) {
	t.Parallel()
	conditional := generation("image.c", "imaginator")
	conditional.Action, conditional.Conditional = plan.Update, true
	waiting := generation("image.w", "imaginator")
	waiting.Conditional, waiting.Reasons = true, []plan.Reason{"new", "pick:image.p"}
	unknown := generation("image.u", "imaginator")
	unknown.Cost = engine.Cost{}
	resumed := generation("image.r", "imaginator")
	resumed.Cost, resumed.Reasons = engine.Cost{}, []plan.Reason{"resume"}
	paid, local := generation("image.p", "imaginator"), generation("image.l", "local")
	for _, tc := range []struct {
		changes []plan.ChangeDocument
		want    string
	}{
		{[]plan.ChangeDocument{still("image.a", false)}, "nothing"},
		{[]plan.ChangeDocument{paid}, "1 image credit"},
		{[]plan.ChangeDocument{paid, conditional}, "1 image credit, up to 2 image credits if the images that conditional changes use really change"},
		{[]plan.ChangeDocument{conditional}, "nothing, up to 1 image credit if the images that conditional changes use really change"},
		{[]plan.ChangeDocument{paid, waiting}, "1 image credit, up to 2 image credits after the picks"},
		{[]plan.ChangeDocument{paid, waiting, conditional}, "1 image credit, up to 3 image credits after the picks, if the images that conditional changes use really change"},
		{[]plan.ChangeDocument{local}, "1 image credit; nothing is charged by the local engine"},
		{[]plan.ChangeDocument{local, paid}, "2 image credits; of that, 1 image credit at the local engine, which charges nothing"},
		{[]plan.ChangeDocument{unknown}, "unknown for 1 asset"},
		{[]plan.ChangeDocument{unknown, local}, "1 image credit, and unknown for 1 asset; of that, 1 image credit at the local engine, which charges nothing"},
		{[]plan.ChangeDocument{resumed}, "nothing"},
	} {
		doc := document(tc.changes...)
		if got := billOf(&doc).text(); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.changes[0].Address, got, tc.want)
		}
	}
}

// TestBillBesideRemote: what a remote that was not asked may have costs nothing, so
// the cost is what is charged at most.
func TestBillBesideRemote(t *testing.T) {
	t.Parallel()
	const asks = `; what the remote has costs nothing ("assetform plan --remote read" asks it)`
	conditional := generation("image.c", "imaginator")
	conditional.Action, conditional.Conditional = plan.Update, true
	unknown := generation("image.u", "imaginator")
	unknown.Cost = engine.Cost{}
	paid, local := generation("image.p", "imaginator"), generation("image.l", "local")
	for _, tc := range []struct {
		asked   bool
		changes []plan.ChangeDocument
		want    string
	}{
		{false, []plan.ChangeDocument{paid}, "at most 1 image credit" + asks},
		{true, []plan.ChangeDocument{paid}, "1 image credit"},
		{false, []plan.ChangeDocument{still("image.a", false)}, "nothing"},
		{false, []plan.ChangeDocument{local}, "1 image credit; nothing is charged by the local engine"},
		{false, []plan.ChangeDocument{conditional}, "nothing, up to 1 image credit if the images that conditional changes use really change" + asks},
		{false, []plan.ChangeDocument{paid, unknown}, "1 image credit, and unknown for 1 asset" + asks},
	} {
		doc := document(tc.changes...)
		doc.Remote = &plan.Remote{Origin: "s3://studio-art", Asked: tc.asked}
		if got := billOf(&doc).text(); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.changes[0].Address, got, tc.want)
		}
	}
}

func TestEstimate(t *testing.T) {
	t.Parallel()
	many := func(n int, cost engine.Cost) []plan.ChangeDocument {
		var list []plan.ChangeDocument
		for range n {
			c := generation("image.a"+strings.Repeat("a", len(list)), "imaginator")
			c.Cost = cost
			list = append(list, c)
		}
		return list
	}
	circle := []plan.ChangeDocument{generation("image.a", "imaginator", "image.b"), generation("image.b", "imaginator", "image.a")}
	for _, tc := range []struct {
		name    string
		changes []plan.ChangeDocument
		want    string
	}{
		{"nothing", nil, ""},
		{"local", []plan.ChangeDocument{generation("image.a", "local")}, ""},
		{"one", many(1, engine.Cost{"image_credits": 1}), "about 10 s to 30 s"},
		{"fifty, five at a time", many(50, engine.Cost{"image_credits": 1}), "about 2 min to 5 min"},
		{"a chain", []plan.ChangeDocument{
			generation("image.a", "imaginator"), generation("image.b", "imaginator", "image.a"), generation("image.c", "imaginator", "image.b"),
		}, "about 30 s to 2 min"},
		{"hourly limit", many(10, engine.Cost{"videos": 40}), "about 2 h"},
		{"a circle in a damaged plan", circle, "about 20 s to 60 s"},
	} {
		doc := document(tc.changes...)
		if got := estimateOf(&doc).text(); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestEndOfText(t *testing.T) {
	t.Parallel()
	refused := document(generation("image.a", "imaginator"))
	refused.Diagnostics = []diag.Diagnostic{{Severity: "error"}, {Severity: "warning"}, {Severity: "warning"}}
	for _, tc := range []struct {
		name string
		doc  plan.Document
		o    Options
		want string // end of the text
	}{
		{"empty", document(), Options{}, "No changes. There are no assets.\n"},
		{"agree", document(still("image.a", false), still("image.b", false)), Options{}, "No changes. Configuration, lock and files agree: 2 assets.\n"},
		{"drift", document(still("image.a", true)), Options{NoHint: true}, "  ! image.a: the file was changed by hand\n      output: art/a.png\n\nNo changes. But 1 file was changed by hand.\n"},
		{"refused", refused, Options{}, "1 error. This plan cannot be applied as it is.\n2 warnings.\n\nNothing was generated or charged.\n"},
		{"hint", document(generation("image.a", "local")), Options{}, "Nothing was generated or charged. To carry this out, run \"assetform apply\".\n"},
		{"no hint", document(generation("image.a", "local")), Options{NoHint: true}, "Cost: 1 image credit; nothing is charged by the local engine.\n"},
	} {
		if got := Text(tc.doc, tc.o); !strings.HasSuffix(got, tc.want) {
			t.Errorf("%s: the text ends otherwise:\n%s\nwant\n%s", tc.name, got, tc.want)
		}
	}
}
