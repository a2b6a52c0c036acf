package evaluation

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/explain"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// roots are the names that references begin with, sorted.
func (e *Evaluator) roots() []string {
	roots := append([]string{"count", "each", "local", "module", "path", "self", "var"}, kindNames(e.kinds)...)
	slices.Sort(roots)
	return roots
}

func kindNames(kinds []address.Kind) []string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = string(kind)
	}
	return names
}

// resolver puts what an expression of a scope reads into the tree of its
// variables.
type resolver struct {
	ev    *Evaluator
	scope *Scope
	tree  *partial
	in    Names
	// inText: the expression stands within a text.
	inText bool
}

// resolve puts what a traversal reads into the tree of an expression's
// variables. perInstance tells that the value differs between instances; ok
// is false when each, count or self is used where or how it cannot be.
func (r resolver) resolve(trav hcl.Traversal) (perInstance, ok bool) {
	switch root := trav.RootName(); root {
	case "var":
		r.named(r.scope.Variables, "variable", trav)
	case "local":
		r.named(r.scope.Locals, "local value", trav)
	case "module":
		r.module(trav)
	case "path":
		r.pathName(trav)
	case "each", "count", "self":
		ok := r.instance(trav, r.in)
		return ok, ok
	default:
		if slices.Contains(r.ev.kinds, address.Kind(root)) {
			r.asset(r.scope, trav, root)
			break
		}
		r.unknownRoot(trav)
	}
	return false, true
}

// unknownRoot reports a reference that begins with no name that there is.
func (r resolver) unknownRoot(trav hcl.Traversal) {
	root := trav.RootName()
	detail := explain.Root(root)
	if detail == "" {
		roots := r.ev.roots()
		detail = cmp.Or(diag.Suggest(root, roots), r.bareWord(trav), " References begin with "+diag.Quoted(roots, "or")+".")
	}
	for _, kind := range r.ev.kinds {
		if len(trav) > 1 && kind.Picture() && r.scope.Blocks[address.Address{Kind: kind, Name: root}] != nil {
			detail = fmt.Sprintf(" To refer to the asset, write %s.%s.", kind, root)
			break
		}
	}
	r.ev.reports.Report(trav.SourceRange(), "Unknown name in expression", "Nothing is named %q here.%s", root, detail)
	r.tree.set(cty.DynamicVal, root)
}

// words are those that other languages have for true, false and null.
var words = map[string]string{
	"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false",
	"null": "null", "none": "null", "nil": "null", "undefined": "null",
}

// bareWord says what a single word may be meant as that is no name.
func (r resolver) bareWord(trav hcl.Traversal) string {
	name := trav.RootName()
	switch {
	case len(trav) > 1:
		return ""
	case words[strings.ToLower(name)] != "":
		return fmt.Sprintf(" Write %s.", words[strings.ToLower(name)])
	}
	for _, kind := range r.ev.kinds {
		if a := (address.Address{Kind: kind, Name: name}); r.scope.Blocks[a] != nil {
			return diag.DidYouMean(a.String())
		}
	}
	switch {
	case r.scope.Variables[name] != nil:
		return diag.DidYouMean("var." + name)
	case r.scope.Locals[name] != nil:
		return diag.DidYouMean("local." + name)
	case r.inText:
		return fmt.Sprintf(" To write the text ${%s} itself, double its dollar sign: $${%[1]s}.", name)
	}
	return fmt.Sprintf(" A text stands in quotes: %q.", name)
}

// maxListed is of how many names those that there are, are listed.
const maxListed = 50

// named resolves a variable or local value.
func (r resolver) named(cells map[string]*Cell, what string, trav hcl.Traversal) {
	root := trav.RootName()
	name, ok := address.StepName(trav[1:])
	if !ok {
		r.ev.reports.Report(trav.SourceRange(), "Incomplete reference", "%s must be followed by a dot and the name of a %s.", root, what)
		r.tree.set(cty.DynamicVal, root)
		return
	}
	c := cells[name]
	if c == nil {
		known := func() []string { return slices.Sorted(maps.Keys(cells)) }
		hint := r.ev.reports.Suggest(name, known)
		if hint == "" && len(cells) > 0 && len(cells) <= maxListed {
			hint = " There are " + explain.Names(known()) + "."
		}
		if len(cells) == 0 && root == "var" {
			hint = fmt.Sprintf(" Declare it: variable %q {}.", name)
		}
		r.ev.reports.Report(trav.SourceRange(), "Reference to undeclared "+what, "No %s named %q is declared in this module.%s", what, name, hint)
		r.tree.set(cty.DynamicVal, root, name)
		return
	}
	r.tree.set(r.ev.Force(c, trav.SourceRange()), root, name)
}

