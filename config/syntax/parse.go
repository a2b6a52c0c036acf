package syntax

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"assetform/config/diag"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
)

// Parse parses a file in native or JSON syntax. The name is the one that its
// ranges carry.
func Parse(name string, src []byte, isJSON bool) (*hcl.File, hcl.Diagnostics) {
	if diags := checkSource(name, src); diags != nil {
		return nil, diags
	}
	if !isJSON {
		file, diags := parseNative(name, src)
		return file, leftover(name, src, explainPairs(src, explainSyntax(src, explainTemplates(diags))))
	}
	if diags := checkJSONNesting(name, src); diags != nil {
		return nil, diags
	}
	if diags := checkSurrogates(name, src); diags != nil {
		return nil, diags
	}
	file, diags := json.Parse(src, name)
	clampRanges(diags, src)
	return file, leftover(name, src, cause(src, diags))
}

// checkSource reports a file whose content is not what its author meant by it.
func checkSource(name string, src []byte) hcl.Diagnostics {
	if diags := checkEncoding(name, src); diags != nil {
		return diags
	}
	if _, _, pointer := worktree.ParsePointer(src); pointer {
		start := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
		return hcl.Diagnostics{diag.Problem(start, "File is with Git LFS",
			"What stands here is a Git LFS pointer, and the file's content is not on this machine. Run \"git lfs pull --include %s\".", diag.LFSPattern(name))}
	}
	return checkConflict(name, src)
}

// ParseExpression parses an expression that stands alone.
func ParseExpression(name string, src []byte) (hclsyntax.Expression, hcl.Diagnostics) {
	if diags := checkEncoding(name, src); diags != nil {
		return nil, diags
	}
	if diags := CheckNesting(name, src); diags != nil {
		return nil, diags
	}
	return hclsyntax.ParseExpression(src, name, hcl.InitialPos)
}

// ParseTemplate parses a template, whose source is UTF-8.
func ParseTemplate(name string, src []byte) (hclsyntax.Expression, hcl.Diagnostics) {
	if diags := checkTemplateNesting(name, src); diags.HasErrors() {
		return nil, diags
	}
	return hclsyntax.ParseTemplate(src, name, hcl.InitialPos)
}

// clampRanges cuts ranges that reach behind the end of the source, as HCL's
// JSON parser gives them for strings that do not end.
func clampRanges(diags hcl.Diagnostics, src []byte) {
	for _, d := range diags {
		for _, r := range []*hcl.Range{d.Subject, d.Context} {
			if r != nil {
				r.Start.Byte = min(r.Start.Byte, len(src))
				r.End.Byte = min(r.End.Byte, len(src))
			}
		}
	}
}

// checkEncoding reports source that is not plain UTF-8.
func checkEncoding(shown string, src []byte) hcl.Diagnostics {
	start := hcl.Range{Filename: shown, Start: hcl.InitialPos, End: hcl.InitialPos}
	if wide := worktree.WideText(src); wide != "" {
		return hcl.Diagnostics{diag.Problem(start, "File in "+wide[:len("UTF-16")], "The file is %s. Save it as UTF-8.", wide)}
	}
	if at := bytes.IndexByte(src, 0); at >= 0 {
		return hcl.Diagnostics{diag.Problem(rangeAt(shown, src, at, at+1), "File is no text",
			"A NUL character stands here: this is a binary file, or a text that was damaged.")}
	}
	if utf8.Valid(src) {
		return nil
	}
	at := invalidByte(src)
	return hcl.Diagnostics{diag.Problem(rangeAt(shown, src, at, at+1), "Invalid UTF-8 in file",
		"The byte %s is no UTF-8 text. Save the file as UTF-8.", fmt.Sprintf("0x%02x", src[at]))}
}

// rangeAt is the range of some bytes of a line.
func rangeAt(shown string, src []byte, start, end int) hcl.Range {
	line := 1 + bytes.Count(src[:start], []byte("\n"))
	return byteRange(shown, line, bytes.LastIndexByte(src[:start], '\n')+1, start, end)
}

func invalidByte(src []byte) int {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return 0
}
