package diag

import (
	"bytes"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hcled"
)

const (
	// maxSnippetLines and maxSnippetLine bound what is shown of a source: a
	// block may have thousands of lines, a line of JSON may be megabytes long.
	maxSnippetLines = 24
	maxSnippetLine  = 400
	// maxSearchedLine bounds how much of a line is searched for secrets. It is
	// more than is shown, so that no secret is cut in two before that.
	maxSearchedLine = 40 * maxSnippetLine
)

// source is a file with the byte offsets at which its lines begin.
type source struct {
	file  *hcl.File
	lines []int
}

func newSource(file *hcl.File) source {
	lines := make([]int, 1, 2+bytes.Count(file.Bytes, []byte("\n")))
	for i, c := range file.Bytes {
		if c == '\n' {
			lines = append(lines, i+1)
		}
	}
	return source{file: file, lines: lines}
}

// lineOf returns the index of the line that the byte stands in.
func (s source) lineOf(offset int) int {
	return sort.Search(len(s.lines), func(i int) bool { return s.lines[i] > offset }) - 1
}

// line returns a line without its end, and where it begins.
func (s source) line(i int) (string, int) {
	end := len(s.file.Bytes)
	if i+1 < len(s.lines) {
		end = s.lines[i+1] - 1
	}
	return strings.TrimSuffix(string(s.file.Bytes[s.lines[i]:end]), "\r"), s.lines[i]
}

func (d *describer) source(name string) (source, bool) {
	if s, ok := d.sources[name]; ok {
		return s, true
	}
	file := d.printer.Files[name]
	if file == nil || file.Bytes == nil {
		return source{}, false
	}
	s := newSource(file)
	d.sources[name] = s
	return s, true
}

// snippet returns the lines of subject and context, or nil when the source is
// not known.
func (d *describer) snippet(diag *hcl.Diagnostic, highlight hcl.Range) *Snippet {
	src, ok := d.source(highlight.Filename)
	if !ok || highlight.Start.Byte > len(src.file.Bytes) {
		return nil
	}
	shown := highlight
	if diag.Context != nil && diag.Context.Filename == highlight.Filename {
		shown = hcl.RangeOver(highlight, *diag.Context)
	}
	first, last := src.lineOf(shown.Start.Byte), src.lineOf(max(shown.Start.Byte, shown.End.Byte-1))
	if last-first >= maxSnippetLines {
		first = src.lineOf(highlight.Start.Byte)
		last = min(src.lineOf(max(highlight.Start.Byte, highlight.End.Byte-1)), first+maxSnippetLines-1)
	}
	code, start, end := d.code(src, first, last, highlight)
	s := &Snippet{StartLine: first + 1, Values: []Value{}}
	// Once more over all of it: a secret may have several lines.
	s.Code, s.HighlightStartOffset, s.HighlightEndOffset = d.foreignRange(code, start, end)
	if context := hcled.ContextString(src.file, highlight.Start.Byte); context != "" {
		context = bounded(CleanLine(d.foreign(context)), maxName)
		s.Context = &context
	}
	d.explain(diag, s)
	return s
}

// code joins lines and says where in them the highlighted range stands.
func (d *describer) code(s source, first, last int, highlight hcl.Range) (code string, start, end int) {
	var b strings.Builder
	for i := first; i <= last; i++ {
		if i > first {
			b.WriteByte('\n')
		}
		line, offset := s.line(i)
		from := clamp(highlight.Start.Byte-offset, len(line))
		to := clamp(highlight.End.Byte-offset, len(line))
		line, from, to = d.foreignRange(shorten(line, from, to, maxSearchedLine))
		line, from, to = shorten(line, from, to, maxSnippetLine)
		if offset <= highlight.Start.Byte {
			start = b.Len() + from
		}
		if offset < highlight.End.Byte {
			end = b.Len() + to
		}
		b.WriteString(line)
	}
	return b.String(), start, max(start, end)
}

func clamp(n, limit int) int { return max(0, min(n, limit)) }

// shorten cuts a long line down to the surroundings of a part of it.
func shorten(line string, from, to, most int) (string, int, int) {
	if len(line) <= most {
		return line, from, to
	}
	cutStart := runeStart(line, max(0, from-most/2))
	cutEnd := runeStart(line, min(len(line), cutStart+most))
	head, tail := "", ""
	if cutStart > 0 {
		head = "…"
	}
	if cutEnd < len(line) {
		tail = "…"
	}
	from, to = from-cutStart, min(to, cutEnd)-cutStart
	return head + line[cutStart:cutEnd] + tail, len(head) + from, len(head) + max(from, to)
}

// runeStart moves i back to the beginning of a character.
func runeStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}
