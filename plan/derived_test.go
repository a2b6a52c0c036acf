package plan

import (
	"strings"
	"testing"

	"assetform/config/address"
	"assetform/lockfile"
)

const derivedDuel = `provider "imaginator" {}
` + knight + `
variant "card" {
  source = image.knight
  width  = 8
  output = "web/card.png"
}
image "duel" {
  prompt     = "The knight duels"
  references = [variant.card]
  output     = "art/duel.png"
}
`

// What is derived of a sketch is drawn again with it, and paid for no more than
// the sketch itself, whether the lock has it or this plan makes it.
func TestPlanDerivedOfPlaceholders(t *testing.T) {
	t.Parallel()
	w := sketched(t, derivedDuel)
	w.want("")
	w.edit("A knight", "A castle")
	w.want("image.duel update upstream:variant.card conditional cost=2/0\nimage.knight update input:prompt cost=1/0\nvariant.card update upstream:image.knight conditional")

	p := w.plan()
	b := &builder{engines: p.Engines, project: w.project(), lock: w.lock, changes: map[address.Address]*Change{}}
	b.readEntries()
	w.provider = ""
	c := w.plan().Change(parsed(t, "image.duel"))
	im := &c.Fingerprint.Images[0]
	im.Hash = w.lock.Assets["variant.card"].ContentHash
	if b.guardPlaceholders(c); len(b.refusals) != 1 {
		t.Errorf("got %v for what the lock says is derived of a placeholder", b.refusals)
	}
	card := w.plan().Change(im.Upstream)
	card.Fingerprint.Images[0].Hash = w.lock.Assets["image.knight"].ContentHash
	b.changes[im.Upstream], b.refusals = card, nil
	im.Hash = [32]byte{}
	if b.guardPlaceholders(c); len(b.refusals) != 1 {
		t.Errorf("got %v for what will be derived of a placeholder", b.refusals)
	}
	card.Fingerprint.Images[0].Hash = [32]byte{}
	b.refusals = nil
	if b.guardPlaceholders(c); len(b.refusals) != 0 {
		t.Errorf("got %v for what will be derived of a result", b.refusals)
	}
}

// A text that does not say who wrote it stays where an export leaves it.
func TestPlanKeepsTexts(t *testing.T) {
	t.Parallel()
	const src = knight + `
export "a" {
  assets = [image.knight]
  format = "json"
  output = "src/a.json"
}
`
	for generated, keeps := range map[bool]string{true: "", false: " keepfile"} {
		w := newWorld(t, src).apply(nil)
		w.generated = func(string) bool { return generated }
		w.edit("src/a.json", "src/b.json")
		w.want("export.a update input:records was=src/a.json" + keeps)
		w.config(knight)
		w.want("export.a delete" + keeps)
		w.remove("src/a.json")
		w.want("export.a delete keepfile")
	}
}

// An export follows what its assets are called and how they are made, since it
// may tell that while their pixels are the same.
func TestExportRecords(t *testing.T) {
	t.Parallel()
	const src = `
variant "card" {
  source  = "a.png"
  width  = 8
  enlarge = true
  output = "web/card.png"
}
atlas "units" {
  sprites = { a = "a.png" }
  output  = "web/units.png"
}
export "a" {
  assets = [variant.card, atlas.units]
  format = "json"
  output = "src/a.json"
}
`
	for _, tt := range []struct {
		old, new string
		records  bool
	}{
		{"width  = 8", "width = 7", false},
		{"width  = 8", "width = 8\ntrim = true", true},
		{"width  = 8", "width = 8\nheight = 8", true},
		{"width  = 8", "width = 8\nalt = \"A card\"", true},
		{"{ a =", "{ b =", true},
		{"web/units.png\"", "web/units.png\"\npadding = 7", true},
		{"web/card.png", "web/b.png", true},
	} {
		w := newWorld(t, src)
		w.write("a.png", picture(1))
		was := w.plan().Change(parsed(t, "export.a")).Fingerprint
		w.edit(tt.old, tt.new)
		now := w.plan().Change(parsed(t, "export.a")).Fingerprint
		if a, b := value(was.Params[len(was.Params)-1]), value(now.Params[len(now.Params)-1]); a.Equal(b) == tt.records {
			t.Errorf("%q for %q: the records are equal: %v", tt.new, tt.old, a.Equal(b))
		}
	}
}

func parsed(t *testing.T, text string) address.Address {
	t.Helper()
	a, err := address.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// What was derived in an earlier way is up to date as long as nothing else
// differs. What is made again, for whatever reason, says that it is made in
// another way, and no result of the one stands for one of the other.
func TestPlanAlgorithm(t *testing.T) {
	t.Parallel()
	const cut = `
variant "cut" {
  source = image.knight
  cutout {}
  output = "web/cut.png"
}
`
	aged := func(t *testing.T) *world {
		w := newWorld(t, `provider "imaginator" {}`+knight+cut).apply(nil)
		e := w.lock.Assets["variant.cut"]
		e.Inputs = e.Inputs.Clone()
		if n, _ := e.Inputs[AlgorithmInput].AsInt(); n != 2 {
			t.Fatalf("the entry has algorithm %d", n)
		}
		delete(e.Inputs, AlgorithmInput)
		h, ok := recordedHash(w.plan().Engines, &e, func(v lockfile.Value) lockfile.Value { return v })
		if e.InputsHash = h; !ok {
			t.Fatal("its inputs have no hash")
		}
		w.lock.Assets["variant.cut"] = e
		return w
	}
	for _, tt := range []struct {
		name   string
		change func(w *world)
		want   string
	}{
		{"nothing", func(w *world) {}, ""},
		{"another setting", func(w *world) { w.edit("cutout {}", "cutout {}\n  trim = true") }, "variant.cut update input:trim input:algorithm"},
		{"no cutout", func(w *world) { w.edit("cutout {}", "trim = true") }, "variant.cut update input:cutout input:trim"},
		{"missing and stored", func(w *world) { w.store("variant.cut").remove("web/cut.png") }, "variant.cut restore missing_file"},
		{"missing", func(w *world) { w.remove("web/cut.png") }, "variant.cut update input:algorithm derived"},
		{"its source", func(w *world) { w.edit("A knight", "A castle") }, "image.knight update input:prompt cost=1/0\nvariant.cut update upstream:image.knight conditional"},
		{"renamed", func(w *world) { w.edit(`variant "cut"`, `variant "b"`) }, "variant.b move moved from=variant.cut"},
		{"a twin", func(w *world) { w.edit(cut, cut+strings.NewReplacer(`"cut"`, `"b"`, "cut.png", "b.png").Replace(cut)) }, "variant.b create new"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := aged(t)
			tt.change(w)
			w.want(tt.want)
		})
	}
}
