package config

import (
	"assetform/config/engine"
	"assetform/config/evaluation"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Provenance is what pictures that were generated, and what is made of them,
// say of where they came from; "" says nothing.
type Provenance struct {
	Credit string // photoshop:Credit
	Rights string // dc:rights
}

// maxProvenance bounds one text, in bytes: both have to fit into one segment of
// a JPEG.
const maxProvenance = 16 << 10

// provenance evaluates a provenance block; nil is none.
func (r *settingsReader) provenance(block *hcl.Block) (p Provenance) {
	if block == nil {
		return p
	}
	content, diags := provenanceSchema.content(block.Body, false)
	r.reports.Add(diags...)
	for _, attr := range sortedAttributes(content.Attributes) {
		text := r.text(attr)
		if attr.Name == "credit" {
			p.Credit = text
		} else {
			p.Rights = text
		}
	}
	return p
}

// text evaluates a text that stands in files; "" when it is null.
func (r *settingsReader) text(attr *hcl.Attribute) string {
	b := r.ev.Bind(r.scope, attr.Expr, evaluation.Names{})
	v := r.ev.Value(b, nil)
	switch {
	case !v.IsWhollyKnown():
		return ""
	case sensitive.Is(v):
		r.reports.Report(attr.Expr.Range(), "Sensitive value of "+attr.Name, "The value of %s is written into pictures, so it cannot be sensitive.", attr.Name)
		return ""
	case v.IsNull():
		return ""
	}
	v, err := convert.Convert(v, cty.String)
	if err != nil {
		r.reports.ReportValue(b, nil, "Invalid value of "+attr.Name, "%s must be a text.", attr.Name)
		return ""
	}
	text := engine.NormalText(v.AsString())
	if len(text) > maxProvenance {
		r.reports.ReportValue(b, nil, "Invalid value of "+attr.Name, "%s has %d bytes, and pictures have room for %d.", attr.Name, len(text), maxProvenance)
		return ""
	}
	return text
}
