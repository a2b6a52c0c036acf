package plan

import (
	"encoding/base64"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config"
	"assetform/config/address"
	"assetform/lockfile"
)

// goldenProject has an asset for each method, once with everything set and
// once with defaults alone.
const goldenProject = `
provider "imaginator" {}

image "plain" {
  prompt = "A knight"
  output = "1.png"
}

image "full" {
  prompt       = "A knight in „Ritterrüstung“ \\ <tag> & \"quotes\"\nsecond line"
  model        = "nano_banana_pro"
  aspect_ratio = "portrait"
  seed         = -7
  revision     = 2
  output       = "2.png"
}

image "references" {
  prompt     = "A duel"
  references = ["in.png", "in2.png"]
  model      = "nano_banana"
  output     = "3.png"
}

image "recipe" {
  subject = "in.png"
  style   = "in2.png"
  output  = "4.png"
}

video "text" {
  prompt       = "A flight"
  aspect_ratio = "portrait"
  seed         = 1
  output       = "5.mp4"
}

video "image" {
  prompt = "It breathes"
  image  = "in.png"
  loop   = true
  output = "6.mp4"
}

video "transition" {
  prompt      = "It opens"
  start_image = "in.png"
  end_image   = "in2.png"
  output      = "7.mp4"
}

video "reference" {
  prompt          = "It walks"
  reference_image = "in.png"
  output          = "8.mp4"
}
`

// Two PNG files of 2x2 pixels, byte for byte: what an encoder makes of the
// same pixels may change, and the hashes below must not.
const (
	firstPNG  = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAAEklEQVR4nGJiZGBgYAAEAAD//wAXAATxQOjXAAAAAElFTkSuQmCC"
	secondPNG = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAAEklEQVR4nGJiYmBgYAAEAAD//wAcAAVy0HwWAAAAAElFTkSuQmCC"
)

func goldenWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, goldenProject)
	for name, text := range map[string]string{"in.png": firstPNG, "in2.png": secondPNG} {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		w.write(name, b)
	}
	return w
}

// goldenHashes pins version 1 of the inputs hash. A difference here means that
// every project in the world would be generated again: add a new version of
// the hash instead.
var goldenHashes = map[string]string{
	"image.plain":      "v1:sha256:f37bb47421ca0fa797d4c6caaa45e4321c1bb1d2425404b8e7b12c743589b348",
	"image.full":       "v1:sha256:cc6e9c906136f2cb2980640e61d6efa75cbb5711f87da059e13d3061b061c854",
	"image.references": "v1:sha256:474154913236913b2e9f797c906194a39d8d845f0855f8dc39a667f4935aeaaa",
	"image.recipe":     "v1:sha256:b83b007364fffb534122363e73e5ca7be3fcc84aa01fdc929c0f293b15e789ac",
	"video.text":       "v1:sha256:bc15d09f12185c4f1cafbcff179a2ba8cf713be9b8579166b09ccd73e012ac2e",
	"video.image":      "v1:sha256:f6e59f69ae2bb6d8fce0f1e4bc3d8be7a6b9d4db2a768348afc24b929240fd29",
	"video.transition": "v1:sha256:aaca22d0d03d962c7bda8bacd332fdce4d40811d7f9061141c55d8b5a4bc4f36",
	"video.reference":  "v1:sha256:306984cfaac3d3ff57ea72d2976e75c814c1798ac997910d0bac5eeab52280ce",
}

func TestInputsHashVersion1(t *testing.T) {
	t.Parallel()
	w := goldenWorld(t)
	for _, c := range w.plan().Changes {
		want := goldenHashes[c.Address.String()]
		if got := c.InputsHash.String(); got != want {
			t.Errorf("%s: inputs hash\n got %s\nwant %s\ncanonical %s", c.Address, got, want, c.Fingerprint.canonical(nil))
		}
	}
}

func TestInputsHashCanonicalText(t *testing.T) {
	t.Parallel()
	w := goldenWorld(t)
	c := w.plan().Change(addressOf(t, "image.full"))
	want := `{"hash_version":1,"images":{},"method":"generate_image","parameters":{"aspect_ratio":"portrait","model":"nano_banana_pro",` +
		`"prompt":"A knight in „Ritterrüstung“ \\ <tag> & \"quotes\"\nsecond line","seed":-7},"provider":"imaginator","revision":2}`
	if got := string(c.Fingerprint.canonical(nil)); got != want {
		t.Errorf("canonical text\n got %s\nwant %s", got, want)
	}
}

