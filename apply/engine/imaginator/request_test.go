package imaginator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// documented has one full request a method, and the body that the API
// document's tables and examples ask for.
var documented = []struct {
	request Request
	body    string
}{
	{Request{Method: GenerateImage, Prompt: "Futuristic city <at> sunset & \"dusk\"", Model: ModelNanoBananaPro, AspectRatio: AspectLandscape, Seed: ptr(int64(0))},
		`{"prompt":"Futuristic city <at> sunset & \"dusk\"","model":"nano_banana_pro","aspect_ratio":"landscape","seed":0}`},
	{Request{Method: GenerateImageWithReferences, Prompt: "p", ImageList: []Image{Image("one"), Image("two!")}, Model: ModelNanoBanana, Seed: ptr(int64(-7))},
		`{"prompt":"p","image_base64_list":["b25l","dHdvIQ=="],"model":"nano_banana","seed":-7}`},
	{Request{Method: GenerateImageWithReferences, Prompt: "p", ImageList: []Image{Image("one")}},
		`{"prompt":"p","image_base64_list":["b25l"]}`},
	{Request{Method: GenerateRecipe, Prompt: "p", SubjectImage: Image("a"), SceneImage: Image("b"), StyleImage: Image("c"), AspectRatio: AspectSquare},
		`{"prompt":"p","subject_image_base64":"YQ==","scene_image_base64":"Yg==","style_image_base64":"Yw==","aspect_ratio":"square"}`},
	{Request{Method: GenerateRecipe, SubjectImage: Image("a")},
		`{"subject_image_base64":"YQ=="}`},
	{Request{Method: GenerateVideo, Prompt: "p", AspectRatio: AspectPortrait, Seed: ptr(int64(1 << 62))},
		`{"prompt":"p","aspect_ratio":"portrait","seed":4611686018427387904}`},
	{Request{Method: GenerateVideoFromImage, Prompt: "p", Image: Image("a"), LoopVideo: ptr(false)},
		`{"prompt":"p","image_base64":"YQ==","loop_video":false}`},
	{Request{Method: GenerateVideoTransition, Prompt: "p", StartImage: Image("a"), EndImage: Image("b")},
		`{"prompt":"p","start_image_base64":"YQ==","end_image_base64":"Yg=="}`},
	{Request{Method: GenerateVideoReference, Prompt: "p", ReferenceImage: Image("a")},
		`{"prompt":"p","reference_image_base64":"YQ=="}`},
	{Request{Method: GenerateImage}, `{}`},
}

func ptr[T any](v T) *T { return &v }

func TestRequestBodiesAreTheDocuments(t *testing.T) {
	t.Parallel()
	seen := map[Method]bool{}
	for _, test := range documented {
		seen[test.request.Method] = true
		body, length, err := test.request.encode()
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
		decoded := Request{Method: test.request.Method}
		if err := json.Unmarshal(got, &decoded); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.request, decoded); diff != "" {
			t.Errorf("%s: the server decodes another request (-sent +got):\n%s", test.request.Method, diff)
		}
	}
	for _, m := range Methods {
		if !seen[m] {
			t.Errorf("no body for %s", m)
		}
	}
}

func TestFieldsNamesWhatIsSent(t *testing.T) {
	t.Parallel()
	for _, test := range documented {
		var sent map[string]any
		if err := json.Unmarshal([]byte(test.body), &sent); err != nil {
			t.Fatal(err)
		}
		fields := test.request.Fields()
		if len(fields) != len(sent) {
			t.Errorf("Fields() = %q, sent %q", fields, test.body)
		}
		for _, name := range fields {
			if _, found := sent[name]; !found {
				t.Errorf("Fields() has %q, which is not sent", name)
			}
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

func TestImageUnmarshal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`aGVsbG8=`:                       "hello",
		`aGVsbG8`:                        "hello",
		`aGVs\nbG8=\n`:                   "hello",
		`data:image/png;base64,aGVsbG8=`: "hello",
		``:                               "",
	} {
		var img Image
		if err := json.Unmarshal([]byte(`"`+text+`"`), &img); err != nil || !bytes.Equal(img, []byte(want)) {
			t.Errorf("%q: got %q, %v; want %q", text, img, err, want)
		}
	}
	for _, text := range []string{`a*b`, `data:image/png,abc`, `data:image/png;base64`, `a`} {
		var img Image
		if err := json.Unmarshal([]byte(`"`+text+`"`), &img); err == nil {
			t.Errorf("%q: decoded to %q, want an error", text, img)
		}
	}
}
