package apply

import (
	"strings"
	"testing"

	"assetform/apply/engine"
	"assetform/plan"
)

// Where two requests of another machine are alike on the wire, and the list shows
// one task, it may be either's: nobody takes it for one of them, whatever part of
// the project is applied.
func TestOneTaskOfTwoClaims(t *testing.T) {
	candidates := "image \"a\" {\n  prompt = \"A\"\n  candidates = 2\n  output = \"a.png\"\n}\n"
	revisions := asset("a", "A", "a.png") + "image \"b\" {\n  prompt = \"A\"\n  revision = 1\n  output = \"b.png\"\n}\n"
	for name, test := range map[string]struct {
		config string
		of     []string // that the other machine applies
		open   int      // questions that it ends with
	}{
		"candidates":           {candidates, nil, 2},
		"revisions":            {revisions, nil, 2},
		"one of the two":       {revisions, []string{"image.a"}, 1},
		"the other of the two": {revisions, []string{"image.b"}, 1},
	} {
		bubble2(t, name, func(t *testing.T) {
			r := newClaimsRig(t)
			config := r.read("main.asset.hcl")
			r.write("main.asset.hcl", config[:strings.Index(config, "image")]+test.config)
			r.api.another(asking(longPrompt))
			r.api.onSubmit = func(post int, _ engine.Request) (bool, error) { return post == 2, errLostReply }
			r.apply().wantCode(t, ExitUnknown)
			if r.api.posts != 2 || r.api.paid() != 1 {
				t.Fatalf("%d requests were sent, %d paid", r.api.posts, r.api.paid())
			}
			other := r.clone()
			got := other.applyWith(t.Context(), plan.Options{Targets: test.of}, other.shared(r.dir))
			got.wantCode(t, ExitUnknown)
			if got.Uncertain["image_credits"] != test.open || !got.Cost.IsZero() {
				t.Errorf("cost %v, perhaps %v", got.Cost, got.Uncertain)
			}
			if !strings.Contains(got.text(), "that of another request") {
				t.Error(got.text())
			}
			if strings.Contains(got.text(), "names task") || other.read("a.png")+other.read("b.png") != "" || r.api.posts != 2 {
				t.Errorf("%d requests were sent\n%s", r.api.posts, got.text())
			}
		})
	}
}

// A request of this machine whose answer was lost is not taken to be the task that
// the claim of another machine names, nor one that another's may be.
func TestOwnRequestBesideAnotherMachines(t *testing.T) {
	for name, fields := range map[string]map[string]any{
		"it names the task": {"state": "task", "task_id": "2", "idempotency_key": "K"},
		"it may be its":     {"state": "sending", "idempotency_key": "K", "baseline": "none"},
		"it was given up":   {"state": "released", "idempotency_key": "K", "baseline": "none"},
	} {
		bubble2(t, name, func(t *testing.T) {
			r := newClaimsRig(t)
			r.api.another(asking(longPrompt))
			r.api.lose(1, false, errLostReply)
			r.apply().wantCode(t, ExitUnknown)
			r.api.another(asking("A"))
			r.write("main.asset.hcl", strings.Replace(r.read("main.asset.hcl"), "prompt", "revision = 1\n  prompt", 1))
			r.put(1, fields)
			r.write("main.asset.hcl", strings.Replace(r.read("main.asset.hcl"), "revision = 1\n", "", 1)+
				"image \"b\" {\n  prompt = \"A\"\n  revision = 1\n  output = \"b.png\"\n}\n")
			s := r.open()
			h := s.plan(plan.Options{}).Changes
			s.journal.Close()
			if len(h) != 2 || h[0].InputsHash == h[1].InputsHash {
				t.Fatal("the two do not differ")
			}
			got := r.applyWith(t.Context(), plan.Options{Targets: []string{"image.a"}}, r.shared(r.dir))
			got.wantCode(t, ExitUnknown)
			if r.read("a.png") != "" || r.api.posts != 1 {
				t.Errorf("%d requests were sent\n%s", r.api.posts, got.text())
			}
		})
	}
}
