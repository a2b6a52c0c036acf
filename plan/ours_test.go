package plan

import (
	"strings"
	"testing"

	"assetform/lockfile"
)

const oursSource = `
image "a" {
  prompt = "A cat"
  output = "art/a.png"
}
`

// A file that stands as the lock says is taken away or overwritten only if the
// store has its content or git shows that it is ours:
//
//	what happens to it    the store has it, or git shows it   neither
//	delete                the file goes                       the entry goes, the file stays
//	move, new path        the file goes                       it stays at the old path
//	update                overwritten                         refused, unless --overwrite-drifted
//	restore of its own    nothing is overwritten              nothing is overwritten
func TestFilesOfStrangers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		next string // configuration
		opts Options
		ours string // the plan when the file is ours
		not  string // and when it is not
	}{
		"delete": {
			"", Options{},
			"image.a delete",
			"image.a delete not_ours keepfile",
		},
		"destroy": {
			oursSource, Options{Destroy: true},
			"image.a delete",
			"image.a delete not_ours keepfile",
		},
		"forget": {
			"removed {\n from = image.a\n lifecycle {\n destroy = false\n }\n}", Options{},
			"image.a forget",
			"image.a forget",
		},
		"new path": {
			strings.ReplaceAll(oursSource, "art/a.png", "pics/a.png"), Options{},
			"image.a move moved was=art/a.png",
			"image.a move moved not_ours was=art/a.png keepfile",
		},
		"new prompt": {
			strings.ReplaceAll(oursSource, "A cat", "A dog"), Options{},
			"image.a update input:prompt cost=1/0",
			"image.a update input:prompt cost=1/0\nrefused foreign image.a",
		},
		"new prompt, overwritten": {
			strings.ReplaceAll(oursSource, "A cat", "A dog"), Options{OverwriteDrifted: true},
			"image.a update input:prompt cost=1/0",
			"image.a update input:prompt cost=1/0",
		},
		"new prompt and path": {
			strings.NewReplacer("A cat", "A dog", "art/a.png", "pics/a.png").Replace(oursSource), Options{},
			"image.a update input:prompt was=art/a.png cost=1/0",
			"image.a update input:prompt not_ours was=art/a.png keepfile cost=1/0",
		},
		"path taken over": {
			strings.ReplaceAll(oursSource, `"a"`, `"b"`), Options{},
			"image.b move moved from=image.a",
			"image.b move moved from=image.a",
		},
		"nothing": {oursSource, Options{}, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, oursSource).apply(nil)
			w.config(test.next)
			w.opts = test.opts
			w.want(test.ours)
			w.strange = map[string]bool{"art/a.png": true}
			w.want(test.not)
			w.store("image.a")
			delete(w.results, w.lock.Assets["image.a"].InputsHash)
			w.want(test.ours)
		})
	}
}

// Git is asked once, about nothing that need not be known.
func TestGitIsAskedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, `
image "a" {
  count  = 5
  prompt = "A cat ${count.index}"
  output = "art/${count.index}.png"
}
`).apply(nil)
	w.store("image.a[4]")
	w.config("")
	project := w.project()
	files, err := Scan(project, w.lock, ScanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var asked [][]Claim
	plan := Build(project, w.lock, Snapshot{
		Files:   files,
		Stored:  func(lockfile.InputsHash) (lockfile.Entry, bool) { return lockfile.Entry{}, false },
		HasBlob: func(h lockfile.ContentHash) bool { return w.blobs[h] },
		Committed: func(list []Claim) (map[Claim]Evidence, string) {
			asked = append(asked, list)
			return nil, "git is ill"
		},
	}, Options{})
	if len(asked) != 1 || len(asked[0]) != 4 || asked[0][0] != (Claim{Path: "art/0.png", Hash: w.lock.Assets["image.a[0]"].ContentHash, Size: w.lock.Assets["image.a[0]"].Bytes}) {
		t.Errorf("asked %+v", asked)
	}
	kept := 0
	for _, c := range plan.Changes {
		if c.KeepFile {
			kept++
		}
	}
	if kept != 4 || len(plan.Diagnostics) != 1 || !strings.Contains(plan.Diagnostics[0].Detail, `"art/0.png", "art/1.png", "art/2.png" and 1 more`) ||
		!strings.Contains(plan.Diagnostics[0].Detail, "git is ill") {
		t.Errorf("%d files are kept, and it says %v", kept, plan.Diagnostics)
	}
}

// An entry that is spelled otherwise is no leave to write beside it.
func TestPathInAnotherSpelling(t *testing.T) {
	t.Parallel()
	w := newWorld(t, oursSource).apply(nil)
	w.config(strings.NewReplacer("art/a.png", "art/A.png", `"a"`, `"b"`, "A cat", "A dog").Replace(oursSource))
	w.want("image.b update input:prompt moved from=image.a was=art/a.png cost=1/0")
	w.opts.Targets = []string{"image.b"}
	w.want("image.b update input:prompt moved from=image.a was=art/a.png cost=1/0")
	w.opts.Targets = nil
	removed := "removed {\n from = image.a\n lifecycle {\n destroy = false\n }\n}\n"
	w.config(strings.NewReplacer("art/a.png", "art/A.png", `"a"`, `"b"`, "A cat", "A dog").Replace(oursSource) + removed)
	w.want("image.a forget\nimage.b create new cost=1/0")
	w.opts.Targets = []string{"image.b"}
	w.want("image.b create new cost=1/0\nrefused foreign image.b")
}

// Of two entries that name one path, as a merge may leave them, one that is no
// part of the plan keeps the file.
func TestPathOfTwoEntries(t *testing.T) {
	t.Parallel()
	w := newWorld(t, oursSource).apply(nil)
	w.lock.Assets["image.b"] = w.lock.Assets["image.a"]
	w.config("")
	w.want("image.a delete\nimage.b delete")
	w.opts.Targets = []string{"image.b"}
	w.want("image.b delete keepfile")
}
