package since

import (
	"testing"

	"assetform/apply/engine/all"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/google/go-cmp/cmp"
)

func hash(s string) lockfile.ContentHash { return lockfile.HashBytes([]byte(s)) }

// entry is a result of a prompt that cost two credits.
func entry(content, prompt string, edits ...func(*lockfile.Entry)) lockfile.Entry {
	e := lockfile.Entry{
		Output: "art/a.png", Provider: "imaginator", Method: "generate_image",
		Inputs: lockfile.Inputs{"prompt": lockfile.Text(prompt)}, InputsHash: lockfile.InputsHash(hash(prompt)),
		ContentHash: hash(content), MediaType: "image/png", TaskID: "task of " + content, Cost: lockfile.Cost{"image_credits": 2},
	}
	for _, edit := range edits {
		edit(&e)
	}
	return e
}

func at(output string) func(*lockfile.Entry) { return func(e *lockfile.Entry) { e.Output = output } }

func adopted(e *lockfile.Entry) { e.Adopted, e.TaskID, e.Cost = true, "", nil }

func sketch(e *lockfile.Entry) { e.Placeholder, e.Provider, e.TaskID, e.Cost = true, "local", "", nil }

func several(picked int, contents ...string) func(*lockfile.Entry) {
	return func(e *lockfile.Entry) {
		for _, c := range contents {
			e.Candidates = append(e.Candidates, lockfile.Candidate{ContentHash: hash(c), TaskID: "task of " + c})
		}
		e.Picked, e.Cost = picked, lockfile.Cost{"image_credits": 2 * len(contents)}
		if picked > 0 {
			e.ContentHash = hash(contents[picked-1])
		}
	}
}

// TestDid goes through what may have been done with one asset. The base's
// history had the content "old", the base itself has "one".
func TestDid(t *testing.T) {
	t.Parallel()
	none := map[string]lockfile.Entry{}
	one := func(e lockfile.Entry) map[string]lockfile.Entry { return map[string]lockfile.Entry{"image.a": e} }
	base := one(entry("one", "A"))
	for name, c := range map[string]struct {
		before, after map[string]lockfile.Entry
		want          string // address, did, reasons
		credits       int
	}{
		"new":               {none, base, "image.a generated [new]", 2},
		"edited":            {base, one(entry("two", "B")), "image.a generated [input:prompt]", 2},
		"again":             {base, one(entry("two", "A")), "image.a generated []", 2},
		"gone":              {base, none, "image.a deleted []", 0},
		"renamed":           {base, map[string]lockfile.Entry{"image.b": entry("one", "A")}, "image.b moved [moved]", 0},
		"another path":      {base, one(entry("one", "A", at("art/b.png"))), "image.a moved [moved]", 0},
		"of the history":    {base, one(entry("old", "B")), "image.a restored [input:prompt]", 0},
		"new of history":    {none, one(entry("old", "B")), "image.a restored []", 0},
		"by hand":           {base, one(entry("mine", "A", adopted)), "image.a adopted []", 0},
		"as it stood":       {base, one(entry("one", "A", adopted)), "image.a adopted []", 0},
		"let go":            {one(entry("one", "A", adopted)), one(entry("one", "A", adopted, func(e *lockfile.Entry) { e.Adopted = false })), "image.a released []", 0},
		"sketch":            {none, one(entry("s", "A", sketch)), "image.a sketched [new]", 0},
		"after a sketch":    {one(entry("s", "A", sketch)), base, "image.a generated [placeholder]", 2},
		"more candidates":   {base, one(entry("one", "A", several(0, "one", "two", "three"))), "image.a generated [candidates]", 4},
		"pick":              {one(entry("one", "A", several(0, "one", "two"))), one(entry("one", "A", several(2, "one", "two"))), "image.a picked []", 0},
		"pick of the first": {one(entry("one", "A", several(0, "one", "two"))), one(entry("one", "A", several(1, "one", "two"))), "image.a picked []", 0},
		"protection":        {base, one(entry("one", "A", func(e *lockfile.Entry) { e.Protect = []string{lockfile.ProtectDestroy} })), "image.a recorded []", 0},
	} {
		b := Compare(all.Registry(), &lockfile.Lock{Assets: c.before}, &lockfile.Lock{Assets: c.after}, func(wanted []Result) map[Result]bool {
			return map[Result]bool{{"imaginator", "task of old", hash("old")}: true}
		})
		got := ""
		for _, d := range b.Changes {
			got += d.Address + " " + string(d.Did) + " [" + join(d.Reasons) + "]"
		}
		if got != c.want || b.Cost["image_credits"] != c.credits {
			t.Errorf("%s: %s, %d credits; want %s, %d", name, got, b.Cost["image_credits"], c.want, c.credits)
		}
	}
}

