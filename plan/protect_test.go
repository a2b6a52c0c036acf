package plan

import (
	"strings"
	"testing"
)

func guarded(lifecycle string) string {
	return strings.Replace(knight, "output", "lifecycle {\n"+lifecycle+"\n}\noutput", 1)
}

func TestPlanPreventRegenerate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, guarded("prevent_regenerate = true")).apply(nil)
	w.want("")
	w.config(strings.Replace(guarded("prevent_regenerate = true"), "A knight", "A mage", 1))
	w.want("image.knight update input:prompt cost=1/0\nrefused protected image.knight")
	// The block has vanished: the lock still holds the protection.
	w.config(edit("A knight", "A mage"))
	w.want("image.knight update input:prompt cost=1/0\nrefused protected image.knight")
	w.opts.Unprotect = []string{"image.knight"}
	w.want("image.knight update input:prompt cost=1/0")
	w.opts.Unprotect = nil
	// Absence in a standing block lifts it.
	w.config(strings.Replace(guarded("prevent_destroy = false"), "A knight", "A mage", 1))
	w.want("image.knight update input:prompt cost=1/0")
}

func TestPlanPreventRegenerateAllowsSameContent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, guarded("prevent_regenerate = true")).apply(nil).store("image.knight")
	w.remove("art/knight.png")
	w.want("image.knight restore missing_file")
	w.opts.Replaces = []string{"image.knight"}
	w.want("image.knight update requested cost=1/0\nrefused protected image.knight")
}

func TestPlanPreventDestroy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, guarded("prevent_destroy = true")+pair).apply(nil)
	w.config(pair)
	w.want("image.knight delete\nrefused protected image.knight")
	w.opts.Unprotect = []string{"image.knight"}
	w.want("image.knight delete")
	w.opts = Options{Destroy: true}
	w.want("image.a delete\nimage.b delete\nimage.knight delete\nrefused protected image.knight")
}

// What somebody wrote down is meant: with a moved block the new block decides,
// and a removed block lets the asset go.
func TestPlanProtectionIsLifted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, guarded("prevent_regenerate = true")).apply(nil)
	renamed := strings.NewReplacer(`"knight"`, `"hero"`, "A knight", "A mage").Replace(knight)
	w.config(renamed)
	w.want("image.hero update input:prompt moved from=image.knight cost=1/0\nrefused protected image.hero")
	moved := "\nmoved {\n from = image.knight\n to = image.hero\n}\n"
	w.config(renamed + moved)
	w.want("image.hero update input:prompt moved from=image.knight cost=1/0")
	w.config(strings.Replace(renamed, "output", "lifecycle {\n prevent_regenerate = true\n}\noutput", 1) + moved)
	w.want("image.hero update input:prompt moved from=image.knight cost=1/0\nrefused protected image.hero")

	w = newWorld(t, guarded("prevent_destroy = true")).apply(nil)
	w.config("removed {\n from = image.knight\n}\n")
	w.want("image.knight delete")
	w.opts = Options{Destroy: true}
	w.want("image.knight delete\nrefused protected image.knight")
}

// A protected picture is not encoded anew under another name.
func TestPlanPreventRegenerateAndFormats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, guarded("prevent_regenerate = true")).apply(nil)
	to := func(name string) {
		w.config(strings.Replace(guarded("prevent_regenerate = true"), "art/knight.png", name, 1))
	}
	to("art/hero.png")
	w.want("image.knight move moved was=art/knight.png")
	to("art/knight.webp")
	w.want("image.knight move moved was=art/knight.png\nrefused protected image.knight")
}

func TestPlanIgnoreChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, guarded("ignore_changes = [prompt]")).apply(nil)
	w.config(strings.Replace(guarded("ignore_changes = [prompt]"), "A knight", "A mage", 1))
	w.want("")
	w.config(strings.NewReplacer("A knight", "A mage", "output", "seed = 1\noutput").Replace(guarded("ignore_changes = [prompt]")))
	w.want("image.knight update input:seed cost=1/0")
}

func TestPlanTriggers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, pair).apply(nil)
	triggered := strings.Replace(pair, `output = "b.png"`, "output = \"b.png\"\n lifecycle {\n replace_triggered_by = [image.a]\n }", 1)
	w.config(triggered)
	w.want("") // adding it generates nothing
	c := w.plan().Changes[1]
	e := w.lock.Assets["image.b"]
	e.Inputs, e.InputsHash = c.Fingerprint.Inputs(), c.Fingerprint.Hash()
	w.lock.Assets["image.b"] = e
	w.want("")
	w.config(strings.Replace(triggered, "one", "three", 1))
	w.want("image.a update input:prompt cost=1/0\nimage.b update upstream:image.a conditional cost=1/0")
	w.config(pair)
	w.want("") // and so does removing it
}
