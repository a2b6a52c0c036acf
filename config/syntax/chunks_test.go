package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// manyBlocks are blocks of the usual size.
func manyBlocks(n int) string {
	var src strings.Builder
	for i := range n {
		fmt.Fprintf(&src, `
image "a%d" {
  prompt       = "Asset number %d, in plate armour, ${local.style}"
  model        = "nano_banana_pro"
  aspect_ratio = "portrait"
  seed         = %d
  references   = [image.a%d]
  output       = "art/%d.png"
}
`, i, i, i, i+1, i)
	}
	return src.String()
}

// TestChunks: a file is parsed in pieces, which must not show: neither in
// ranges nor where a line that looks like the end of a block is none.
func TestChunks(t *testing.T) {
	t.Parallel()
	for _, src := range []string{
		manyBlocks(200),
		manyBlocks(200) + "locals {\n  text = <<END\n}\n" + manyBlocks(50) + "}\nEND\n}\n/*\n}\n" + manyBlocks(50) + "}\n*/\n",
	} {
		if n := len(splitChunks([]byte(src))); n < 10 {
			t.Fatalf("%d chunks", n)
		}
		file, diags := Parse("x", []byte(src), false)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		images := 0
		for _, block := range file.Body.(*hclsyntax.Body).Blocks {
			want := block.Type
			if len(block.Labels) > 0 {
				want += ` "` + block.Labels[0] + `"`
				images++
			}
			at := block.DefRange()
			if got := string(at.SliceBytes(file.Bytes)); got != want {
				t.Errorf("range %s is of %q, want %q", at, got, want)
			}
		}
		if images != 200 {
			t.Errorf("%d blocks, want 200", images)
		}
	}
	if parseChunks("x", nil, splitChunks([]byte(manyBlocks(200)))) == nil {
		t.Error("not parsed in chunks")
	}
}
