package method

import (
	"strings"

	"assetform/config/address"

	"golang.org/x/text/unicode/norm"
)

// NormalText is a text parameter as it is hashed and sent: Unicode NFC, lines
// that end in LF, without white space at both ends.
func NormalText(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(norm.NFC.String(s), "\r\n", "\n"))
}

// Kind says what a method delivers: it is also the block type of the assets
// that use it.
type Kind string

// The two kinds of assets.
const (
	Image address.Kind = "image"
	Video address.Kind = "video"
)

// ParamType is the type of a scalar parameter.
type ParamType int

// The types of scalar parameters.
const (
	String ParamType = iota
	Integer
	Boolean
)

// Param is a scalar parameter of a method.
type Param struct {
	Name     string // the attribute in HCL and the key in lock and plan
	Wire     string // the field in the request body
	Type     ParamType
	Required bool
	Default  any      // string, int64 or bool: what the API assumes when it is not sent; nil: none
	Values   []string // the accepted values of an enumeration, in the document's order
	Doc      string
}

// Input is an image parameter of a method.
type Input struct {
	Name     string // the attribute in HCL and the key in lock and plan
	Wire     string // the field in the request body: Base64, or a list of it
	Required bool
	Selects  bool // setting this attribute selects the method
	List     bool
	Min, Max int // number of images in a list
	Doc      string
}

// Method is one generating endpoint of the API.
type Method struct {
	Name   string // API method and last element of its path, "generate_image"
	Kind   address.Kind
	Engine string
	Params []Param
	Inputs []Input
	Doc    string
}

var (
	prompt = Param{
		Name: "prompt", Wire: "prompt", Type: String, Required: true,
		Doc: "Text description of what is generated.",
	}
	seed = Param{
		Name: "seed", Wire: "seed", Type: Integer,
		Doc: "Seed for reproducible results, a whole number of 64 bits.",
	}
	anyAspect = Param{
		Name: "aspect_ratio", Wire: "aspect_ratio", Type: String, Default: "landscape",
		Values: []string{"landscape", "portrait", "square"},
		Doc:    "Landscape (16:9), portrait (9:16) or square (1:1).",
	}
	videoAspect = Param{
		Name: "aspect_ratio", Wire: "aspect_ratio", Type: String, Default: "landscape",
		Values: []string{"landscape", "portrait"},
		Doc:    "Landscape (16:9) or portrait (9:16).",
	}
)

// onlyLandscape is an aspect ratio that may be written but is not sent: the
// API has no such parameter for these methods and delivers landscape only.
var onlyLandscape = Param{
	Name: "aspect_ratio", Wire: "", Type: String, Default: "landscape",
	Values: []string{"landscape"},
	Doc:    "Landscape (16:9) only; it is not sent.",
}

func optional(p Param) Param { p.Required = false; return p }

func model(def string, values ...string) Param {
	return Param{
		Name: "model", Wire: "model", Type: String, Default: def, Values: values,
		Doc: "Model that generates; nano_banana_pro costs twice the credits.",
	}
}

