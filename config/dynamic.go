package config

import (
	"assetform/config/evaluation"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
)

// expandBlocks expands the dynamic blocks of a body that knows no instances.
func expandBlocks(ev *evaluation.Evaluator, reports *evaluation.Reports, s *evaluation.Scope, body hcl.Body, sch *schema) []*hcl.Block {
	ctx := ev.Context(s, dynamicTraversals(body, sch), evaluation.Names{}, nil)
	content, diags := sch.content(dynblock.Expand(body, ctx), false)
	reports.Add(sensitive.Explain(nil, diags)...)
	return content.Blocks
}

// dynamicTraversals lists what the expansion of dynamic blocks reads.
func dynamicTraversals(body hcl.Body, s *schema) []hcl.Traversal {
	return visitDynamic(dynblock.WalkExpandVariables(body), s)
}

func visitDynamic(node dynblock.WalkVariablesNode, s *schema) []hcl.Traversal {
	traversals, children := node.Visit(&s.BodySchema)
	for _, child := range children {
		if nested := s.nested[child.BlockTypeName]; nested != nil {
			traversals = append(traversals, visitDynamic(child.Node, nested)...)
		}
	}
	return traversals
}