func join(reasons []plan.Reason) string {
	text := ""
	for i, r := range reasons {
		if i > 0 {
			text += " "
		}
		text += string(r)
	}
	return text
}

// TestCostIsThatOfTheLock: candidates share what their asset cost to the last
// credit, of two entries with one result that counts which says more, and an
// engine that charges nothing is not believed.
func TestCostIsThatOfTheLock(t *testing.T) {
	t.Parallel()
	after := &lockfile.Lock{Assets: map[string]lockfile.Entry{
		"image.a": entry("one", "A", func(e *lockfile.Entry) { e.Cost = nil }),
		"image.b": entry("one", "A", at("art/b.png")),
		"image.c": entry("c1", "C", several(0, "c1", "c2", "c3"), at("art/c.png"), func(e *lockfile.Entry) {
			e.Candidates = append(e.Candidates, lockfile.Candidate{})
			e.Cost = lockfile.Cost{"image_credits": 7}
		}),
		"image.d": entry("d", "D", at("art/d.png"), func(e *lockfile.Entry) { e.Provider = "local" }),
	}}
	b := Compare(all.Registry(), lockfile.New(), after, func([]Result) map[Result]bool { return nil })
	if got := b.Cost["image_credits"]; got != 2+7 {
		t.Errorf("%d credits, want 9", got)
	}
}

// TestResultCostsOnce has a result in two entries, one that another entry of
// the base holds, and an upstream that changed.
func TestResultCostsOnce(t *testing.T) {
	t.Parallel()
	uses := func(content string) func(*lockfile.Entry) {
		return func(e *lockfile.Entry) {
			e.Output = "art/c.png"
			e.Inputs["references"] = lockfile.Strings([]string{hash(content).String()})
		}
	}
	before := &lockfile.Lock{Assets: map[string]lockfile.Entry{
		"image.a": entry("one", "A"), "image.c": entry("three", "C", uses("one")),
	}}
	after := &lockfile.Lock{Assets: map[string]lockfile.Entry{
		"image.a": entry("two", "B"), "image.b": entry("two", "B", at("art/b.png")), "image.d": entry("one", "A", at("art/d.png")),
		"image.c": entry("four", "C", uses("two")), "image.e": entry("s", "E", sketch, at("art/e.png")),
	}}
	b := Compare(all.Registry(), before, after, func([]Result) map[Result]bool { return nil })
	got := map[string]string{}
	for _, c := range b.Changes {
		got[c.Address] = string(c.Did) + " " + join(c.Reasons) + " " + c.Cost.String()
	}
	want := map[string]string{
		"image.a": "generated input:prompt 2 image credits",
		"image.b": "generated new nothing",
		"image.c": "generated upstream:image.a 2 image credits",
		"image.d": "restored  nothing",
		"image.e": "sketched new nothing",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if b.Cost["image_credits"] != 4 || b.Placeholders != 1 {
		t.Errorf("%d credits and %d placeholders, want 4 and 1", b.Cost["image_credits"], b.Placeholders)
	}
}
