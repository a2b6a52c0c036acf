package studio

import (
	"encoding/base64"
	"encoding/json"
	"image/color"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
)

// TestMethodsAcceptTheirTable sends every value that the method table
// documents, and every default by leaving it out.
func TestMethodsAcceptTheirTable(t *testing.T) {
	t.Parallel()
	for _, m := range imaginator.Engine.Methods {
		base, err := decodeOrder(m, []byte(body(m)))
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		for _, p := range m.Params {
			for _, v := range p.Values {
				if p.Unsent {
					continue
				}
				o, err := decodeOrder(m, []byte(body(m, p.Field(), v)))
				if err != nil {
					t.Errorf("%s %s=%s: %v", m.Name, p.Field(), v, err)
				} else if same := o.digest() == base.digest(); same != (v == p.Default) {
					t.Errorf("%s %s=%s: same request as with the default %v: %v", m.Name, p.Field(), v, p.Default, same)
				}
			}
			if p.Default != nil && base.params[p.Name] != p.Default {
				t.Errorf("%s: %s %q, want %q", m.Name, p.Name, base.params[p.Name], p.Default)
			}
		}
	}
}

func TestReferencesAreOneToFive(t *testing.T) {
	t.Parallel()
	m := imaginator.Engine.Method("generate_image_with_references")
	for n := range 8 {
		list := slices.Repeat([]string{blankPNG}, n)
		o, err := decodeOrder(m, []byte(body(m, "image_base64_list", list)))
		if ok := n >= 1 && n <= 5; ok != (err == nil) {
			t.Errorf("%d references: %v", n, err)
		} else if ok && o.references() != n {
			t.Errorf("%d references are counted as %d", n, o.references())
		}
	}
}

// invalidBodies are bodies that are refused, with words of the message.
var invalidBodies = []struct{ method, body, words string }{
	{"generate_image", ``, "ends too early"},
	{"generate_image", `{"prompt":"x"`, "ends too early"},
	{"generate_image", `{"prompt":"x"}{}`, "something after"},
	{"generate_image", `{"prompt":"x"} x`, "something after"},
	{"generate_image", `{"prompt" "x"}`, "not valid JSON"},
	{"generate_image", `{"prompt":"x",}`, "not valid JSON"},
	{"generate_image", `[]`, "must be a JSON object"},
	{"generate_image", `null`, "must be a JSON object"},
	{"generate_image", "{\"prompt\":\"\xff\"}", "UTF-8"},
	{"generate_image", `{}`, `"prompt" is required`},
	{"generate_image", `{"prompt":" \n"}`, `"prompt" is empty`},
	{"generate_image", `{"prompt":null}`, "must be a string, not null"},
	{"generate_image", `{"prompt":7}`, "must be a string, not a number"},
	{"generate_image", `{"prompt":["x"]}`, "must be a string, not an array"},
	{"generate_image", `{"prompt":{"a":1}}`, "must be a string, not an object"},
	{"generate_image", `{"prompt":"x","prompt":"y"}`, "given twice"},
	{"generate_image", `{"prompt":"x","seed":null,"seed":7}`, "given twice"},
	{"generate_image", `{"prompt":"x","sed":null}`, `takes no "sed"`},
	{"generate_recipe", `{"subject_image_base64":null}`, "must be a Base64 string, not null"},
	{"generate_image", `{"prompt":"x","promt":"y"}`, `takes no "promt"; it takes prompt, model, aspect_ratio, seed`},
	{"generate_image", `{"prompt":"x","Model":"nano_banana"}`, `takes no "Model"`},
	{"generate_image", `{"prompt":"x","":"y"}`, `takes no ""`},
	{"generate_image", `{"prompt":"x","model":"dall-e"}`, "imagen3.5 or nano_banana or nano_banana_pro"},
	{"generate_image", `{"prompt":"x","model":""}`, `not ""`},
	{"generate_image", `{"prompt":"x","aspect_ratio":"16:9"}`, "landscape or portrait or square"},
	{"generate_image", `{"prompt":"x","seed":"7"}`, "must be an integer, not a string"},
	{"generate_image", `{"prompt":"x","seed":7.5}`, "integer of 64 bits, not 7.5"},
	{"generate_image", `{"prompt":"x","seed":1e30}`, "integer of 64 bits"},
	{"generate_image", `{"prompt":"x","seed":9223372036854775808}`, "integer of 64 bits"},
	{"generate_image", `{"prompt":"x","seed":true}`, "not a boolean"},
	{"generate_image", `{"prompt":"x","image_base64":"aaaa"}`, `takes no "image_base64"`},
	{"generate_image_with_references", `{"prompt":"x","image_base64_list":["` + blankPNG + `"],"model":"imagen3.5"}`, "nano_banana or nano_banana_pro"},
	{"generate_image_with_references", `{"prompt":"x"}`, `"image_base64_list" is required`},
	{"generate_image_with_references", `{"prompt":"x","image_base64_list":[]}`, "has 0 images, 1 to 5"},
	{"generate_image_with_references", `{"prompt":"x","image_base64_list":"` + blankPNG + `"}`, "array of Base64 strings, not a string"},
	{"generate_image_with_references", `{"prompt":"x","image_base64_list":["` + blankPNG + `",3]}`, "image_base64_list[1]"},
	{"generate_image_with_references", `{"prompt":"x","image_base64_list":[["a"]]}`, "not an array"},
	{"generate_image_with_references", `{"prompt":"x","image_base64_list":["aaaa"`, "ends too early"},
	{"generate_recipe", `{"scene_image_base64":"` + blankPNG + `"}`, `"subject_image_base64" is required`},
	{"generate_recipe", `{"subject_image_base64":"` + blankPNG + `","seed":1}`, `takes no "seed"`},
	{"generate_video", `{"prompt":"x","aspect_ratio":"square"}`, "landscape or portrait, not"},
	{"generate_video", `{"prompt":"x","model":"nano_banana"}`, `takes no "model"`},
	{"generate_video_from_image", `{"prompt":"x","image_base64":"` + blankPNG + `","aspect_ratio":"portrait"}`, "delivers landscape only"},
	{"generate_video_from_image", `{"prompt":"x","image_base64":"` + blankPNG + `","loop_video":"yes"}`, "true or false, not a string"},
	{"generate_video_from_image", `{"prompt":"x","image_base64":""}`, "is empty"},
	{"generate_video_from_image", `{"prompt":"x","image_base64":"data:image/png;base64,` + blankPNG + `"}`, `without a "data:" prefix`},
	{"generate_video_from_image", `{"prompt":"x","image_base64":"iVBO\nRw0K"}`, "without line breaks"},
	{"generate_video_from_image", `{"prompt":"x","image_base64":"iVBO_-0K"}`, "not standard Base64"},
	{"generate_video_from_image", `{"prompt":"x","image_base64":"iVBORw0KGg"}`, "not standard Base64 with padding"},
	{"generate_video_from_image", `{"prompt":"x","image_base64":"iVBORw0KGh=="}`, "not standard Base64"},
	{"generate_video_transition", `{"prompt":"x","start_image_base64":"` + blankPNG + `"}`, `"end_image_base64" is required`},
	{"generate_video_transition", `{"prompt":"x","start_image_base64":"aaaa","end_image_base64":"aaaa","aspect_ratio":"landscape"}`, "takes no"},
	{"generate_video_reference", `{"prompt":"x","reference_image_base64":["aaaa"]}`, "must be a Base64 string, not an array"},
}

