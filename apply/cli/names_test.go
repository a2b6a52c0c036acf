package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config/engine"
)

// mayName says which files outside the engines' folders hold which names of
// theirs, and why.
var mayName = map[string][]string{
	"apply/cli/init.go":            {"*"},                       // templates
	"apply/cli/planning.go":        {"image_credits", "videos"}, // the two flags that are older than --max
	"apply/cli/cost.go":            {"model"},                   // what the cost is listed by
	"apply/cli/settle_text.go":     {"prompt"},                  // attributes of the language, which assets have as values too
	"apply/cli/store.go":           {"prompt"},                  //
	"config/asset.go":              {"aspect_ratio", "model", "prompt", "seed"},
	"config/block.go":              {"aspect_ratio", "model", "prompt", "seed"},
	"plan/render/report/facts.go":  {"prompt"},
	"plan/render/text.go":          {"derive"}, // the word
	"plan/render/report/page.go":   {"prompt"},
	"config/evaluation/resolve.go": {"local"}, // local.NAME
	"config/decoder.go":            {"local"},
	"config/meant_image.go":        {"local"},
	"config/explain/elsewhere.go":  {"*"}, // what those who come from other tools write
	"config/explain/structure.go":  {"prompt"},
	"config/provider_origin.go":    {"imaginator"},              // an example of an address
	"lockfile/version1.go":         {"*"},                       // the reader of version 1
	"apply/store/result.go":        {"image_credits", "videos"}, // records of earlier releases
	"commands.go":                  {"*"},                       // help with examples

	"plan/render/disclosure/document.go": {"model", "prompt", "seed"}, // attributes of the language, and columns of the list
}

// ordinary are the words that an engine which derives has for its attributes,
// and the program for other things.
var ordinary = []string{"assets", "at", "base", "format", "height", "key", "placeholder", "source", "template", "trim", "width"}

// TestNames: what an engine can do stands in its folder alone. No text of the
// program outside of them is the name of an engine, a unit, a method or a
// parameter, or holds one that cannot be taken for a word.
func TestNames(t *testing.T) {
	t.Parallel()
	whole, words := namesOf(all.Registry())
	root := filepath.Join("..", "..")
	used := map[string]bool{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(p, root+string(filepath.Separator)))
		switch {
		case d.IsDir() && (rel == "apply/engine" || rel == "apply/studio" || rel == "examples" || strings.HasPrefix(d.Name(), ".") && p != root || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, rel, src, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if _, isImport := n.(*ast.ImportSpec); isImport {
				return false
			}
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			found := words.FindAllString(text, -1)
			if whole[text] {
				found = append(found, text)
			}
			for _, name := range found {
				if allowed := mayName[rel]; !slices.Contains(allowed, name) && !slices.Contains(allowed, "*") {
					t.Errorf("%s: %q is the engine's own name", files.Position(lit.Pos()), name)
				}
				used[rel] = true
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for rel := range mayName {
		if !used[rel] {
			t.Errorf("%s names nothing of an engine any more", rel)
		}
	}
}

// namesOf are the names that must be no whole text of the program, and those
// that must be no part of one.
func namesOf(engines engine.Registry) (whole map[string]bool, words *regexp.Regexp) {
	whole = map[string]bool{}
	var parts []string
	part := func(name string) {
		if name != "" {
			parts = append(parts, regexp.QuoteMeta(name))
		}
	}
	for _, e := range engines.Engines() {
		whole[e.Type] = true
		part(e.Server.KeyEnv)
		part(e.Server.URLEnv)
		if !e.Free {
			part(e.Type)
		}
		for _, u := range e.Units {
			whole[u.Name] = true
		}
		for _, m := range e.Methods {
			if m.Name != string(m.Kind) { // not a method of the one kind that it makes
				part(m.Name)
			}
			names := []string{}
			for _, p := range m.Params {
				names = append(names, p.Name, p.Field())
			}
			for _, in := range m.Inputs {
				names = append(names, in.Name, in.Field())
			}
			for _, name := range names {
				if !e.Derives || !slices.Contains(ordinary, name) {
					whole[name] = true
				}
			}
		}
		for _, m := range e.Models {
			part(m.Name)
		}
	}
	for _, kind := range engines.Kinds() {
		delete(whole, string(kind)) // a word of the language before it is an input's name
	}
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) })
	return whole, regexp.MustCompile(strings.Join(parts, "|"))
}
