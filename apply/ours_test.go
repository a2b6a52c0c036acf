package apply

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
)

// Whatever takes the journal or the run lock away during an apply, nothing
// more is sent, what ran is collected into the store, and the next apply does
// not pay again for what the store has.
func TestDataDirectoryTakenAway(t *testing.T) {
	for name, take := range map[string]func(*project) error{
		"removed":          func(p *project) error { return os.Rename(p.path(".assetform"), p.path("taken")) },
		"journal removed":  func(p *project) error { return os.Remove(p.path(".assetform/journal")) },
		"journal emptied":  func(p *project) error { return os.Truncate(p.path(".assetform/journal"), 0) },
		"journal replaced": func(p *project) error { p.write(".assetform/journal", "{\"assetform_journal\":1}\n"); return nil },
	} {
		bubble2(t, name, func(t *testing.T) {
			api := newFakeAPI()
			api.latency = time.Second
			p := newProject(t, api, images(6))
			api.onSubmit = func(post int, _ engine.Request) (bool, error) {
				if post == 2 {
					return false, take(p)
				}
				return false, nil
			}
			got := p.apply(func(o *Options) { o.Parallelism = 1 })
			got.wantCode(t, ExitParked)
			if api.posts != 2 || !strings.Contains(got.text(), "Data directory changed during apply") {
				t.Errorf("%d requests\n%s", api.posts, got.text())
			}
		})
	}
}

func TestRunLockTakenAway(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, images(3))
		asked := 0
		got := p.apply(func(o *Options) {
			o.Parallelism = 1
			o.Held = func() error {
				if asked++; asked > 2 {
					return errors.New("the run lock was removed")
				}
				return nil
			}
		})
		got.wantCode(t, ExitParked)
		if api.posts != 2 {
			t.Errorf("%d requests, want 2", api.posts)
		}
	})
}

// What was edited while a question waited, or a server, is not paid for.
func TestProjectEditedBeforeTheFirstRequest(t *testing.T) {
	for name, change := range map[string]func(*project, *Options){
		"configuration": func(_ *project, o *Options) {
			o.Current = func() error { return errors.New("main.asset.hcl was changed") }
		},
		"lock": func(p *project, _ *Options) {
			p.write("assetform.lock.json", "{\n  \"version\": 1,\n  \"assets\": {}\n}\n")
		},
	} {
		bubble2(t, name, func(t *testing.T) {
			api := newFakeAPI()
			p := newProject(t, api, images(2))
			got := p.apply(func(o *Options) { change(p, o) })
			got.wantCode(t, ExitRefused)
			if api.posts != 0 || len(got.diags) != 1 {
				t.Errorf("%d requests\n%s", api.posts, got.text())
			}
		})
	}
}

// Without a journal somebody is told how many tasks nobody here knows.
func TestTasksOfALostJournal(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		p := newProject(t, api, images(2))
		if got := p.apply(); strings.Contains(got.text(), "No journal") {
			t.Error(got.text())
		}
		api.another(asking(longPrompt))
		p.clone()
		p.write("main.asset.hcl", images(3))
		got := p.apply()
		got.wantCode(t, ExitDone)
		if !strings.Contains(got.text(), "1 of the 3 newest tasks") {
			t.Error(got.text())
		}
	})
}

func TestRecoverJournal(t *testing.T) {
	bubble(t, func(t *testing.T) {
		api := newFakeAPI()
		api.latency = time.Hour
		p := newProject(t, api, knight)
		p.apply(func(o *Options) { o.Timeout = time.Second }).wantCode(t, ExitParked)
		if _, err := journal.Recover(p.data()); !errors.Is(err, journal.ErrNotDamaged) {
			t.Error(err)
		}
		whole := p.read(".assetform/journal")
		p.write(".assetform/journal", whole+"\x00\x00")
		done, err := journal.Recover(p.data())
		if err != nil || len(done.Tasks) != 1 || done.Tasks[0].TaskID != "1" {
			t.Fatalf("%+v, %v", done, err)
		}
		if got := p.read(".assetform/journal.damaged-1"); got != whole+"\x00\x00" {
			t.Errorf("moved %q", got)
		}
		p.open().journal.Close()
	})
}

// A stored file is hashed when it is read: what was exchanged in the store is
// not converted.
func TestDamagedSourceIsNotConverted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newProject(t, newFakeAPI(), strings.Replace(knight, ".png", ".jpg", 1))
		p.apply().wantCode(t, ExitDone)
		source := p.lock().Assets["image.knight"].SourceHash
		name := strings.TrimPrefix(source.String(), "sha256:")
		blob := ".assetform/store/blobs/sha256/" + name[:2] + "/" + name
		if p.read(blob) == "" {
			t.Fatal("the delivered file is not stored")
		}
		p.write(blob, string(picture("another")))
		p.write("main.asset.hcl", strings.Replace(knight, ".png", ".webp", 1))
		p.apply().wantCode(t, ExitDone)
		if p.read(blob) != "" || p.read(".assetform/store/damaged/"+name) == "" {
			t.Error("the exchanged file was used")
		}
		if got := p.lock().Assets["image.knight"].SourceHash; got != source {
			t.Errorf("source %s, want %s", got, source)
		}
	})
}
