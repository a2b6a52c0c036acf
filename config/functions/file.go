package functions

import (
	"encoding/base64"
	"path"

	"assetform/config/pathname"
	"assetform/config/worktree"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// fileScope is where the functions of one directory's files read.
type fileScope struct {
	files     *worktree.Files
	templates *templates
	dir       string                       // a slash path relative to the project root
	functions map[string]function.Function // that templates may call
}

func fileFunctions() []entry {
	return []entry{
		{name: "basename", fn: pathFunction(path.Base), description: "Returns the last part of a path."},
		{name: "dirname", fn: pathFunction(path.Dir), description: "Returns a path without its last part."},
		{name: "file", files: func(s fileScope) function.Function { return s.fromFile(asMergedText) }, description: "Returns the content of a text file of the project."},
		{name: "filebase64", files: func(s fileScope) function.Function { return s.fromFile(asBase64) }, description: "Returns the content of a file of the project in Base64."},
		{name: "fileexists", files: fileScope.fileExists, description: "Reports whether a file of the project exists."},
		{name: "fileset", files: fileScope.fileSet, description: "Returns the files below a directory that match a pattern with *, **, ?, [class] and {one,other}."},
		{name: "templatefile", files: fileScope.templateFile, result: "any", description: "Renders a file of the project as a template with the given variables."},
	}
}

// keyingOf returns how reads by these arguments are remembered, and their
// marks.
func keyingOf(args ...cty.Value) (worktree.Keying, cty.ValueMarks) {
	marks := cty.ValueMarks{}
	for _, arg := range args {
		_, m := arg.Unmark()
		marks = cty.NewValueMarks(marks, m)
	}
	if len(marks) > 0 {
		return worktree.Secretly, marks
	}
	return worktree.Openly, nil
}

// pathParameter is the parameter of a path that is read by its own worktree.Keying.
var pathParameter = function.Parameter{Name: "path", Type: cty.String, AllowMarked: true}

func pathFunction(f func(string) string) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.StringVal(f(args[0].AsString())), nil
		},
	})
}

// fromFile makes a function that turns the content of a file into a string.
func (s fileScope) fromFile(convert func([]byte) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{pathParameter},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			key, marks := keyingOf(args[0])
			content, err := s.files.Read(s.dir, text(args[0]), key)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			str, err := convert(content)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return cty.StringVal(str).WithMarks(marks), nil
		},
	})
}

func asText(content []byte) (string, error) {
	if err := worktree.CheckText(content); err != nil {
		return "", err
	}
	return string(worktree.Text(content)), nil
}

func asBase64(content []byte) (string, error) {
	return base64.StdEncoding.EncodeToString(content), notPulled(content)
}

func (s fileScope) fileExists() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{pathParameter},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			key, marks := keyingOf(args[0])
			ok, err := s.files.Exists(s.dir, text(args[0]), key)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return cty.BoolVal(ok).WithMarks(marks), nil
		},
	})
}

func (s fileScope) fileSet() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{pathParameter, {Name: "pattern", Type: cty.String, AllowMarked: true}},
		Type:   function.StaticReturnType(cty.Set(cty.String)),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			key, marks := keyingOf(args...)
			dir, err := pathname.Resolve(s.dir, text(args[0]))
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			found, err := s.files.Glob(dir, text(args[1]), key)
			if err != nil {
				return cty.NilVal, function.NewArgError(1, err)
			}
			if len(found) == 0 {
				return cty.SetValEmpty(cty.String).WithMarks(marks), nil
			}
			names := make([]cty.Value, len(found))
			for i, name := range found {
				names[i] = cty.StringVal(name)
			}
			return cty.SetVal(names).WithMarks(marks), nil
		},
	})
}
