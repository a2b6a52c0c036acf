package plan

import (
	"strings"
	"testing"
)

const pair = `
image "a" {
  prompt = "one"
  output = "a.png"
}

image "b" {
  prompt = "two"
  output = "b.png"
}
`

func replaced(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(pair) }

func TestPlanMoves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before, after, want string }{
		{"rename", pair, replaced(`"a" {`, `"z" {`), "image.z move moved from=image.a"},
		{"new path", pair, replaced("a.png", "art/a.png"), "image.a move moved was=a.png"},
		{"rename and new path", pair, replaced(`"a" {`, `"z" {`, "a.png", "z.png"), "image.z move moved from=image.a was=a.png"},
		{"paths swapped", pair, replaced("a.png", "b.png", "b.png", "a.png"), "image.a move moved was=a.png\nimage.b move moved was=b.png"},
		{"names swapped", pair, replaced(`"a" {`, `"b" {`, `"b" {`, `"a" {`), "image.a move moved from=image.b\nimage.b move moved from=image.a"},
		{
			"names and paths stay, inputs swapped", pair, replaced(`"one"`, `"two"`, `"two"`, `"one"`),
			"image.a move moved from=image.b was=b.png\nimage.b move moved from=image.a was=a.png",
		},
		{
			"shifted", pair, replaced(`"a" {`, `"b" {`, `"b" {`, `"c" {`),
			"image.b move moved from=image.a\nimage.c move moved from=image.b",
		},
		{
			"renamed, and paths shifted", pair, replaced(`"a" {`, `"y" {`, `"b" {`, `"z" {`, "a.png", "b.png", "b.png", "c.png"),
			"image.y move moved from=image.a was=a.png\nimage.z move moved from=image.b was=b.png",
		},
		{
			"taken over without a successor", pair, `
image "b" {
  prompt = "one"
  output = "b.png"
}
`, "image.a delete\nimage.b restore input:prompt",
		},
		{
			"copied while the original was edited", pair, replaced(`"one"`, `"three"`) + `
image "c" {
  prompt = "one"
  output = "c.png"
}
`, "image.a update input:prompt cost=1/0\nimage.c restore new",
		},
		{
			"count to for_each", `
image "i" {
  count  = 2
  prompt = ["x", "y"][count.index]
  output = "${["x", "y"][count.index]}.png"
}
`, `
image "i" {
  for_each = toset(["x", "y"])
  prompt   = each.key
  output   = "${each.key}.png"
}
`, "image.i[\"x\"] move moved from=image.i[0]\nimage.i[\"y\"] move moved from=image.i[1]",
		},
		{
			"moved block", pair, replaced(`"a" {`, `"z" {`, `"one"`, `"three"`) + "moved {\n from = image.a\n to = image.z\n}\n",
			"image.z update input:prompt moved from=image.a cost=1/0",
		},
		{
			"moved chain", pair, replaced(`"a" {`, `"z" {`) + "moved {\n from = image.a\n to = image.m\n}\nmoved {\n from = image.m\n to = image.z\n}\n",
			"image.z move moved from=image.a",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.before).apply(nil)
			w.config(c.after)
			w.want(c.want)
		})
	}
}

func TestPlanPairingPrefersEqualOutput(t *testing.T) {
	t.Parallel()
	twins := replaced(`"two"`, `"one"`)
	w := newWorld(t, strings.Replace(twins, "prompt", "revision = 1\n prompt", 1)).apply(nil)
	// Both entries get the same inputs, as two takes merged by hand have.
	a, b := w.lock.Assets["image.a"], w.lock.Assets["image.b"]
	a.Inputs, a.InputsHash = b.Inputs, b.InputsHash
	w.lock.Assets["image.a"] = a
	w.config(strings.NewReplacer(`"a" {`, `"y" {`, `"b" {`, `"x" {`).Replace(twins))
	w.want("image.x move moved from=image.b\nimage.y move moved from=image.a")
}

func TestPlanMoveOfMissingFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, pair).apply(nil)
	w.config(replaced("a.png", "z.png"))
	w.remove("a.png")
	w.want("image.a update missing_file was=a.png cost=1/0")
	w.store("image.a")
	w.want("image.a move moved was=a.png")
	// Interrupted after the file had moved.
	w.write("z.png", []byte("content of image.a from "+w.lock.Assets["image.a"].InputsHash.String()))
	w.blobs = nil
	w.want("image.a move moved was=a.png")
}

func TestPlanMoveOfDriftedFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, pair).apply(nil)
	w.write("a.png", []byte("retouched"))
	w.config(replaced(`"a" {`, `"z" {`))
	w.want("image.z move moved from=image.a drifted")
	w.config(replaced("a.png", "z.png"))
	w.want("image.a move moved was=a.png drifted\nrefused drift image.a")
}

func TestPlanVideoContainers(t *testing.T) {
	t.Parallel()
	film := "video \"v\" {\n prompt = \"x\"\n output = \"v.mp4\"\n}\n"
	w := newWorld(t, film).apply(nil)
	w.config(strings.Replace(film, "v.mp4", "v.webm", 1))
	w.want("video.v update missing_file was=v.mp4 cost=0/1")
}

func TestPlanWarnsOfContainers(t *testing.T) {
	t.Parallel()
	const film = "video \"v\" {\n prompt = \"x\"\n output = \"v.webm\"\n}\n"
	for src, want := range map[string]int{"provider \"imaginator\" {}\n" + film: 1, film: 0} {
		warnings := 0
		for _, d := range newWorld(t, src).plan().Diagnostics {
			if d.Summary == "Output may not fit the film" && d.Subject.Start.Line == 4 {
				warnings++
			}
		}
		if warnings != want {
			t.Errorf("%d warnings, want %d for\n%s", warnings, want, src)
		}
	}
}
