package explain

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
)

// The details of HCL about a body that does not have the form of its schema.
var (
	unexpected = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:An argument named|Blocks of type|No argument or block type is named) "((?:[^"\\]|\\.)+)"`)
	})
	required = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^The argument "([^"]+)" is required, but no definition was found\.$`)
	})
	tooFew  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^All (\S+) blocks must have \d+ labels \((.+)\)\.$`) })
	tooMany = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^Only \d+ labels \((.+)\) are expected for (\S+) blocks\.$`)
	})
)

// Structure explains what HCL says about a body that does not have the form of
// its schema, and leaves out that an attribute is missing whose name is only
// mistyped. inner names the block in which an attribute or block may stand
// that may not stand here, if there is one. It changes diags in
// place and returns them.
func Structure(diags hcl.Diagnostics, schema *hcl.BodySchema, inner func(name string) string) hcl.Diagnostics {
	var meant []string
	for _, d := range diags {
		if m := unexpected().FindStringSubmatch(d.Detail); m != nil {
			explainUnexpected(d, m[0], m[1], schema, inner)
			meant = append(meant, Meant(hcl.Diagnostics{d})...)
		}
		if m := tooFew().FindStringSubmatch(d.Detail); m != nil {
			d.Detail = fmt.Sprintf("Blocks of type %s have a label, the %s: %s %q { ... }.", m[1], m[2], m[1], strings.ToUpper(m[2]))
		}
		if m := tooMany().FindStringSubmatch(d.Detail); m != nil {
			d.Detail = fmt.Sprintf("Blocks of type %s have one label, the %s: %s %q { ... }. Remove this one.", m[2], m[1], m[2], strings.ToUpper(m[1]))
		}
	}
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		m := required().FindStringSubmatch(d.Detail)
		return m != nil && slices.Contains(meant, m[1])
	})
}

// mistyped is the Extra of a diagnostic about a name that does not exist: which
// attributes it may stand for.
type mistyped struct{ meant []string }

// Meant lists the attributes that mistyped names may stand for: who misses one
// of them need not say so too.
func Meant(diags hcl.Diagnostics) []string {
	var names []string
	for _, d := range diags {
		if m, ok := hcl.DiagnosticExtra[mistyped](d); ok {
			names = append(names, m.meant...)
		}
	}
	return names
}

func explainUnexpected(d *hcl.Diagnostic, found, name string, schema *hcl.BodySchema, inner func(string) string) {
	var attrs, types []string
	for _, a := range schema.Attributes {
		attrs = append(attrs, a.Name)
	}
	for _, b := range schema.Blocks {
		if b.Type != "dynamic" {
			types = append(types, b.Type)
		}
	}
	reason, known, other := attributes[name], attrs, types
	switch d.Summary {
	case "Unsupported block type":
		reason, known, other = blocks[name], types, attrs
	case "Extraneous JSON object property":
		known, other = slices.Concat(attrs, types), nil
		if reason == "" {
			reason = blocks[name]
		}
	}
	if reason == "" {
		reason = blocks[name] + attributes[name] // the one written as the other
	}
	switch {
	case slices.Contains(attrs, "prompt"):
		reason = cmp.Or(generating[name], reason)
	case slices.Contains(types, "image"):
		reason = cmp.Or(atTop[name], reason)
	}
	if reason == sizes && !slices.Contains(attrs, "prompt") {
		reason = "" // no service decides about it
	}
	if meant := standsFor[name]; slices.Contains(attrs, meant) {
		d.Extra = mistyped{[]string{meant}}
	}
	detail := found + " is not expected here."
	switch d.Summary {
	case "Unsupported block type":
		detail = found + " are not expected here."
	case "Extraneous JSON object property":
		detail = found + "."
	}
	switch in := inner(name); {
	case slices.Contains(other, name) && d.Summary == "Unsupported block type":
		detail += fmt.Sprintf(" It is an attribute: write %s = ...", name)
	case slices.Contains(other, name):
		detail += fmt.Sprintf(" It is a block: write %s { ... }.", header(schema, name))
	case in != "":
		detail += fmt.Sprintf(" It stands in the block %s.", in)
	case reason != "":
		detail += " " + reason
	default:
		hint := diag.Suggest(name, known)
		if hint != "" {
			d.Extra = mistyped{diag.Nearest(name, known)}
		}
		if hint == "" && len(known) > 0 {
			hint = " What may stand here: " + Names(known) + "."
		}
		detail += hint
	}
	d.Detail = detail
}

// header is the head of a block as it is written.
func header(schema *hcl.BodySchema, name string) string {
	for _, b := range schema.Blocks {
		if b.Type == name && len(b.LabelNames) > 0 {
			return fmt.Sprintf("%s %q", name, strings.ToUpper(b.LabelNames[0]))
		}
	}
	return name
}

// maxNames is how many names a message lists.
const maxNames = 12

// Names lists names in quotes, in their order, the last ones only by number:
// `"a", "b" and 7 more`.
func Names(names []string) string {
	if len(names) <= maxNames+1 {
		return diag.Quoted(names, "and")
	}
	quoted := make([]string, maxNames)
	for i := range quoted {
		quoted[i] = fmt.Sprintf("%q", names[i])
	}
	return fmt.Sprintf("%s and %d more", strings.Join(quoted, ", "), len(names)-maxNames)
}
