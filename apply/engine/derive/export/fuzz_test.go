package export_test

import (
	"encoding/json"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"assetform/apply/engine/derive/export"
)

// FuzzRender gives names and texts that an error may refuse; what is written
// parses, and says what went in.
func FuzzRender(f *testing.F) {
	for _, name := range nastyNames {
		f.Add(name, "image", name, name)
	}
	f.Add("a", "b", nasty()[0].Alt, nasty()[0].Path)
	f.Fuzz(func(t *testing.T, key, name, alt, path string) {
		s := export.Settings{}
		record := export.Record{
			Address: "image.x[" + key + "]", Modules: []export.Module{{Name: name, Key: key, Keyed: true}},
			Kind: "image", Name: name, Key: key, Keyed: true, Path: path, Alt: alt,
			Srcset: []export.Source{{Path: alt}}, Frames: map[string]export.Frame{key: {}, name: {}},
		}
		for _, format := range export.Formats() {
			out, err := export.Render(format, []export.Record{record}, s)
			if err != nil {
				continue
			}
			if !export.IsGenerated(out) {
				t.Errorf("%s: not recognised:\n%s", format, out)
			}
			switch format {
			case "json":
				checkJSON(t, out, record)
			case "go":
				checkGo(t, out, record)
			case "csharp", "gdscript", "css", "typescript":
				checkLines(t, format, string(out))
			}
		}
	})
}

func checkJSON(t *testing.T, out []byte, want export.Record) {
	t.Helper()
	var got struct {
		Assets struct {
			Module map[string]map[string]struct {
				Image map[string]map[string]export.Record
			}
		}
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	r := got.Assets.Module[want.Name][want.Key].Image[want.Name][want.Key]
	if r.Address != want.Address || r.Alt != want.Alt || r.Path != want.Path || len(r.Frames) != len(want.Frames) || r.Srcset[0].Path != want.Alt {
		t.Errorf("%+v came back as %+v", want, r)
	}
}

func checkGo(t *testing.T, out []byte, want export.Record) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "a.go", out, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	if formatted, err := format.Source(out); err != nil || string(formatted) != string(out) {
		t.Errorf("gofmt would change it (%v):\n%s", err, out)
	}
	seen := map[string]bool{"": true}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, _ := strconv.Unquote(lit.Value)
			seen[text] = true
		}
		return true
	})
	for _, text := range []string{want.Address, want.Alt, want.Path, want.Key, want.Name} {
		if !seen[text] {
			t.Errorf("the text %q is not there:\n%s", text, out)
		}
	}
}

// checkLines goes through a file as far as comments and literals go: each text
// ends in its line, and brackets outside of texts match.
func checkLines(t *testing.T, format, out string) {
	t.Helper()
	depth := 0
	for i, line := range strings.FieldsFunc(out, func(r rune) bool { return strings.ContainsRune("\n\r\u0085\u2028\u2029", r) }) {
		if i == 0 {
			continue // the head
		}
		quoted := false
		for k := 0; k < len(line); k++ {
			switch c := line[k]; {
			case quoted && c == '\\':
				k++
			case c == '"':
				quoted = !quoted
			case quoted:
			case strings.IndexByte("{[(", c) >= 0:
				depth++
			case strings.IndexByte("}])", c) >= 0:
				depth--
			case c == '\'' || c == '`' || c == '\\' || c == '#' || c == '*' || c == '<' || strings.HasPrefix(line[k:], "//"):
				t.Errorf("%s: %q outside of texts: %s", format, c, line)
			}
		}
		if quoted || depth < 0 {
			t.Errorf("%s: a text or bracket does not end where it should: %s", format, line)
		}
	}
	if depth != 0 {
		t.Errorf("%s: brackets do not match:\n%s", format, out)
	}
}
