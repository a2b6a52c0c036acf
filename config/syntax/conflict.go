package syntax

import (
	"bytes"
	"fmt"

	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
)

// markerSize is how many characters git's conflict markers have at least.
const markerSize = 7

// Conflict finds the first place where git left both sides of a merge in a
// text: the lines of its first and last marker, counted from 1; 0 if there is
// none. The three markers must stand in their order, so that a line of equals
// signs, or a quoted marker, is none.
func Conflict(text []byte) (first, last int) {
	if !bytes.Contains(text, []byte("<<<<<<<")) {
		return 0, 0
	}
	n, divided := 0, false
	for line := range bytes.Lines(text) {
		n++
		switch marker(line) {
		case '<':
			first, divided = n, false
		case '=':
			divided = first > 0
		case '>':
			if divided {
				return first, n
			}
		}
	}
	return 0, 0
}

// CheckConflict is Conflict for a text that is no configuration.
func CheckConflict(text []byte) error {
	first, last := Conflict(text)
	if first == 0 {
		return nil
	}
	return fmt.Errorf("a merge left conflict markers in it: both sides of a conflict stand in lines %d to %d; keep what is wanted and delete the marker lines", first, last)
}

// marker is the character that a line's conflict marker consists of, or 0.
func marker(line []byte) byte {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) < markerSize || !bytes.ContainsRune([]byte("<|=>"), rune(line[0])) {
		return 0
	}
	rest := bytes.TrimLeft(line, string(line[:1]))
	if len(line)-len(rest) < markerSize || len(rest) > 0 && rest[0] != ' ' {
		return 0
	}
	return line[0]
}

// checkConflict reports the conflicts in a configuration file, whether or not
// it could be parsed: in a heredoc it can.
func checkConflict(name string, src []byte) hcl.Diagnostics {
	first, last := Conflict(src)
	if first == 0 {
		return nil
	}
	return conflict(name, src, first, fmt.Sprintf("Both sides of a merge conflict stand in lines %d to %d.", first, last))
}

// leftover tells whether what cannot be parsed is a single marker, that
// somebody overlooked.
func leftover(name string, src []byte, diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags[:min(len(diags), maxExplained)] {
		if d.Subject != nil && marker(lineAt(src, d.Subject.Start.Line)) != 0 {
			return conflict(name, src, d.Subject.Start.Line, "This line is a conflict marker that a merge left behind.")
		}
	}
	return diags
}

func conflict(name string, src []byte, line int, what string) hcl.Diagnostics {
	text := lineAt(src, line)
	start := 0
	for range line - 1 {
		start += bytes.IndexByte(src[start:], '\n') + 1
	}
	at := byteRange(name, line, start, start, start+len(text))
	return hcl.Diagnostics{diag.Problem(at, "Unresolved merge conflict",
		"%s Keep what is wanted of it, delete the marker lines, and tell git with \"git add %s\".", what, diag.ShellWord(name))}
}

// lineAt is a line of the source, counted from 1, without its end.
func lineAt(src []byte, n int) []byte {
	for line := range bytes.Lines(src) {
		if n--; n == 0 {
			return bytes.TrimRight(line, "\r\n")
		}
	}
	return nil
}
