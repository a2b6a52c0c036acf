package toy

import (
	"fmt"
	"math"

	"assetform/config/address"
	spec "assetform/config/engine"
)

// Press is what an engine says that derives: it makes files of other files. It
// has a method for each kind, a parameter of each type, settings of its own, a
// nested block, and inputs of each sort. Nothing drives it.
var Press = spec.Engine{
	Type:  "press",
	Title: "the toy press",
	Free:  true, Derives: true,
	Methods: []*spec.Method{
		{
			Name: "variant", Kind: address.Variant, Doc: "A picture that is made of another picture, or of a film.",
			Params: []spec.Param{
				{Name: "area", Type: spec.Setting, Accept: area, Doc: "What is taken of it, [x, y, w, h]."},
				{Name: "inks", Type: spec.Setting, Accept: inks, Default: []string{"black"}, Doc: "A number of inks, or a list of them."},
				{Name: "edge", Type: spec.Boolean, Default: false, Doc: "Cuts its edge."},
				{Name: "shape", Block: "edge", Type: spec.String, Default: "round", Values: []string{"round", "square"}, Doc: "How it is cut."},
				{Name: "depth", Block: "edge", Type: spec.Number, Default: 0.5, Doc: "How far it is cut."},
				{Name: "at", Block: "edge", Type: spec.Setting, Accept: area, Doc: "Where it is cut, [x, y, w, h]."},
				{Name: "scale", Type: spec.Integer, Default: int64(1), Doc: "How often it is doubled."},
				{Name: "tone", Type: spec.String, Default: "plain", Values: []string{"plain", "dark"}, Doc: "How dark it is."},
				{Name: "flip", Type: spec.Boolean, Default: false, Doc: "Turns it over."},
			},
			Inputs: []spec.Input{{Name: "plate", Required: true, Films: true, Doc: "What it is made of."}},
		},
		{
			Name: "atlas", Kind: address.Atlas, Doc: "Pictures side by side.",
			Params: []spec.Param{{Name: "gap", Type: spec.Integer, Default: int64(0), Doc: "Pixels between them."}},
			Inputs: []spec.Input{{Name: "parts", Required: true, List: true, Min: 1, Max: 4, Named: true, Doc: "The pictures."}},
		},
		{
			Name: "export", Kind: address.Export, Doc: "A list of assets.",
			Params: []spec.Param{{Name: "form", Type: spec.String, Required: true, Values: []string{"list", "table"}, Doc: "How it is written."}},
			Inputs: []spec.Input{
				{Name: "members", Required: true, List: true, Min: 1, Whole: true, Films: true, Doc: "The assets."},
				{Name: "head", Text: true, Doc: "A file with what stands at its top."},
			},
		},
	},
}

// area takes four numbers from 0.
func area(v any) (any, error) {
	list, ok := v.([]any)
	if !ok || len(list) != 4 {
		return nil, fmt.Errorf("found %v, expected [x, y, w, h]", v)
	}
	numbers := make([]float64, len(list))
	for i, member := range list {
		switch n := member.(type) {
		case int64:
			numbers[i] = float64(n)
		case float64:
			numbers[i] = n
		default:
			numbers[i] = math.NaN()
		}
		if !(numbers[i] >= 0) {
			return nil, fmt.Errorf("found %v, expected a number from 0", member)
		}
	}
	return numbers, nil
}

// inks takes a number or a list of names.
func inks(v any) (any, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case string:
		return []string{v}, nil
	case []any:
		names := make([]string, len(v))
		for i, member := range v {
			name, ok := member.(string)
			if !ok {
				return nil, fmt.Errorf("found %v in a list, expected names", member)
			}
			names[i] = name
		}
		return names, nil
	}
	return nil, fmt.Errorf("found %v, expected a number or names", v)
}
