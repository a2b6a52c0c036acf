package config

import (
	"slices"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/pathname"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// roots are the names that references begin with.
var roots = []string{"count", "each", "image", "local", "module", "path", "self", "var", "video"}

// resolve puts what a traversal reads into the tree of an expression's
// variables. perInstance tells that the value differs between instances; ok
// is false when each, count or self is used where or how it cannot be.
func (e *evaluator) resolve(s *scope, trav hcl.Traversal, in names, tree *partial) (perInstance, ok bool) {
	at := trav.SourceRange()
	switch root := trav.RootName(); root {
	case "var":
		e.resolveNamed(s.variables, "variable", trav, tree)
	case "local":
		e.resolveNamed(s.locals, "local value", trav, tree)
	case string(address.Image), string(address.Video):
		e.resolveAsset(s, trav, tree, root)
	case "module":
		e.resolveModule(s, trav, tree)
	case "path":
		e.resolvePathName(s, trav, tree)
	case "each", "count", "self":
		ok := e.resolveInstance(trav, in)
		return ok, ok
	default:
		detail := diag.Suggest(root, roots)
		if len(trav) > 1 && s.assets[assetName{address.Image, root}] != nil {
			detail = " To refer to the asset, write image." + root + "."
		}
		e.report(at, "Unknown name in expression", "Nothing is named %q here.%s", root, detail)
		tree.set(cty.DynamicVal, root)
	}
	return false, true
}

// resolveNamed resolves a variable or local value.
func (e *evaluator) resolveNamed(cells map[string]*cell, what string, trav hcl.Traversal, tree *partial) {
	root := trav.RootName()
	name, ok := address.StepName(trav[1:])
	if !ok {
		e.report(trav.SourceRange(), "Incomplete reference", "%s must be followed by a dot and the name of a %s.", root, what)
		tree.set(cty.DynamicVal, root)
		return
	}
	c := cells[name]
	if c == nil {
		e.report(trav.SourceRange(), "Reference to undeclared "+what, "No %s named %q is declared in this module.%s",
			what, name, e.suggest(name, func() []string { return sortedKeys(cells) }))
		tree.set(cty.DynamicVal, root, name)
		return
	}
	tree.set(e.force(c, trav.SourceRange()), root, name)
}

// resolveInstance reports whether each, count or self may stand here; their
// values are set for each instance.
func (e *evaluator) resolveInstance(trav hcl.Traversal, in names) bool {
	root, at := trav.RootName(), trav.SourceRange()
	members := map[string][]string{
		"each": {"key", "value"}, "count": {"index"}, "self": selfNames,
	}[root]
	switch {
	case root == "each" && !in.each:
		e.report(at, "Invalid use of each", "each.key and each.value have a meaning only in a block with for_each.")
		return false
	case root == "count" && !in.count:
		e.report(at, "Invalid use of count", "count.index has a meaning only in a block with count.")
		return false
	case root == "self" && !in.self:
		e.report(at, "Invalid use of self", "self, the finished result, is known only in a postcondition.")
		return false
	}
	name, ok := address.StepName(trav[1:])
	if !ok && root == "self" {
		return true // self["width"]
	}
	if !ok || !slices.Contains(members, name) {
		e.report(at, "Unknown attribute of "+root, "%s has no such attribute; it has %s.%s", root, diag.Quoted(members, "and"), diag.Suggest(name, members))
		return false
	}
	return true
}

// resolvePathName resolves path.module and path.root.
func (e *evaluator) resolvePathName(s *scope, trav hcl.Traversal, tree *partial) {
	name, _ := address.StepName(trav[1:])
	switch name {
	case "module":
		tree.set(cty.StringVal("."), "path", name)
	case "root":
		way := pathname.Relative(s.mod.dir, e.rootDir)
		if way == "" || s.mod.dir == e.rootDir {
			way = "."
		}
		tree.set(cty.StringVal(way), "path", name)
	default:
		members := []string{"module", "root"}
		e.report(trav.SourceRange(), "Unknown attribute of path", "path has no such attribute; it has %s.%s",
			diag.Quoted(members, "and"), diag.Suggest(name, members))
		tree.set(cty.DynamicVal, "path")
	}
}

// resolveAsset resolves image.NAME and video.NAME. prefix is the path to the
// object that holds the kind: empty but for the assets of modules.
func (e *evaluator) resolveAsset(s *scope, trav hcl.Traversal, tree *partial, prefix ...string) {
	// For module.ui.image.logo the traversal begins at image, too.
	kind := address.Kind(prefix[len(prefix)-1])
	at := trav.SourceRange()
	name, ok := address.StepName(trav[1:])
	if !ok {
		e.report(at, "Incomplete reference", "%s must be followed by a dot and the name of one of its blocks.", kind)
		tree.set(cty.DynamicVal, prefix...)
		return
	}
	path := append(slices.Clip(prefix), name)
	b := s.assets[assetName{kind, name}]
	if b == nil {
		e.report(at, "Reference to undeclared asset", "No asset %s.%s is declared%s.%s", kind, name, inModule(s), e.suggestAsset(s, kind, name))
		tree.set(cty.DynamicVal, path...)
		return
	}
	rest := trav[2:]
	a := b.address()
	if key, ok := address.StepKey(rest); ok && b.decl.hasInstances() {
		a.Key = key
		rest = rest[1:]
	}
	e.noteRead(a)
	if attr, ok := address.StepName(rest); ok && (a.Key != "" || !b.decl.hasInstances()) && !slices.Contains(assetAttributes, attr) {
		e.report(at, "Unknown attribute of asset", "%s has no attribute %q; it has %s.%s", a, attr, diag.Quoted(assetAttributes, "and"),
			diag.Suggest(attr, assetAttributes))
		tree.set(cty.DynamicVal, path...)
		return
	}
	if !e.force(&b.cell, at).IsKnown() {
		tree.set(cty.DynamicVal, path...)
		return
	}
	if a.Key != "" && !b.keys[a.Key] {
		e.report(at, "Reference to unknown instance", "%s has no instance %s.%s", a.Block(), a.Key, e.suggest(a.Key, func() []string { return sortedKeys(b.keys) }))
		tree.set(cty.DynamicVal, path...)
		return
	}
	tree.set(b.value(), path...)
	e.readsSecret = e.readsSecret || b.secret
}

func inModule(s *scope) string {
	if s.path == "" {
		return " in this module"
	}
	return " in " + s.path
}

// suggestAsset finds what a wrong name was meant to be: another asset of the
// kind, or one of that name of the other kind.
func (e *evaluator) suggestAsset(s *scope, kind address.Kind, name string) string {
	other := address.Video
	if kind == address.Video {
		other = address.Image
	}
	if s.assets[assetName{other, name}] != nil {
		return diag.DidYouMean(string(other) + "." + name)
	}
	return e.suggest(name, func() []string {
		var known []string
		for n := range s.assets {
			if n.kind == kind {
				known = append(known, n.name)
			}
		}
		return known
	})
}
