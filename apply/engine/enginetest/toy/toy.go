// Package toy is an engine as somebody would add one: a folder and a line. It
// has two methods, a unit of its own, a parameter of each type and a list of
// images, and charges. Tests hold the whole program to it: what an engine says
// must do everywhere, without a word about it anywhere else.
package toy

import (
	"assetform/apply/engine"
	"assetform/apply/engine/enginetest"
	"assetform/config/address"
	spec "assetform/config/engine"
)

var words = spec.Param{Name: "prompt", Type: spec.String, Required: true, Prose: true, Doc: "What is to be seen."}

// Spec is what the engine can do.
var Spec = spec.Engine{
	Type:  "toy",
	Title: "the toy engine",
	Units: []spec.Unit{{Name: "sprites", Doc: "Sprites."}},
	Methods: []*spec.Method{
		{
			Name: "pixels", Kind: address.Image, Doc: "A small picture of few colours.",
			Params: []spec.Param{
				words,
				{Name: "colours", Type: spec.String, Default: "few", Values: []string{"few", "many"}, Doc: "How many colours there are."},
				{Name: "steps", Type: spec.Integer, Default: int64(8), Doc: "How often it is gone over."},
				{Name: "strength", Wire: "cfg", Type: spec.Number, Default: 0.5, Doc: "How closely the words are kept to."},
				{Name: "tiled", Type: spec.Boolean, Default: false, Doc: "Its borders fit each other."},
			},
			Price:   spec.Price{Unit: "sprites", Amount: 1, By: "colours", Amounts: map[string]int{"many": 3}},
			Typical: [2]int{1, 2},
		},
		{
			Name: "layers", Kind: address.Image, Doc: "Pictures laid over each other.",
			Params:  []spec.Param{words},
			Inputs:  []spec.Input{{Name: "layers", Required: true, Selects: true, List: true, Min: 2, Max: 3, Doc: "Two or three images, the lowest first."}},
			Price:   spec.Price{Unit: "sprites", Amount: 2},
			Typical: [2]int{1, 2},
		},
	},
}

// Engine returns the engine and what it is driven by.
func Engine() (engine.Engine, *enginetest.Bare) {
	bare := &enginetest.Bare{Engine: &Spec}
	return engine.Engine{Spec: &Spec, Open: func(engine.Settings) (engine.Driver, error) { return bare, nil }}, bare
}
