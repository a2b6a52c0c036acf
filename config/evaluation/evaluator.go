package evaluation

import (
	"assetform/config/address"
	"assetform/config/functions"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxValue is how long, in bytes, the value of one expression may be when it
// is written out. A chain of locals that each name the last one twice doubles
// with every link.
const maxValue = 64 << 20

// Evaluator computes cells and expressions. It belongs to one goroutine; only
// the position is read by another.
type Evaluator struct {
	reports  *Reports
	position *Position
	stack    []frame
	// kinds are the kinds of assets that there are.
	kinds []address.Kind
	// MaxValue bounds each value; overflowed: one was behind it.
	MaxValue   int
	overflowed bool
	// readsSecret tells that what is being bound reads something sensitive.
	readsSecret bool
}

// New makes an evaluator that reports there and keeps that position. Assets
// are of these kinds.
func New(reports *Reports, position *Position, kinds ...address.Kind) *Evaluator {
	return &Evaluator{reports: reports, position: position, kinds: kinds, MaxValue: maxValue}
}

// boundResult reports a value that is too long to be worked with. Nothing is
// evaluated behind it: finding out takes seconds each time.
func (e *Evaluator) boundResult(v cty.Value, at hcl.Range) cty.Value {
	if v.Type() == cty.Number || functions.SizeUpTo(v, e.MaxValue) <= e.MaxValue {
		return v // who takes a number says what is wrong with it
	}
	if !functions.Finite(v, 1<<16) {
		e.reports.Report(at, "Number not finite", "A number in this value is infinite, as .inf of YAML is. Only finite numbers can be used.")
		return cty.DynamicVal
	}
	e.reports.Report(at, "Value too large", "Written out, this value is longer than %d MiB.", maxValue>>20)
	e.overflowed = true
	return cty.DynamicVal
}
