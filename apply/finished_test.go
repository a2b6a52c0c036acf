package apply

import (
	"os"
	"testing"

	"assetform/lockfile"
	"assetform/plan"
)

// What the journal knows as done is asked of the server again before it is
// paid for again, where lock and store have lost it; not where a new result is
// asked for.
func TestFinishedTaskIsFetchedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, knight)
		p.apply().wantCode(t, ExitDone)
		want := p.lock().Assets["image.knight"]
		for _, gone := range []string{lockfile.Filename, "art/knight.png", ".assetform/store"} {
			if err := os.RemoveAll(p.path(gone)); err != nil {
				t.Fatal(err)
			}
		}
		got := p.apply()
		got.wantCode(t, ExitDone)
		if e := p.lock().Assets["image.knight"]; !e.Equal(want) || api.posts != 1 || got.plan.Cost.Certain["image_credits"] != 0 {
			t.Errorf("%d posts, plan costs %v, entry\n%+v\nwant\n%+v", api.posts, got.plan.Cost, e, want)
		}
		if err := os.RemoveAll(p.path(".assetform/store")); err != nil {
			t.Fatal(err)
		}
		p.applyWith(t.Context(), plan.Options{Replaces: []string{"image.knight"}}).wantCode(t, ExitDone)
		if api.posts != 2 {
			t.Errorf("%d posts after --replace, want 2", api.posts)
		}
	})
}
