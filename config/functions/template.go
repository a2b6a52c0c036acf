package functions

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"assetform/config/pathname"
	"assetform/config/sensitive"
	"assetform/config/syntax"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"golang.org/x/text/unicode/norm"
)

// noTemplateFile takes the place of templatefile inside templates.
var noTemplateFile = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "path", Type: cty.String}, {Name: "vars", Type: cty.DynamicPseudoType}},
	Type: func([]cty.Value) (cty.Type, error) {
		return cty.NilType, errors.New("cannot recursively call templatefile from inside another template")
	},
	Impl: func([]cty.Value, cty.Type) (cty.Value, error) { return cty.NilVal, nil }, // Type never lets a call come here
})

// templateFile makes the function templatefile.
func (s fileScope) templateFile() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			pathParameter,
			{Name: "vars", Type: cty.DynamicPseudoType, AllowMarked: true},
		},
		Type: function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := text(args[0])
			key, marks := keyingOf(args[0])
			content, err := s.files.Read(s.dir, name, key)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			full, err := pathname.Resolve(s.dir, name)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			expr, err := s.templates.parse(full, pathname.Relative(s.files.Below, full), content)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			result, err := renderTemplate(expr, args[1], s.functions)
			if err != nil {
				return cty.NilVal, err
			}
			return result.WithMarks(marks), nil
		},
	})
}

// templateString makes the function templatestring. As in Terraform its
// template must be named by a reference: a literal would be a template twice.
func templateString(functions map[string]function.Function) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "template", Type: customdecode.ExpressionClosureType},
			{Name: "vars", Type: cty.DynamicPseudoType, AllowMarked: true},
		},
		Type: function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			closure := customdecode.ExpressionClosureFromVal(args[0])
			switch closure.Expression.(type) {
			case *hclsyntax.ScopeTraversalExpr, *hclsyntax.RelativeTraversalExpr, *hclsyntax.IndexExpr:
			default:
				return cty.NilVal, function.NewArgErrorf(0, "invalid template expression: must be a reference to a string defined "+
					"elsewhere, such as local.template; where it stands literally, write the template in quotes and without this function")
			}
			v, diags := closure.Value()
			if diags.HasErrors() {
				return cty.NilVal, function.NewArgError(0, diagnosticError(diags))
			}
			v, marks := v.Unmark()
			if !v.IsKnown() {
				return cty.DynamicVal.WithMarks(marks), nil
			}
			if v.Type() != cty.String || v.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "invalid template value: a string is required")
			}
			result, err := renderString(v.AsString(), args[1], functions)
			if err != nil {
				if len(marks) > 0 {
					err = errWithheld
				}
				return cty.NilVal, err
			}
			return result.WithMarks(marks), nil
		},
	})
}

func renderString(source string, vars cty.Value, functions map[string]function.Function) (cty.Value, error) {
	if len(source) > maxText {
		return cty.NilVal, function.NewArgError(0, errTextTooLong)
	}
	expr, err := parseTemplate("<templatestring argument>", []byte(source))
	if err != nil {
		return cty.NilVal, function.NewArgError(0, err)
	}
	return renderTemplate(expr, vars, functions)
}

func parseTemplate(filename string, source []byte) (hclsyntax.Expression, error) {
	if err := worktree.CheckText(source); err != nil {
		return nil, err
	}
	expr, diags := syntax.ParseTemplate(filename, norm.NFC.Bytes(worktree.Text(source)))
	if diags.HasErrors() {
		return nil, diagnosticError(diags)
	}
	return expr, nil
}

// templates are files that were parsed as templates, by path. They may be used
// concurrently.
type templates struct {
	mu     sync.Mutex
	parsed map[string]hclsyntax.Expression
}

// parse parses the content of the file name as a template, once. Ranges in it
// carry the name shown.
func (t *templates) parse(name, shown string, content []byte) (hclsyntax.Expression, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if expr, ok := t.parsed[name]; ok {
		return expr, nil
	}
	if err := errors.Join(notPulled(content), syntax.CheckConflict(content)); err != nil {
		return nil, err
	}
	expr, err := parseTemplate(shown, content)
	if err != nil {
		return nil, err
	}
	if t.parsed == nil {
		t.parsed = map[string]hclsyntax.Expression{}
	}
	t.parsed[name] = expr
	return expr, nil
}

// renderTemplate evaluates a template in which the elements of vars are the
// only variables.
func renderTemplate(expr hclsyntax.Expression, vars cty.Value, functions map[string]function.Function) (cty.Value, error) {
	plain, marks := vars.Unmark()
	if t := plain.Type(); !t.IsMapType() && !t.IsObjectType() {
		return cty.NilVal, function.NewArgErrorf(1, "invalid vars value: must be a map or an object, not %s", t.FriendlyName())
	}
	ctx := &hcl.EvalContext{Variables: plain.AsValueMap(), Functions: functions}
	for name := range ctx.Variables {
		if !hclsyntax.ValidIdentifier(name) {
			return cty.NilVal, function.NewArgErrorf(1, "invalid template variable name %q: must start with a letter, followed "+
				"by zero or more letters, digits, and underscores", name)
		}
	}
	for _, traversal := range expr.Variables() {
		if root := traversal.RootName(); ctx.Variables[root] == cty.NilVal {
			return cty.NilVal, function.NewArgErrorf(1, "vars map does not contain key %q, referenced at %s", root, traversal[0].SourceRange())
		}
	}
	v, diags := sensitive.Evaluate(expr, ctx)
	if diags.HasErrors() {
		return cty.NilVal, diagnosticError(diags)
	}
	return v.WithMarks(marks), nil
}

// diagnosticError is the first error of diags as an error value, which is all
// that a function can return.
func diagnosticError(diags hcl.Diagnostics) error {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		text := d.Summary + "; " + strings.TrimSuffix(d.Detail, ".") // who shows it adds one
		if d.Subject == nil {
			return errors.New(text)
		}
		return fmt.Errorf("%s: %s", d.Subject, text)
	}
	return errors.New("it cannot be evaluated")
}
