package config

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/config/functions"
)

// TestReferenceIsComplete compares the documented blocks with the schemas
// that the loader decodes by, both ways.
func TestReferenceIsComplete(t *testing.T) {
	t.Parallel()
	for _, engines := range []engine.Registry{all.Registry(), deriving(t)} {
		var documented, declared []string
		lang := newLanguage(engines)
		for _, block := range lang.blocks() {
			documented = append(documented, block.name)
			checkBlockDoc(t, block)
		}
		for _, header := range lang.root.Blocks {
			declared = append(declared, header.Type)
			i := slices.Index(documented, header.Type)
			if i >= 0 && (len(header.LabelNames) > 0) != (lang.blocks()[i].label != "") {
				t.Errorf("the label of %s is not documented as it is", header.Type)
			}
		}
		slices.Sort(documented)
		slices.Sort(declared)
		if !slices.Equal(documented, declared) {
			t.Errorf("documented are %q, declared are %q", documented, declared)
		}
	}
}

func checkBlockDoc(t *testing.T, block blockDoc) {
	t.Helper()
	var names []string
	for _, attr := range block.schema.Attributes {
		names = append(names, attr.Name)
		if kind, doc, _ := block.describe(attr.Name); kind == "" || !strings.HasSuffix(doc, ".") {
			t.Errorf("%s: attribute %q is not described: %q %q", block.name, attr.Name, kind, doc)
		}
	}
	for name := range block.attrs {
		if !slices.Contains(names, name) {
			t.Errorf("%s: there is no attribute %q", block.name, name)
		}
	}
	for name := range block.schema.nested {
		if !slices.ContainsFunc(block.blocks, func(b blockDoc) bool { return b.name == name }) {
			t.Errorf("%s: block %q is not described", block.name, name)
		}
	}
	for _, inner := range block.blocks {
		if block.schema.nested[inner.name] != inner.schema {
			t.Errorf("%s: block %q has another schema", block.name, inner.name)
		}
		checkBlockDoc(t, inner)
	}
}

func TestReference(t *testing.T) {
	t.Parallel()
	page := Reference(all.Registry())
	for _, m := range all.Registry().Methods("") {
		if !strings.Contains(page, "`"+m.Name+"`") {
			t.Errorf("method %s is missing", m.Name)
		}
	}
	for _, fn := range functions.List() {
		if !strings.Contains(page, "| `"+fn.Signature+"` |") {
			t.Errorf("function %s is missing", fn.Name)
		}
	}
	for _, line := range []string{
		"### `image / lifecycle / precondition`",
		"| `output` | string | Required. Path of the file, .png, .jpg, .jpeg or .webp, from the directory of the file that this block stands in, in a module too. |",
		"| `generate_image` | `model` | `imagen3.5`, `nano_banana`, `nano_banana_pro` | `imagen3.5` |",
		"Its other attributes are the module's variables.",
	} {
		if !strings.Contains(page, line+"\n") {
			t.Errorf("the page lacks the line %q", line)
		}
	}
	if page != Reference(all.Registry()) {
		t.Error("the page differs from call to call")
	}
}

func TestJSONSchema(t *testing.T) {
	t.Parallel()
	var schema struct {
		Properties map[string]json.RawMessage
		Defs       map[string]struct {
			Properties    map[string]json.RawMessage
			Required      []string
			PropertyNames struct{ Enum []string }
		} `json:"$defs"`
	}
	raw := JSONSchema(all.Registry())
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	for _, header := range rootSchema.Blocks {
		if schema.Properties[header.Type] == nil {
			t.Errorf("block %s is missing", header.Type)
		}
	}
	for _, name := range append(newLanguage(all.Registry()).attributes(address.Image), "output", "lifecycle", "for_each") {
		if schema.Defs["image"].Properties[name] == nil {
			t.Errorf("image lacks %q", name)
		}
	}
	if got := schema.Defs["image"].Required; !slices.Equal(got, []string{"output"}) {
		t.Errorf("image requires %q", got)
	}
	if got := schema.Defs["provider by label"].PropertyNames.Enum; !slices.Equal(got, []string{"imaginator", "local"}) {
		t.Errorf("the types of providers are %q", got)
	}
	refs := regexp.MustCompile(`"#/\$defs/([^"]*)"`).FindAllSubmatch(raw, -1)
	for _, ref := range refs {
		name := strings.NewReplacer("~1", "/", "%20", " ").Replace(string(ref[1]))
		if _, ok := schema.Defs[name]; !ok {
			t.Errorf("there is no definition %q", name)
		}
	}
	if len(refs) < len(schema.Defs) {
		t.Errorf("%d references to %d definitions", len(refs), len(schema.Defs))
	}
	if string(raw) != string(JSONSchema(all.Registry())) {
		t.Error("the schema differs from call to call")
	}
}
