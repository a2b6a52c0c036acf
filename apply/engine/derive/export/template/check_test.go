package template

import (
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"{{range .Assets}}{{.Address":        "unclosed action",
		`{{printf "x"}}`:                     "printf is refused",
		"{{.Bogus}}":                         "can't evaluate field Bogus where .Assets and .Head are",
		"{{range .Assets}}{{.Bogus}}{{end}}": "t:1:19: executing \"t\" at <.Bogus>: can't evaluate field Bogus of an asset",
		"{{range .Assets}}{{range .Frames}}{{.Q}}{{end}}{{end}}": "can't evaluate field Q of a frame",
		"{{range .Head}}{{end}}":                                 "a range over a text",
		"{{range .Assets}}{{range .Width}}{{end}}{{end}}":        "a range over a number",
		"{{json .}}": "json takes texts, numbers and what is of assets, and no all of the data",
		"{{range .Assets}}{{quote .Width}}{{end}}": "wrong type for value",
		"\xff":                           "not UTF-8",
		strings.Repeat("x", maxSource+1): "a template has 131072 at most",
		`{{with index .Assets 99}}{{.Path}}{{end}}`:                      "",
		`{{range .Assets}}{{with .Alt}}{{slice . 0 60}}{{end}}{{end}}`:   "",
		`{{range .Assets}}{{with index .Frames "hero"}}{{end}}{{end}}`:   "",
		"{{.Head}}{{range .Assets}}{{json .}}{{ident .Name}}{{end}}\r\n": "",
	} {
		err := Check("t", []byte(source))
		switch {
		case want == "" && err != nil:
			t.Errorf("Check(%.60q) = %v", source, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "export.")):
			t.Errorf("Check(%.60q) = %v, want %q", source, err, want)
		}
	}
}
