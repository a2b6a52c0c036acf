package diag

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Place is a range as messages name it: "main.asset.hcl:3".
func Place(r hcl.Range) string { return r.Filename + ":" + strconv.Itoa(r.Start.Line) }

// CompareRanges orders ranges by file and by where they begin.
func CompareRanges(a, b hcl.Range) int {
	if c := strings.Compare(a.Filename, b.Filename); c != 0 {
		return c
	}
	return a.Start.Byte - b.Start.Byte
}