// instance reports whether each, count or self may stand here; their
// values are set for each instance.
func (r resolver) instance(trav hcl.Traversal, in Names) bool {
	root, at := trav.RootName(), trav.SourceRange()
	members := map[string][]string{
		"each": {"key", "value"}, "count": {"index"}, "self": in.Self,
	}[root]
	switch {
	case root == "each" && !in.Each:
		r.ev.reports.Report(at, "Invalid use of each", "each.key and each.value have a meaning only in a block with for_each.")
		return false
	case root == "count" && !in.Count:
		r.ev.reports.Report(at, "Invalid use of count", "count.index has a meaning only in a block with count.")
		return false
	case root == "self" && in.Self == nil:
		r.ev.reports.Report(at, "Invalid use of self", "self, the finished result, is known only in a postcondition.")
		return false
	}
	name, ok := address.StepName(trav[1:])
	if !ok && root == "self" {
		return true // self["width"]
	}
	if !ok || !slices.Contains(members, name) {
		r.ev.reports.Report(at, "Unknown attribute of "+root, "%s has no such attribute; it has %s.%s", root, diag.Quoted(members, "and"), cmp.Or(diag.Suggest(name, members), ofRow(root, name)))
		return false
	}
	return true
}

// ofRow is where what each has not may be found.
func ofRow(root, name string) string {
	if root != "each" || name == "" {
		return ""
	}
	return " What the value of this instance has is each.value." + name + "."
}

// pathName resolves path.module and path.root.
func (r resolver) pathName(trav hcl.Traversal) {
	name, ok := address.StepName(trav[1:])
	if !ok {
		name = "NAME"
	}
	switch name {
	case "module":
		r.tree.set(cty.StringVal("."), "path", name)
	case "root":
		r.tree.set(cty.StringVal(r.scope.Root), "path", name)
	default:
		members := []string{"module", "root"}
		r.ev.reports.Report(trav.SourceRange(), "Unknown attribute of path", "There is no path.%s; path has %s.%s", name,
			diag.Quoted(members, "and"), cmp.Or(explain.Path(name), diag.Suggest(name, members)))
		r.tree.set(cty.DynamicVal, "path")
	}
}

// asset resolves image.NAME, video.NAME and so on. prefix is the path to the
// object that holds the kind: empty but for the assets of modules.
func (r resolver) asset(s *Scope, trav hcl.Traversal, prefix ...string) {
	// For module.ui.image.logo the traversal begins at image, too.
	kind := address.Kind(prefix[len(prefix)-1])
	at := trav.SourceRange()
	name, ok := address.StepName(trav[1:])
	if !ok {
		r.ev.reports.Report(at, "Incomplete reference", "%s must be followed by a dot and the name of one of its blocks.", kind)
		r.tree.set(cty.DynamicVal, prefix...)
		return
	}
	path := append(slices.Clip(prefix), name)
	b := s.Blocks[address.Address{Kind: kind, Name: name}]
	if b == nil {
		r.ev.reports.Report(at, "Reference to undeclared asset", "No asset %s.%s is declared%s.%s", kind, name, inModule(s), r.similarAsset(s, kind, name))
		r.tree.set(cty.DynamicVal, path...)
		return
	}
	rest := trav[2:]
	a := b.Address
	if key, ok := address.StepKey(rest); ok && b.Instanced {
		a.Key = key
		rest = rest[1:]
	}
	if key, indexed := address.StepKey(rest); indexed && !b.Instanced && !strings.HasPrefix(key, `["`) {
		r.ev.reports.Report(at, "Reference to unknown instance", "%s is one asset, without instances. Write %s.", a, a)
		r.tree.set(cty.DynamicVal, path...)
		return
	}
	r.ev.noteRead(a)
	if attr, ok := address.StepName(rest); ok && (a.Key != "" || !b.Instanced) && !slices.Contains(b.Attributes, attr) {
		r.ev.reports.Report(at, "Unknown attribute of asset", "%s has no attribute %q; it has %s.%s", a, attr, diag.Quoted(b.Attributes, "and"),
			cmp.Or(explain.Asset(attr), diag.Suggest(attr, b.Attributes)))
		r.tree.set(cty.DynamicVal, path...)
		return
	}
	if !r.ev.Force(&b.Cell, at).IsKnown() {
		r.tree.set(cty.DynamicVal, path...)
		return
	}
	if a.Key != "" && !b.Keys[a.Key] {
		r.ev.reports.Report(at, "Reference to unknown instance", "%s has no instance %s.%s", a.Block(), a.Key, r.instances(b, a.Key))
		r.tree.set(cty.DynamicVal, path...)
		return
	}
	r.tree.set(b.value(), path...)
	r.ev.readsSecret = r.ev.readsSecret || b.secret
}

// instances tells which instances of a block are meant, or which there are.
func (r resolver) instances(b *Block, key string) string {
	known := func() []string { return slices.Sorted(maps.Keys(b.Keys)) }
	if hint := r.ev.reports.Suggest(key, known); hint != "" && len(b.Keys) > 3 || len(b.Keys) > maxListed {
		return hint
	}
	if len(b.Keys) == 0 {
		return " It has none at all."
	}
	return fmt.Sprintf(" It has %s.", strings.Join(known(), ", "))
}

