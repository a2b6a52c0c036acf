package apply

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"assetform/apply/engine"
	"assetform/config"
	"assetform/config/address"
	"assetform/lockfile"
	"assetform/plan"
)

// asset is one image block.
func asset(name, prompt, output string) string {
	return fmt.Sprintf("image %q {\n  prompt = %q\n  output = %q\n}\n", name, prompt, output)
}

func TestMoves(t *testing.T) {
	two := paidProvider + asset("a", "A", "out/a.png") + asset("b", "B", "out/b.png")
	three := two + asset("c", "C", "out/c.png")
	tests := []struct {
		name, before, after string
		want                map[string]string // path -> prompt whose picture stands there
		gone                []string
	}{
		{"rename", two, strings.Replace(two, `image "a"`, `image "z"`, 1), map[string]string{"out/a.png": "A", "out/b.png": "B"}, nil},
		{"new path", two, strings.Replace(two, "out/a.png", "new/deep/a.png", 1), map[string]string{"new/deep/a.png": "A"}, []string{"out/a.png"}},
		{"swap of paths", two, paidProvider + asset("a", "A", "out/b.png") + asset("b", "B", "out/a.png"), map[string]string{"out/b.png": "A", "out/a.png": "B"}, nil},
		{"swap of names", two, paidProvider + asset("a", "B", "out/a.png") + asset("b", "A", "out/b.png"), map[string]string{"out/a.png": "B", "out/b.png": "A"}, nil},
		{"circle", three, paidProvider + asset("a", "A", "out/b.png") + asset("b", "B", "out/c.png") + asset("c", "C", "out/a.png"),
			map[string]string{"out/b.png": "A", "out/c.png": "B", "out/a.png": "C"}, nil},
		{"chain", two, paidProvider + asset("a", "A", "out/b.png") + asset("b", "B", "out/x.png"), map[string]string{"out/b.png": "A", "out/x.png": "B"}, []string{"out/a.png"}},
		{"path of a deleted one", two, paidProvider + asset("a", "A", "out/b.png"), map[string]string{"out/b.png": "A"}, []string{"out/a.png"}},
		{"last file of its directory", two, paidProvider + asset("a", "A", "a.png") + asset("b", "B", "b.png"), map[string]string{"a.png": "A", "b.png": "B"}, []string{"out"}},
	}
	for _, test := range tests {
		bubble2(t, test.name, func(t *testing.T) {
			api := newFakeAPI()
			api.result = func(r engine.Request) []byte { return picture(prompt(r)) }
			p := newProject(t, api, test.before)
			p.apply().wantCode(t, ExitDone)
			paid := api.paid()
			p.write("main.asset.hcl", test.after)
			got := p.apply()
			got.wantCode(t, ExitDone)
			if api.paid() != paid {
				t.Errorf("%d tasks were paid for a move: %v", api.paid()-paid, got.plan.Summary)
			}
			for path, prompt := range test.want {
				if p.read(path) != string(picture(prompt)) {
					t.Errorf("%s does not hold %s", path, prompt)
				}
			}
			for _, path := range test.gone {
				if _, err := os.Lstat(p.path(path)); !os.IsNotExist(err) {
					t.Errorf("%s is still there", path)
				}
			}
			if again := p.apply(); again.plan.HasChanges() {
				t.Errorf("changes afterwards: %v", again.plan.Summary)
			}
		})
	}
}

func TestMoveToAnotherFormatAndBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, paidProvider+asset("a", "A", "a.png"))
		p.apply().wantCode(t, ExitDone)
		png := p.read("a.png")
		p.write("main.asset.hcl", paidProvider+asset("a", "A", "a.jpg"))
		p.apply().wantCode(t, ExitDone)
		e := p.lock().Assets["image.a"]
		if e.MediaType != "image/jpeg" || e.SourceHash != lockfile.HashBytes([]byte(png)) || p.read("a.png") != "" {
			t.Errorf("entry %+v", e)
		}
		p.write("main.asset.hcl", paidProvider+asset("a", "A", "a.png"))
		p.apply().wantCode(t, ExitDone)
		if p.read("a.png") != png || !p.lock().Assets["image.a"].SourceHash.IsZero() || api.paid() != 1 {
			t.Errorf("the way back did not restore the delivered file; paid %d", api.paid())
		}
	})
}

