package imaginator

import (
	"encoding/base64"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"assetform/apply/engine"
	"assetform/config/method"

	"github.com/google/go-cmp/cmp"
)

type (
	params = map[string]any
	images = map[string][][]byte
)

// documented has one full request a method, and the body that the API
// document's tables and examples ask for.
var documented = []struct {
	request engine.Request
	body    string
}{
	{engine.Request{Method: "generate_image", Params: params{"prompt": "Futuristic city <at> sunset & \"dusk\"", "model": "nano_banana_pro", "aspect_ratio": "landscape", "seed": int64(0)}},
		`{"prompt":"Futuristic city <at> sunset & \"dusk\"","model":"nano_banana_pro","aspect_ratio":"landscape","seed":0}`},
	{engine.Request{Method: "generate_image_with_references", Params: params{"prompt": "p", "model": "nano_banana", "seed": int64(-7)}, Images: images{"references": {[]byte("one"), []byte("two!")}}},
		`{"prompt":"p","model":"nano_banana","seed":-7,"image_base64_list":["b25l","dHdvIQ=="]}`},
	{engine.Request{Method: "generate_image_with_references", Params: params{"prompt": "p"}, Images: images{"references": {[]byte("one")}}},
		`{"prompt":"p","image_base64_list":["b25l"]}`},
	{engine.Request{Method: "generate_recipe", Params: params{"prompt": "p", "aspect_ratio": "square"}, Images: images{"subject": {[]byte("a")}, "scene": {[]byte("b")}, "style": {[]byte("c")}}},
		`{"prompt":"p","aspect_ratio":"square","subject_image_base64":"YQ==","scene_image_base64":"Yg==","style_image_base64":"Yw=="}`},
	{engine.Request{Method: "generate_recipe", Images: images{"subject": {[]byte("a")}}},
		`{"subject_image_base64":"YQ=="}`},
	{engine.Request{Method: "generate_video", Params: params{"prompt": "p", "aspect_ratio": "portrait", "seed": int64(1 << 62)}},
		`{"prompt":"p","aspect_ratio":"portrait","seed":4611686018427387904}`},
	{engine.Request{Method: "generate_video_from_image", Params: params{"prompt": "p", "loop": false}, Images: images{"image": {[]byte("a")}}},
		`{"prompt":"p","loop_video":false,"image_base64":"YQ=="}`},
	{engine.Request{Method: "generate_video_transition", Params: params{"prompt": "p", "aspect_ratio": "landscape"}, Images: images{"start_image": {[]byte("a")}, "end_image": {[]byte("b")}}},
		`{"prompt":"p","start_image_base64":"YQ==","end_image_base64":"Yg=="}`},
	{engine.Request{Method: "generate_video_reference", Params: params{"prompt": "p"}, Images: images{"reference_image": {[]byte("a")}}},
		`{"prompt":"p","reference_image_base64":"YQ=="}`},
	{engine.Request{Method: "generate_image"}, `{}`},
}

func ptr[T any](v T) *T { return &v }

func TestRequestBodiesAreTheDocuments(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, test := range documented {
		seen[test.request.Method] = true
		body, length, err := encode(test.request)
		if err != nil {
			t.Fatal(err)
		}
		// OneByteReader drives base64Reader through its shortest reads.
		got, err := io.ReadAll(iotest.OneByteReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.body, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.request.Method, diff)
		}
		if length != int64(len(got)) {
			t.Errorf("%s: length %d, wrote %d", test.request.Method, length, len(got))
		}
	}
	for _, m := range method.Table {
		if !seen[m.Name] {
			t.Errorf("no body for %s", m.Name)
		}
	}
	for what, r := range map[string]engine.Request{
		"parameter": {Method: "generate_recipe", Params: params{"seed": int64(1)}},
		"image":     {Method: "generate_image", Images: images{"subject": {[]byte("a")}}},
		"method":    {Method: "../quota"},
	} {
		if _, _, err := encode(r); err == nil {
			t.Errorf("a %s that the table does not have was passed over", what)
		}
	}
}

func TestBase64ReaderAtEveryReadSize(t *testing.T) {
	t.Parallel()
	src := []byte("every remainder of a division by three")
	for n := range src {
		want := base64.StdEncoding.EncodeToString(src[:n])
		for size := 1; size < 12; size++ {
			var got strings.Builder
			r := &base64Reader{src: src[:n]}
			if _, err := io.CopyBuffer(&got, struct{ io.Reader }{r}, make([]byte, size)); err != nil {
				t.Fatal(err)
			}
			if got.String() != want {
				t.Fatalf("%d bytes in reads of %d: %q, want %q", n, size, got.String(), want)
			}
		}
	}
}
