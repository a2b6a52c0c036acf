package syntax

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"assetform/config/explain"

	"github.com/hashicorp/hcl/v2"
)

// cause keeps of what HCL says about a broken JSON file the first: a value that
// does not end makes an object that does not end, and that is no object.
func cause(src []byte, diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		if d.Summary != "Root value must be object" {
			d.Detail = strings.TrimSuffix(d.Detail, ".") + "."
			line := ""
			if d.Subject != nil {
				line = strings.TrimSpace(string(lineAt(src, d.Subject.Start.Line)))
			}
			if strings.HasPrefix(line, "//") || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "/*") {
				d.Detail += ` JSON has no comments; in a block, a property "//" is one.`
			}
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
		open := explain.Template(d)
		switch d.Summary {
		case "Unterminated template string":
			d.Detail = "No closing quote was found for this text. A text in quotes ends on its line; one of more lines stands between <<-EOT and EOT."
			open = true
		case "Unclosed template control sequence":
			open = true
		}
		if open && d.Subject != nil {
			first = min(first, d.Subject.Start.Line)
		}
	}
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		return d.Summary == "Invalid multi-line string" && d.Subject != nil && d.Subject.Start.Line >= first
	})
}

// maxExplained is how many problems of one file are explained: a file may have a
// million, and to find a line of it takes the length of the file.
const maxExplained = 1000

// explainSyntax adds what a beginner may have meant. Of a line with a character
// that has no meaning, or an escape that has none, nothing else is told.
func explainSyntax(src []byte, diags hcl.Diagnostics) hcl.Diagnostics {
	foreign := map[int]*hcl.Diagnostic{}
	for _, d := range diags[:min(len(diags), maxExplained)] {
		if d.Subject == nil {
			continue
		}
		line := strings.TrimSpace(string(lineAt(src, d.Subject.Start.Line)))
		switch d.Summary {
		case "Invalid character":
			if foreign[d.Subject.Start.Line] == nil {
				foreign[d.Subject.Start.Line] = d
			}
			if r := *d.Subject; r.CanSliceBytes(src) && string(r.SliceBytes(src)) == "$" {
				d.Detail = `Names are written without a dollar sign: var.NAME. Within a text in quotes they stand as ${var.NAME}.`
			}
		case "Invalid escape sequence":
			if foreign[d.Subject.Start.Line] == nil {
				foreign[d.Subject.Start.Line] = d
			}
			d.Detail += ` A backslash itself is written twice: \\. Directories in paths are parted by /.`
		case "Missing newline after argument":
			d.Detail += meantValue(line)
		case "Invalid block definition":
			d.Detail += " To set an attribute, write NAME = VALUE."
		case "Argument or block definition required":
			switch {
			case strings.HasPrefix(line, "}"):
				d.Detail = "There is nothing that this brace ends. Remove it, or look for a { that is missing above."
			case strings.HasPrefix(line, "--"), strings.HasPrefix(line, ";"), strings.HasPrefix(line, "<!--"), strings.HasPrefix(line, "%"):
				d.Detail += " A comment begins with #."
			}
		}
	}
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		return d.Subject != nil && foreign[d.Subject.Start.Line] != nil && foreign[d.Subject.Start.Line] != d
	})
}

// meantValue says what the value of an attribute may be meant as behind which
// the line goes on.
func meantValue(line string) string {
	_, value, _ := strings.Cut(line, "=")
	value = strings.TrimSpace(value)
	words := strings.Fields(value)
	switch first, _ := utf8.DecodeRuneInString(value); {
	case strings.HasPrefix(value, `"""`), strings.HasPrefix(value, "```"):
		return " A text of more than one line stands between <<-EOT and EOT."
	case slices.Contains(words, "and"), slices.Contains(words, "or"), slices.Contains(words, "not"):
		return " In a condition, write && for and, || for or, and ! for not; a text stands in quotes."
	case unicode.IsLetter(first) && len(words) > 1 && !strings.ContainsAny(words[0], "(.["):
		return " A text stands in quotes."
	}
	return ""
}
