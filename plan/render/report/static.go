package report

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"sync"
)

//go:embed static
var static embed.FS

//go:embed templates
var templateFiles embed.FS

var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{"pieces": pieces, "place": place}).ParseFS(templateFiles, "templates/*.html"))
})

// placed is a candidate on a page.
type placed struct {
	Root  string // the way to the report's directory
	Large bool   // it is what the page is about
	candidateView
}

// Current tells that the candidate is the output.
func (p placed) Current() bool { return p.State == "picked" || p.State == "output" }

func place(root string, large bool, c candidateView) placed { return placed{root, large, c} }

// film is one that is loaded when it comes near the screen.
type film struct {
	Root     string
	Controls bool
	*sideView
}

// Film is the version as such a film.
func (s *sideView) Film(root string, controls bool) film { return film{root, controls, s} }

// writeStatic writes the styles and scripts that all pages share.
func writeStatic(files Files) error {
	return fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := static.ReadFile(name)
		if err != nil {
			return err
		}
		if err := files.Write(name, func(w io.Writer) error {
			_, err := w.Write(b)
			return err
		}); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		return nil
	})
}