func TestDeleteTakesOnlyWhatTheLockOwns(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, paidProvider+asset("a", "A", "made/here/a.png")+asset("b", "B", "b.png"))
		p.write("made/mine.txt", "kept")
		p.apply().wantCode(t, ExitDone)
		content := p.lock().Assets["image.a"].ContentHash
		p.write("main.asset.hcl", paidProvider)
		p.write("b.png", "painted over")
		p.apply().wantCode(t, ExitRefused) // b is drifted
		if p.read("made/here/a.png") == "" {
			t.Fatal("a refused plan deleted a file")
		}
		got := p.applyWith(t.Context(), plan.Options{OverwriteDrifted: true}, func(o *Options) { o.OverwriteDrifted = true })
		got.wantCode(t, ExitDone)
		if _, err := os.Lstat(p.path("made/here")); !os.IsNotExist(err) {
			t.Error("the directory that was made is still there")
		}
		if p.read("made/mine.txt") != "kept" {
			t.Error("a file that is not ours is gone")
		}
		s := p.open()
		defer s.journal.Close()
		if !s.store.Has(content) || !s.store.Has(lockfile.HashBytes([]byte("painted over"))) {
			t.Error("deleted content is not in the store")
		}
	})
}

// A person changes the output while its replacement is being generated.
func TestDriftRightBeforeTheRename(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, knight)
		p.apply().wantCode(t, ExitDone)
		p.write("main.asset.hcl", strings.Replace(knight, "A knight", "A squire", 1))
		got := p.apply(func(o *Options) {
			o.testOnlyStep = func(step string, _ address.Address) {
				if step == "verified" {
					p.write("art/knight.png", "touched up by hand")
				}
			}
		})
		got.wantCode(t, ExitFailed)
		if p.read("art/knight.png") != "touched up by hand" || !strings.Contains(got.text(), "assetform adopt image.knight") {
			t.Errorf("the file was overwritten, or nobody was told:\n%s", got.text())
		}
		// The result waits in the store for the file to be out of the way.
		if err := os.Remove(p.path("art/knight.png")); err != nil {
			t.Fatal(err)
		}
		next := p.apply()
		next.wantCode(t, ExitDone)
		if api.posts != 2 || next.Done[plan.Restore] != 1 {
			t.Errorf("posts %d, done %v", api.posts, next.Done)
		}
	})
}

func TestAdopt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, chain)
		p.apply().wantCode(t, ExitDone)
		p.write("base.png", string(picture("by hand")))
		p.write("mid.png", string(picture("mid by hand")))
		s := p.open()
		base, _ := address.Parse("image.base")
		mid, _ := address.Parse("image.mid")
		d := Disk{Project: s.config, Lock: s.lock, LockRaw: s.raw, LockPath: p.path(lockfile.Filename), Data: p.data(), Store: s.store}
		if _, _, diags := Adopt(context.Background(), d, s.plan(plan.Options{}), []address.Address{mid, base}); diags.HasErrors() {
			t.Fatal(diags)
		}
		s.journal.Close()
		lock := p.lock()
		if e := lock.Assets["image.base"]; e.ContentHash != lockfile.HashBytes(picture("by hand")) || len(e.Cost) != 0 || !e.Adopted || e.TaskID != "" {
			t.Errorf("entry %+v", e)
		}
		got := p.apply()
		got.wantCode(t, ExitDone)
		if api.posts != 4 || got.plan.Summary[plan.NoOp] != 2 {
			t.Errorf("posts %d, want the top one made again; plan %v", api.posts, got.plan.Summary)
		}
	})
}

