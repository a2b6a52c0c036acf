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
