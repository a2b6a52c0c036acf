package functions

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Doc describes a function of the language.
type Doc struct {
	Name        string
	Group       string // heading of the reference page: "Strings"
	Signature   string // `substr(str string, offset number, length number) string`
	Description string // one sentence
}

// entry is a row of the function table. Exactly one of fn and files is set:
// files makes a function that reads files, bound to a directory.
type entry struct {
	name        string
	description string
	fn          function.Function
	files       func(fileScope) function.Function
	result      string                  // type of the result, where the function's own declaration cannot tell
	bound       func([]cty.Value) error // refuses arguments whose result would not fit in memory; nil: the general bounds are enough
}

// group is a part of the function table under one heading.
type group struct {
	title   string
	entries []entry
}

// groups is the table from which evaluation, suggestions, completion
// and the reference page are made.
func groups() []group {
	return []group{
		{"Numbers", numericFunctions()},
		{"Strings", stringFunctions()},
		{"Collections", collectionFunctions()},
		{"Encoding", encodingFunctions()},
		{"Files", fileFunctions()},
		{"Hashes", hashFunctions()},
		{"Dates", dateFunctions()},
		{"Networks", networkFunctions()},
		{"Types and errors", typeFunctions()},
	}
}

// List lists the functions of the language by group and name.
func List() []Doc {
	var docs []Doc
	for _, g := range groups() {
		slices.SortFunc(g.entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
		for _, e := range g.entries {
			fn := e.fn
			if e.files != nil {
				fn = e.files(fileScope{})
			}
			docs = append(docs, Doc{
				Name:        e.name,
				Group:       g.title,
				Signature:   signature(e.name, fn, e.result),
				Description: e.description,
			})
		}
	}
	return docs
}

// pure are the functions that are the same in every directory.
var pure = sync.OnceValue(func() map[string]function.Function {
	table := map[string]function.Function{}
	for _, g := range groups() {
		for _, e := range g.entries {
			if e.files == nil {
				table[e.name] = guard(e.fn, e.bound)
			}
		}
	}
	return table
})

// A Set is the functions of a project. It belongs to one goroutine; the
// functions do not.
type Set struct {
	files     *worktree.Files
	templates *templates
	dirs      map[string]map[string]function.Function
}

// New returns the functions of a project, whose files they read. The files
// are closed by the caller.
func New(files *worktree.Files) *Set {
	return &Set{files: files, templates: &templates{}, dirs: map[string]map[string]function.Function{}}
}

// In returns the functions that expressions in the files of dir may call, a
// slash path relative to the project root. It is only to be read.
func (s *Set) In(dir string) map[string]function.Function {
	table, ok := s.dirs[dir]
	if !ok {
		table = s.bound(dir)
		s.dirs[dir] = table
	}
	return table
}

// bound makes the table of a directory.
func (s *Set) bound(dir string) map[string]function.Function {
	scope := fileScope{files: s.files, templates: s.templates, dir: dir}
	table := maps.Clone(pure())
	for _, e := range fileFunctions() {
		if e.files != nil {
			table[e.name] = guard(e.files(scope), e.bound)
		}
	}
	for _, e := range hashFunctions() {
		if e.files != nil {
			table[e.name] = guard(e.files(scope), e.bound)
		}
	}
	// Templates call the same functions, but not templatefile: a file that
	// includes itself would never end.
	inner := maps.Clone(table)
	inner["templatefile"] = noTemplateFile
	scope.functions = inner
	table["templatefile"] = guard(scope.templateFile(), nil)
	inner["templatestring"] = guard(templateString(inner), nil)
	table["templatestring"] = inner["templatestring"]
	return table
}

// signature writes a function's parameters and result as the reference page
// shows them.
func signature(name string, fn function.Function, result string) string {
	var b strings.Builder
	b.WriteString(name)
	b.WriteByte('(')
	params := fn.Params()
	unknown := make([]cty.Value, len(params))
	for i, p := range params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name + " " + typeName(p.Type))
		unknown[i] = cty.UnknownVal(p.Type)
	}
	if v := fn.VarParam(); v != nil {
		if len(params) > 0 {
			b.WriteString(", ")
		}
		b.WriteString(v.Name + " ..." + typeName(v.Type))
	}
	b.WriteString(") ")
	if result == "" {
		result = "any"
		if t, err := fn.ReturnTypeForValues(unknown); err == nil {
			result = typeName(t)
		}
	}
	return b.String() + result
}

func typeName(t cty.Type) string {
	switch {
	case t == cty.DynamicPseudoType:
		return "any"
	case t == customdecode.ExpressionClosureType:
		return "expression"
	case t.IsListType():
		return "list(" + typeName(t.ElementType()) + ")"
	case t.IsSetType():
		return "set(" + typeName(t.ElementType()) + ")"
	case t.IsMapType():
		return "map(" + typeName(t.ElementType()) + ")"
	}
	return t.FriendlyName()
}
