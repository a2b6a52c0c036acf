package imaginator

import (
	"assetform/config/address"
	"assetform/config/engine"
)

// The units of the API document, "Credits System".
const (
	Credits = "image_credits"
	Videos  = "videos"
)

// Engine is what the API can do. Every fact in it is the API document's:
// "Generation Methods Summary", the parameter tables of each method and
// "Credits System".
var Engine = engine.Engine{
	Type:  "imaginator",
	Title: "the Imaginator API",
	Units: []engine.Unit{
		{Name: Credits, Doc: "Image credits."},
		{Name: Videos, Doc: "Videos."},
	},
	Methods: methods,
	Models:  models,
	Server: engine.Server{
		BaseURL: "https://imaginator.mat3u.com/api/v1",
		URLEnv:  "IMAGINATOR_BASE_URL",
		KeyEnv:  "IMAGINATOR_API_KEY",
	},
	// What the document's example of a quota says.
	Limits: engine.Limits{Concurrent: 5, Hourly: map[string]int{Credits: 4000, Videos: 150}},
}

// models lists the image models in the order of the API document.
var models = []engine.Model{
	{Name: "imagen3.5", Backend: "Whisk", Amount: 1, Doc: "Google Imagen 3.5, fast and reliable (default)"},
	{Name: "nano_banana", Backend: "Flow", Amount: 1, Doc: "Nano Banana, advanced generation"},
	{Name: "nano_banana_pro", Backend: "Flow", Amount: 2, Doc: "Nano Banana Pro, best quality"},
}

// How long methods take according to the API document, in seconds.
var (
	imageTime = [2]int{10, 30}
	inputTime = [2]int{15, 45}
	videoTime = [2]int{30, 60}
)

// byModel is the price of an image.
var byModel = func() engine.Price {
	p := engine.Price{Unit: Credits, Amount: 1, By: "model", Amounts: map[string]int{}}
	for _, m := range models {
		p.Amounts[m.Name] = m.Amount
	}
	return p
}()

var perVideo = engine.Price{Unit: Videos, Amount: 1}

var (
	prompt = engine.Param{
		Name: "prompt", Prose: true, Type: engine.String, Required: true,
		Doc: "Text description of what is generated.",
	}
	seed = engine.Param{
		Name: "seed", Type: engine.Integer, Take: true,
		Doc: "Seed for reproducible results, a whole number of 64 bits.",
	}
	anyAspect = engine.Param{
		Name: "aspect_ratio", Type: engine.String, Default: "landscape",
		Values: []string{"landscape", "portrait", "square"}, Meant: shapes,
		Doc: "Landscape (16:9), portrait (9:16) or square (1:1).",
	}
	videoAspect = engine.Param{
		Name: "aspect_ratio", Type: engine.String, Default: "landscape",
		Values: []string{"landscape", "portrait"}, Meant: shapes,
		Doc: "Landscape (16:9) or portrait (9:16).",
	}
)

// shapes and modelNames are what people write for the values of the API.
var (
	shapes = map[string][]string{
		"landscape": {"16:9", "wide", "widescreen", "horizontal"},
		"portrait":  {"9:16", "tall", "vertical", "upright"},
		"square":    {"1:1", "quadratic"},
	}
	modelNames = map[string][]string{
		"imagen3.5":       {"imagen", "imagen3", "imagen-3.0", "whisk"},
		"nano_banana":     {"banana", "gemini-2.5-flash-image", "gemini-2.5-flash-image-preview"},
		"nano_banana_pro": {"banana_pro", "pro", "gemini-3-pro-image", "gemini-3-pro-image-preview"},
	}
)

// onlyLandscape is an aspect ratio that may be written but is not sent: the
// API has no such parameter for these methods and delivers landscape only.
var onlyLandscape = engine.Param{
	Name: "aspect_ratio", Unsent: true, Type: engine.String, Default: "landscape",
	Values: []string{"landscape"}, Meant: shapes,
	Doc: "Landscape (16:9) only; it is not sent.",
}

func optional(p engine.Param) engine.Param { p.Required = false; return p }

func model(def string, values ...string) engine.Param {
	return engine.Param{
		Name: "model", Type: engine.String, Default: def, Values: values, Meant: modelNames,
		Doc: "Model that generates; nano_banana_pro costs twice the credits.",
	}
}

// methods lists the methods in the order of the API document.
var methods = []*engine.Method{
	{
		Name: "generate_image", Kind: address.Image, Backend: "Whisk/Flow",
		Price: byModel, Typical: imageTime,
		Params: []engine.Param{prompt, model("imagen3.5", "imagen3.5", "nano_banana", "nano_banana_pro"), anyAspect, seed},
		Doc:    "An image from a prompt.",
	},
	{
		Name: "generate_image_with_references", Kind: address.Image, Backend: "Flow",
		Price: byModel, Typical: inputTime,
		Params: []engine.Param{prompt, model("nano_banana_pro", "nano_banana", "nano_banana_pro"), anyAspect, seed},
		Inputs: []engine.Input{{
			Name: "references", Wire: "image_base64_list", Required: true, Selects: true, List: true, Min: 1, Max: 5,
			Doc: "One to five images that influence style, characters and objects.",
		}},
		Doc: "An image from a prompt and one to five reference images.",
	},
	{
		Name: "generate_recipe", Kind: address.Image, Backend: "Whisk",
		Price: byModel, Typical: inputTime,
		Params: []engine.Param{optional(prompt), anyAspect},
		Inputs: []engine.Input{
			{Name: "subject", Wire: "subject_image_base64", Required: true, Selects: true, Doc: "What to generate."},
			{Name: "scene", Wire: "scene_image_base64", Selects: true, Doc: "The scene or background."},
			{Name: "style", Wire: "style_image_base64", Selects: true, Doc: "The style."},
		},
		Doc: "An image composed of a subject, a scene and a style.",
	},
	{
		Name: "generate_video", Kind: address.Video, Backend: "Flow (Veo)",
		Price: perVideo, Typical: videoTime,
		Params: []engine.Param{prompt, videoAspect, seed},
		Doc:    "A video from a prompt.",
	},
	{
		Name: "generate_video_from_image", Kind: address.Video, Backend: "Whisk",
		Price: perVideo, Typical: videoTime,
		Params: []engine.Param{prompt, onlyLandscape, {
			Name: "loop", Wire: "loop_video", Type: engine.Boolean, Default: false,
			Doc: "Loop the video: its last frame leads into its first.",
		}},
		Inputs: []engine.Input{{Name: "image", Wire: "image_base64", Required: true, Selects: true, Doc: "The image to animate."}},
		Doc:    "A video that animates an image. Landscape only.",
	},
	{
		Name: "generate_video_transition", Kind: address.Video, Backend: "Flow",
		Price: perVideo, Typical: videoTime,
		Params: []engine.Param{prompt, onlyLandscape},
		Inputs: []engine.Input{
			{Name: "start_image", Wire: "start_image_base64", Required: true, Selects: true, Doc: "The first frame."},
			{Name: "end_image", Wire: "end_image_base64", Required: true, Selects: true, Doc: "The last frame."},
		},
		Doc: "A video that moves from a start image to an end image. Landscape only.",
	},
	{
		Name: "generate_video_reference", Kind: address.Video, Backend: "Flow",
		Price: perVideo, Typical: videoTime,
		Params: []engine.Param{prompt, videoAspect},
		Inputs: []engine.Input{{
			Name: "reference_image", Wire: "reference_image_base64", Required: true, Selects: true,
			Doc: "A character, object or style that the video takes up.",
		}},
		Doc: "A video from a prompt and a reference image.",
	},
}
