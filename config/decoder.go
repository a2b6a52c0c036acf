package config

import (
	"io/fs"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/explain"
	"assetform/config/syntax"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/text/unicode/norm"
)

// module is what the configuration files of one directory declare. It is
// shared by all calls of the module and knows no values.
type module struct {
	dir    string      // after links, relative to the project root
	info   fs.FileInfo // of the directory: what it is, however it is reached
	height int         // how deep modules nest below it
	loaded bool        // false while its files are read
	files  []*hcl.File

	settings   []*settingsDecl
	provenance *hcl.Block // what pictures say of where they came from; nil: nothing is declared
	providers  []*providerDecl
	variables  map[string]*variableDecl
	locals     map[string]*hcl.Attribute
	defaults   map[address.Kind]*defaultsDecl
	assets     map[address.Address]*assetDecl // by address within the module
	calls      map[string]*callDecl
	outputs    map[string]*outputDecl
	moved      []*movedDecl
	removed    []*removedDecl
	imports    []*importDecl
}

type settingsDecl struct {
	version *hcl.Attribute
	blocks  []*hcl.Block // budgets and prices, unless body has dynamic blocks
	body    hcl.Body
	dynamic bool
}

type providerDecl struct {
	ref   ProviderRef
	attrs hcl.Attributes
	rng   hcl.Range
}

type defaultsDecl struct {
	attrs hcl.Attributes
	meant []string // attributes that mistyped names may stand for
	rng   hcl.Range
}

// assetDecl is the block of an asset.
type assetDecl struct {
	local      address.Address // within the module
	repetition evaluation.Repetition
	attrs      hcl.Attributes
	meant      []string     // attributes that mistyped names may stand for
	blocks     []*hcl.Block // unless body has dynamic blocks
	body       hcl.Body
	dynamic    bool
	rng        hcl.Range
}

type callDecl struct {
	name       string
	repetition evaluation.Repetition
	arguments  hcl.Attributes
	source     *module // nil when it could not be loaded
	rng        hcl.Range
}

type outputDecl struct {
	name        string
	value       *hcl.Attribute
	description string
	sensitive   bool
	rng         hcl.Range
}

// checkDecl is a validation, precondition or postcondition.
type checkDecl struct {
	condition, message hcl.Expression
	rng                hcl.Range
}

// decoder reads the blocks of one module.
type decoder struct {
	loader *moduleLoader
	mod    *module
	child  bool // the module is called by another, not only the root
	diags  hcl.Diagnostics
	first  map[declared]hcl.Range // where each name was declared
	calls  []moduleCall           // by which the module was reached, none for the root
}

// declared is a name that is declared, and what it is the name of.
type declared struct{ what, name string }

// decode reads all blocks of a file into the module.
func (d *decoder) decode(file *hcl.File) {
	content := exactContent(file.Body, d.loader.lang.root)
	if content == nil {
		var diags hcl.Diagnostics
		content, diags = file.Body.Content(d.loader.lang.root)
		d.diags = append(d.diags, explain.Structure(diags, d.loader.lang.root, func(string) string { return "" })...)
	}
	for _, block := range content.Blocks {
		for i, label := range block.Labels {
			block.Labels[i] = norm.NFC.String(label) // it may be written with escapes
		}
		if len(block.Labels) == 1 && block.Type != "provider" && block.Type != "defaults" && !syntax.Identifier(block.Labels[0]) {
			d.report(block.LabelRanges[0], "Invalid name of block",
				"%q is no name: it must begin with a letter or underscore and have only letters, digits, underscores and dashes. "+
					"Free text belongs in the keys of for_each.", block.Labels[0])
			continue
		}
		d.block(block)
	}
}

func (d *decoder) block(block *hcl.Block) {
	switch block.Type {
	case "assetform":
		d.settings(block)
	case "provider":
		d.provider(block)
	case "variable":
		d.variable(block)
	case "locals":
		d.locals(block)
	case "defaults":
		d.defaults(block)
	case "module":
		d.call(block)
	case "output":
		d.output(block)
	case "moved":
		d.moved(block)
	case "removed":
		d.removed(block)
	case "import":
		d.imports(block)
	case "provenance":
		d.provenance(block)
	default: // of a kind of asset
		d.asset(block)
	}
}

