package diag

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/rivo/uniseg"
)

// Escape sequences of the coloured form.
const (
	reset     = "\x1b[0m"
	bold      = "\x1b[1m"
	underline = "\x1b[4m"
	red       = "\x1b[31m"
	yellow    = "\x1b[33m"
	grey      = "\x1b[90m"
)

// Text writes diagnostics for a terminal, each in a box like Terraform's.
func (p *Printer) Text(w io.Writer, diags hcl.Diagnostics) error {
	out := bufio.NewWriter(w)
	for _, d := range p.Diagnostics(diags) {
		p.box(out, d)
	}
	return out.Flush()
}

// box writes one diagnostic with a line to its left.
func (p *Printer) box(w *bufio.Writer, d Diagnostic) {
	title, color := "Error: ", red
	if d.Severity == severityWarning {
		title, color = "Warning: ", yellow
	}
	var lines []string
	lines = append(lines, wrapped(p.paint(bold+color, title)+p.paint(bold, d.Summary), 0)...)
	if d.Range != nil {
		lines = append(lines, "")
		lines = append(lines, p.snippetLines(d)...)
	}
	if d.Detail != "" {
		lines = append(lines, "")
		lines = append(lines, wrapped(d.Detail, p.Width-2)...)
	}
	w.WriteString(p.paint(color, "╷") + "\n")
	for _, line := range lines {
		w.WriteString(strings.TrimRight(p.paint(color, "│")+" "+line, " ") + "\n")
	}
	w.WriteString(p.paint(color, "╵") + "\n")
}

func (p *Printer) paint(codes, s string) string {
	if !p.Color || s == "" {
		return s
	}
	return codes + s + reset
}

// snippetLines says where the diagnostic stands and shows the source.
func (p *Printer) snippetLines(d Diagnostic) []string {
	place := fmt.Sprintf("  on %s:%d", d.Range.Filename, d.Range.Start.Line)
	s := d.Snippet
	if s == nil {
		return []string{place}
	}
	if s.Context != nil {
		place += ", in " + *s.Context
	}
	lines := []string{place + ":"}
	offset := 0
	for i, code := range strings.Split(s.Code, "\n") {
		from, to := clamp(s.HighlightStartOffset-offset, len(code)), clamp(s.HighlightEndOffset-offset, len(code))
		number := fmt.Sprintf("%4d: ", s.StartLine+i)
		lines = append(lines, number+code[:from]+p.paint(underline, code[from:to])+code[to:])
		// Something behind the end of a line has a caret as well.
		atEnd := s.HighlightStartOffset-offset == len(code) && from == to
		if !p.Color && (from < to || atEnd) {
			lines = append(lines, blank(number)+blank(code[:from])+carets(code[from:to]))
		}
		offset += len(code) + 1
	}
	return append(lines, p.valueLines(s)...)
}

// valueLines shows what the references in the expression evaluated to.
func (p *Printer) valueLines(s *Snippet) []string {
	if len(s.Values) == 0 && s.FunctionCall == nil {
		return nil
	}
	lines := []string{"    " + p.paint(grey, "├────────────────")}
	bar := "    " + p.paint(grey, "│") + " "
	if call := s.FunctionCall; call != nil && call.Signature != nil {
		lines = append(lines, bar+"while calling "+p.paint(bold, call.CalledAs)+"("+parameterNames(call.Signature)+")")
	}
	for _, v := range s.Values {
		lines = append(lines, bar+p.paint(bold, v.Traversal)+" "+v.Statement)
	}
	return lines
}

func parameterNames(sig *FunctionSignature) string {
	var names []string
	for _, param := range sig.Params {
		names = append(names, param.Name)
	}
	if sig.VariadicParam != nil {
		names = append(names, sig.VariadicParam.Name+"...")
	}
	return strings.Join(names, ", ")
}

// blank is as much empty space as s takes; tabs stay tabs.
func blank(s string) string {
	var b strings.Builder
	for i, part := range strings.Split(s, "\t") {
		if i > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(strings.Repeat(" ", uniseg.StringWidth(part)))
	}
	return b.String()
}

// carets underline s.
func carets(s string) string {
	return strings.Repeat("^", max(1, uniseg.StringWidth(s)))
}

// wrapped breaks text into lines of at most width columns, 0 or less: as they
// are. Lines that begin with a blank are kept whole, they are indented on
// purpose.
func wrapped(s string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(s, "\n"), "\n") {
		if width <= 0 || strings.HasPrefix(line, " ") || uniseg.StringWidth(line) <= width {
			lines = append(lines, line)
			continue
		}
		current, used := "", 0
		for word := range strings.FieldsSeq(line) {
			n := uniseg.StringWidth(word)
			if used > 0 && used+1+n > width {
				lines = append(lines, current)
				current, used = "", 0
			}
			if used > 0 {
				current, used = current+" ", used+1
			}
			current, used = current+word, used+n
		}
		lines = append(lines, current)
	}
	return lines
}
