package render

import (
	"strings"

	"assetform/apply/engine/all"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"
)

const (
	hashA = "sha256:1f2e3d4c5b6a79880123456789abcdef0123456789abcdef0123456789abcdef"
	hashB = "sha256:abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
)

// document makes a document whose summary and cost fit its changes.
func document(changes ...plan.ChangeDocument) plan.Document {
	d := plan.Document{Engines: all.Registry(), FormatVersion: plan.FormatVersion, Changes: changes, Diagnostics: []diag.Diagnostic{}}
	for _, c := range changes {
		switch c.Action {
		case plan.Create:
			d.Summary.Create++
		case plan.Update:
			d.Summary.Update++
		case plan.Restore:
			d.Summary.Restore++
		case plan.Move:
			d.Summary.Move++
		case plan.Import:
			d.Summary.Import++
		case plan.Delete:
			d.Summary.Delete++
		case plan.Forget:
			d.Summary.Forget++
		default:
			d.Summary.NoOp++
		}
		switch {
		case !c.Action.Generates():
		case c.Conditional:
			d.Cost.Conditional = d.Cost.Conditional.Add(c.Cost)
		default:
			d.Cost.Certain = d.Cost.Certain.Add(c.Cost)
		}
	}
	return d
}

// sample is a plan with every action and most reasons.
func sample() plan.Document {
	const style = ", painterly, warm rim light, seen from slightly below, on a plain parchment background with soft vignette"
	square := func(prompt string) map[string]any {
		return map[string]any{"prompt": prompt, "model": "imagen3.5", "aspect_ratio": "square"}
	}
	long := "A knight in worn plate armour stands on a cliff above a burning castle at dusk, cape in the wind, the sword" +
		" in his right hand points down" + style
	credit, video := engine.Cost{"image_credits": 1}, engine.Cost{"videos": 1}
	d := document(
		plan.ChangeDocument{
			Address: `image.icon["shield"]`, Kind: address.Image, Action: plan.Create, Reasons: []plan.Reason{"new"},
			Method: "generate_image", Provider: "imaginator", Output: "art/icons/shield.png",
			After: square("Game icon of a round shield with an iron boss" + style), Cost: credit,
		},
		plan.ChangeDocument{
			Address: `image.icon["sword"]`, Kind: address.Image, Action: plan.Restore, Reasons: []plan.Reason{"input:prompt"},
			Method: "generate_image", Provider: "imaginator", Output: "art/icons/sword.png",
			Before: square("Game icon of a sword"), After: square("Game icon of a rusty sword"),
		},
		plan.ChangeDocument{
			Address: "image.knight", Kind: address.Image, Action: plan.Update, Reasons: []plan.Reason{"input:model", "input:prompt", "input:seed"},
			Method: "generate_image", Provider: "imaginator", Output: "art/knight.png",
			Before: map[string]any{"prompt": long, "seed": int64(7)},
			After: map[string]any{
				"prompt": strings.Replace(long, "worn plate armour", "polished silver armour", 1), "model": "nano_banana_pro",
				"aspect_ratio": "landscape",
			},
			Cost: engine.Cost{"image_credits": 2},
		},
		plan.ChangeDocument{
			Address: "image.logo", Kind: address.Image, Action: plan.NoOp, Drifted: true, Reasons: []plan.Reason{},
			Method: "generate_image", Provider: "imaginator", Output: "art/logo.png",
			Before: map[string]any{"prompt": "A logo"}, After: square("A logo"),
		},
		plan.ChangeDocument{
			Address: "image.new_name", Kind: address.Image, Action: plan.Move, Reasons: []plan.Reason{"moved"},
			Method: "generate_image", Provider: "imaginator", Output: "art/new.png", PreviousAddress: "image.old_name", PreviousOutput: "art/old.png",
			Before: map[string]any{"prompt": "A name"}, After: square("A name"),
		},
		plan.ChangeDocument{
			Address: "image.photo", Kind: address.Image, Action: plan.Import, Reasons: []plan.Reason{"new"},
			Method: "generate_image", Provider: "imaginator", Output: "art/photo.jpg", After: square("A photograph"),
		},
		plan.ChangeDocument{
			Address: "image.same", Kind: address.Image, Action: plan.Restore, Reasons: []plan.Reason{"new", `same_inputs:image.icon["shield"]`},
			Method: "generate_image", Provider: "imaginator", Output: "art/same.png",
			After: square("Game icon of a round shield with an iron boss" + style),
		},
		plan.ChangeDocument{
			Address: "image.secret", Kind: address.Image, Action: plan.Update, Reasons: []plan.Reason{"input:prompt", "resume"},
			Method: "generate_image", Provider: "imaginator", Output: "art/secret.png",
			Before: map[string]any{"prompt": map[string]any{"sensitive": hashA}},
			After:  map[string]any{"prompt": map[string]any{"sensitive": hashB}, "model": "imagen3.5", "aspect_ratio": "landscape"},
		},
		plan.ChangeDocument{
			Address: "image.shot", Kind: address.Image, Action: plan.Delete, Reasons: []plan.Reason{},
			Method: "generate_image", Provider: "imaginator", Output: "art/shot.png", Before: map[string]any{"prompt": "A shot"},
		},
		plan.ChangeDocument{
			Address: "image.sketch", Kind: address.Image, Action: plan.Forget, Reasons: []plan.Reason{},
			Method: "generate_image", Provider: "imaginator", Output: "art/sketch.png", Before: map[string]any{"prompt": "A sketch"},
		},
		plan.ChangeDocument{
			Address: "image.still", Kind: address.Image, Action: plan.NoOp, Reasons: []plan.Reason{},
			Method: "generate_image", Provider: "imaginator", Output: "art/still.png",
			Before: map[string]any{"prompt": "Still"}, After: square("Still"),
		},
		plan.ChangeDocument{
			Address: "video.idle", Kind: address.Video, Action: plan.Update, Reasons: []plan.Reason{"upstream:image.knight"}, Conditional: true,
			Method: "generate_video_from_image", Provider: "imaginator", Output: "video/idle.mp4",
			Before: map[string]any{"prompt": "The knight breathes", "image": hashA, "loop": true},
			After: map[string]any{
				"prompt": "The knight breathes", "image": map[string]any{"upstream": "image.knight"}, "loop": true,
			},
			Cost: video,
		},
		plan.ChangeDocument{
			Address: "video.reveal", Kind: address.Video, Action: plan.Create, Reasons: []plan.Reason{"new"},
			Method: "generate_video_transition", Provider: "imaginator", Output: "video/reveal.mp4",
			After: map[string]any{
				"prompt": "Camera pushes through the gate", "start_image": hashB, "end_image": map[string]any{"upstream": "image.knight"},
			},
			Cost: video,
		},
	)
	d.Diagnostics = []diag.Diagnostic{{
		Severity: "warning", Summary: "Assets with equal inputs",
		Detail: `image.same has the inputs of image.icon["shield"]; set seed or revision = count.index for different takes.`,
		Range:  &diag.Range{Filename: "main.asset.hcl", Start: diag.Position{Line: 40, Column: 1}},
	}}
	return d
}

func sampleCauses() []Cause {
	return []Cause{
		{Name: "local.style", Place: "main.asset.hcl:12", Assets: 118, Cost: engine.Cost{"image_credits": 236}},
		{Name: "image.knight", Place: "main.asset.hcl:20", Assets: 3, Conditional: engine.Cost{"image_credits": 2, "videos": 1}},
	}
}