func TestRestoreOutputs(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newProject(t, newFakeAPI(), paidProvider+asset("a", "A", "a.png")+asset("b", "B", "b.jpg"))
		p.apply().wantCode(t, ExitDone)
		a, b := p.read("a.png"), p.read("b.jpg")
		os.Remove(p.path("a.png"))
		os.Remove(p.path("b.jpg"))
		s := p.open()
		defer s.journal.Close()
		d := Disk{Project: s.config, Lock: s.lock, LockPath: p.path(lockfile.Filename), Data: p.data(), Store: s.store}
		var both sync.WaitGroup
		both.Add(2)
		got, diags := RestoreOutputs(context.Background(), d, nil, func(*lockfile.Entry) {
			both.Done()
			both.Wait() // for the other: one after the other would take too long
		})
		if len(diags) > 0 || len(got) != 2 || p.read("a.png") != a || p.read("b.jpg") != b {
			t.Errorf("restored %v, %v", got, diags)
		}
	})
}

func TestImport(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, knight+"import {\n  to = image.knight\n}\n")
		p.write("art/knight.png", string(picture("painted")))
		got := p.apply()
		got.wantCode(t, ExitDone)
		e := p.lock().Assets["image.knight"]
		if api.posts != 0 || got.Done[plan.Import] != 1 || len(e.Cost) != 0 || !e.Adopted || e.Width != 1 || e.ContentHash != lockfile.HashBytes(picture("painted")) {
			t.Errorf("posts %d, entry %+v", api.posts, e)
		}
	})
}

func TestPointerInputNamesTheWayOut(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, paidProvider+`
image "x" {
  prompt     = "x"
  references = ["refs/r.png"]
  output     = "x.png"
}
`)
		p.write("refs/r.png", fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%x\nsize 4\n", sha256.Sum256([]byte("real"))))
		got := p.apply()
		got.wantCode(t, ExitFailed)
		if api.posts != 0 || !strings.Contains(got.text(), "git lfs pull --include refs/r.png") {
			t.Errorf("posts %d\n%s", api.posts, got.text())
		}
	})
}

func TestInputChangedMeanwhileIsNotSent(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, paidProvider+`
image "x" {
  prompt     = "x"
  references = ["r.png"]
  output     = "x.png"
}
`)
		p.write("r.png", string(picture("r")))
		got := p.apply(func(o *Options) {
			gens := o.Drivers
			o.Drivers = func(ref config.ProviderRef) (engine.Driver, error) {
				p.write("r.png", string(picture("another")))
				return gens(ref)
			}
		})
		got.wantCode(t, ExitFailed)
		if api.posts != 0 {
			t.Errorf("posts %d", api.posts)
		}
	})
}

func TestNewPromptAtANewPathLeavesNothingBehind(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, paidProvider+asset("a", "A", "old/a.png"))
		p.apply().wantCode(t, ExitDone)
		p.write("main.asset.hcl", paidProvider+asset("a", "A2", "new/a.png"))
		p.apply().wantCode(t, ExitDone)
		if _, err := os.Lstat(p.path("old")); !os.IsNotExist(err) || p.read("new/a.png") == "" {
			t.Error("the old output is still there, or the new one is not")
		}
	})
}

func TestDestroyAndApplyAgainCostsNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, chain)
		p.write("art/mine.png", "mine")
		p.apply().wantCode(t, ExitDone)
		got := p.applyWith(t.Context(), plan.Options{Destroy: true})
		got.wantCode(t, ExitDone)
		if got.Done[plan.Delete] != 3 || p.read("base.png") != "" || len(p.lock().Assets) != 0 || p.read("art/mine.png") != "mine" {
			t.Errorf("summary %+v", got.Summary)
		}
		again := p.apply()
		again.wantCode(t, ExitDone)
		if again.Done[plan.Restore] != 3 || api.posts != 3 {
			t.Errorf("summary %+v, posts %d", again.Summary, api.posts)
		}
	})
}
