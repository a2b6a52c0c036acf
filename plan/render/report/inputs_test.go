package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPieces(t *testing.T) {
	t.Parallel()
	for _, want := range [][]string{
		{`image.icon["sword"]`},
		{`module.`, `badges`, `["pl"].`, `image.`, `badge`, `["organic"]`},
		{`image.`, `icon`, `["a.b[c] and \"d.e\" [f"]`},
		{`image.`, `a_name_that_needs_a_line_of_its_own`},
		{`video.`, `flight_over_the_sea`, `[10]`},
		{`image.`, `broken_in_the_middle`, `["`},
	} {
		address := ""
		for _, piece := range want {
			address += piece
		}
		if diff := cmp.Diff(want, pieces(address)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", address, diff)
		}
	}
}
