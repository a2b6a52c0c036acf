package config

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/explain"
	"assetform/config/functions"
)

// Reference returns the language reference as Markdown. It is made from the
// tables by which configurations are loaded and evaluated, so that it cannot
// say anything else than they do.
func Reference(engines engine.Registry) string {
	var b strings.Builder
	lang := newLanguage(engines)
	b.WriteString("# Language reference\n\n" +
		"A project is the `*.asset.hcl` and `*.asset.json` files of one directory. This page is generated from\n" +
		"the tables that assetform itself works by.\n\n## Blocks\n")
	for _, block := range lang.blocks() {
		writeBlock(&b, block, "###", "")
	}
	writeMethods(&b, engines)
	writeFunctions(&b)
	return b.String()
}

// writeBlock writes a block and those in it.
func writeBlock(b *strings.Builder, block blockDoc, heading, around string) {
	title := around + block.name
	fmt.Fprintf(b, "\n%s `%s`\n\n%s\n", heading, title, block.doc)
	if block.label != "" {
		fmt.Fprintf(b, "Its label is the %s.\n", block.label)
	}
	if len(block.schema.Attributes) > 0 {
		b.WriteString("\n| attribute | type | |\n|---|---|---|\n")
	}
	for _, attr := range block.schema.Attributes {
		kind, doc, _ := block.describe(attr.Name)
		if attr.Required {
			doc = "Required. " + doc
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", attr.Name, kind, tableCell(doc))
	}
	if block.free != "" {
		fmt.Fprintf(b, "\nIts %sattributes are %s.\n", other(block), block.free)
	}
	if example := blockExample(title); example != "" {
		fmt.Fprintf(b, "\n```hcl\n%s```\n", example)
	}
	for _, inner := range block.blocks {
		writeBlock(b, inner, heading, title+" / ")
	}
}

// examples has a project for each block of the language.
//
//go:embed reference
var examples embed.FS

// blockExample is the example of a block by its title, "image / lifecycle".
func blockExample(title string) string {
	b, _ := examples.ReadFile("reference/" + strings.ReplaceAll(title, " / ", "-") + ".asset.hcl") // a test finds one that is missing
	return string(b)
}

func other(block blockDoc) string {
	if len(block.schema.Attributes) > 0 {
		return "other "
	}
	return ""
}

// tableCell escapes text for a cell of a table. Nothing in a document that is
// no comment refers to an issue, so that nothing has to be kept apart.
func tableCell(s string) string {
	return strings.ReplaceAll(diag.EscapeMarkdown(strings.ReplaceAll(s, "\n", " ")), "<!-- -->", "")
}

func writeMethods(b *strings.Builder, engines engine.Registry) {
	b.WriteString("\n## Methods\n\nThe attributes that are set decide which method of the API generates an asset.\n\n" +
		"| block | attributes | method | cost | |\n|---|---|---|---|---|\n")
	for _, m := range engines.Methods("") {
		if engines.Deriving(m.Kind) != nil {
			continue // its block says it all
		}
		fmt.Fprintf(b, "| `%s` | %s | `%s` | %s | %s |\n", m.Kind, methodColumn(m), m.Name, methodCost(m), tableCell(m.Doc))
	}
	for _, e := range engines.Engines() {
		if len(e.Models) == 0 || e.Free {
			continue
		}
		fmt.Fprintf(b, "\n| model | %s | |\n|---|---|---|\n", engine.Words(e.Units[0].Name, 2))
		for _, model := range e.Models {
			fmt.Fprintf(b, "| `%s` | %d | %s |\n", model.Name, model.Amount, tableCell(model.Doc))
		}
	}
	b.WriteString("\n| method | attribute | values | unless set |\n|---|---|---|---|\n")
	for _, m := range engines.Methods("") {
		for _, p := range m.Params {
			if len(p.Values) == 0 && p.Default == nil {
				continue
			}
			name := p.Name
			if p.Block != "" {
				name = p.Block + " / " + p.Name
			}
			fmt.Fprintf(b, "| `%s` | `%s` | %s | %s |\n", m.Name, name, codes(p.Values), codes(defaultText(p.Default)))
		}
	}
}

// methodColumn lists what a method takes, what it requires first.
func methodColumn(m *engine.Method) string {
	var required, optional []string
	add := func(name string, isRequired bool) {
		if isRequired {
			required = append(required, "**`"+name+"`**")
		} else {
			optional = append(optional, "`"+name+"`")
		}
	}
	for _, p := range m.Params {
		add(p.Name, p.Required)
	}
	for _, in := range m.Inputs {
		add(in.Name, in.Required)
	}
	return strings.Join(append(required, optional...), ", ")
}

func methodCost(m *engine.Method) string {
	lowest, highest := 0, 0
	for i, n := range m.Price.Range(m) {
		if i == 0 || n < lowest {
			lowest = n
		}
		highest = max(highest, n)
	}
	price := engine.Cost{m.Price.Unit: highest}.String()
	if lowest != highest {
		return fmt.Sprintf("%d to %s", lowest, price)
	}
	return price
}

func defaultText(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []string:
		quoted := make([]string, len(v))
		for i, text := range v {
			quoted[i] = strconv.Quote(text)
		}
		return []string{"[" + strings.Join(quoted, ", ") + "]"}
	case []float64:
		return []string{strings.ReplaceAll(fmt.Sprint(v), " ", ", ")}
	}
	return []string{fmt.Sprint(v)}
}

func codes(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "`" + v + "`"
	}
	return strings.Join(quoted, ", ")
}

func writeFunctions(b *strings.Builder) {
	b.WriteString("\n## Functions\n\nNames and behaviour are Terraform's. Paths are relative to the file that the call stands in and stay\n" +
		"inside the project.\n")
	group := ""
	for _, fn := range functions.List() {
		if fn.Group != group {
			group = fn.Group
			fmt.Fprintf(b, "\n### %s\n\n| function | |\n|---|---|\n", group)
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", fn.Signature, tableCell(fn.Description))
	}
	b.WriteString("\n### Functions of Terraform that are missing on purpose\n\n| function | why |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(explain.Functions)) {
		fmt.Fprintf(b, "| `%s` | %s |\n", name, tableCell(explain.Functions[name]))
	}
	b.WriteString("\n### Differences from Terraform\n\n" +
		"Files are text without a byte order mark, with LF at every line end; the hashes of files see their bytes as they are. Nothing outside\n" +
		"the project root, in `.git` or in `.assetform` is read. A text of more than 16 MiB, a list of more than a million elements and a\n" +
		"number of thousands of digits are errors. A test compares all functions with Terraform's console; these differ:\n\n" +
		"| expression | here |\n|---|---|\n")
	for _, d := range functions.Differences {
		fmt.Fprintf(b, "| `%s` | %s |\n", strings.ReplaceAll(d.Expression, "|", `\|`), tableCell(d.Why))
	}
}
