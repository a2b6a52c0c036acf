package config

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDeterministic: the same files give the same project and the same
// messages, whatever order maps are walked in.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"testdata/valid/modules", "testdata/valid/refactoring", "testdata/invalid/module_cycle",
		"testdata/invalid/module_asset_cycle", "testdata/invalid/cycle_paths.asset.hcl", "testdata/invalid/cycle_locals.asset.hcl",
		"testdata/invalid/module_provider", "testdata/invalid/cycle_local_asset.asset.hcl",
	} {
		dir := copyCase(t, source)
		var first string
		for i := range 5 {
			p, diags := Load(Options{Dir: dir, ToolVersion: "0.1.0"})
			got := dump(t, p) + describe(diags)
			p.Close()
			if i == 0 {
				first = got
			} else if diff := cmp.Diff(first, got); diff != "" {
				t.Errorf("%s (-first +later):\n%s", source, diff)
			}
		}
	}
}

// TestConcurrentChecks: apply checks the results of several assets at once.
func TestConcurrentChecks(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, map[string]string{"limit.txt": "512", "main.asset.hcl": `
image "a" {
  count  = 8
  prompt = "x"
  output = "${count.index}.png"
  lifecycle {
    postcondition {
      condition     = self.width >= tonumber(file("limit.txt")) + count.index
      error_message = "${self.width} is too narrow."
    }
  }
}
`})
	var wg sync.WaitGroup
	for i, s := range p.Specs {
		wg.Go(func() {
			diags := s.Check(Self{Width: 515, Height: 1, Bytes: 1, MediaType: "image/png"})
			if failed := diags.HasErrors(); failed != (i > 3) {
				t.Errorf("%s: %s", s.Address, describe(diags))
			}
		})
	}
	wg.Wait()
}

// TestChunks: a file is parsed in pieces, which must not show: neither in
// ranges nor where a line that looks like the end of a block is none.
func TestChunks(t *testing.T) {
	t.Parallel()
	src := []byte(manyBlocks(200) + "locals {\n  text = <<END\n}\n" + manyBlocks(50) + "}\nEND\n}\n/*\n}\n" + manyBlocks(50) + "}\n*/\n")
	if n := len(splitChunks(src)); n < 10 {
		t.Fatalf("%d chunks", n)
	}
	p := mustLoad(t, map[string]string{"main.asset.hcl": string(src)})
	if len(p.Specs) != 200 {
		t.Errorf("%d assets, want 200", len(p.Specs))
	}
	file, diags := parseNative("x", []byte(manyBlocks(200)))
	if diags.HasErrors() || parseChunks("x", nil, splitChunks([]byte(manyBlocks(200)))) == nil {
		t.Fatal("not parsed in chunks")
	}
	content, _ := file.Body.Content(rootSchema)
	for _, block := range content.Blocks {
		want := block.Type
		if len(block.Labels) > 0 {
			want += ` "` + block.Labels[0] + `"`
		}
		at := block.DefRange
		if got := string(at.SliceBytes(file.Bytes)); got != want {
			t.Errorf("range %s is of %q, want %q", at, got, want)
		}
	}
}
