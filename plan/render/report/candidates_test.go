package report_test

import (
	"regexp"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render/report"
)

// picks is a report with what can become of candidates.
func picks(t testing.TB) report.Report {
	one, two, three := pngOf(t, picture(640, 400, 1)), pngOf(t, picture(640, 400, 2)), pngOf(t, picture(640, 400, 3))
	single := chosen(0, "A boss", one)
	single.Entry.Candidates, single.Candidates = nil, nil
	raised := chosen(0, "A boss", one, two, three)
	sketch := version(two, "A tower")
	sketch.Entry.Placeholder, sketch.Entry.Cost = true, nil
	hand := version(three, "A map")
	hand.Entry.Adopted, hand.Entry.Cost = true, nil
	lost := chosen(2, "A tower", one, two, nil)
	lost.Candidates[0].Open, lost.Candidates[0].Missing = nil, "Its bytes are not on this machine."
	lost.Candidates[0].Hash = lockfile.HashBytes([]byte("elsewhere"))
	lost.Absent = "It is elsewhere <b>."
	lost.Entry.Candidates[0].ContentHash = lost.Candidates[0].Hash
	waits := report.Change{Address: `image.icon["</code>"]`, Did: plan.Generated, After: chosen(0, "An icon", two, one)}
	waits.Waiting = []report.Waiting{{Address: "image.duel", Cost: map[string]int{"image_credits": 2}}}
	return report.Report{Project: "castle", Base: "main", Now: "the work tree", Engines: all.Registry(), Changes: []report.Change{
		{Address: "image.boss", Did: plan.Generated, Cost: map[string]int{"image_credits": 4}, Before: single, After: raised},
		{Address: "image.edited", Did: plan.Restored, Before: chosen(2, "A tree", one, two), After: chosen(0, "A fir", three, two)},
		{Address: "image.hand", Did: plan.Adopted, Before: version(two, "A map"), After: hand},
		waits,
		{Address: "image.lost", Did: plan.Generated, Before: chosen(0, "A tower", two, one), After: lost},
		{Address: "image.picked", Did: plan.Picked, Before: chosen(0, "A king", one, two, three), After: chosen(3, "A king", one, two, three)},
		{Address: "image.sketch", Did: plan.Sketched, After: sketch},
	}}
}

func TestCandidatesOfAChange(t *testing.T) {
	t.Parallel()
	m := write(t, picks(t))
	for address, want := range map[string][]string{
		"image.boss": {
			"3 candidates, nobody has picked. 2 new candidates.", "4 image credits", // of six
			`data-candidate="1" data-file="../media/`, `data-width="640" data-height="400" data-current>`,
			"the output, nobody picked yet", "Seed 6", "Seed 8", `<code>assetform pick image.boss 1</code>`, `data-show="3"`,
		},
		"image.edited":          {"2 candidates, nobody has picked. Other inputs: pick again."},
		"image.picked":          {"3 candidates, 3 is picked. Candidate 3 was picked in place of 1.", "no cost", `<span class="tag tag-picked">picked</span>`},
		"image.lost":            {"Its bytes are not on this machine.", "It is elsewhere &lt;b&gt;.", "It is missing.", `<span class="tag tag-missing">missing</span>`},
		`image.icon["</code>"]`: {`<code>assetform pick &#39;image.icon[&#34;&lt;/code&gt;&#34;]&#39; 2</code>`, "image.duel", "2 image credits"},
		"image.sketch":          {`<span class="tag tag-placeholder">placeholder</span>`},
		"image.hand":            {`<span class="tag tag-handmade">made by hand</span>`},
	} {
		page := m.text(t, pageOf(t, m, address))
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("the page of %s lacks %q", address, text)
			}
		}
	}
	boss, picked := m.text(t, pageOf(t, m, "image.boss")), m.text(t, pageOf(t, m, "image.picked"))
	if n := strings.Count(boss, "tag-new"); n != 2 {
		t.Errorf("%d candidates are new, want 2", n)
	}
	if strings.Contains(picked, "pick image.picked 3") || strings.Contains(picked, "tag-new") {
		t.Error("what is picked is to be picked, or is new")
	}
	if n := strings.Count(m.text(t, pageOf(t, m, "image.lost")), `data-show=`); n != 1 {
		t.Errorf("%d candidates of which one is here can be shown", n)
	}
	index := m.text(t, report.Index)
	for _, want := range []string{
		"3 candidates, nobody has picked", "Candidate 3 was picked in place of 1.", `class="mini mini-picked"`, `class="mini mini-missing"`,
		`<span class="thumb-mark">placeholder</span>`, `data-state="handmade "`, `data-value="unpicked" aria-pressed="false">waits for a pick <span class="chip-count">3</span>`,
	} {
		if !strings.Contains(index, want) {
			t.Errorf("the first page lacks %q", want)
		}
	}
}

