package apply

import (
	"testing"

	"assetform/plan"
)

const knight = paidProvider + `
image "knight" {
  prompt = "A knight"
  output = "art/knight.png"
}
`

func TestCreateThenNothing(t *testing.T) {
	t.Parallel()
	api := newFakeAPI()
	p := newProject(t, api, knight)
	got := p.apply()
	got.wantCode(t, ExitDone)
	if got.Done[plan.Create] != 1 || got.Cost["image_credits"] != 1 {
		t.Errorf("summary %+v", got.Summary)
	}
	e, ok := p.lock().Assets["image.knight"]
	if !ok || e.TaskID != "1" || e.Cost["image_credits"] != 1 || e.MediaType != "image/png" || e.Width != 1 {
		t.Errorf("entry %+v", e)
	}
	if want := string(picture(digest(api.tasks[0].request))); p.read("art/knight.png") != want {
		t.Error("output is not what was delivered")
	}
	again := p.apply()
	again.wantCode(t, ExitDone)
	if again.plan.HasChanges() || api.posts != 1 {
		t.Errorf("second apply: changes %v, posts %d", again.plan.Summary, api.posts)
	}
}
