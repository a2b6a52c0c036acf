package plan

import (
	"assetform/apply/engine/all"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const documentText = `{"format_version": "` + FormatVersion + `", "changes": [%s], "summary": {"create": %d, "update": 0, "restore": 0, "move": 0,
"import": 0, "delete": 0, "forget": 0, "no-op": 0}, "cost": {"image_credits": 1, "videos": 0, "conditional_image_credits": 0, "conditional_videos": 0},
"diagnostics": []}`

const changeText = `{"address": "image.a", "kind": "image", "action": "create", "reasons": ["new"], "method": "generate_image", "provider": "local",
"output": "a.png", "before": null, "after": {"prompt": "A"}, "conditional": false, "drifted": false, "cost": {"image_credits": 1, "videos": 0}}`

func TestReadDocument(t *testing.T) {
	t.Parallel()
	whole := fmt.Sprintf(documentText, changeText, 1)
	change := func(old, new string) string { return strings.Replace(whole, old, new, 1) }
	for name, c := range map[string]struct{ text, want string }{
		"whole":                  {whole, ""},
		"empty":                  {"", "cut, damaged or no plan"},
		"cut":                    {whole[:len(whole)/2], "cut, damaged or no plan"},
		"not JSON":               {"<!-- assetform:plan -->", "cut, damaged or no plan"},
		"a list":                 {"[]", "it is no plan"},
		"two documents":          {whole + whole, "something follows"},
		"another version":        {change(`"`+FormatVersion+`"`, `"9.9"`), "it has version"},
		"no version":             {"{}", "it has version"},
		"an unknown field":       {change(`"changes"`, `"markdown": "x", "changes"`), "unknown field"},
		"a key twice":            {change(`"changes"`, `"diagnostics": [], "changes"`), "stands twice"},
		"a key in other letters": {change(`"changes"`, `"Diagnostics": [], "changes"`), "stands twice"},
		"an unknown action":      {change(`"create", "reasons"`, `"<b>", "reasons"`), "no action"},
		"another summary":        {fmt.Sprintf(documentText, changeText, 0), "its summary"},
		"no address":             {change(`"image.a"`, `""`), "no address"},
		"a negative cost":        {change(`"image_credits": 1`, `"image_credits": -1`), "no asset costs that"},
		"a huge cost":            {change(`"conditional_videos": 0`, `"conditional_videos": 1e15`), "no plan of this version"},
		"a large cost":           {change(`"conditional_videos": 0`, `"conditional_videos": 9000000000000000000`), "no plan has its cost"},
		"a fraction":             {change(`"create": 1`, `"create": 1.5`), "no plan of this version"},
		"nested":                 {change(`"A"`, strings.Repeat("[", 2000)+strings.Repeat("]", 2000)), "more than a plan does"},
		"many values":            {change(`"A"`, "["+strings.Repeat("0,", maxValues)+"0]"), "more than a plan does"},
		"an odd severity":        {change(`"diagnostics": []`, `"diagnostics": [{"severity": "<b>", "summary": "", "detail": ""}]`), "severity"},
		"a saved one":            {change(`"changes"`, `"saved_version": 1, "salt": 7, "changes"`), "read plan"},
	} {
		path := filepath.Join(t.TempDir(), "plan.json")
		if err := os.WriteFile(path, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		d, _, err := ReadDocument(path, all.Registry())
		switch {
		case c.want == "" && (err != nil || len(d.Changes) != 1):
			t.Errorf("%s: %v, %v", name, d, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestReadDocumentOfNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole := filepath.Join(dir, "plan.json")
	if err := os.WriteFile(whole, fmt.Appendf(nil, documentText, changeText, 1), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(whole, filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, maxDocument+1); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link", "large", ".", "absent"} {
		if _, _, err := ReadDocument(filepath.Join(dir, name), all.Registry()); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}
