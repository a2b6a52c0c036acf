package disclosure

import (
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assetform/config/diag"
)

// column is a column of the tables. Its values are the parts of a cell.
type column struct {
	name  string
	code  bool // of Markdown: a name, and no text to read
	parts func(a *Asset) []string
}

var columns = []column{
	{"address", true, func(a *Asset) []string { return one(a.Address) }},
	{"output", true, func(a *Asset) []string { return one(a.Output) }},
	{"kind", false, func(a *Asset) []string { return one(string(a.Kind)) }},
	{"made", false, func(a *Asset) []string { return one(a.Made) }},
	{"source_type", false, func(a *Asset) []string { return one(a.SourceType) }},
	{"provider", false, func(a *Asset) []string { return one(a.Provider) }},
	{inputModel, false, func(a *Asset) []string { return one(a.Model) }},
	{"method", false, func(a *Asset) []string { return one(a.Method) }},
	{inputPrompt, false, func(a *Asset) []string { return one(a.Prompt) }},
	{inputSeed, false, func(a *Asset) []string {
		if a.Seed == nil {
			return nil
		}
		return one(fmt.Sprint(a.Seed))
	}},
	{"sources", true, func(a *Asset) []string { return a.Sources }},
	{"marks", false, (*Asset).marks},
}

func one(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// marks are the marks of a file as texts, by name.
func (a *Asset) marks() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(a.Marks)) {
		list = append(list, name+": "+a.Marks[name])
	}
	return list
}

// Markdown is the list as a table that GitHub and GitLab show. Nothing in it is
// markup, calls a person or links.
func Markdown(doc Document) string {
	if len(doc.Assets) == 0 {
		return "No assets.\n"
	}
	var b strings.Builder
	for _, c := range columns {
		title := strings.ReplaceAll(c.name, "_", " ")
		b.WriteString("| " + strings.ToUpper(title[:1]) + title[1:] + " ")
	}
	b.WriteString("|\n" + strings.Repeat("|---", len(columns)) + "|\n")
	for i := range doc.Assets {
		for _, c := range columns {
			b.WriteString("| " + markdownCell(c, &doc.Assets[i]) + " ")
		}
		b.WriteString("|\n")
	}
	return b.String()
}

func markdownCell(c column, a *Asset) string {
	var lines []string
	for _, part := range c.parts(a) {
		for line := range strings.SplitSeq(unixLines(part), "\n") {
			line = diag.EscapeMarkdown(diag.CleanLine(line))
			if c.code {
				line = "<code>" + line + "</code>"
			}
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "<br>")
}

// CSV is the list as RFC 4180 has it, with a header. Lines of a text stay lines
// in its cell.
func CSV(doc Document) string {
	var b strings.Builder
	w := csv.NewWriter(&b) // what it writes to does not fail
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.name
	}
	_ = w.Write(row)
	for i := range doc.Assets {
		for j, c := range columns {
			row[j] = csvCell(strings.Join(c.parts(&doc.Assets[i]), ", "))
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.String()
}

// csvCell is a text that a spreadsheet shows. One that begins as a formula does,
// blanks aside, would be run; an apostrophe before it makes it a text.
func csvCell(text string) string {
	text = diag.Clean(unixLines(text))
	if begin := strings.TrimLeft(text, " \n\u00a0\u3000"); begin != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(begin)[0]) {
		return "'" + text
	}
	return text
}

// unixLines is a text whose lines end in LF alone.
func unixLines(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}