// Programs write null for what they leave out, and whole numbers with a point.
func TestBodiesThatMeanTheSame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ method, body, same string }{
		{"generate_image", `{"prompt":"x","model":null,"aspect_ratio":null,"seed":null}`, `{"prompt":"x"}`},
		{"generate_image", `{"prompt":"x","seed":7.0}`, `{"prompt":"x","seed":7}`},
		{"generate_image", `{"prompt":"x","seed":-7e0}`, `{"prompt":"x","seed":-7}`},
		{"generate_recipe", `{"prompt":null,"subject_image_base64":"` + blankPNG + `","scene_image_base64":null}`, `{"subject_image_base64":"` + blankPNG + `"}`},
		{"generate_video_from_image", `{"prompt":"x","image_base64":"` + blankPNG + `","loop_video":null}`, `{"prompt":"x","image_base64":"` + blankPNG + `"}`},
	} {
		m := imaginator.Engine.Method(c.method)
		got, err := decodeOrder(m, []byte(c.body))
		want, wantErr := decodeOrder(m, []byte(c.same))
		if err != nil || wantErr != nil || got.digest() != want.digest() {
			t.Errorf("%s: %v, %v", c.body, err, wantErr)
		}
	}
}

func TestInvalidBodies(t *testing.T) {
	t.Parallel()
	for _, c := range invalidBodies {
		o, err := decodeOrder(imaginator.Engine.Method(c.method), []byte(c.body))
		if err == nil {
			t.Errorf("%s accepts %s: %+v", c.method, c.body, o)
		} else if !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s %s:\n got %v\nwant %s", c.method, c.body, err, c.words)
		}
	}
	long := `{"prompt":"` + strings.Repeat("ä", sketch.MaxPrompt+1) + `"}`
	if _, err := decodeOrder(imaginator.Engine.Method("generate_image"), []byte(long)); err == nil {
		t.Error("a prompt beyond the bound is accepted")
	}
	fits := `{"prompt":"` + strings.Repeat("ä", sketch.MaxPrompt) + `"}`
	if _, err := decodeOrder(imaginator.Engine.Method("generate_image"), []byte(fits)); err != nil {
		t.Error(err)
	}
}

