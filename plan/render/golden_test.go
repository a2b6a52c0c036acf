package render

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"assetform/lockfile"
	"assetform/plan"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestTextGolden(t *testing.T) {
	t.Parallel()
	for _, width := range []int{40, 80, 120} {
		for _, color := range []bool{false, true} {
			name := fmt.Sprintf("text_%d.txt", width)
			if color {
				name = fmt.Sprintf("text_%d_color.txt", width)
			}
			golden(t, name, Text(sample(), Options{Width: width, Color: color, Causes: sampleCauses()}))
		}
	}
	golden(t, "text_verbose.txt", Text(sample(), Options{Verbose: true}))
}

func TestMarkdownGolden(t *testing.T) {
	t.Parallel()
	golden(t, "plan.md", Markdown(sample(), Options{Causes: sampleCauses()}))
	golden(t, "no_changes.md", Markdown(document(still("image.a", false)), Options{}))
}

func TestLockGolden(t *testing.T) {
	t.Parallel()
	hash := func(s string) lockfile.ContentHash { return lockfile.HashBytes([]byte(s)) }
	lock := &lockfile.Lock{Assets: map[string]lockfile.Entry{
		"image.knight": {
			Output: "art/knight.png", Provider: "imaginator", Method: "generate_image",
			Inputs:      lockfile.Inputs{"prompt": lockfile.Text("A knight\x1b[31m"), "token": lockfile.Sensitive(hash("x"))},
			ContentHash: hash("a"), MediaType: "image/png", Bytes: 812331, Width: 768, Height: 1344, Cost: lockfile.Cost{"image_credits": 2}, TaskID: "42",
			Protect: []string{"destroy", "regenerate"},
		},
		"video.idle": {
			Output: "video/idle.mp4", Provider: "local", Method: "generate_video_from_image",
			ContentHash: hash("b"), MediaType: "video/mp4", Bytes: 9_123_456, Width: 1280, Height: 720, Duration: 8, Cost: lockfile.Cost{"videos": 1},
		},
	}}
	golden(t, "lock.txt", Lock(lock, Options{}))
	golden(t, "lock_verbose.txt", Lock(lock, Options{Verbose: true}))
}

// still is an asset that does not change.
func still(address string, drifted bool) plan.ChangeDocument {
	return plan.ChangeDocument{
		Address: address, Kind: "image", Action: plan.NoOp, Method: "generate_image", Provider: "local",
		Output: "art/a.png", Before: map[string]any{"prompt": "A"}, After: map[string]any{"prompt": "A"}, Drifted: drifted,
	}
}