// TestInputsHashLeavesOut holds what must not change a hash.
func TestInputsHashLeavesOut(t *testing.T) {
	t.Parallel()
	hash := func(src string) lockfile.InputsHash { return newWorld(t, src).plan().Changes[0].InputsHash }
	base := hash(knight)
	for name, src := range map[string]string{
		"name":          strings.Replace(knight, `"knight"`, `"sir"`, 1),
		"output":        edit("art/knight.png", "k.jpg"),
		"defaults":      edit("output", "model = \"imagen3.5\"\n aspect_ratio = \"landscape\"\n revision = 0\n output"),
		"white space":   edit(`"A knight"`, `" A knight\n"`),
		"normal form":   edit("A knight", "A knight"),
		"lifecycle":     guarded("prevent_destroy = true"),
		"defaults null": "defaults \"image\" {\n seed = null\n}\n" + knight,
	} {
		if got := hash(src); got != base {
			t.Errorf("%s changes the hash", name)
		}
	}
	composed, decomposed := hash(edit("A knight", "A caf\\u00e9")), hash(edit("A knight", "A cafe\\u0301"))
	if composed != decomposed || composed == base {
		t.Error("text is not brought to NFC before it is hashed")
	}
	for name, src := range map[string]string{
		"prompt":   edit("A knight", "A Knight"),
		"seed":     edit("output", "seed = 0\n output"),
		"revision": edit("output", "revision = 1\n output"),
		"provider": "provider \"imaginator\" {}\n" + knight,
	} {
		if hash(src) == base {
			t.Errorf("%s does not change the hash", name)
		}
	}
}

func TestSensitiveInputsAreRecordedAsDigests(t *testing.T) {
	t.Parallel()
	const secret = "the secret word"
	src := "variable \"s\" {\n type = string\n default = \"" + secret + "\"\n sensitive = true\n}\n" + edit(`"A knight"`, `"A knight of ${var.s}"`)
	w := newWorld(t, src).apply(nil)
	if text := string(w.lock.Encode()); strings.Contains(text, secret) || !strings.Contains(text, `"sensitive": "sha256:`) {
		t.Errorf("lock:\n%s", text)
	}
	b, err := Encode(w.plan().Document(w.project()))
	if err != nil || strings.Contains(string(b), secret) {
		t.Errorf("plan (%v):\n%s", err, b)
	}
	w.config(strings.Replace(src, secret, "another word", 1))
	w.want("image.knight update input:prompt cost=1/0")
}

func addressOf(t *testing.T, text string) address.Address {
	t.Helper()
	a, err := address.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Lines of a file with CRLF were split and joined with their CRs by earlier
// releases.
func TestSameInputOfLines(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		was, is string
		same    bool
	}{
		{"ink\r, light\r,", "ink, light,", true},
		{"ink\r/light\r/", "ink/light/", true},
		{"ink\rlight", "ink\nlight", true},
		{"ink\r, light", "ink, dark", false},
		{"ink light", "inklight", false},
	} {
		if got := SameInput(lockfile.Text(test.was), lockfile.Text(test.is)); got != test.same {
			t.Errorf("%q and %q: %v", test.was, test.is, got)
		}
	}
}

// A text that an earlier release recorded with the byte order mark and line
// ends of its file is the same text, also under another name.
func TestPlanRecordedText(t *testing.T) {
	t.Parallel()
	two := strings.Replace(knight, `"A knight"`, `"In armour:\nA knight"`, 1)
	for name, recorded := range map[string]string{
		"byte order mark": "\ufeffIn armour:\nA knight",
		"inside":          "In armour:\n\ufeffA knight",
		"CRLF":            "In armour:\r\nA knight",
		"CR":              "In armour:\rA knight",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, two).apply(nil)
			e := w.lock.Assets["image.knight"]
			e.Inputs = e.Inputs.Clone()
			e.Inputs["prompt"] = lockfile.Text(recorded)
			e.InputsHash, _ = recordedHash(all.Registry(), &e, func(v lockfile.Value) lockfile.Value { return v })
			w.lock.Assets["image.knight"] = e
			w.want("")
			w.config(strings.Replace(two, `"knight"`, `"sir"`, 1))
			w.want("image.sir move moved from=image.knight")
		})
	}
	p := config.Param{Name: "prompt", Value: "A\nB", Sensitive: true}
	for _, recorded := range []string{"\ufeffA\nB", "A\rB", "\ufeffA\rB"} {
		if was := lockfile.Sensitive(lockfile.HashBytes(canonicalJSON(lockfile.Text(recorded)))); !formerly(was, p) {
			t.Errorf("the digest of %q is another text's", recorded)
		}
	}
	if formerly(lockfile.Sensitive(lockfile.HashBytes(canonicalJSON(lockfile.Text("A B")))), p) {
		t.Error("every digest is the text's")
	}
}
