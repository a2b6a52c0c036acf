package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/explain"
	"assetform/config/pathname"
	"assetform/config/syntax"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

var errNoConfiguration = errors.New("it has no files named *" + nativeSuffix + " or *" + jsonSuffix)

// maxModuleDepth is how deep modules may nest below the root module.
const maxModuleDepth = 32

// moduleCall is a step of the way from the root module to another.
type moduleCall struct {
	name   string // of the module block
	source string // as it is written
	at     hcl.Range
	mod    *module // the caller
}

// moduleLoader reads modules and everything below them.
type moduleLoader struct {
	lang    *language
	sources *sources
	reports *evaluation.Reports
	modules map[string]*module // by directory
	broken  bool               // a file could not be parsed: what it declares is missing
}

// load reads the configuration in a directory and, through its module
// blocks, everything below. The calls lead to it from the root module. A
// directory is read once however often it is called, and by whatever path.
func (l *moduleLoader) load(dir string, calls []moduleCall) (*module, error) {
	real, info, err := l.sources.files.Follow(dir)
	if err != nil {
		return nil, worktree.WithoutPath(err)
	}
	if !info.IsDir() {
		return nil, errors.New("it is not a directory")
	}
	if mod := l.moduleOf(real, info); mod != nil {
		return mod, nil
	}
	names, err := l.sources.names(real)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errNoConfiguration
	}
	mod := &module{
		dir: real, info: info,
		variables: map[string]*variableDecl{},
		locals:    map[string]*hcl.Attribute{},
		defaults:  map[address.Kind]*defaultsDecl{},
		assets:    map[address.Address]*assetDecl{},
		calls:     map[string]*callDecl{},
		outputs:   map[string]*outputDecl{},
	}
	l.modules[real] = mod
	d := &decoder{loader: l, mod: mod, child: len(calls) > 0, first: map[declared]hcl.Range{}, calls: calls}
	for _, name := range names {
		file, diags := l.sources.parseFile(real, name)
		l.reports.Add(diags...)
		if diags.HasErrors() {
			l.broken = true
			continue
		}
		mod.files = append(mod.files, file)
		d.decode(file)
	}
	l.reports.Add(d.diags...)
	mod.loaded = true
	return mod, nil
}

// moduleOf returns the module that was read from a directory. A bind mount or
// another case of its name leads to the same one by another path.
func (l *moduleLoader) moduleOf(real string, info fs.FileInfo) *module {
	if mod := l.modules[real]; mod != nil {
		return mod
	}
	for _, mod := range l.modules {
		if os.SameFile(mod.info, info) {
			return mod
		}
	}
	return nil
}

// refactors reports whether any module has moved, removed or import blocks.
func (l *moduleLoader) refactors() bool {
	for _, mod := range l.modules {
		if len(mod.moved)+len(mod.removed)+len(mod.imports) > 0 {
			return true
		}
	}
	return false
}

// call reads a module block and loads the module that it calls.
func (d *decoder) call(block *hcl.Block) {
	content, rest, diags := block.Body.PartialContent(&moduleSchema.BodySchema)
	d.diags = append(d.diags, diags...)
	arguments, diags := rest.JustAttributes()
	d.diags = append(d.diags, diags...)
	decl := &callDecl{
		name:       block.Labels[0],
		repetition: evaluation.Repetition{ForEach: content.Attributes["for_each"], Count: content.Attributes["count"]},
		arguments:  arguments,
		rng:        block.DefRange,
	}
	if decl.repetition.ForEach != nil && decl.repetition.Count != nil {
		d.report(decl.repetition.Count.NameRange, "Both count and for_each", "module.%s sets for_each at %s too. Set one of them.",
			decl.name, diag.Place(decl.repetition.ForEach.NameRange))
		decl.repetition.Count = nil
	}
	if !d.declare("module", decl.name, block.DefRange) {
		return
	}
	d.mod.calls[decl.name] = decl
	if source := content.Attributes["source"]; source != nil {
		decl.source = d.source(decl, source)
	}
	if decl.source != nil {
		d.arguments(decl)
	}
}