// Table lists the methods in the order of the API document.
var Table = []*Method{
	{
		Name: "generate_image", Kind: address.Image, Engine: "Whisk/Flow",
		Params: []Param{prompt, model("imagen3.5", "imagen3.5", "nano_banana", "nano_banana_pro"), anyAspect, seed},
		Doc:    "An image from a prompt.",
	},
	{
		Name: "generate_image_with_references", Kind: address.Image, Engine: "Flow",
		Params: []Param{prompt, model("nano_banana_pro", "nano_banana", "nano_banana_pro"), anyAspect, seed},
		Inputs: []Input{{
			Name: "references", Wire: "image_base64_list", Required: true, Selects: true, List: true, Min: 1, Max: 5,
			Doc: "One to five images that influence style, characters and objects.",
		}},
		Doc: "An image from a prompt and one to five reference images.",
	},
	{
		Name: "generate_recipe", Kind: address.Image, Engine: "Whisk",
		Params: []Param{optional(prompt), anyAspect},
		Inputs: []Input{
			{Name: "subject", Wire: "subject_image_base64", Required: true, Selects: true, Doc: "What to generate."},
			{Name: "scene", Wire: "scene_image_base64", Selects: true, Doc: "The scene or background."},
			{Name: "style", Wire: "style_image_base64", Selects: true, Doc: "The style."},
		},
		Doc: "An image composed of a subject, a scene and a style.",
	},
	{
		Name: "generate_video", Kind: address.Video, Engine: "Flow (Veo)",
		Params: []Param{prompt, videoAspect, seed},
		Doc:    "A video from a prompt.",
	},
	{
		Name: "generate_video_from_image", Kind: address.Video, Engine: "Whisk",
		Params: []Param{prompt, onlyLandscape, {
			Name: "loop", Wire: "loop_video", Type: Boolean, Default: false,
			Doc: "Loop the video: its last frame leads into its first.",
		}},
		Inputs: []Input{{Name: "image", Wire: "image_base64", Required: true, Selects: true, Doc: "The image to animate."}},
		Doc:    "A video that animates an image. Landscape only.",
	},
	{
		Name: "generate_video_transition", Kind: address.Video, Engine: "Flow",
		Params: []Param{prompt, onlyLandscape},
		Inputs: []Input{
			{Name: "start_image", Wire: "start_image_base64", Required: true, Selects: true, Doc: "The first frame."},
			{Name: "end_image", Wire: "end_image_base64", Required: true, Selects: true, Doc: "The last frame."},
		},
		Doc: "A video that moves from a start image to an end image. Landscape only.",
	},
	{
		Name: "generate_video_reference", Kind: address.Video, Engine: "Flow",
		Params: []Param{prompt, videoAspect},
		Inputs: []Input{{
			Name: "reference_image", Wire: "reference_image_base64", Required: true, Selects: true,
			Doc: "A character, object or style that the video takes up.",
		}},
		Doc: "A video from a prompt and a reference image.",
	},
}

// Model is an image model of the API.
type Model struct {
	Name    string
	Engine  string
	Credits int // image credits for one generation
	Doc     string
}

// Models lists the image models in the order of the API document.
var Models = []Model{
	{Name: "imagen3.5", Engine: "Whisk", Credits: 1, Doc: "Google Imagen 3.5, fast and reliable (default)"},
	{Name: "nano_banana", Engine: "Flow", Credits: 1, Doc: "Nano Banana, advanced generation"},
	{Name: "nano_banana_pro", Engine: "Flow", Credits: 2, Doc: "Nano Banana Pro, best quality"},
}

// Cost is the price of something in the API's two units.
type Cost struct {
	ImageCredits int `json:"image_credits"`
	Videos       int `json:"videos"`
}

// Add returns the sum of two costs.
func (c Cost) Add(d Cost) Cost {
	return Cost{ImageCredits: c.ImageCredits + d.ImageCredits, Videos: c.Videos + d.Videos}
}

// ByName returns the method of that API name, or nil.
func ByName(name string) *Method {
	for _, m := range Table {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Param returns the scalar parameter of that attribute name.
func (m *Method) Param(name string) (Param, bool) {
	for _, p := range m.Params {
		if p.Name == name {
			return p, true
		}
	}
	return Param{}, false
}

// Input returns the image parameter of that attribute name.
func (m *Method) Input(name string) (Input, bool) {
	for _, in := range m.Inputs {
		if in.Name == name {
			return in, true
		}
	}
	return Input{}, false
}

// Cost is what one generation with that model is charged. An empty model
// stands for the method's default; methods without a model take none.
func (m *Method) Cost(model string) Cost {
	if m.Kind == address.Video {
		return Cost{Videos: 1}
	}
	if p, ok := m.Param("model"); ok && model == "" {
		model, _ = p.Default.(string)
	}
	for _, known := range Models {
		if known.Name == model {
			return Cost{ImageCredits: known.Credits}
		}
	}
	return Cost{ImageCredits: 1}
}
