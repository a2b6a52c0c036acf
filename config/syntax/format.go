package syntax

import (
	"bytes"
	"fmt"
	"slices"

	"assetform/config/diag"
	"assetform/config/worktree"

	"github.com/aymanbagabas/go-udiff"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Format returns source in native syntax in canonical form: terraform fmt's
// indentation and alignment, labels in quotes, and "${x}" as x where nothing
// else is in the quotes. Comments and the text of heredocs stay as they are.
// Line ends become what the first line has, and a byte order mark goes: neither
// is part of a value. Formatting twice changes nothing more. Source that does not parse is returned unchanged with its errors.
func Format(filename string, src []byte) ([]byte, hcl.Diagnostics) {
	text := worktree.Text(src)
	body, diags := parseFormattable(filename, text)
	if diags.HasErrors() {
		return src, diags
	}
	out := applyEdits(text, bodyEdits(body, text, nil))
	// A moved token can change the alignment of others, so that a second look
	// is needed at times.
	for range maxFormatPasses {
		next := Layout(out)
		if bytes.Equal(next, out) {
			break
		}
		out = next
	}
	if i := bytes.IndexByte(src, '\n'); i > 0 && src[i-1] == '\r' {
		out = bytes.ReplaceAll(out, []byte("\n"), []byte("\r\n"))
	}
	return out, nil
}

const maxFormatPasses = 4

func parseFormattable(filename string, src []byte) (*hclsyntax.Body, hcl.Diagnostics) {
	if len(src) > worktree.MaxFileBytes {
		at := hcl.Range{Filename: filename, Start: hcl.InitialPos, End: hcl.InitialPos}
		return nil, hcl.Diagnostics{{
			Severity: hcl.DiagError,
			Summary:  "Configuration file too large",
			Detail:   fmt.Sprintf("Configuration files may have up to %d MiB.", worktree.MaxFileBytes>>20),
			Subject:  &at,
		}}
	}
	if diags := checkSource(filename, src); diags != nil {
		return nil, diags
	}
	if diags := CheckNesting(filename, src); diags.HasErrors() {
		return nil, diags
	}
	file, diags := hclsyntax.ParseConfig(src, filename, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, leftover(filename, src, explainPairs(src, diags))
	}
	return file.Body.(*hclsyntax.Body), nil
}

// edit replaces the bytes from start to end of a source.
type edit struct {
	start, end int
	text       string
}

// bodyEdits appends what Layout, which only moves tokens, does not do.
func bodyEdits(body *hclsyntax.Body, src []byte, edits []edit) []edit {
	for _, attr := range body.Attributes {
		r := attr.Expr.Range()
		if _, ok := attr.Expr.(*hclsyntax.TemplateWrapExpr); !ok {
			continue
		}
		if text, ok := unwrapInterpolation(r.SliceBytes(src)); ok {
			edits = append(edits, edit{r.Start.Byte, r.End.Byte, text})
		}
	}
	for _, block := range body.Blocks {
		for _, r := range block.LabelRanges {
			if label := r.SliceBytes(src); label[0] != '"' {
				edits = append(edits, edit{r.Start.Byte, r.End.Byte, `"` + string(label) + `"`})
			}
		}
		edits = bodyEdits(block.Body, src, edits)
	}
	return edits
}

// applyEdits makes edits that do not overlap.
func applyEdits(src []byte, edits []edit) []byte {
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	var out bytes.Buffer
	done := 0
	for _, e := range edits {
		out.Write(src[done:e.start])
		out.WriteString(e.text)
		done = e.end
	}
	out.Write(src[done:])
	return out.Bytes()
}

// unwrapInterpolation returns x for "${x}", whose value is the same: a
// template that is one interpolation converts nothing to a string.
func unwrapInterpolation(src []byte) (string, bool) {
	tokens, _ := hclsyntax.LexExpression(src, "", hcl.Pos{Line: 1, Column: 1})
	n := len(tokens) - 1 // the last one is the end of the source
	if n < 5 || tokens[0].Type != hclsyntax.TokenOQuote || tokens[1].Type != hclsyntax.TokenTemplateInterp ||
		tokens[n-2].Type != hclsyntax.TokenTemplateSeqEnd || tokens[n-1].Type != hclsyntax.TokenCQuote {
		return "", false
	}
	lines := false
	for _, tok := range tokens[2 : n-2] {
		switch tok.Type {
		case hclsyntax.TokenComment, hclsyntax.TokenOHeredoc:
			return "", false // these end with a line, which may not end there without the quotes
		case hclsyntax.TokenNewline:
			lines = true
		}
	}
	inside := bytes.TrimSpace(src[tokens[1].Range.End.Byte:tokens[n-2].Range.Start.Byte])
	if lines && bytes.ContainsRune(inside, '\n') {
		// Only within brackets may an expression go on in the next line.
		return "(" + string(inside) + ")", true
	}
	return string(inside), true
}

// UnifiedDiff returns what formatting changed, for people to read: control
// characters in it are escaped. It is empty when nothing changed.
func UnifiedDiff(name string, before, after []byte) string {
	return udiff.Unified("old/"+diag.CleanLine(name), "new/"+diag.CleanLine(name), diag.Clean(string(before)), diag.Clean(string(after)))
}