// remoteSource matches what Terraform fetches from elsewhere, and paths from
// the root or the home directory.
var remoteSource = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`::|//|@|^[^/]+\.[^/]+/|^[/~]`) })

// source loads the module that a call names.
func (d *decoder) source(decl *callDecl, attr *hcl.Attribute) *module {
	before := len(d.diags)
	source := d.text(attr)
	at := attr.Expr.Range()
	if len(d.diags) > before {
		return nil
	}
	if source != "." && source != ".." && !strings.HasPrefix(source, "./") && !strings.HasPrefix(source, "../") {
		hint := fmt.Sprintf("write \"./%s\"", source)
		if remoteSource().MatchString(source) {
			hint = "copy it into the project, or add its repository as a git submodule, and write the way there, such as \"./modules/NAME\""
		}
		d.report(at, "Invalid source of module", "%q is no local directory. Modules are directories of this project: %s.", source, hint)
		return nil
	}
	dir, err := pathname.Resolve(d.mod.dir, source)
	if err != nil {
		d.report(at, "Invalid source of module", "The directory of a module must lie in the project: %s.", err)
		return nil
	}
	calls := append(slices.Clip(d.calls), moduleCall{name: decl.name, source: source, at: at, mod: d.mod})
	if len(calls) > maxModuleDepth {
		d.tooDeep(decl, at, len(calls))
		return nil
	}
	mod, err := d.loader.load(dir, calls)
	switch {
	case err != nil:
		near := ""
		if errors.Is(err, fs.ErrNotExist) {
			near = d.loader.sources.files.Near(dir)
		}
		d.report(at, "Module not found", "Cannot read the directory %q of module.%s: %s%s.", source, decl.name, err, near)
		return nil
	case !mod.loaded:
		d.report(at, "Module calls itself", "module.%s leads back to a module that calls it:%s\nA module cannot be part of itself. Remove one of these calls.",
			decl.name, circle(calls, mod))
		return nil
	case len(calls)+mod.height > maxModuleDepth:
		d.tooDeep(decl, at, len(calls)+mod.height)
		return nil
	}
	d.mod.height = max(d.mod.height, mod.height+1)
	return mod
}

func (d *decoder) tooDeep(decl *callDecl, at hcl.Range, depth int) {
	d.report(at, "Modules nested too deeply", "With module.%s modules nest %d deep; they may nest %d deep. Call modules side by side instead.",
		decl.name, depth, maxModuleDepth)
}

// circle lists the calls by which a module that is being read leads to itself.
func circle(calls []moduleCall, mod *module) string {
	var b strings.Builder
	for _, c := range calls[slices.IndexFunc(calls, func(c moduleCall) bool { return c.mod == mod }):] {
		fmt.Fprintf(&b, "\n  module.%s (%s) calls %q", c.name, diag.Place(c.at), c.source)
	}
	return b.String()
}

// maxCompared is with how many variables of a module a wrong name is compared.
const maxCompared = 1000

// arguments checks the variables that a call sets.
func (d *decoder) arguments(decl *callDecl) {
	var meant []string // by mistyped names
	for _, attr := range sortedAttributes(decl.arguments) {
		if decl.source.variables[attr.Name] == nil {
			if len(decl.source.variables) <= maxCompared {
				meant = append(meant, diag.Nearest(attr.Name, sortedKeys(decl.source.variables))...)
			}
			d.report(attr.NameRange, "Unsupported argument of module", "The module has no variable named %q.%s",
				attr.Name, cmp.Or(explain.Module(attr.Name),
					d.loader.reports.Suggest(attr.Name, func() []string { return sortedKeys(decl.source.variables) })))
		}
	}
	for _, v := range decl.source.sortedVariables() {
		if v.defaultValue == nil && decl.arguments[v.name] == nil && !slices.Contains(meant, v.name) {
			d.report(decl.rng, "Missing argument of module", "The variable %q of module.%s has no default, so it must be set here.",
				v.name, decl.name)
		}
	}
}

