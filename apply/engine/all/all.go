// Package all lists the engines that assetform has, one line each. A new one is
// a folder beside this one and a line here.
//
// It decides nothing. The order is that of help, reference and plans; the first
// engine that charges is the one that questions go to where a configuration
// names none.
package all

import (
	"assetform/apply/engine"
	"assetform/apply/engine/derive"
	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
	spec "assetform/config/engine"
)

// Engines are the engines, in the order of help and reference.
var Engines = []engine.Engine{
	{Spec: &imaginator.Engine, Open: imaginator.Open},
	{Spec: &sketch.Engine, Open: sketch.Open},
	{Spec: derive.Table(), Make: derive.Open},
}

// Registry is what the engines can do.
func Registry() spec.Registry { return engine.Registry(Engines) }