func (d *decoder) report(at hcl.Range, summary, format string, args ...any) {
	d.diags = append(d.diags, diag.Problem(at, summary, format, args...))
}

// content decodes a body whose blocks need no values.
func (d *decoder) content(s *schema, body hcl.Body) *hcl.BodyContent {
	content, diags := s.content(body, false)
	d.diags = append(d.diags, diags...)
	return content
}

// declare notes a name and reports whether it is the first of its kind.
func (d *decoder) declare(what, name string, at hcl.Range) bool {
	key := declared{what, name}
	if first, ok := d.first[key]; ok {
		d.report(at, "Duplicate "+what+" block", "%s %q was already declared at %s. Names of one kind must differ within a module.",
			what, name, diag.Place(first))
		return false
	}
	d.first[key] = at
	return true
}

// flag evaluates an attribute that must be a literal bool.
func (d *decoder) flag(attr *hcl.Attribute, value bool) bool {
	if attr == nil {
		return value
	}
	return literal(d, attr, value)
}

// text evaluates an attribute that must be a literal string.
func (d *decoder) text(attr *hcl.Attribute) string {
	if attr == nil {
		return ""
	}
	return literal(d, attr, "")
}

// settings reads an assetform block.
func (d *decoder) settings(block *hcl.Block) {
	decl := &settingsDecl{body: block.Body, dynamic: d.loader.lang.assetform.hasDynamic(block.Body)}
	content, diags := d.loader.lang.assetform.content(block.Body, decl.dynamic)
	d.diags = append(d.diags, diags...)
	decl.version = content.Attributes["required_version"]
	decl.blocks = content.Blocks
	if d.child && len(decl.blocks) > 0 {
		what := decl.blocks[0].Type
		d.report(decl.blocks[0].DefRange, strings.ToUpper(what[:1])+what[1:]+" outside root module",
			"The %s of a plan stands in the root module alone. Remove the block from this module.", what)
		return
	}
	d.mod.settings = append(d.mod.settings, decl)
}

func (d *decoder) provenance(block *hcl.Block) {
	switch {
	case d.child:
		d.report(block.DefRange, "Provenance outside root module", "What pictures say of where they came from stands in the root module alone. Remove it from this module.")
	case d.declare("provenance", "", block.DefRange):
		d.mod.provenance = block
	}
}

func (d *decoder) provider(block *hcl.Block) {
	content := d.content(providerSchema, block.Body)
	if d.child {
		d.report(block.DefRange, "Provider outside root module",
			"Modules take the providers of the root module. Move this block there.")
		return
	}
	typ := block.Labels[0]
	known := d.loader.lang.engines.Engine(typ)
	if known != nil && known.Derives {
		d.report(block.LabelRanges[0], "Provider needs no block",
			"%q makes files of other files of the project, on this machine and for nothing: it has no settings and can have no block. Remove this one.", typ)
		return
	}
	if known == nil {
		d.report(block.LabelRanges[0], "Unknown provider type",
			"%q is no provider type: it must be %s.%s", typ, d.loader.lang.providerTypes(), diag.Suggest(typ, d.loader.lang.engines.Types()))
		return
	}
	decl := &providerDecl{ref: ProviderRef{Type: typ}, attrs: content.Attributes, rng: block.DefRange}
	if alias := content.Attributes["alias"]; alias != nil {
		decl.ref.Alias = d.text(alias)
		if !hclsyntax.ValidIdentifier(decl.ref.Alias) {
			d.report(alias.Expr.Range(), "Invalid provider alias", "An alias is a name like \"fast\", without blanks and dots.")
			return
		}
	}
	if d.declare("provider", decl.ref.String(), block.DefRange) {
		d.mod.providers = append(d.mod.providers, decl)
	}
}

