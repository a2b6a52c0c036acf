package drawing

import (
	"encoding/binary"
	"hash/fnv"
	"image"
	"slices"
)

// The generation methods, named as the API document names its endpoints.
const (
	MethodImage           = "generate_image"
	MethodReferences      = "generate_image_with_references"
	MethodRecipe          = "generate_recipe"
	MethodVideo           = "generate_video"
	MethodVideoFromImage  = "generate_video_from_image"
	MethodVideoTransition = "generate_video_transition"
	MethodVideoReference  = "generate_video_reference"
)

// A Request says what to draw. The zero value of each field is usable: an
// empty model is imagen3.5, an empty aspect is landscape, a missing input
// image is drawn from the prompt instead.
type Request struct {
	Method string // one of the Method constants
	Prompt string
	Model  string // "imagen3.5", "nano_banana", "nano_banana_pro" or ""; sets the level of detail
	Aspect string // "landscape", "portrait", "square" or ""
	Seed   int64
	Loop   bool // the last frame leads into the first; only MethodVideoFromImage

	References            []image.Image // MethodReferences (1 to 5) and MethodVideoReference (1)
	Subject, Scene, Style image.Image   // MethodRecipe
	Image, Start, End     image.Image   // MethodVideoFromImage; MethodVideoTransition

	More      string // whatever else tells the request from others
	NoCaption bool   // leave out the strip with the prompt
}

// isVideo reports whether the method makes a film.
func isVideo(method string) bool {
	return !slices.Contains([]string{MethodImage, MethodReferences, MethodRecipe}, method)
}

// size gives the pixels of a result of the method at an aspect. Films have no
// square form: a square film is landscape.
func size(method, aspect string) (w, h int) {
	if isVideo(method) {
		if aspect == "portrait" {
			return 720, 1280
		}
		return 1280, 720
	}
	switch aspect {
	case "portrait":
		return 768, 1344
	case "square":
		return 1024, 1024
	}
	return 1344, 768
}

// size is that of the request's own result.
func (r Request) size() (w, h int) { return size(r.Method, r.Aspect) }

// detail is how much work the model puts into a picture, 1 to 3.
func (r Request) detail() int {
	switch r.Model {
	case "nano_banana":
		return 2
	case "nano_banana_pro":
		return 3
	}
	return 1
}

// promptSeed hashes what the prompt decides whatever the seed is.
func (r Request) promptSeed() uint64 {
	h := fnv.New64a()
	h.Write([]byte(r.Prompt))
	return h.Sum64()
}

// seed hashes the parts of the request that are not pixels. Input images have
// their effect by being drawn.
func (r Request) seed() uint64 {
	h := fnv.New64a()
	for _, s := range []string{r.Method, r.Prompt, r.Model, r.Aspect} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	h.Write([]byte(r.More))
	h.Write(binary.LittleEndian.AppendUint64(nil, uint64(r.Seed)))
	return h.Sum64()
}
