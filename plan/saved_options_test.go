package plan

import (
	"assetform/apply/engine/all"
	"assetform/config"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Bounds are members of their own, of whichever unit; what is none is refused.
func TestSavedOptions(t *testing.T) {
	t.Parallel()
	for text, o := range map[string]SavedOptions{
		`{}`: {},
		`{"target":["image.a"],"overwrite_drifted":true,"max_image_credits":5,"max_sprites":0}`: {
			Targets: []string{"image.a"}, OverwriteDrifted: true, Max: map[string]int{"image_credits": 5, "sprites": 0},
		},
		`{"max_videos":1}`: {Max: map[string]int{"videos": 1}},
	} {
		b, err := json.Marshal(o)
		if err != nil || string(b) != text {
			t.Errorf("%s, %v; want %s", b, err, text)
		}
		var back SavedOptions
		if err := json.Unmarshal(b, &back); err != nil || !cmp.Equal(back, o) {
			t.Errorf("%s: %+v, %v", b, back, err)
		}
	}
	for _, text := range []string{`{"max_videos":-1}`, `{"max_videos":"1"}`, `{"max_A":1}`, `{"max":{"videos":1}}`, `{"else":1}`} {
		var o SavedOptions
		if err := json.Unmarshal([]byte(text), &o); err == nil {
			t.Errorf("%s was taken: %+v", text, o)
		}
	}
}

// The costs of a plan that could not be made have every unit too.
func TestCostOfNoPlan(t *testing.T) {
	t.Parallel()
	d := (&Plan{}).Document(&config.Project{Engines: all.Registry()})
	b, err := json.Marshal(d.Cost)
	if want := `{"image_credits":0,"videos":0,"conditional_image_credits":0,"conditional_videos":0}`; err != nil || string(b) != want {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
}
