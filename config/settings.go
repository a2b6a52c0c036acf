package config

import (
	"math"
	"unicode"

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
			e.diags = append(e.diags, d.diags...)
			if d.diags.HasErrors() {
				continue
			}
			at := s.version.Expr.Range()
			constraints, constraintErr := version.NewConstraint(text)
			switch {
			case constraintErr != nil:
				e.report(at, "Invalid version constraint", "%q is no version constraint; write one like \">= 0.1.0\" or \"~> 1.2\".", text)
			// A build from a working tree has no version to compare. One that
			// leads up to a release counts as that release.
			case err == nil && !constraints.Check(current.Core()):
				e.report(at, "Unsupported version of assetform", "This is assetform %s, but the configuration requires %s. Install a version that fits, "+
					"or change required_version.", current, text)
			}
		}
	}
}

// evaluateBudget evaluates the budget of the root module.
func (e *evaluator) evaluateBudget(s *scope) {
	var first *hcl.Block
	for _, decl := range s.mod.settings {
		blocks := decl.budgets
		if decl.dynamic {
			blocks = e.expandBlocks(s, decl.body, assetformSchema)
		}
		for _, block := range blocks {
			if first != nil {
				e.report(block.DefRange, "Duplicate budget block", "A budget was declared at %s already. A project has one.", place(first.DefRange))
				continue
			}
			first = block
			content, diags := assetformSchema.nested["budget"].content(block.Body, false)
			e.diags = append(e.diags, diags...)
			e.project.Budget = Budget{
				ImageCredits: e.budgetNumber(s, content.Attributes["image_credits"]),
				Videos:       e.budgetNumber(s, content.Attributes["videos"]),
				Range:        block.DefRange,
			}
		}
	}
}

// expandBlocks expands the dynamic blocks of a body that knows no instances.
func (e *evaluator) expandBlocks(s *scope, body hcl.Body, sch *schema) []*hcl.Block {
	ctx := e.bindTraversals(s, nil, dynamicTraversals(body, sch), names{}).ctx
	content, diags := sch.content(dynblock.Expand(body, ctx), false)
	e.diags = append(e.diags, diags...)
	return content.Blocks
}

func (e *evaluator) budgetNumber(s *scope, attr *hcl.Attribute) *int {
	if attr == nil {
		return nil
	}
	n, ok := e.settingNumber(s, attr)
	if ok && n != nil && *n < 0 {
		e.report(attr.Expr.Range(), "Invalid value of "+attr.Name, "Found %d, but a budget must be 0 or more.", *n)
		return nil
	}
	return n
}

// settingNumber evaluates a whole number of a block that is no asset; nil
// when it is null.
func (e *evaluator) settingNumber(s *scope, attr *hcl.Attribute) (*int, bool) {
	b := e.bind(s, attr.Expr, names{})
	v := e.value(b, nil)
	switch {
	case !v.IsWhollyKnown():
		return nil, false
	case sensitive.Is(v):
		e.report(attr.Expr.Range(), "Sensitive value of "+attr.Name, "The value of %s is shown, so it cannot be sensitive.", attr.Name)
		return nil, false
	case v.IsNull():
		return nil, true
	}
	n, found := wholeNumber(v)
	if found == "" && (n > math.MaxInt32 || n < math.MinInt32) {
		found = "Found a number out of range"
	}
	if found != "" {
		e.reportAt(b, nil, "Invalid value of "+attr.Name, "%s, but %s must be a whole number.", found, attr.Name)
		return nil, false
	}
	i := int(n)
	return &i, true
}
