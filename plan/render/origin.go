package render

import (
	"fmt"
	"maps"
	"slices"

	"assetform/config"
	"assetform/config/diag"
	"assetform/config/origin"
	"assetform/plan"
	"assetform/plan/render/cells"
)

// ledAway names the providers that do not lead to the service itself, in
// their order: who can change that gets keys and pictures, so it shows in
// every plan, whatever else the plan does.
func ledAway(doc *plan.Document) []string {
	standard := config.DefaultOrigin().String()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(doc.Origins)), func(name string) bool { return doc.Origins[name] == standard })
}

// maxOrigins bounds the lines about providers that lead elsewhere.
const maxOrigins = 20

func (t *textPage) origins() {
	names := ledAway(t.doc)
	for i, name := range names {
		if i == maxOrigins && !t.o.Verbose {
			t.line(0, 8, cells.Of(fmt.Sprintf("and %s that lead elsewhere.", diag.Count(len(names)-i, "more provider"))))
			break
		}
		t.line(0, 8, cells.Text{
			{Style: cells.Yellow, Text: "Origin:"}, {Text: " requests of " + cells.Clean(name) + " go to "},
			{Style: cells.Bold, Text: cells.Clean(t.doc.Origins[name])}, {Text: "."},
		})
	}
	if len(names) > 0 {
		t.blank()
	}
}

// originCode shows an origin so that it can be read and copied and is no link.
// A document may come from elsewhere: what is no origin is shown as any text.
func originCode(text string) string {
	if _, o, err := origin.Parse(text); err != nil || o.String() != text {
		return code(text)
	}
	return "`" + text + "`"
}

func (m *markdownPage) origins() {
	names := ledAway(m.doc)
	for i, name := range names {
		if i == maxOrigins || !m.add(fmt.Sprintf("\n:warning: **Origin:** requests of %s go to %s.\n", code(name), originCode(m.doc.Origins[name]))) {
			fmt.Fprintf(&m.b, "\nand %s that lead elsewhere.\n", diag.Count(len(names)-i, "more provider"))
			return
		}
	}
}
