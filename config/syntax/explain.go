package syntax

import (
	"math"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// cause keeps of what HCL says about a broken JSON file the first: a value that
// does not end makes an object that does not end, and that is no object.
func cause(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		if d.Summary != "Root value must be object" {
			d.Detail = strings.TrimSuffix(d.Detail, ".") + "."
			if d.Summary == "Invalid JSON keyword" {
				d.Detail += " What ends in .json is JSON; NAME = VALUE stands in a file that ends in .hcl."
			}
			return hcl.Diagnostics{d}
		}
	}
	return diags
}

// explainTemplates adds to what HCL says about a text how to write it when no
// template is meant. A text that does not end makes texts of all that follows
// it, of which nothing is told.
func explainTemplates(diags hcl.Diagnostics) hcl.Diagnostics {
	first := math.MaxInt
	for _, d := range diags {
		switch d.Summary {
		case "Invalid template control keyword", "Invalid template directive":
			d.Detail += ` To write %{ in a text itself, double the percent sign: %%{.`
		case "Unclosed template interpolation sequence":
			d.Detail = `The text has no } for this ${. To write ${ in a text itself, double the dollar sign: $${.`
		case "Unterminated template string":
			d.Detail = "No closing quote was found for this text. A text in quotes ends on its line; one of more lines stands between <<-EOT and EOT."
		case "Unclosed template control sequence":
		default:
			continue
		}
		if d.Subject != nil {
			first = min(first, d.Subject.Start.Line)
		}
	}
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		return d.Summary == "Invalid multi-line string" && d.Subject != nil && d.Subject.Start.Line >= first
	})
}
