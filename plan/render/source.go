package render

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"assetform/config"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// definition is a place in the configuration whose edit changes whatever
// refers to it.
type definition struct {
	name  string
	rng   hcl.Range
	refs  []hcl.Traversal // what its own expression refers to
	files []string        // files that its expression reads by literal name
	dir   string          // of the module whose names refs has
	owner string          // directory of the module that has the name
	// data tells that its users need not all change with it: a row of a table
	// concerns one asset.
	data bool
	// spans are where it is written, if not at rng alone: a variable's block,
	// and what modules set it to.
	spans []hcl.Range
	// variable is the name of a variable of the root module.
	variable string
	words    map[string]bool // of its source; once it was asked for
}

// reached is a definition with its distance from an attribute: 0 is the
// attribute's own expression.
type reached struct {
	def   *definition
	depth int
}

// sources finds what the expressions of a configuration refer to. It looks at
// the parsed files alone and evaluates nothing.
type sources struct {
	project *config.Project
	defs    map[[2]string]*definition // by directory and "local.style"
	forEach map[hcl.Range]*definition // by definition range of the block
	known   map[hcl.Range][]reached   // by range of the attribute's expression
	read    map[string]*definition    // by name of a file that is read
	files   Files                     // nil: nothing is known of them
	past    Past
	texts   map[string]texts // what files gave, by name
	below   string           // the root module's directory in the project
}

// sourceSchema has the blocks in which what an asset is made of may stand.
func sourceSchema(p *config.Project) *hcl.BodySchema {
	s := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		{Type: "locals"},
		{Type: "variable", LabelNames: []string{"name"}},
		{Type: "module", LabelNames: []string{"name"}},
	}}
	for _, kind := range p.Engines.Kinds() {
		s.Blocks = append(s.Blocks, hcl.BlockHeaderSchema{Type: string(kind), LabelNames: []string{"name"}})
	}
	return s
}

func newSources(p *config.Project, files Files, past Past) *sources {
	s := &sources{
		project: p,
		defs:    map[[2]string]*definition{},
		forEach: map[hcl.Range]*definition{},
		known:   map[hcl.Range][]reached{},
		read:    map[string]*definition{},
		files:   files, past: past, below: below(p), texts: map[string]texts{},
	}
	schema := sourceSchema(p)
	for _, name := range sortedFiles(p.Files) {
		// What is wrong with a file was reported when it was loaded.
		content, _, _ := p.Files[name].Body.PartialContent(schema)
		if content == nil {
			continue
		}
		for _, block := range content.Blocks {
			s.addBlock(path.Dir(filepath.ToSlash(name)), block)
		}
	}
	return s
}

func sortedFiles(files map[string]*hcl.File) []string {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s *sources) addBlock(dir string, b *hcl.Block) {
	switch b.Type {
	case "locals":
		attrs, _ := b.Body.JustAttributes()
		for name, attr := range attrs {
			d := s.define(dir, "local."+name, attr.Expr)
			d.rng = attr.Range
		}
	case "variable":
		// Its value may come from elsewhere; the block is where people find it.
		d := &definition{name: "var." + b.Labels[0], rng: b.DefRange, dir: dir, owner: dir, spans: []hcl.Range{b.DefRange}}
		values := []hcl.AttributeSchema{{Name: "default"}, {Name: "type"}} // what it says else changes no value
		inside, _, _ := b.Body.PartialContent(&hcl.BodySchema{Attributes: values})
		for _, name := range values {
			if attr := inside.Attributes[name.Name]; attr != nil {
				d.spans = append(d.spans, attr.Range)
			}
		}
		if dir == "." {
			d.variable = b.Labels[0]
		}
		if old := s.defs[[2]string{dir, d.name}]; old != nil {
			d.refs, d.files, d.dir, d.spans = old.refs, old.files, old.dir, append(d.spans, old.spans...)
		}
		s.defs[[2]string{dir, d.name}] = d
	case "module":
		s.addModule(dir, b)
	default:
		content, _, _ := b.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "for_each"}, {Name: "count"}}})
		for _, attr := range content.Attributes {
			d := s.expression(dir, attr.Expr)
			d.name, d.data = "for_each of "+b.Type+"."+b.Labels[0], true
			s.forEach[b.DefRange] = d
		}
	}
}

// addModule notes what the variables of a child module are set to.
func (s *sources) addModule(dir string, b *hcl.Block) {
	attrs, _ := b.Body.JustAttributes()
	source, ok := attrs["source"]
	if !ok {
		return
	}
	value, diags := source.Expr.Value(nil)
	if diags.HasErrors() || !value.IsKnown() || value.IsNull() || value.Type().FriendlyName() != "string" {
		return
	}
	child := path.Join(dir, value.AsString())
	for name, attr := range attrs {
		argument := s.expression(dir, attr.Expr)
		key := [2]string{child, "var." + name}
		d := s.defs[key]
		if d == nil {
			d = &definition{name: "var." + name, rng: attr.Range, owner: child}
			s.defs[key] = d
		}
		d.spans = append(d.spans, attr.Range)
		// Its references are names of the calling module.
		d.refs, d.files, d.dir = append(d.refs, argument.refs...), append(d.files, argument.files...), dir
	}
}

