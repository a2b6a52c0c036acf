package template

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"path"
	"reflect"
	text "text/template"
	"unicode/utf8"

	"assetform/apply/engine/derive/export"
)

// maxMade is how many bytes the functions of one execution may make: a variable
// keeps a text for as long as it likes.
const maxMade = 2 * MaxOutput

// data is what a template sees.
type data struct {
	Assets []export.Record // by address, base cut off their paths
	Head   string          // the line by which assetform knows what it generated
}

// Execute writes the records as the template says. It returns soon after the
// context ends, with the context's error.
func (t *Template) Execute(ctx context.Context, records []export.Record, s export.Settings) (out []byte, err error) {
	defer recovered(t.name, &err)
	sorted, err := export.Sorted(records, s.Root, s.Base)
	if err != nil {
		return nil, err
	}
	r := &run{ctx: ctx}
	made := text.New(t.name).Funcs(r.functions()).Option("missingkey=error")
	for _, name := range t.names() {
		if _, err := made.AddParseTree(name, t.trees[name]); err != nil {
			return nil, plain(err)
		}
	}
	err = made.Execute(r, data{Assets: sorted, Head: export.Head})
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s: %w", t.name, context.Cause(ctx))
	case err != nil:
		return nil, plain(err)
	case !utf8.Valid(r.out.Bytes()):
		return nil, fmt.Errorf("%s: the output is not UTF-8: a slice may have cut a character in two", t.name)
	}
	return r.out.Bytes(), nil
}

// A run is one execution: what it wrote and what its functions made.
type run struct {
	ctx  context.Context
	out  bytes.Buffer
	made int
}

var (
	errOutput = fmt.Errorf("the output is larger than %d MiB", MaxOutput>>20)
	errMade   = fmt.Errorf("functions made more than %d MiB of text", maxMade>>20)
)

// Write takes what the template writes.
func (r *run) Write(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if len(p) > MaxOutput-r.out.Len() {
		return 0, errOutput
	}
	return r.out.Write(p)
}

func (r *run) functions() text.FuncMap {
	return text.FuncMap{
		"quote": func(s string) (string, error) { return r.json(s) },
		"json":  r.json,
		"ident": func(s string) (string, error) { return r.bounded(len(s), func() string { return export.Ident(s) }) },
		// For HTML and XML, as a text and within quotation marks.
		"escape": func(s string) (string, error) {
			return r.bounded(len(s), func() string { return html.EscapeString(s) })
		},
		"base": path.Base,
		goesOn: func() (string, error) { return "", r.ctx.Err() },
		rangeable: func(v any) (any, error) {
			switch v := reflect.ValueOf(v); {
			case v.Kind() == reflect.Slice, v.Kind() == reflect.Map:
				return v.Interface(), nil
			case v.Kind() == reflect.String:
				return nil, fmt.Errorf(noRange, "a text")
			case v.CanInt(), v.CanUint(), v.CanFloat():
				return nil, fmt.Errorf(noRange, "a number")
			}
			return nil, fmt.Errorf(noRange, "what is no list")
		},
	}
}

// json writes a text, a number, a record, or a part or list of records.
func (r *run) json(v any) (string, error) {
	size := 0
	switch v := v.(type) {
	case string:
		size = len(v)
	case []export.Record:
		size = 256 * len(v)
	}
	known := false
	out, err := r.bounded(size, func() (out string) {
		out, known = export.JSON(v)
		return out
	})
	if err == nil && !known {
		return "", fmt.Errorf("json takes texts, numbers and what is of assets, and no %T", v)
	}
	return out, err
}

// bounded makes a text of something of that size, if there is room for it.
func (r *run) bounded(size int, make func() string) (string, error) {
	if err := r.ctx.Err(); err != nil {
		return "", err
	}
	if size > maxMade-r.made {
		return "", errMade
	}
	out := make()
	if r.made += len(out); r.made > maxMade {
		return "", errMade
	}
	return out, nil
}
