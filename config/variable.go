package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/evaluation"
	"assetform/config/explain"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// variableDecl is a variable block.
type variableDecl struct {
	name         string
	description  string
	typ          cty.Type
	optional     *typeexpr.Defaults
	defaultValue *cty.Value
	defaultRange hcl.Range
	sensitive    bool
	nullable     bool
	// expression: texts from the command line and the environment are parsed
	// as HCL. False for primitive types and where no type is given, as in
	// Terraform.
	expression bool
	checks     []*hcl.Block // unless body has dynamic blocks
	body       hcl.Body
	dynamic    bool
	rng        hcl.Range
}

// reservedVariables would collide with what a module block itself takes, now
// or in Terraform.
var reservedVariables = []string{"source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"}

func (d *decoder) variable(block *hcl.Block) {
	name := block.Labels[0]
	v := &variableDecl{
		name: name, typ: cty.DynamicPseudoType, nullable: true,
		body: block.Body, dynamic: variableSchema.hasDynamic(block.Body), rng: block.DefRange,
	}
	content, diags := variableSchema.content(block.Body, v.dynamic)
	d.diags = append(d.diags, diags...)
	if slices.Contains(reservedVariables, name) {
		d.report(block.LabelRanges[0], "Reserved name of variable", "%q has a meaning of its own in module blocks. Choose another name.", name)
		return
	}
	v.checks = content.Blocks
	v.description = d.text(content.Attributes["description"])
	v.sensitive = d.flag(content.Attributes["sensitive"], false)
	v.nullable = d.flag(content.Attributes["nullable"], true)
	if attr := content.Attributes["type"]; attr != nil && d.jsonSafe(attr) {
		typ, optional, diags := typeexpr.TypeConstraintWithDefaults(attr.Expr)
		if _, quoted := attr.Expr.(*hclsyntax.TemplateExpr); quoted && diags.HasErrors() {
			diags[0].Detail += " Write it without quotes."
		}
		d.diags = append(d.diags, explain.Type(diags)...)
		if !diags.HasErrors() {
			v.typ, v.optional = typ, optional
			v.expression = !typ.IsPrimitiveType()
		}
	}
	if attr := content.Attributes["default"]; attr != nil {
		v.defaultValue, v.defaultRange = d.defaultOf(v, attr), attr.Expr.Range()
	}
	if d.declare("variable", name, block.DefRange) {
		d.mod.variables[name] = v
	}
}

// defaultOf evaluates the default of a variable. A wrong one still counts as
// a default, so that nobody is asked for a value because of it.
func (d *decoder) defaultOf(v *variableDecl, attr *hcl.Attribute) *cty.Value {
	value, diags := sensitive.Evaluate(attr.Expr, nil)
	if len(attr.Expr.Variables()) > 0 {
		hint := "Use null as default and coalesce in a local value."
		if word := hcl.ExprAsKeyword(attr.Expr); word != "" {
			hint = fmt.Sprintf("A text stands in quotes: %q.", word)
		}
		d.report(attr.Expr.Range(), "Default is not constant", "The default of a variable can use no variables and no locals. %s", hint)
		return &cty.DynamicVal
	}
	d.diags = append(d.diags, diags...)
	if diags.HasErrors() {
		return &cty.DynamicVal
	}
	value, err := v.convert(value)
	switch {
	case err != nil:
		d.report(attr.Expr.Range(), "Invalid default for variable", "The default does not fit: %s.", v.misfit(err))
		return &cty.DynamicVal
	case value.IsNull() && !v.nullable:
		d.report(attr.Expr.Range(), "Invalid default for variable", "The default is null, but the variable has nullable = false.")
		return &cty.DynamicVal
	}
	return &value
}

// convert gives a value the variable's type, with the defaults of optional
// attributes.
func (v *variableDecl) convert(value cty.Value) (result cty.Value, err error) {
	defer recoverError(&err)
	if v.optional != nil {
		// Defaults take the place of null without its marks.
		secret := sensitive.Holds(value, func(v cty.Value) bool { return v.IsMarked() && v.IsNull() })
		value = sensitive.MarkIf(v.optional.Apply(value), secret)
	}
	result, err = convert.Convert(value, v.typ)
	if err != nil {
		return cty.DynamicVal, conversionError{err}
	}
	return result, nil
}

// accept gives a value the variable's type. problem says in words why it does
// not fit; it quotes no value.
func (v *variableDecl) accept(value cty.Value) (result cty.Value, problem string) {
	if evaluation.IsNull(value) && !v.nullable {
		if v.defaultValue == nil {
			return cty.DynamicVal, "it is null, but the variable has nullable = false and no default"
		}
		return v.defaultValue.WithSameMarks(value), "" // whether it is null may be a secret
	}
	result, err := v.convert(value)
	switch {
	case err != nil && (v.sensitive || value.ContainsMarked()):
		// The way to the wrong element may lead through a key that is secret.
		return cty.DynamicVal, typeDescription(v.typ) + " is required"
	case err != nil:
		return cty.DynamicVal, v.misfit(err)
	}
	return result, ""
}

// misfit says why a value does not have the variable's type.
func (v *variableDecl) misfit(err error) string {
	if v.typ.IsPrimitiveType() {
		return err.Error() // it names the type
	}
	if rest, whole := strings.CutPrefix(err.Error(), v.typ.FriendlyNameForConstraint()+" required"); whole {
		return typeDescription(v.typ) + " is required" + rest // it names the type in other words
	}
	return fmt.Sprintf("%s is required: %s", typeDescription(v.typ), err)
}

// recoverError turns a panic of package cty into an error.
func recoverError(err *error) {
	if r := recover(); r != nil {
		*err = errors.New("the value cannot be processed")
	}
}

// conversionError adds the path of the element that was wrong.
type conversionError struct{ err error }

func (c conversionError) Error() string {
	if path, ok := c.err.(cty.PathError); ok && len(path.Path) > 0 {
		return strings.TrimPrefix(pathText(path.Path), ".") + ": " + c.err.Error()
	}
	return c.err.Error()
}

func pathText(path cty.Path) string {
	var b strings.Builder
	for _, step := range path {
		switch s := step.(type) {
		case cty.GetAttrStep:
			b.WriteString("." + s.Name)
		case cty.IndexStep:
			if key, ok := address.StepKey(hcl.Traversal{hcl.TraverseIndex{Key: s.Key}}); ok {
				b.WriteString(key)
			}
		}
	}
	return b.String()
}

func typeDescription(t cty.Type) string {
	if t.IsPrimitiveType() {
		return t.FriendlyName()
	}
	return typeexpr.TypeString(t)
}

func (m *module) sortedVariables() []*variableDecl {
	vars := make([]*variableDecl, 0, len(m.variables))
	for _, v := range m.variables {
		vars = append(vars, v)
	}
	slices.SortFunc(vars, func(a, b *variableDecl) int { return strings.Compare(a.name, b.name) })
	return vars
}