func (s *sources) define(dir, name string, e hcl.Expression) *definition {
	d := s.expression(dir, e)
	d.name, d.owner = name, dir
	s.defs[[2]string{dir, name}] = d
	return d
}

// expression is a definition that consists of one expression.
func (s *sources) expression(dir string, e hcl.Expression) *definition {
	d := &definition{rng: e.Range(), refs: e.Variables(), dir: dir}
	node, ok := e.(hclsyntax.Node)
	if !ok {
		return d
	}
	// Only visiting: no diagnostics arise.
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		if call, ok := n.(*hclsyntax.FunctionCallExpr); ok {
			d.files = append(d.files, literalFile(dir, call)...)
		}
		return nil
	})
	return d
}

// literalFile is the file that a call reads, where its name is written out.
func literalFile(dir string, call *hclsyntax.FunctionCallExpr) []string {
	reads := strings.HasPrefix(call.Name, "file") || call.Name == "templatefile"
	if !reads || len(call.Args) == 0 {
		return nil
	}
	value, diags := call.Args[0].Value(&hcl.EvalContext{Variables: map[string]cty.Value{
		"path": cty.ObjectVal(map[string]cty.Value{"module": cty.StringVal(".")}),
	}})
	if diags.HasErrors() || !value.IsKnown() || value.IsNull() || value.Type().FriendlyName() != "string" {
		return nil
	}
	return []string{path.Join(dir, value.AsString())}
}

// of lists what the expression at r refers to, directly and through others,
// nearest first. block is the definition range of the asset's block.
func (s *sources) of(r, block hcl.Range, name string) []reached {
	if r == block {
		return nil // nothing set it
	}
	if list, ok := s.known[r]; ok {
		return list
	}
	s.known[r] = nil
	e, ok := s.parse(r)
	if !ok {
		return nil
	}
	own := s.expression(path.Dir(filepath.ToSlash(r.Filename)), e)
	own.name = s.attributeName(r, name)
	list := []reached{{own, 0}}
	seen := map[*definition]bool{own: true}
	for i := 0; i < len(list); i++ {
		for _, d := range s.next(list[i].def, block) {
			if !seen[d] {
				seen[d] = true
				list = append(list, reached{d, list[i].depth + 1})
			}
		}
	}
	s.known[r] = list
	return list
}

// parse reads the expression that stands at r.
func (s *sources) parse(r hcl.Range) (hclsyntax.Expression, bool) {
	f := s.project.Files[r.Filename]
	if f == nil || !r.CanSliceBytes(f.Bytes) || r.Empty() {
		return nil, false
	}
	e, diags := hclsyntax.ParseExpression(r.SliceBytes(f.Bytes), r.Filename, r.Start)
	return e, !diags.HasErrors()
}

// next lists what a definition refers to.
func (s *sources) next(d *definition, block hcl.Range) []*definition {
	var out []*definition
	for _, ref := range d.refs {
		root := ref.RootName()
		if root == "each" || root == "count" {
			if def := s.forEach[block]; def != nil {
				out = append(out, def)
			}
			continue
		}
		if len(ref) < 2 {
			continue
		}
		attr, ok := ref[1].(hcl.TraverseAttr)
		if !ok {
			continue
		}
		if def := s.defs[[2]string{d.dir, root + "." + attr.Name}]; def != nil {
			out = append(out, def)
		}
	}
	for _, name := range d.files {
		def := s.read[name]
		if def == nil {
			def = &definition{name: relative(s.project, name), data: true}
			s.read[name] = def
		}
		out = append(out, def)
	}
	return out
}

// attributeName says which attribute stands at r.
func (s *sources) attributeName(r hcl.Range, name string) string {
	block := s.project.Files[r.Filename].OutermostBlockAtPos(r.Start)
	switch {
	case block == nil:
		return name
	case block.Type == "defaults" && len(block.Labels) > 0:
		return fmt.Sprintf("%s in defaults %q", name, block.Labels[0])
	case len(block.Labels) > 0:
		return name + " of " + block.Type + "." + block.Labels[0]
	}
	return name
}

// place writes where something stands: "main.asset.hcl:12".
func place(p *config.Project, r hcl.Range) string {
	if r.Filename == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", relative(p, r.Filename), r.Start.Line)
}

// relative is a file's name as people know it.
func relative(p *config.Project, name string) string {
	if filepath.IsAbs(name) {
		if rel, err := filepath.Rel(p.Dir, filepath.FromSlash(name)); err == nil {
			name = rel
		}
	}
	return filepath.ToSlash(name)
}

// written are the places where a definition is written.
func (d *definition) written() []hcl.Range {
	if len(d.spans) == 0 {
		return []hcl.Range{d.rng}
	}
	return d.spans
}

// text is the source that stands at a place.
func (s *sources) text(rng hcl.Range) string {
	f := s.project.Files[rng.Filename]
	if f == nil || !rng.CanSliceBytes(f.Bytes) {
		return ""
	}
	return string(rng.SliceBytes(f.Bytes))
}
