package render

import (
	"fmt"
	"strings"
	"testing"

	"assetform/config/engine"
	"assetform/plan"
)

func icon(i int, action plan.Action, credits int, before, after string) plan.ChangeDocument {
	c := plan.ChangeDocument{
		Address: fmt.Sprintf(`image.icon["i-%03d"]`, i), Kind: "image", Action: action, Reasons: []plan.Reason{"new"}, Method: "generate_image",
		Output: fmt.Sprintf("art/%d.png", i), Cost: engine.Cost{"image_credits": credits},
	}
	if before != "" {
		c.Reasons, c.Before = []plan.Reason{"input:prompt"}, map[string]any{"prompt": before}
	}
	if after != "" {
		c.After = map[string]any{"prompt": after}
	}
	return c
}

// Instances that repeat one another are named in few lines, with nothing of
// what they cost or delete left out.
func TestRepeatsAreOnlyNamed(t *testing.T) {
	t.Parallel()
	var changes []plan.ChangeDocument
	for i := range 700 {
		credits := 1
		if i%50 == 0 {
			credits = 2
		}
		changes = append(changes, icon(i, plan.Create, credits, "", fmt.Sprintf("Icon of thing %d", i)))
	}
	got := Text(document(changes...), Options{})
	if n := strings.Count(got, "\n"); n > 150 {
		t.Errorf("700 new assets are %d lines", n)
	}
	for _, want := range []string{"image.icon: 683 more like these, 683 image credits", "image.icon: 11 more like these, 22 image credits", "700 to create", "714 image credits", "Icon of thing 2\""} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the plan:\n%.2000s", want, got)
		}
	}
	for i := range 700 {
		if key := fmt.Sprintf(`["i-%03d"]`, i); strings.Count(got, key) != 1 {
			t.Errorf("%s is %d times in the plan", key, strings.Count(got, key))
		}
	}
	if verbose := Text(document(changes...), Options{Verbose: true}); strings.Contains(verbose, "more like these") || strings.Count(verbose, "Icon of thing ") != 700 {
		t.Error("--verbose does not show all")
	}
}

func TestRepeatsShowEveryEditAndEveryDeletedFile(t *testing.T) {
	t.Parallel()
	var changes []plan.ChangeDocument
	for i := range 20 {
		changes = append(changes, icon(i, plan.Update, 1, fmt.Sprintf("Icon of thing %d in ink on old paper", i), fmt.Sprintf("Icon of thing %d in oil on old paper", i)))
	}
	changes[11].After = map[string]any{"prompt": "Icon of thing 11 in EVIL on old paper"}
	for i := range 20 {
		changes = append(changes, icon(100+i, plan.Delete, 0, "Gone", ""))
	}
	changes[15].Drifted, changes[16].Adopted = true, true
	got := Text(document(changes...), Options{})
	for _, want := range []string{"image.icon: 14 more like these, 14 image credits", "image.icon: 17 more like these (", "EVIL", `image.icon["i-011"]: prompt`, `image.icon["i-015"]: prompt`, `image.icon["i-016"]: prompt`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the plan:\n%s", want, got)
		}
	}
	for i := range 20 {
		if path := fmt.Sprintf("art/%d.png", 100+i); !strings.Contains(got, path) {
			t.Errorf("the deleted %s is not in the plan", path)
		}
	}
}

// Modules have keys of their own.
func TestRepeatsOfModules(t *testing.T) {
	t.Parallel()
	var changes []plan.ChangeDocument
	for i := range 20 {
		c := icon(i, plan.Create, 1, "", "A badge")
		c.Address = fmt.Sprintf(`module.shop[%d].module.ui["a.module.b"].image.badge`, i)
		changes = append(changes, c)
	}
	got := Text(document(changes...), Options{})
	for _, want := range []string{"module.shop.module.ui.image.badge: 17 more like these, 17 image credits", changes[19].Address} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the plan:\n%s", want, got)
		}
	}
}
