package plan

import (
	"fmt"
	"strings"
	"testing"
)

// TestPlanPredecessor: an asset that takes over the output of an entry that
// nothing wants any more continues it, whatever its inputs.
func TestPlanPredecessor(t *testing.T) {
	t.Parallel()
	const (
		plain     = "image \"a\" {\n prompt = \"one\"\n output = \"a.png\"\n}\n"
		ignoring  = "image \"a\" {\n prompt = \"one\"\n output = \"a.png\"\n lifecycle {\n ignore_changes = [prompt]\n }\n}\n"
		protected = "image \"a\" {\n prompt = \"one\"\n output = \"a.png\"\n lifecycle {\n prevent_regenerate = true\n }\n}\n"
	)
	edits := func(src string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(src) }
	counted := edits(plain, "{\n prompt = \"one\"", "{\n count = 1\n prompt = \"two\"")
	for _, c := range []struct {
		name, before, after, want string
		change                    func(*world)
	}{
		{"count added", plain, counted, "image.a[0] update input:prompt moved from=image.a cost=1/0", nil},
		{"count removed", counted, edits(plain, "one", "three"), "image.a update input:prompt moved from=image.a[0] cost=1/0", nil},
		{"renamed with an edited prompt", plain, edits(plain, `"a" {`, `"z" {`, "one", "two"), "image.z update input:prompt moved from=image.a cost=1/0", nil},
		{"spelt in another case", plain, edits(plain, `"a" {`, `"z" {`, "one", "two", "a.png", "A.png"), "image.z update input:prompt moved from=image.a was=a.png cost=1/0", nil},
		{"all differences are ignored", ignoring, edits(ignoring, "{\n prompt = \"one\"", "{\n count = 1\n prompt = \"two\""), "image.a[0] move moved from=image.a", nil},
		{"ignored now, not before", plain, edits(ignoring, `"a" {`, `"z" {`, "one", "two"), "image.z move moved from=image.a", nil},
		{"protected", protected, edits(protected, "{\n prompt = \"one\"", "{\n count = 1\n prompt = \"two\""), "image.a[0] update input:prompt moved from=image.a cost=1/0\nrefused protected image.a[0]", nil},
		{"the new block says nothing", protected, counted, "image.a[0] update input:prompt moved from=image.a cost=1/0\nrefused protected image.a[0]", nil},
		{"the new block allows it", protected, edits(protected, `"a" {`, `"z" {`, "one", "two", "true", "false"), "image.z update input:prompt moved from=image.a cost=1/0\nrefused protected image.z", nil},
		{"unprotected by the old name", protected, counted, "image.a[0] update input:prompt moved from=image.a cost=1/0", func(w *world) { w.opts.Unprotect = []string{"image.a"} }},
		{"a moved block says so", protected, edits(protected, `"a" {`, `"z" {`, "one", "two", "true", "false") + "moved {\n from = image.a\n to = image.z\n}\n", "image.z update input:prompt moved from=image.a cost=1/0", nil},
		{"replaced", plain, edits(plain, `"a" {`, `"z" {`), "image.z update requested moved from=image.a cost=1/0", func(w *world) { w.opts.Replaces = []string{"image.a"} }},
		{"removed and forgotten", plain, edits(plain, `"a" {`, `"z" {`, "one", "two") + "removed {\n from = image.a\n lifecycle {\n destroy = false\n }\n}\n", "image.a forget\nimage.z create new cost=1/0\nrefused foreign image.z", nil},
		{"equal inputs come first", plain, edits(plain, `"a" {`, `"z" {`, "a.png", "z.png") + edits(plain, `"a" {`, `"y" {`, "one", "two"), "image.y create new cost=1/0\nimage.z move moved from=image.a was=a.png", nil},
		{"not of a plan that leaves it out", plain, counted, "", func(w *world) { w.opts.Excludes = []string{"image.a[0]"} }},
		{"the old name excluded", plain, counted, "", func(w *world) { w.opts.Excludes = []string{"image.a"} }},
		{"the new name is the only target", plain, counted, "image.a[0] update input:prompt moved from=image.a cost=1/0", func(w *world) { w.opts.Targets = []string{"image.a[0]"} }},
		{"made by hand", plain, counted, "image.a[0] update input:prompt moved from=image.a cost=1/0\nrefused adopted image.a[0]", func(w *world) { e := w.lock.Assets["image.a"]; e.Adopted = true; w.lock.Assets["image.a"] = e }},
		{"changed by hand", plain, counted, "image.a[0] update input:prompt moved from=image.a drifted cost=1/0\nrefused drift image.a[0]", func(w *world) { w.write("a.png", []byte("retouched")) }},
		{"taken over by an asset that stands", pair, edits(pair, "image \"a\" {\n  prompt = \"one\"\n  output = \"a.png\"\n}", "", "b.png", "a.png"), "image.a delete keepfile\nimage.b move moved was=b.png", func(w *world) { w.store("image.a") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.before).apply(nil)
			w.config(c.after)
			if c.change != nil {
				c.change(w)
			}
			w.want(c.want)
		})
	}
}

