package imaginator

import (
	"assetform/apply/engine"
	spec "assetform/config/engine"
	"assetform/lockfile"
	"slices"
	"strings"
	"testing"
)

func TestSamePrompt(t *testing.T) {
	t.Parallel()
	const tom = "Tom & Jerry in the café,\n  painted by “Ana” 🎨 at dusk"
	long := strings.Repeat("A knight before the gate. ", 6)
	for _, test := range []struct {
		sent, shown string
		want        bool
	}{
		{tom, "", true}, {tom, " ", true}, {tom, tom, true},
		{tom, "Tom &amp; Jerry in the caf&eacute;, painted by “Ana” 🎨 at dusk", true},
		{tom, "TOM & JERRY IN THE CAFE\u0301, PAINTED BY “ANA” 🎨 AT DUSK", true},
		{tom, "Tom & Jerry in the caf?, painted by ?Ana? ? at dusk", true},
		{tom, `"Tom & Jerry in the café, painted by 'Ana' 🎨 at dusk"`, true},
		{tom, "Tom & Jerry...", true}, {tom, "Tom & Jerry… (truncated)", true}, {tom, "Tom & Jerry [...]", true},
		{tom, "Tom & (sensitive value) in the café, painted by “Ana” 🎨 at dusk", true},
		{long, long[:40], true}, {long, long[:104], true}, // within a word; a column's worth
		{"猫在哪里？", "?????", true},
		{tom, "Tom & Jerry", false}, {tom, "Tom & Jerry in the ca", false}, {long, long[:51], false},
		{tom, "Tom & Jerry in the garden", false}, {tom, "A dog", false}, {tom, tom + ", seen from above by others", false},
		{tom, "A (sensitive value)", false},
		{"Кто там?", "Где мой дракон?", false}, {"红色的龙", "猫在哪里？", false}, {"😀", "💩", false}, {"दिन", "दीन", false},
		{"The C language", "The C++ language", false}, {"A cathedral at dusk", "A cat", false}, {"A cat", "more", false},
		{"A cat", "A cat?", true}, {"...", "!!!", false},
	} {
		if got := samePrompt(test.sent, test.shown); got != test.want {
			t.Errorf("%q shown for %q: %v, want %v", test.shown, test.sent, got, test.want)
		}
	}
}

// A parameter that rows do not show keeps a task from being taken for ours.
func TestParameterThatRowsHide(t *testing.T) {
	t.Parallel()
	m := *Engine.Method("generate_image")
	m.Params = append(slices.Clone(m.Params), spec.Param{Name: "lighting", Type: spec.String, Default: "soft"})
	words, seed := "A castle", int64(7)
	is := neutral(Task{ID: "1", Status: StatusCompleted, Type: TypeImage, Model: "imagen3.5", Prompt: &words, Seed: &seed, AspectRatio: "landscape"})
	q := engine.Query{Kind: "image", Method: Engine.Method("generate_image"), Inputs: lockfile.Inputs{"prompt": lockfile.Text(words), "seed": lockfile.Int(seed)}}
	d := NewDriver(nil)
	if c := d.Compare(q, &is, nil); !c.Equal() {
		t.Fatalf("%+v", c)
	}
	q.Method = &m
	if c := d.Compare(q, &is, nil); c.Equal() || c.ByPicture || !slices.Contains(c.Hidden, "lighting") {
		t.Errorf("%+v", c)
	}
}
