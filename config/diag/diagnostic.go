package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"sync"

	"github.com/hashicorp/hcl/v2"
)

// Printer shows diagnostics. The zero value prints plain text without source
// snippets.
type Printer struct {
	Files map[string]*hcl.File // sources, by the file name in ranges
	// Dir is the directory relative to which absolute file names are shown;
	// empty: they are shown as they are.
	Dir string
	// Redactor is applied to what is shown of the sources and of values. The
	// words of a diagnostic are assetform's: what is foreign in them was
	// redacted before it became a part of them.
	Redactor *Redactor
	Width    int // columns of the terminal; 0: text is not wrapped
	Color    bool
}

// Diagnostic is the form in which diagnostics leave the process. Its JSON is
// that of Terraform's validate -json.
type Diagnostic struct {
	Severity string   `json:"severity"` // "error" or "warning"
	Summary  string   `json:"summary"`
	Detail   string   `json:"detail"`
	Address  string   `json:"address,omitempty"` // of the asset it concerns
	Range    *Range   `json:"range,omitempty"`
	Snippet  *Snippet `json:"snippet,omitempty"`
}

// Range is a part of a source file.
type Range struct {
	Filename string   `json:"filename"`
	Start    Position `json:"start"`
	End      Position `json:"end"`
}

// Position is a place in a source file.
type Position struct {
	Line   int `json:"line"`   // from 1
	Column int `json:"column"` // in characters, from 1
	Byte   int `json:"byte"`   // from 0
}

// Snippet is the source around a diagnostic.
type Snippet struct {
	Context              *string       `json:"context"` // the block it stands in: `image "knight"`
	Code                 string        `json:"code"`
	StartLine            int           `json:"start_line"`
	HighlightStartOffset int           `json:"highlight_start_offset"` // bytes in Code
	HighlightEndOffset   int           `json:"highlight_end_offset"`
	Values               []Value       `json:"values"`
	FunctionCall         *FunctionCall `json:"function_call,omitempty"`
}

// Value is what a reference in the expression evaluated to.
type Value struct {
	Traversal string `json:"traversal"` // `each.value.name`
	Statement string `json:"statement"` // `is "knight"`
}

// document is the JSON of validate.
type document struct {
	FormatVersion string       `json:"format_version"`
	Valid         bool         `json:"valid"`
	ErrorCount    int          `json:"error_count"`
	WarningCount  int          `json:"warning_count"`
	Diagnostics   []Diagnostic `json:"diagnostics"`
}

// JSON returns sorted diagnostics as they appear in JSON documents. It never
// returns nil.
func JSON(diags hcl.Diagnostics, files map[string]*hcl.File) []Diagnostic {
	return (&Printer{Files: files}).Diagnostics(diags)
}

// Diagnostics returns sorted diagnostics in the form in which they may be
// shown. It never returns nil.
func (p *Printer) Diagnostics(diags hcl.Diagnostics) []Diagnostic {
	d := describer{printer: p, sources: map[string]source{}}
	sorted := Sort(diags)
	more := sorted[min(len(sorted), maxShown):]
	out := make([]Diagnostic, 0, len(sorted)-len(more)+1)
	for _, diag := range sorted[:len(sorted)-len(more)] {
		out = append(out, d.describe(diag))
	}
	if len(more) > 0 {
		severity := severityWarning
		if more.HasErrors() {
			severity = severityError
		}
		out = append(out, Diagnostic{Severity: severity, Summary: "Too many problems to show",
			Detail: fmt.Sprintf("There are %d more than the %d that are shown. Fix these first.", len(more), maxShown)})
	}
	return out
}

// JSON writes the document of validate --json.
func (p *Printer) JSON(w io.Writer, diags hcl.Diagnostics) error {
	doc := document{FormatVersion: "1.0", Valid: !diags.HasErrors(), Diagnostics: p.Diagnostics(diags)}
	for _, d := range Sort(diags) {
		if d.Severity == hcl.DiagError {
			doc.ErrorCount++
		} else {
			doc.WarningCount++
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

const (
	// These bound what is written: a file of 10 MiB may have a million errors,
	// each may quote a name of a megabyte and read a thousand values.
	maxShown  = 1000
	maxDetail = 4 << 10
	maxName   = 400
	maxQuoted = 300
	maxValues = 100
)

const (
	severityError   = "error"
	severityWarning = "warning"
)

// describer turns diagnostics into what may be shown.
type describer struct {
	printer *Printer
	sources map[string]source
}

func (d *describer) describe(diag *hcl.Diagnostic) Diagnostic {
	out := Diagnostic{
		Severity: severityError,
		Summary:  CleanLine(diag.Summary),
		Detail:   bounded(shortQuotes(Clean(diag.Detail)), maxDetail),
		Address:  CleanLine(address(diag)),
	}
	if diag.Severity == hcl.DiagWarning {
		out.Severity = severityWarning
	}
	if diag.Subject == nil {
		return out
	}
	highlight := nonEmpty(*diag.Subject)
	out.Range = &Range{
		Filename: CleanLine(d.fileName(highlight.Filename)),
		Start:    position(highlight.Start),
		End:      position(highlight.End),
	}
	out.Snippet = d.snippet(diag, highlight)
	return out
}

// bounded cuts a text that quotes something endless, such as the name of a
// block of a megabyte, in the middle: what to do stands at the end.
func bounded(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return text[:runeStart(text, limit/2)] + "…" + text[runeStart(text, len(text)-limit/2):]
}

// quoted matches what a message quotes, and words: in ASCII, because there are
// languages that part nothing by blanks.
var quoted = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[!#-~]+`) })

// shortQuotes cuts what a message quotes of elsewhere to its beginning and end:
// a file's content, say, that stands where its path was meant.
func shortQuotes(text string) string {
	if len(text) <= maxQuoted {
		return text
	}
	return quoted().ReplaceAllStringFunc(text, func(q string) string { return bounded(q, maxQuoted) })
}

func position(p hcl.Pos) Position { return Position{Line: p.Line, Column: p.Column, Byte: p.Byte} }

// nonEmpty widens a range that has no extent to one character, so that there
// is something to underline.
func nonEmpty(r hcl.Range) hcl.Range {
	if r.Empty() {
		r.End.Byte++
		r.End.Column++
	}
	return r
}
