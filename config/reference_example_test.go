package config

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config/syntax"
)

// TestReferenceExamples loads the example of each block as a project, beside
// the files that they name. Each is in canonical form and says something about
// its block.
func TestReferenceExamples(t *testing.T) {
	t.Parallel()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	used := 0
	var check func(block blockDoc, around string)
	check = func(block blockDoc, around string) {
		title := around + block.name
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			src := blockExample(title)
			if formatted, diags := syntax.Format("main.asset.hcl", []byte(src)); diags.HasErrors() || string(formatted) != src {
				t.Errorf("the example is not in canonical form: %v\n%s", diags, formatted)
			}
			if !bytes.Contains([]byte(src), []byte(block.name)) {
				t.Errorf("the example has no block %s:\n%s", block.name, src)
			}
			dir := t.TempDir()
			for name, text := range map[string]string{
				"main.asset.hcl": src, "icons.csv": "id,description\nsword,a rusty sword\n", "art/logo.png": picture.String(),
				"refs/dragon.png": picture.String(), "refs/castle.png": picture.String(),
				"ui/main.asset.hcl": "variable \"language\" {}\nimage \"button\" {\n  prompt = \"A button in ${var.language}\"\n  output = \"button-${var.language}.png\"\n}\noutput \"button\" { value = image.button.path }\n",
			} {
				name = filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if _, diags := Load(Options{Engines: all.Registry(), Dir: dir, ToolVersion: "0.1.0"}); len(diags) > 0 {
				t.Errorf("%v", diags)
			}
		})
		used++
		for _, inner := range block.blocks {
			check(inner, title+" / ")
		}
	}
	for _, block := range newLanguage(all.Registry()).blocks() {
		check(block, "")
	}
	files, err := examples.ReadDir("reference")
	if err != nil || len(files) != used {
		t.Errorf("%d examples for %d blocks: %v", len(files), used, err)
	}
}
