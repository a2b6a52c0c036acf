package render

import (
	"assetform/config"
	"assetform/config/method"
	"assetform/plan"
)

// Cause is an edit that changes several assets together.
type Cause struct {
	Name        string      // "local.style"
	Place       string      // "main.asset.hcl:12"; empty if it is in no file
	Assets      int         // that change because of it
	Cost        method.Cost // what they cost for certain
	Conditional method.Cost // what they may cost on top
}

// Causes groups the plan's changes by the edit that made them.
func Causes(project *config.Project, p *plan.Plan) []Cause { return nil }

// effect says what the edit does: "changes 118 assets, 236 image credits".
func (c Cause) effect() string {
	s := "changes " + count(c.Assets, "asset")
	nothing := method.Cost{}
	switch {
	case c.Conditional != nothing && c.Cost != nothing:
		s += ", " + CostText(c.Cost) + ", up to " + CostText(c.Cost.Add(c.Conditional))
	case c.Conditional != nothing:
		s += ", up to " + CostText(c.Conditional)
	case c.Cost != nothing:
		s += ", " + CostText(c.Cost)
	}
	return s
}