// TestInputImagesAreLookedInto: Base64 of something that is no image, damaged,
// or too large is refused before it is charged.
func TestInputImagesAreLookedInto(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{MaxPixels: 10_000})
	whole, _ := base64.StdEncoding.DecodeString(picture(90, 90, color.White))
	cut := base64.StdEncoding.EncodeToString(whole[:len(whole)-20])
	huge := slices.Clone(whole)
	copy(huge[16:], "\x7f\xff\xff\xff\x7f\xff\xff\xff") // width and height in IHDR
	for name, img := range map[string]string{
		"text":      base64.StdEncoding.EncodeToString([]byte("hello")),
		"html":      base64.StdEncoding.EncodeToString([]byte("<html></html>")),
		"svg":       base64.StdEncoding.EncodeToString([]byte("<svg/>")),
		"gif":       base64.StdEncoding.EncodeToString([]byte("GIF89a\x01\x00\x01\x00")),
		"cut":       cut,
		"bomb":      base64.StdEncoding.EncodeToString(huge),
		"too large": picture(101, 100, color.White),
	} {
		for _, m := range imaginator.Engine.Methods {
			for _, in := range m.Inputs {
				var v any = img
				if in.List {
					v = []string{blankPNG, img}
				}
				rep := r.do("POST", apiPath+m.Name, body(m, in.Field(), v))
				t.Run(name+" "+in.Field(), func(t *testing.T) { wantError(t, rep, 400, "INVALID_REQUEST", in.Field()) })
			}
		}
	}
	if q := r.quota(); q.Images.UsedThisHour != 0 || q.Videos.UsedThisHour != 0 {
		t.Errorf("refused requests were charged: %+v", q)
	}
	largest := picture(100, 100, color.White)
	m := imaginator.Engine.Method("generate_video_transition")
	r.create(m.Name, body(m, "start_image_base64", largest, "end_image_base64", largest))
	m = imaginator.Engine.Method("generate_image_with_references")
	rep := r.do("POST", apiPath+m.Name, body(m, "image_base64_list", []string{largest, largest, blankPNG}))
	wantError(t, rep, 400, "INVALID_REQUEST", "image_base64_list[2]")
}

func TestDigestTellsRequestsApart(t *testing.T) {
	t.Parallel()
	refs := imaginator.Engine.Method("generate_image_with_references")
	a, b := picture(2, 2, color.White), picture(2, 2, color.Black)
	seen := map[[32]byte]string{}
	for _, text := range []string{
		body(refs), body(refs, "prompt", "other"), body(refs, "seed", 0), body(refs, "seed", 1),
		body(refs, "model", "nano_banana"), body(refs, "aspect_ratio", "square"),
		body(refs, "image_base64_list", []string{a, b}), body(refs, "image_base64_list", []string{b, a}),
		body(refs, "image_base64_list", []string{a}),
	} {
		o, err := decodeOrder(refs, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if other, dup := seen[o.digest()]; dup {
			t.Errorf("%s and %s count as one request", text, other)
		}
		seen[o.digest()] = text
	}
	spaced, err := decodeOrder(refs, []byte(" "+strings.ReplaceAll(body(refs), `":`, `" : `)))
	if err != nil || seen[spaced.digest()] == "" {
		t.Errorf("white space makes another request: %v", err)
	}
}

func FuzzDecodeOrder(f *testing.F) {
	for i, m := range imaginator.Engine.Methods {
		f.Add(i, []byte(body(m)))
	}
	for _, c := range invalidBodies {
		f.Add(slices.Index(imaginator.Engine.Methods, imaginator.Engine.Method(c.method)), []byte(c.body))
	}
	f.Fuzz(func(t *testing.T, i int, src []byte) {
		m := imaginator.Engine.Methods[uint(i)%uint(len(imaginator.Engine.Methods))]
		o, err := decodeOrder(m, src)
		if err != nil {
			if err.Error() == "" || !utf8.ValidString(err.Error()) {
				t.Errorf("message %q", err)
			}
			return
		}
		// What is accepted is what the JSON says, and valid by the table.
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(src, &fields); err != nil {
			t.Fatalf("accepted, though: %v", err)
		}
		for name := range fields {
			if !slices.Contains(wireNames(m), name) {
				t.Errorf("unknown field %q accepted", name)
			}
		}
		if p, ok := m.Param("model"); ok && !slices.Contains(p.Values, o.params["model"].(string)) {
			t.Errorf("model %q", o.params["model"])
		}
		if p, _ := m.Param("aspect_ratio"); !slices.Contains(p.Values, o.params["aspect_ratio"].(string)) {
			t.Errorf("aspect %q", o.params["aspect_ratio"])
		}
		if p, _ := m.Param("prompt"); p.Required && strings.TrimSpace(o.params["prompt"].(string)) == "" {
			t.Error("no prompt")
		}
	})
}
