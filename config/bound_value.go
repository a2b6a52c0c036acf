package config

import (
	"maps"

	"assetform/config/functions"
	"assetform/config/watch"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxValue is how long, in bytes, the value of one expression may be when it
// is written out. A chain of locals that each name the last one twice doubles
// with every link.
const maxValue = 64 << 20

// at notes which expression or block is evaluated next.
func (e *evaluator) at(rng hcl.Range) { e.position.Store(&rng) }

// place is what is being evaluated, for a watch that ends the process: nothing
// in it is shared with the goroutine that evaluates.
func (e *evaluator) place() watch.Place {
	e.shared.Lock()
	defer e.shared.Unlock()
	return watch.Place{Range: e.position.Load(), Files: maps.Clone(e.project.Files), Secrets: sortedKeys(e.secrets)}
}

// boundResult reports a value that is too long to be worked with. Nothing is
// evaluated behind it: finding out takes seconds each time.
func (e *evaluator) boundResult(v cty.Value, at hcl.Range) cty.Value {
	if v.Type() == cty.Number || functions.SizeUpTo(v, e.maxValue) <= e.maxValue {
		return v // who takes a number says what is wrong with it
	}
	e.report(at, "Value too large", "Written out, this value is longer than %d MiB.", maxValue>>20)
	e.overflowed = true
	return cty.DynamicVal
}
