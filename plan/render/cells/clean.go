package cells

import (
	"strconv"
	"strings"

	"assetform/config/diag"
)

// Clean returns s as one line that a terminal shows and does not act on. The
// last dots of words that look like LeftOut's are written as escapes.
func Clean(s string) string { return unlikeLeftOut(diag.CleanLine(s)) }

// CleanLines is Clean for a text of several lines: line ends and tabs stay.
func CleanLines(s string) string {
	lines := strings.SplitAfter(s, "\n")
	for i, line := range lines {
		parts := strings.SplitAfter(line, "\t")
		for j, part := range parts {
			text := strings.TrimRight(part, "\n\t")
			parts[j] = diag.CleanLine(text) + part[len(text):]
		}
		lines[i] = strings.Join(parts, "")
	}
	return unlikeLeftOut(strings.Join(lines, ""))
}

// LeftOut stands in the place of that many characters that are not shown.
func LeftOut(n int) string {
	number := strconv.Itoa(n)
	for i := len(number) - 3; i > 0; i -= 3 {
		number = number[:i] + "," + number[i:]
	}
	noun := "characters"
	if n == 1 {
		noun = "character"
	}
	return "… " + number + " " + noun + " " + leftOutEnd
}

const leftOutEnd = "left out …"

// unlikeLeftOut keeps a text from saying that something was left out.
func unlikeLeftOut(s string) string {
	return strings.ReplaceAll(s, leftOutEnd, strings.TrimSuffix(leftOutEnd, "…")+`\u2026`)
}
