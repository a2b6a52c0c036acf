package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"assetform/config/diag"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// Bounds of what is shown of a text: on its own page, and on its card.
const (
	maxText      = 64 << 10
	openingLines = 10
	openingBytes = 1200
)

// readText takes the beginning of a text. It is not copied: a browser would
// make of the file what its name says.
func (m *medium) readText(r io.Reader) {
	b, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err != nil {
		m.Problem = "The file could not be read: " + err.Error() + "."
		return
	}
	if m.Cut = len(b) > maxText; m.Cut {
		b = b[:maxText]
		if end := bytes.LastIndexByte(b, '\n'); end > 0 {
			b = b[:end+1]
		} else {
			for !utf8.Valid(b[max(0, len(b)-utf8.UTFMax):]) && len(b) > maxText-utf8.UTFMax {
				b = b[:len(b)-1]
			}
		}
	}
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		m.Problem = "The file is no text in UTF-8."
		return
	}
	m.IsText, m.Text = true, strings.ReplaceAll(string(b), "\r\n", "\n")
	if m.Text == "" {
		m.IsText, m.Problem = false, "The file is empty."
	}
}

// openings are what a card shows of two texts: their first lines, or those
// where they begin to differ.
func openings(before, after string) (string, string) {
	same := 0 // bytes of lines that both begin with
	for i := 0; i < len(before) && i < len(after) && before[i] == after[i]; i++ {
		if before[i] == '\n' {
			same = i + 1
		}
	}
	if strings.Count(before[:same], "\n") < openingLines/2 {
		return opening(before), opening(after)
	}
	return opening("…\n" + before[same:]), opening("…\n" + after[same:])
}

// opening is how a text begins.
func opening(text string) string {
	if len(text) > openingBytes {
		text = strings.ToValidUTF8(text[:openingBytes], "")
	}
	lines := strings.SplitN(text, "\n", openingLines+1)
	return strings.TrimRight(strings.Join(lines[:min(len(lines), openingLines)], "\n"), "\n")
}

// block is a run of lines that were kept, removed or added.
type block struct {
	Removed, Added bool
	Lines          []string
	Folded         string // says how many lines are not seen until they are asked for; "": they are
}

// A run of kept lines is folded where it is long, but for what stands next to
// a change.
const (
	nearLines = 3
	longRun   = 4 * nearLines
)

// textBlocks is a text as it is.
func textBlocks(text string) []block { return []block{{Lines: cutLines(text)}} }

// diffLines compares two texts line by line.
func diffLines(before, after string) []block {
	a, b := cutLines(before), cutLines(after)
	var blocks []block
	at := 0 // in a
	kept := func(lines []string, first, last bool) {
		head, tail := nearLines, nearLines
		if first {
			head = 0
		}
		if last {
			tail = 0
		}
		if len(lines) <= longRun {
			head, tail = len(lines), 0
		}
		for _, part := range []block{
			{Lines: lines[:head]},
			{Lines: lines[head : len(lines)-tail], Folded: diag.Count(len(lines)-head-tail, "line") + " as before"},
			{Lines: lines[len(lines)-tail:]},
		} {
			if len(part.Lines) > 0 {
				blocks = append(blocks, part)
			}
		}
	}
	for _, d := range lcs.DiffLines(a, b) {
		kept(a[at:d.Start], at == 0, false)
		if d.Start < d.End {
			blocks = append(blocks, block{Removed: true, Lines: a[d.Start:d.End]})
		}
		if d.ReplStart < d.ReplEnd {
			blocks = append(blocks, block{Added: true, Lines: b[d.ReplStart:d.ReplEnd]})
		}
		at = d.End
	}
	kept(a[at:], false, true)
	return blocks
}

// cutLines cuts a text into lines without their ends.
func cutLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// cutNote says that a text goes on.
func cutNote() string {
	return fmt.Sprintf("Only the first %d KiB of the text are shown.", maxText>>10)
}
