package diag

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Markdown writes diagnostics for the comment on a pull request. Nothing in
// them can become markup, a mention of a person or a link.
func (p *Printer) Markdown(w io.Writer, diags hcl.Diagnostics) error {
	out := bufio.NewWriter(w)
	plain := &Printer{} // neither colour nor wrapping
	for i, d := range p.Diagnostics(diags) {
		if i > 0 {
			out.WriteByte('\n')
		}
		title := "Error"
		if d.Severity == severityWarning {
			title = "Warning"
		}
		fmt.Fprintf(out, "**%s: %s**\n", title, EscapeMarkdown(d.Summary))
		if d.Range != nil {
			lines := strings.Join(plain.snippetLines(d), "\n")
			fence := codeFence(lines)
			fmt.Fprintf(out, "\n%stext\n%s\n%s\n", fence, lines, fence)
		}
		if d.Detail != "" {
			fmt.Fprintf(out, "\n%s\n", EscapeMarkdown(d.Detail))
		}
	}
	return out.Flush()
}

// codeFence is a fence that no line of the code can close.
func codeFence(code string) string {
	longest, run := 0, 0
	for _, r := range code {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return strings.Repeat("`", max(3, longest+1))
}
