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

// plain is an error of text/template in words of ours.
func plain(err error) error {
	return errors.New(words.Replace(strings.TrimPrefix(err.Error(), "template: ")))
}

// words are those for what only Go knows by its name. What is part of another
// one stands behind it.
var words = strings.NewReplacer(
	"error calling "+rangeable+": ", "",
	"in type template.data", "where .Assets and .Head are",
	"in type []export.Record", "of a list of assets",
	"in type export.Record", "of an asset",
	"in type []export.Source", "of a srcset",
	"in type export.Source", "of an entry of a srcset",
	"in type map[string]export.Frame", "of the frames of an atlas",
	"in type export.Frame", "of a frame",
	"in type []export.Module", "of the modules of an asset",
	"in type export.Module", "of a module",
	"template.data", "all of the data",
	"[]export.Record", "list of assets",
	"export.Record", "asset",
	"[]export.Source", "srcset",
	"export.Source", "entry of a srcset",
	"map[string]export.Frame", "frames of an atlas",
	"export.Frame", "frame",
	"[]export.Module", "modules of an asset",
	"export.Module", "module",
)

// recovered makes an error of a panic: text/template lets those of the runtime
// through.
func recovered(name string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s cannot be used as a template: %v", name, r)
	}
}