// TestCandidateThatWasTheOutput has, as a clone has after a pick, one candidate
// from the base and another one from the work tree, and no third.
func TestCandidateThatWasTheOutput(t *testing.T) {
	t.Parallel()
	var contents [][]byte
	for i := range 3 {
		contents = append(contents, pngOf(t, picture(32, 32, i)))
	}
	c := report.Change{Address: "image.x", Did: plan.Generated, Before: chosen(0, "x", contents...), After: chosen(2, "x", contents...)}
	c.Before.Candidates = nil
	for k := range c.After.Candidates {
		c.After.Candidates[k].Open, c.After.Candidates[k].Missing = nil, "It is not here."
	}
	m := write(t, report.Report{Project: "p", Changes: []report.Change{c}})
	page := m.text(t, pageOf(t, m, "image.x"))
	if shown, lost := strings.Count(page, "data-file="), strings.Count(page, "It is not here."); shown != 2 || lost != 1 {
		t.Errorf("%d candidates are shown and %d are not, want 2 and 1", shown, lost)
	}
}

// TestManyCandidatesOnACard has more of them than have room.
func TestManyCandidatesOnACard(t *testing.T) {
	t.Parallel()
	var contents [][]byte
	for i := range 16 {
		contents = append(contents, pngOf(t, picture(32, 32, i)))
	}
	m := write(t, report.Report{Project: "p", Gallery: true, Changes: []report.Change{{Address: "image.x", Did: plan.Generated, After: chosen(0, "x", contents...)}}})
	index := m.text(t, report.Index)
	if n := strings.Count(index, `class="mini`); n != 7 || !strings.Contains(index, ">+10<") {
		t.Errorf("the card shows %d places", n)
	}
	if page := m.text(t, pageOf(t, m, "image.x")); strings.Count(page, "data-candidate=") != 16 || strings.Contains(page, "tag-new") {
		t.Error("the page lacks candidates, or calls them new in a gallery")
	}
}

func TestUnpickedReport(t *testing.T) {
	t.Parallel()
	r := picks(t)
	is := lockfile.New()
	for _, c := range r.Changes {
		is.Assets[c.Address] = c.After.Entry
	}
	var got []string
	for _, c := range report.WaitForPick(all.Registry(), is) {
		got = append(got, c.Address)
	}
	if want := `image.boss image.edited image.icon["</code>"]`; strings.Join(got, " ") != want {
		t.Errorf("%q wait, want %s", got, want)
	}
	r.Unpicked, r.Changes = true, r.Changes[:2]
	m := write(t, r)
	index := m.text(t, report.Index)
	for _, want := range []string{
		"2 assets wait for a pick", `<code>assetform pick image.boss 3</code>`, `<code>assetform pick image.edited 2</code>`,
		`href="asset/` + strings.TrimPrefix(pageOf(t, m, "image.boss"), "asset/"), `<a href="media/`,
	} {
		if !strings.Contains(index, want) {
			t.Errorf("the first page lacks %q", want)
		}
	}
	if found := regexp.MustCompile(`data-show|data-candidate|data-value="placeholder"|Before|differ`).FindString(index); found != "" {
		t.Errorf("the first page has %q", found)
	}
	nothing := write(t, report.Report{Project: "p", Unpicked: true}).text(t, report.Index)
	if !strings.Contains(nothing, "Nothing waits for a pick") || !strings.Contains(nothing, "somebody has picked one") {
		t.Error("the page does not say that nothing waits")
	}
}

// TestGalleryFilters has a provider of its own for one of the assets.
func TestGalleryFilters(t *testing.T) {
	t.Parallel()
	r := picks(t)
	r.Gallery = true
	for i := range r.Changes {
		r.Changes[i].Before = nil
	}
	index := write(t, r).text(t, report.Index)
	for _, want := range []string{`data-filter="provider" data-value="local"`, `data-filter="provider" data-value="imaginator"`, `data-value="placeholder"`, `data-value="handmade"`} {
		if !strings.Contains(index, want) {
			t.Errorf("the first page lacks %q", want)
		}
	}
	if strings.Contains(index, `data-filter="did"`) {
		t.Error("a gallery is filtered by what was done")
	}
}