// TestPlanMovedOntoTaken: a moved block that cannot be carried out is said, and
// what becomes of its entry with it.
func TestPlanMovedOntoTaken(t *testing.T) {
	t.Parallel()
	const moved = "moved {\n from = image.a\n to = image.b\n}\n"
	w := newWorld(t, pair).apply(nil)
	w.config("image \"b\" {\n prompt = \"two\"\n output = \"b.png\"\n}\n" + moved)
	w.want("image.a delete")
	text := ""
	for _, d := range w.plan().Diagnostics {
		text += d.Summary + ": " + d.Detail
	}
	for _, want := range []string{"Move is not carried out", "image.a cannot become image.b", `deletes image.a and its file "a.png"`, "assetform lock rm image.b"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	w.config("removed {\n from = image.b\n lifecycle {\n destroy = false\n }\n}\n" + moved)
	w.lock.Drop("image.b")
	w.want("image.a forget")
}

// TestPlanUnpulled: an input image that is a Git LFS pointer is told before
// anything is paid, unless its bytes are at hand or still to come.
func TestPlanUnpulled(t *testing.T) {
	t.Parallel()
	const src = "image \"a\" {\n prompt = \"one\"\n output = \"a.png\"\n}\n" +
		"image \"b\" {\n prompt = \"two\"\n references = [image.a]\n output = \"b.png\"\n}\n"
	w := newWorld(t, src).apply(nil)
	w.write("a.png", []byte(fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid %s\nsize 100\n", w.lock.Assets["image.a"].ContentHash)))
	refused := func(want bool) {
		t.Helper()
		p := w.plan()
		if len(p.Refusals) > 0 {
			t.Fatalf("the plan alone is refused: %v", p.Refusals)
		}
		if p.RefuseUnpulled(); len(p.Refusals) > 0 != want {
			t.Errorf("refusals %v, want some: %t", p.Refusals, want)
		}
	}
	refused(false) // nothing to send
	w.config(strings.Replace(src, "two", "three", 1))
	refused(true)
	w.store("image.a")
	refused(false)
	w.blobs = nil
	w.config(strings.NewReplacer("one", "four", "two", "three").Replace(src)) // it is made first
	refused(false)
	w.config(strings.NewReplacer(`"a"`, `"c"`, "image.a", "image.c", "two", "three").Replace(src)) // moved, not made
	refused(true)
}

// TestPlanObstacles: what is in the way of an output is named.
func TestPlanObstacles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "image \"a\" {\n prompt = \"one\"\n output = \"art/sub/a.png\"\n}\n")
	said := func(want string) {
		t.Helper()
		p := w.plan()
		if len(p.Refusals) != 1 || !strings.Contains(p.Refusals[0].Detail, want) {
			t.Errorf("no %q in %+v", want, p.Refusals)
		}
	}
	w.write("art", nil)
	said(`"art" is a file, and a directory would have to stand there`)
	w.remove("art")
	w.write("art/sub/a.png/x", nil)
	said("a directory stands there")
}
