package config

import (
	"math"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/evaluation"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
)

// settingsReader evaluates the settings of the root module.
type settingsReader struct {
	schema  *schema // of an assetform block
	ev      *evaluation.Evaluator
	reports *evaluation.Reports
	scope   *evaluation.Scope
}

// read reads what the assetform blocks of the root module declare.
func (r *settingsReader) read(declared []*settingsDecl) (budget Budget, prices engine.Prices, remote Remote) {
	first := map[string]*hcl.Block{}
	for _, decl := range declared {
		blocks := decl.blocks
		if decl.dynamic {
			blocks = expandBlocks(r.ev, r.reports, r.scope, decl.body, r.schema)
		}
		for _, block := range blocks {
			if other := first[block.Type]; other != nil {
				r.reports.Report(block.DefRange, "Duplicate "+block.Type+" block", "A block %s was declared at %s already. A project has one.", block.Type, diag.Place(other.DefRange))
				continue
			}
			first[block.Type] = block
			content, diags := r.schema.nested[block.Type].content(block.Body, false)
			r.reports.Add(diags...)
			switch block.Type {
			case "prices":
				prices = r.prices(content.Attributes)
			case "remote":
				remote = r.remote(content.Attributes)
			default:
				budget = Budget{Limits: r.limits(content.Attributes), Range: block.DefRange}
			}
		}
	}
	return budget, prices, remote
}

func (r *settingsReader) limits(attrs hcl.Attributes) map[string]int {
	limits := map[string]int{}
	for _, attr := range sortedAttributes(attrs) {
		if n := r.number(attr); n != nil {
			limits[attr.Name] = *n
		}
	}
	return limits
}

func (r *settingsReader) number(attr *hcl.Attribute) *int {
	n, ok := evaluateNumber(r.ev, r.reports, r.scope, attr)
	if ok && n != nil && *n < 0 {
		r.reports.Report(attr.Expr.Range(), "Invalid value of "+attr.Name, "Found %d, but a budget must be 0 or more.", *n)
		return nil
	}
	return n
}

// evaluateNumber evaluates a whole number of a block that is no asset; nil
// when it is null.
func evaluateNumber(ev *evaluation.Evaluator, reports *evaluation.Reports, s *evaluation.Scope, attr *hcl.Attribute) (*int, bool) {
	b := ev.Bind(s, attr.Expr, evaluation.Names{})
	v := ev.Value(b, nil)
	switch {
	case !v.IsWhollyKnown():
		return nil, false
	case sensitive.Is(v):
		reports.Report(attr.Expr.Range(), "Sensitive value of "+attr.Name, "The value of %s is shown, so it cannot be sensitive.", attr.Name)
		return nil, false
	case v.IsNull():
		return nil, true
	}
	n, found := evaluation.WholeNumber(v)
	if found == "" && (n > math.MaxInt32 || n < math.MinInt32) {
		found = "Found a number out of range"
	}
	if found != "" {
		reports.ReportValue(b, nil, "Invalid value of "+attr.Name, "%s, but %s must be a whole number.", found, attr.Name)
		return nil, false
	}
	i := int(n)
	return &i, true
}
