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
		"{{range .Head}}{{end}}":                                 "", // what is in a variable may depend on the assets
		"{{range .Assets}}{{range .Width}}{{end}}{{end}}":        "", // what is in a variable may depend on the assets
		"{{json .}}": "", // what is in a variable may depend on the assets
		"{{range .Assets}}{{quote .Width}}{{end}}": "", // what is in a variable may depend on the assets
		"\xff":                           "not UTF-8",
		strings.Repeat("x", maxSource+1): "a template has 131072 at most",
		`{{$a := ""}}{{range .Assets}}{{if eq .Name "x"}}{{$a = .}}{{end}}{{end}}{{$a.Path}}`: "",
		`{{with index .Assets 99}}{{.Path}}{{end}}`:                                           "",
		`{{range .Assets}}{{with .Alt}}{{slice . 0 60}}{{end}}{{end}}`:                        "",
		`{{range .Assets}}{{with index .Frames "hero"}}{{end}}{{end}}`:                        "",
		"{{.Head}}{{range .Assets}}{{json .}}{{ident .Name}}{{end}}\r\n":                      "",
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