func inModule(s *Scope) string {
	if s.Path == "" {
		return " in this module"
	}
	return " in " + s.Path
}

// similarAsset finds what a wrong name was meant to be: another asset of the
// kind, or one of that name of another kind where such a one may stand.
func (r resolver) similarAsset(s *Scope, kind address.Kind, name string) string {
	for _, k := range r.ev.kinds {
		other := address.Address{Kind: k, Name: name}
		fits := !r.in.Picture || k.Picture()
		if b := s.Blocks[other]; b != nil && fits && b.Address != r.in.Own {
			return diag.DidYouMean(other.String())
		}
	}
	known := func() []string {
		var names []string
		for a, b := range s.Blocks {
			if a.Kind == kind && b.Address != r.in.Own {
				names = append(names, a.Name)
			}
		}
		slices.Sort(names)
		return names
	}
	if hint := r.ev.reports.Suggest(name, known); hint != "" || len(s.Blocks) > maxListed {
		return hint
	}
	switch names := known(); len(names) {
	case 0:
		return fmt.Sprintf(" There is no %s to refer to.", kind)
	case 1:
		return fmt.Sprintf(" There is only %s.%s.", kind, names[0])
	default:
		return fmt.Sprintf(" Of kind %s there are %s.", kind, explain.Names(names))
	}
}

// module resolves module.NAME and what follows it, computing as little
// of the module as the traversal names.
func (r resolver) module(trav hcl.Traversal) {
	at := trav.SourceRange()
	name, ok := address.StepName(trav[1:])
	if !ok {
		r.ev.reports.Report(at, "Incomplete reference", "module must be followed by a dot and the name of a module block.")
		r.tree.set(cty.DynamicVal, "module")
		return
	}
	c := r.scope.Calls[name]
	if c == nil {
		r.ev.reports.Report(at, "Reference to undeclared module", "No module %q is called in this module.%s", name, r.ev.reports.Suggest(name, func() []string { return slices.Sorted(maps.Keys(r.scope.Calls)) }))
		r.tree.set(cty.DynamicVal, "module", name)
		return
	}
	if !r.ev.Force(&c.Expansion, at).IsKnown() {
		r.tree.set(cty.DynamicVal, "module", name)
		return
	}
	rest := trav[2:]
	path := []string{"module", name}
	if !c.Instanced() {
		r.member(c.Instances[0].Scope, rest, at, path)
		return
	}
	key, ok := address.StepKey(rest)
	if !ok {
		r.tree.set(r.ev.Force(&c.whole, at), path...)
		return
	}
	i := slices.IndexFunc(c.Instances, func(inst CallInstance) bool { return inst.Key == key })
	if i < 0 {
		r.ev.reports.Report(at, "Reference to unknown instance", "%s has no instance %s.", c.Expansion.Name, key)
		r.tree.set(cty.DynamicVal, path...)
		return
	}
	if c.Count != nil {
		r.tree.member("module").member(name).length = len(c.Instances)
	}
	r.member(c.Instances[i].Scope, rest[1:], at, append(path, c.Instances[i].Index))
}

// member resolves what follows a module instance: an output, an
// asset, or nothing for all of it.
func (r resolver) member(child *Scope, rest hcl.Traversal, at hcl.Range, path []string) {
	name, ok := address.StepName(rest)
	switch {
	case !ok:
		r.tree.set(r.ev.Force(&child.whole, at), path...)
	case child.kinds[address.Kind(name)] != nil:
		if _, named := address.StepName(rest[1:]); named {
			r.asset(child, rest, append(path, name)...)
			return
		}
		r.tree.set(r.ev.Force(child.kinds[address.Kind(name)], at), append(path, name)...)
	case child.Outputs[name] == nil:
		known := func() []string { return append(slices.Sorted(maps.Keys(child.Outputs)), kindNames(r.ev.kinds)...) }
		r.ev.reports.Report(at, "Unknown attribute of module", "%s has no output %q; it has %s.%s", child.Path, name,
			explain.Names(known()), r.ev.reports.Suggest(name, known))
		r.tree.set(cty.DynamicVal, append(path, name)...)
	default:
		r.tree.set(r.ev.Force(child.Outputs[name], at), append(path, name)...)
	}
}

// behindNames is the expression that an expression stands for, through
// parentheses and the names of local values.
func (s *Scope) behindNames(expr hcl.Expression) hcl.Expression {
	for range 16 {
		switch x := expr.(type) {
		case *hclsyntax.ParenthesesExpr:
			expr = x.Expression
		case *hclsyntax.ScopeTraversalExpr:
			name, ok := address.StepName(x.Traversal[1:])
			if !ok || x.Traversal.RootName() != "local" || len(x.Traversal) > 2 || s.Locals[name] == nil || s.Locals[name].Expr == nil {
				return expr
			}
			expr = s.Locals[name].Expr
		default:
			return expr
		}
	}
	return expr
}
