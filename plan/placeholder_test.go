package plan

import (
	"strings"
	"testing"
)

const paidDuel = `provider "imaginator" {}
` + duel

// sketched is a project of a service with a placeholder for each asset.
func sketched(t *testing.T, src string) *world {
	w := newWorld(t, src)
	w.provider = "local"
	w.apply(nil)
	return w
}

// The table of what stands in the lock, and of what is planned with and without
// --placeholders:
//
//	lock                          | --placeholders     | without
//	nothing                       | create             | create
//	placeholder, same inputs      | -                  | update placeholder
//	placeholder, edited           | update             | update placeholder
//	placeholder, renamed          | move               | update placeholder
//	placeholder, not wanted       | delete             | delete
//	placeholder, protected        | as if it were not  | as if it were not
//	placeholder, result stored    | restore            | restore
//	placeholder, engine its own   | -                  | -
//	result, same inputs           | -                  | -
//	result, edited                | -                  | update
//	result, renamed               | move               | move
//	result, not wanted            | -                  | delete
//	result, --replace             | error              | update
//	result, its path wanted       | -                  | update, the entry goes on
func TestPlanPlaceholders(t *testing.T) {
	t.Parallel()
	protected := strings.ReplaceAll(paidDuel, "  output", "  lifecycle {\n    prevent_regenerate = true\n    ignore_changes     = all\n  }\n  output")
	for _, src := range []string{paidDuel, protected} {
		w := sketched(t, src)
		w.want("")
		w.provider = ""
		w.want("image.duel update placeholder cost=2/0\nimage.knight update placeholder cost=1/0")
	}

	w := sketched(t, paidDuel)
	w.config(strings.Replace(paidDuel, "A knight", "A mage", 1))
	w.want("image.duel update upstream:image.knight conditional cost=2/0\nimage.knight update input:prompt cost=1/0")
	w.config(strings.Replace(paidDuel, `"duel"`, `"fight"`, 1))
	w.want("image.fight move moved from=image.duel")
	w.config(strings.NewReplacer(`"duel"`, `"fight"`, "knight duels", "knight fights").Replace(paidDuel))
	w.want("image.fight update input:prompt moved from=image.duel cost=2/0")
	w.config(`provider "imaginator" {}` + knight)
	w.want("image.duel delete")
	w.config(duel)
	w.want("")
	w.provider = ""
	w.want("")

	result := func() *world {
		w := newWorld(t, paidDuel).apply(nil)
		w.provider = "local"
		w.want("")
		return w
	}
	w = result()
	e := w.lock.Assets["image.knight"]
	e.Placeholder, e.Adopted = true, true // somebody edited the lock
	w.lock.Put("image.knight", e)
	w.config(strings.NewReplacer("A knight", "A mage", "art/knight", "art/mage").Replace(paidDuel))
	w.want("")
	w.config(strings.Replace(paidDuel, `"duel"`, `"fight"`, 1))
	w.want("image.fight move moved from=image.duel")
	w.config(`provider "imaginator" {}` + knight)
	w.want("")
	w.config(strings.NewReplacer(`"duel"`, `"fight"`, "knight duels", "knight fights").Replace(paidDuel)) // its successor
	w.want("")
	fight := "image \"fight\" {\n  prompt = \"A fight\"\n  output = \"art/duel.png\"\n}\n"
	w.config(strings.NewReplacer("art/duel", "art/joust", "knight duels", "knight jousts").Replace(paidDuel) + fight)
	w.want("image.fight create new cost=1/0\nrefused foreign image.fight")
	w.remove("art/duel.png")
	w.want("image.fight create new cost=1/0\nrefused foreign image.fight")
	w.config(paidDuel)
	w.want("")
	w.opts.Replaces = []string{"image.knight"}
	w.want("error: Placeholders replace no result")

	// The result of a placeholder's inputs is in the store.
	w = result().store("image.knight").store("image.duel")
	w.lock.Drop("image.knight")
	w.remove("art/knight.png")
	w.want("image.knight restore new")
}

// A result that is made from a sketch would have to be paid for twice.
func TestPlanPaysForNothingMadeOfPlaceholders(t *testing.T) {
	t.Parallel()
	w := sketched(t, `provider "imaginator" {}`+knight)
	w.provider = ""
	p := w.plan()
	b := &builder{engines: p.Engines, project: w.project(), lock: w.lock}
	b.readEntries()
	w.config(paidDuel)
	c := w.plan().Change(w.project().Specs[0].Address)
	b.guardPlaceholders(c)
	if len(b.refusals) > 0 {
		t.Errorf("refused %s, whose upstream is generated before", c.Address)
	}
	c.Fingerprint.Images[0].Hash = w.lock.Assets["image.knight"].ContentHash
	b.guardPlaceholders(c)
	if len(b.refusals) != 1 || b.refusals[0].Kind != RefusedPlaceholder {
		t.Errorf("got %v for an input that is a placeholder", b.refusals)
	}
}
