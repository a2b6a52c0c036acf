package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

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
	return slices.DeleteFunc(slices.Sorted(maps.Keys(doc.Origins)), func(name string) bool {
		standard := config.DefaultOrigin(doc.Engines, typeOf(name))
		return standard != (origin.Origin{}) && doc.Origins[name] == standard.String()
	})
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
	changed := t.doc.Remote != nil && t.doc.Remote.Changed
	if changed {
		t.line(0, 8, cells.Text{
			{Style: cells.Yellow, Text: "Remote:"}, {Text: " results are shared at "},
			{Style: cells.Bold, Text: cells.Clean(t.doc.Remote.Origin)}, {Text: ", which is new."},
		})
	}
	if len(names) > 0 || changed {
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
			break
		}
	}
	if m.doc.Remote != nil && m.doc.Remote.Changed {
		m.add(fmt.Sprintf("\n:warning: **Remote:** results are shared at %s, which is new.\n", code(m.doc.Remote.Origin)))
	}
}

// typeOf is the type in a provider's name.
func typeOf(provider string) string {
	typ, _, _ := strings.Cut(provider, ".")
	return typ
}
