package imaginator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
)

// A Method is one of the seven ways to create a task. It is the last element
// of the request's path, as the API document writes it.
type Method string

// The seven methods of the API document.
const (
	GenerateImage               Method = "generate_image"
	GenerateImageWithReferences Method = "generate_image_with_references"
	GenerateRecipe              Method = "generate_recipe"
	GenerateVideo               Method = "generate_video"
	GenerateVideoFromImage      Method = "generate_video_from_image"
	GenerateVideoTransition     Method = "generate_video_transition"
	GenerateVideoReference      Method = "generate_video_reference"
)

// Methods lists the methods in the order of the API document.
var Methods = []Method{
	GenerateImage, GenerateImageWithReferences, GenerateRecipe,
	GenerateVideo, GenerateVideoFromImage, GenerateVideoTransition, GenerateVideoReference,
}

// An Image is the encoded bytes of an image file. On the wire it is Base64.
type Image []byte

// UnmarshalText decodes standard Base64, with or without padding and line
// breaks. A "data:image/png;base64," prefix is passed over: browsers' encoders
// produce it, and it says nothing that the bytes do not say better.
func (i *Image) UnmarshalText(text []byte) error {
	if rest, found := bytes.CutPrefix(text, []byte("data:")); found {
		head, data, comma := bytes.Cut(rest, []byte(","))
		if !comma || !bytes.HasSuffix(head, []byte(";base64")) {
			return fmt.Errorf("decode image: data URL is not base64")
		}
		text = data
	}
	text = bytes.TrimRight(text, "=\r\n")
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(text)))
	n, err := base64.RawStdEncoding.Decode(out, text)
	if err != nil {
		return fmt.Errorf("decode image: %w", err)
	}
	*i = out[:n]
	return nil
}

// A Request is the body of a create request. One type serves all seven
// methods; which fields a method takes, requires and defaults is the business
// of whoever builds or checks it. Zero fields are not sent, so that the API's
// own defaults apply.
//
// The server decodes it with encoding/json. The client writes it as a stream,
// Base64 on the fly, so that a request costs no memory beyond its images.
type Request struct {
	Method Method `json:"-"` // path, not body

	Prompt         string  `json:"prompt,omitempty"`
	ImageList      []Image `json:"image_base64_list,omitempty"`      // references: 1 to 5
	SubjectImage   Image   `json:"subject_image_base64,omitempty"`   // recipe
	SceneImage     Image   `json:"scene_image_base64,omitempty"`     // recipe
	StyleImage     Image   `json:"style_image_base64,omitempty"`     // recipe
	Image          Image   `json:"image_base64,omitempty"`           // video from image
	StartImage     Image   `json:"start_image_base64,omitempty"`     // transition
	EndImage       Image   `json:"end_image_base64,omitempty"`       // transition
	ReferenceImage Image   `json:"reference_image_base64,omitempty"` // video reference
	Model          string  `json:"model,omitempty"`
	AspectRatio    string  `json:"aspect_ratio,omitempty"`
	Seed           *int64  `json:"seed,omitempty"`
	LoopVideo      *bool   `json:"loop_video,omitempty"`
}

// A field is one member of the request body: either scalar or images is set.
type field struct {
	name   string
	scalar any
	images []Image
	list   bool // images are an array, even if there is one
}

// Fields returns the wire names of the fields that are set, in wire order.
func (r *Request) Fields() []string {
	var names []string
	for _, f := range r.fields() {
		names = append(names, f.name)
	}
	return names
}

func (r *Request) fields() []field {
	var set []field
	scalar := func(name string, value any, isSet bool) {
		if isSet {
			set = append(set, field{name: name, scalar: value})
		}
	}
	image := func(name string, value Image) {
		if len(value) > 0 {
			set = append(set, field{name: name, images: []Image{value}})
		}
	}
	scalar("prompt", r.Prompt, r.Prompt != "")
	if len(r.ImageList) > 0 {
		set = append(set, field{name: "image_base64_list", images: r.ImageList, list: true})
	}
	image("subject_image_base64", r.SubjectImage)
	image("scene_image_base64", r.SceneImage)
	image("style_image_base64", r.StyleImage)
	image("image_base64", r.Image)
	image("start_image_base64", r.StartImage)
	image("end_image_base64", r.EndImage)
	image("reference_image_base64", r.ReferenceImage)
	scalar("model", r.Model, r.Model != "")
	scalar("aspect_ratio", r.AspectRatio, r.AspectRatio != "")
	scalar("seed", r.Seed, r.Seed != nil)
	scalar("loop_video", r.LoopVideo, r.LoopVideo != nil)
	return set
}

// encode returns the JSON body as a stream, and its length in bytes.
func (r *Request) encode() (io.Reader, int64, error) {
	var parts []io.Reader
	var length int64
	literal := func(b []byte) {
		parts = append(parts, bytes.NewReader(b))
		length += int64(len(b))
	}
	for i, f := range r.fields() {
		separator := ","
		if i == 0 {
			separator = "{"
		}
		literal(fmt.Appendf(nil, "%s%q:", separator, f.name))
		if f.images == nil {
			value, err := marshalPlain(f.scalar)
			if err != nil {
				return nil, 0, fmt.Errorf("encode %q: %w", f.name, err)
			}
			literal(value)
			continue
		}
		open, between, end := `"`, `","`, `"`
		if f.list {
			open, end = `["`, `"]`
		}
		for n, img := range f.images {
			if n == 0 {
				literal([]byte(open))
			} else {
				literal([]byte(between))
			}
			parts = append(parts, &base64Reader{src: img})
			length += int64(base64.StdEncoding.EncodedLen(len(img)))
		}
		literal([]byte(end))
	}
	if len(parts) == 0 {
		literal([]byte("{"))
	}
	literal([]byte("}"))
	return io.MultiReader(parts...), length, nil
}

// marshalPlain is json.Marshal without HTML escaping: a prompt goes over the
// wire as it was written.
func marshalPlain(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// base64Reader encodes src as it is read. base64.NewEncoder is a writer and
// would need a pipe and a goroutine here.
type base64Reader struct {
	src     []byte
	pending []byte // encoded, not yet read; points into quantum
	quantum [4]byte
}

func (b *base64Reader) Read(p []byte) (n int, err error) {
	if len(b.pending) == 0 && len(b.src) == 0 {
		return 0, io.EOF
	}
	if len(b.pending) == 0 {
		if whole := min(len(p)/4*3, len(b.src)); whole > 0 {
			base64.StdEncoding.Encode(p, b.src[:whole])
			b.src = b.src[whole:]
			return base64.StdEncoding.EncodedLen(whole), nil
		}
		// p is shorter than one quantum: encode it aside and hand it out in parts.
		whole := min(3, len(b.src))
		base64.StdEncoding.Encode(b.quantum[:], b.src[:whole])
		b.src = b.src[whole:]
		b.pending = b.quantum[:]
	}
	n = copy(p, b.pending)
	b.pending = b.pending[n:]
	return n, nil
}
