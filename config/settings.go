package config

import (
	"math"
	"unicode"

	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/sensitive"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
)

func isControl(r rune) bool { return unicode.IsControl(r) }

// checkVersions checks required_version of every module.
func (e *evaluator) checkVersions() {
	current, err := version.NewVersion(e.opts.ToolVersion)
	for _, dir := range sortedKeys(e.modules) {
		for _, s := range e.modules[dir].settings {
			if s.version == nil {
				continue
			}
			d := &decoder{}
			text := d.text(s.version)
			e.reports.Add(d.diags...)
			if d.diags.HasErrors() {
				continue
			}
			at := s.version.Expr.Range()
			constraints, constraintErr := version.NewConstraint(text)
			switch {
			case constraintErr != nil:
				e.reports.Report(at, "Invalid version constraint", "%q is no version constraint; write one like \">= 0.1.0\" or \"~> 1.2\".", text)
			// A build from a working tree has no version to compare. One that
			// leads up to a release counts as that release.
			case err == nil && !constraints.Check(current.Core()):
				e.reports.Report(at, "Unsupported version of assetform", "This is assetform %s, but the configuration requires %s. Install a version that fits, "+
					"or change required_version.", current, text)
			}
		}
	}
}

// evaluateBudget evaluates the budget of the root module.
func (e *evaluator) evaluateBudget(m *moduleInstance) {
	var first *hcl.Block
	for _, decl := range m.mod.settings {
		blocks := decl.budgets
		if decl.dynamic {
			blocks = e.expandBlocks(m, decl.body, e.lang.assetform)
		}
		for _, block := range blocks {
			if first != nil {
				e.reports.Report(block.DefRange, "Duplicate budget block", "A budget was declared at %s already. A project has one.", diag.Place(first.DefRange))
				continue
			}
			first = block
			content, diags := e.lang.assetform.nested["budget"].content(block.Body, false)
			e.reports.Add(diags...)
			e.project.Budget = Budget{Limits: map[string]int{}, Range: block.DefRange}
			for _, attr := range sortedAttributes(content.Attributes) {
				if n := e.budgetNumber(m, attr); n != nil {
					e.project.Budget.Limits[attr.Name] = *n
				}
			}
		}
	}
}

// expandBlocks expands the dynamic blocks of a body that knows no instances.
func (e *evaluator) expandBlocks(m *moduleInstance, body hcl.Body, sch *schema) []*hcl.Block {
	ctx := e.ev.Context(m.scope, dynamicTraversals(body, sch), evaluation.Names{}, nil)
	content, diags := sch.content(dynblock.Expand(body, ctx), false)
	e.reports.Add(diags...)
	return content.Blocks
}

func (e *evaluator) budgetNumber(m *moduleInstance, attr *hcl.Attribute) *int {
	n, ok := e.settingNumber(m, attr)
	if ok && n != nil && *n < 0 {
		e.reports.Report(attr.Expr.Range(), "Invalid value of "+attr.Name, "Found %d, but a budget must be 0 or more.", *n)
		return nil
	}
	return n
}

// settingNumber evaluates a whole number of a block that is no asset; nil
// when it is null.
func (e *evaluator) settingNumber(m *moduleInstance, attr *hcl.Attribute) (*int, bool) {
	b := e.ev.Bind(m.scope, attr.Expr, evaluation.Names{})
	v := e.ev.Value(b, nil)
	switch {
	case !v.IsWhollyKnown():
		return nil, false
	case sensitive.Is(v):
		e.reports.Report(attr.Expr.Range(), "Sensitive value of "+attr.Name, "The value of %s is shown, so it cannot be sensitive.", attr.Name)
		return nil, false
	case v.IsNull():
		return nil, true
	}
	n, found := evaluation.WholeNumber(v)
	if found == "" && (n > math.MaxInt32 || n < math.MinInt32) {
		found = "Found a number out of range"
	}
	if found != "" {
		e.reports.ReportValue(b, nil, "Invalid value of "+attr.Name, "%s, but %s must be a whole number.", found, attr.Name)
		return nil, false
	}
	i := int(n)
	return &i, true
}
