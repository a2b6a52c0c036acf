package apply

import (
	"context"
	"os"
	"strings"
	"testing"

	"assetform/plan"
)

// clone takes away what this machine remembers: the project is as in a fresh
// clone.
func (p *project) clone() {
	if err := os.RemoveAll(p.path(".assetform")); err != nil {
		p.t.Fatal(err)
	}
}

// Going back to what a machine never generated itself costs nothing, whatever
// was done to the entry in between.
func TestRevertInAClone(t *testing.T) {
	edited := strings.Replace(knight, "A knight", "A knave", 1)
	for name, config := range map[string]string{
		"edited":             edited,
		"removed":            paidProvider,
		"moved":              strings.Replace(knight, `image "knight"`, `image "rider"`, 1),
		"renamed and edited": strings.Replace(edited, `image "knight"`, `image "rider"`, 1),
		"a trigger was added": strings.Replace(knight, "image \"knight\" {", "image \"knight\" {\n  lifecycle {\n    replace_triggered_by = [image.other]\n  }\n", 1) +
			"image \"other\" {\n  prompt = \"Other\"\n  output = \"other.png\"\n}\n",
	} {
		bubble2(t, name, func(t *testing.T) {
			api := newFakeAPI()
			p := newProject(t, api, knight)
			p.apply().wantCode(t, ExitDone)
			was := p.lock().Assets["image.knight"].ContentHash
			p.clone()
			p.write("main.asset.hcl", config)
			p.apply().wantCode(t, ExitDone)
			paid := api.paid()
			p.write("main.asset.hcl", knight)
			got := p.apply()
			got.wantCode(t, ExitDone)
			if api.paid() != paid || got.Cost["image_credits"] != 0 {
				t.Errorf("%d generations paid for going back, %+v", api.paid()-paid, got.Cost)
			}
			if e := p.lock().Assets["image.knight"]; e.ContentHash != was {
				t.Errorf("content %s, want %s", e.ContentHash, was)
			}
		})
	}
}

func TestDestroyAndApplyInAClone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, chain)
		p.apply().wantCode(t, ExitDone)
		p.clone()
		p.destroy().wantCode(t, ExitDone)
		p.apply().wantCode(t, ExitDone)
		if api.paid() != 3 {
			t.Errorf("paid %d, want 3", api.paid())
		}
	})
}

func (p *project) destroy() result {
	return p.applyWith(context.Background(), plan.Options{Destroy: true})
}
