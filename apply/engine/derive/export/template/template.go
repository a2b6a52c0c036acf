package template

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	text "text/template"
	"text/template/parse"
	"unicode/utf8"
)

const (
	maxSource = 128 << 10
	// MaxOutput is how many bytes a template may write.
	MaxOutput = 16 << 20
)

// A Template is one that was parsed and may be executed, by many at a time.
type Template struct {
	name  string
	trees map[string]*parse.Tree
}

// Parse reads a template. The name is for errors, which say the line too.
func Parse(name string, source []byte) (t *Template, err error) {
	switch {
	case len(source) > maxSource:
		return nil, fmt.Errorf("%s has %d bytes, and a template has %d at most", name, len(source), maxSource)
	case !utf8.Valid(source):
		return nil, fmt.Errorf("%s is not UTF-8", name)
	}
	defer recovered(name, &err)
	// A checkout of Windows is the same template.
	source = bytes.ReplaceAll(source, []byte("\r\n"), []byte("\n"))
	// The parser asks only which functions there are.
	parsed, err := text.New(name).Funcs((&run{}).functions()).Parse(string(source))
	if err != nil {
		return nil, plain(err)
	}
	t = &Template{name: name, trees: map[string]*parse.Tree{}}
	for _, part := range parsed.Templates() {
		if part.Tree != nil {
			t.trees[part.Name()] = part.Tree
		}
	}
	in := &inspection{name: name, source: string(source), trees: t.trees}
	for _, called := range t.names() {
		if err := in.tree(called); err != nil {
			return nil, err
		}
	}
	if err := in.recursion(t.names()); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Template) names() []string {
	names := make([]string, 0, len(t.trees))
	for name := range t.trees {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// plain is an error of text/template without its own name in front.
func plain(err error) error {
	return errors.New(inWords.Replace(strings.TrimPrefix(err.Error(), "template: ")))
}

// recovered makes an error of a panic: text/template lets those of the runtime
// through.
func recovered(name string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s cannot be used as a template: %v", name, r)
	}
}

// inWords calls what templates see by other names than those of this program.
var inWords = strings.NewReplacer(
	"type []export.Record", "a list of assets", "type *export.Record", "an asset", "type export.Record", "an asset", "type template.data", "what a template sees",
)