func (d *decoder) locals(block *hcl.Block) {
	attrs, diags := block.Body.JustAttributes()
	d.diags = append(d.diags, diags...)
	for _, attr := range sortedAttributes(attrs) {
		if d.declare("local", attr.Name, attr.NameRange) {
			d.mod.locals[attr.Name] = attr
		}
	}
}

func (d *decoder) defaults(block *hcl.Block) {
	kind := address.Kind(block.Labels[0])
	s, ok := d.loader.lang.defaults[kind]
	if !ok {
		names := d.loader.lang.kindNames()
		d.report(block.LabelRanges[0], "Unknown kind of asset", `Defaults are for %s, not for %q.%s`,
			diag.Quoted(names, "or"), block.Labels[0], diag.Suggest(block.Labels[0], names))
		return
	}
	content, diags := s.content(block.Body, false)
	d.diags = append(d.diags, diags...)
	if d.declare("defaults", string(kind), block.DefRange) {
		d.mod.defaults[kind] = &defaultsDecl{attrs: content.Attributes, meant: explain.Meant(diags), rng: block.DefRange}
	}
}

func (d *decoder) asset(block *hcl.Block) {
	s := d.loader.lang.assets[address.Kind(block.Type)]
	decl := &assetDecl{
		local: address.Address{Kind: address.Kind(block.Type), Name: block.Labels[0]},
		body:  block.Body, dynamic: s.hasDynamic(block.Body), rng: block.DefRange,
	}
	content, diags := s.content(block.Body, decl.dynamic)
	d.diags = append(d.diags, diags...)
	decl.attrs, decl.meant, decl.blocks = content.Attributes, explain.Meant(diags), content.Blocks
	if decl.attrs["for_each"] != nil && decl.attrs["count"] != nil {
		d.report(decl.attrs["count"].NameRange, "Both count and for_each", "%s sets for_each at %s too. Set one of them.",
			decl.local, diag.Place(decl.attrs["for_each"].NameRange))
		delete(decl.attrs, "count")
	}
	decl.repetition = evaluation.Repetition{ForEach: decl.attrs["for_each"], Count: decl.attrs["count"]}
	if d.declare(block.Type, decl.local.Name, block.DefRange) {
		d.mod.assets[decl.local] = decl
	}
}

func (d *decoder) output(block *hcl.Block) {
	content := d.content(outputSchema, block.Body)
	decl := &outputDecl{
		name:        block.Labels[0],
		value:       content.Attributes["value"],
		description: d.text(content.Attributes["description"]),
		sensitive:   d.flag(content.Attributes["sensitive"], false),
		rng:         block.DefRange,
	}
	if d.child && slices.Contains(d.loader.lang.kinds, address.Kind(decl.name)) {
		d.report(block.LabelRanges[0], "Reserved name of output",
			"module.NAME.%s stands for the module's %s. Give this output another name.", decl.name, plural(decl.name))
		return
	}
	if d.declare("output", decl.name, block.DefRange) {
		d.mod.outputs[decl.name] = decl
	}
}

// plural names the assets of a kind.
func plural(kind string) string {
	if strings.HasSuffix(kind, "s") {
		return kind + "es"
	}
	return kind + "s"
}

// check reads a validation, precondition or postcondition block.
func check(content *hcl.BodyContent, rng hcl.Range) (*checkDecl, bool) {
	condition, message := content.Attributes["condition"], content.Attributes["error_message"]
	if condition == nil || message == nil {
		return nil, false
	}
	return &checkDecl{condition: condition.Expr, message: message.Expr, rng: rng}, true
}

func sortedAttributes(attrs hcl.Attributes) []*hcl.Attribute {
	sorted := make([]*hcl.Attribute, 0, len(attrs))
	for _, attr := range attrs {
		sorted = append(sorted, attr)
	}
	slices.SortFunc(sorted, func(a, b *hcl.Attribute) int {
		return a.Range.Start.Byte - b.Range.Start.Byte
	})
	return sorted
}