func (d *decoder) moved(block *hcl.Block) {
	content := d.content(movedSchema, block.Body)
	from, ok := d.target(content.Attributes["from"])
	to, ok2 := d.target(content.Attributes["to"])
	if ok && ok2 {
		d.mod.moved = append(d.mod.moved, &movedDecl{from: from, to: to, rng: block.DefRange})
	}
}

func (d *decoder) removed(block *hcl.Block) {
	content := d.content(removedSchema, block.Body)
	decl := &removedDecl{destroy: true, rng: block.DefRange}
	for i, lifecycle := range content.Blocks {
		if i > 0 {
			d.report(lifecycle.DefRange, "Duplicate lifecycle block", "A removed block has one lifecycle block at most.")
			break
		}
		inner := d.content(removedSchema.nested["lifecycle"], lifecycle.Body)
		decl.destroy = d.flag(inner.Attributes["destroy"], true)
	}
	from, ok := d.target(content.Attributes["from"])
	if !ok {
		return
	}
	if from.target.Address.Key != "" || strings.HasSuffix(from.target.Address.Module, "]") {
		d.report(from.rng, "Instance key in removed", "A removed block is for a whole block or module. Leave out the key; to delete one "+
			"instance, take its key out of for_each or count.")
		return
	}
	decl.from = from
	d.mod.removed = append(d.mod.removed, decl)
}

func (d *decoder) imports(block *hcl.Block) {
	content := d.content(importSchema, block.Body)
	if d.child {
		d.report(block.DefRange, "Import outside root module", "Import blocks stand in the root module alone: write the full address there.")
		return
	}
	to, ok := d.target(content.Attributes["to"])
	if !ok {
		return
	}
	if to.target.Address.Kind == "" {
		d.report(to.rng, "Invalid target of import", "%s is a module. Import one asset: module.NAME.image.NAME.", to.target.Text)
		return
	}
	d.mod.imports = append(d.mod.imports, &importDecl{to: to, rng: block.DefRange})
}

// target reads an attribute that names an asset or a module without being
// evaluated.
func (d *decoder) target(attr *hcl.Attribute) (placedTarget, bool) {
	if attr == nil {
		return placedTarget{}, false
	}
	at := attr.Expr.Range()
	trav, diags := hcl.AbsTraversalForExpr(attr.Expr)
	if diags.HasErrors() {
		d.report(at, "Invalid address of asset", "Write the address as it is, without quotes and calls: image.NAME, image.NAME[\"KEY\"] or module.NAME.")
		return placedTarget{}, false
	}
	target, err := address.TargetOf(trav)
	if kind := target.Address.Kind; err == nil && kind != "" && !slices.Contains(d.loader.lang.kinds, kind) {
		err = fmt.Errorf("there are no assets of kind %q", kind)
	}
	if err != nil {
		d.report(at, "Invalid address of asset", "This names no asset and no module: %s.", err)
		return placedTarget{}, false
	}
	return placedTarget{target, at}, true
}

// jsonSafe reports an attribute of JSON syntax whose string is to be parsed
// as an expression but is nested too deeply for that.
func (d *decoder) jsonSafe(attr *hcl.Attribute) bool {
	if _, native := attr.Expr.(hclsyntax.Expression); native {
		return true
	}
	v, diags := attr.Expr.Value(nil)
	if diags.HasErrors() || v.IsNull() || !v.IsKnown() || v.Type().FriendlyName() != "string" {
		return true // not a string that would be parsed
	}
	diags = syntax.CheckNesting("", []byte(v.AsString()))
	if diags != nil {
		diags[0].Subject = attr.Expr.Range().Ptr()
		d.diags = append(d.diags, diags...)
	}
	return diags == nil
}
