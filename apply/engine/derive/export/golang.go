package export

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// goTypes stand below every tree of assets.
const goTypes = `
// An Asset is a file; what is empty or 0 is not known.
type Asset struct {
	Address   string
	Path      string
	Type      string
	Width     int
	Height    int
	Duration  float64
	Bytes     int64
	Hash      string
	Alt       string
	Thumbhash string
	Srcset    []Source
	Frames    map[string]Frame
}

// A Source is the same picture in another size or format.
type Source struct {
	Path   string
	Type   string
	Width  int
	Height int
}

// A Frame is where a sprite stands in its atlas, and in its own picture.
type Frame struct {
	X, Y, W, H       int
	OffsetX, OffsetY int
	SourceW, SourceH int
}
`

// golang writes one variable of struct types, as gofmt would. The types of
// groups have names of their own, so that the value needs no initialisation.
func (d *document) golang() ([]byte, error) {
	name := d.Package
	if name == "" {
		name = "assets"
	}
	if !token.IsIdentifier(name) || !isIdent(name) || name == "_" {
		return nil, fmt.Errorf("%q is no name of a package of Go", name)
	}
	root, err := goNames(d.root, goRoot)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("// " + Head + "\n\npackage " + name + "\n\n")
	b.WriteString("// Assets are by kind, name and key.\nvar Assets = ")
	root.value(&b, 0)
	b.WriteByte('\n')
	root.types(&b)
	b.WriteString(goTypes)
	return []byte(b.String()), nil
}

const goRoot = "assetTree"

// A goGroup is a group with what it is called in Go: the type's name, and the
// fields' of its members.
type goGroup struct {
	*group
	typeName string
	fields   []string
	members  []*goGroup
}

// goNames names a group's types after the way to it. Names begin with a capital,
// and an "_" in one is doubled, so that no two ways make one name.
func goNames(g *group, typeName string) (*goGroup, error) {
	out := &goGroup{group: g, typeName: typeName}
	if g.record != nil {
		out.typeName = "Asset"
		return out, nil
	}
	var err error
	out.fields, err = g.names("Go", func(m *group) string { return pascal(m.name, "X", unicode.IsUpper) })
	if err != nil {
		return nil, err
	}
	for i, m := range g.members {
		named, err := goNames(m, typeName+"_"+strings.ReplaceAll(out.fields[i], "_", "__"))
		if err != nil {
			return nil, err
		}
		out.members = append(out.members, named)
	}
	return out, nil
}

// types declares the group's type and those below it.
func (g *goGroup) types(b *strings.Builder) {
	if g.record != nil {
		return
	}
	if len(g.fields) == 0 {
		b.WriteString("\ntype " + g.typeName + " struct{}\n")
		return
	}
	width := 0
	for _, f := range g.fields {
		width = max(width, utf8.RuneCountInString(f))
	}
	b.WriteString("\ntype " + g.typeName + " struct {\n")
	for i, f := range g.fields {
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(f))
		b.WriteString("\t" + f + pad + " " + g.members[i].typeName + "\n")
	}
	b.WriteString("}\n")
	for _, m := range g.members {
		m.types(b)
	}
}

func (g *goGroup) value(b *strings.Builder, depth int) {
	if g.record != nil {
		goRecord(b, g.record, depth)
		return
	}
	b.WriteString(g.typeName + "{")
	indent := strings.Repeat("\t", depth)
	for i, m := range g.members {
		b.WriteString("\n" + indent + "\t" + g.fields[i] + ": ")
		m.value(b, depth+1)
		b.WriteByte(',')
	}
	if len(g.members) > 0 {
		b.WriteString("\n" + indent)
	}
	b.WriteByte('}')
}

// goRecord writes the fields on lines of their own, their values in a column;
// those of many lines end the column.
func goRecord(b *strings.Builder, r *Record, depth int) {
	indent := strings.Repeat("\t", depth)
	fields := goFields(r)
	width := 0
	for _, f := range fields {
		width = max(width, len(f[0]))
	}
	b.WriteString("Asset{\n")
	for _, f := range fields {
		b.WriteString(indent + "\t" + f[0] + ":" + strings.Repeat(" ", width-len(f[0])+1) + f[1] + ",\n")
	}
	if len(r.Srcset) > 0 {
		b.WriteString(indent + "\tSrcset: []Source{\n")
		for _, s := range r.Srcset {
			fmt.Fprintf(b, "%s\t\t{Path: %s, Type: %s, Width: %d, Height: %d},\n",
				indent, goDialect.quote(s.Path), goDialect.quote(s.Type), s.Width, s.Height)
		}
		b.WriteString(indent + "\t},\n")
	}
	if len(r.Frames) > 0 {
		b.WriteString(indent + "\tFrames: map[string]Frame{\n")
		for _, name := range r.frameNames() {
			f := r.Frames[name]
			b.WriteString(indent + "\t\t" + goDialect.quote(name) + ": {\n")
			fmt.Fprintf(b, "%s\t\t\tX: %d, Y: %d, W: %d, H: %d,\n", indent, f.X, f.Y, f.W, f.H)
			fmt.Fprintf(b, "%s\t\t\tOffsetX: %d, OffsetY: %d, SourceW: %d, SourceH: %d,\n",
				indent, f.OffsetX, f.OffsetY, f.SourceW, f.SourceH)
			b.WriteString(indent + "\t\t},\n")
		}
		b.WriteString(indent + "\t},\n")
	}
	b.WriteString(indent + "}")
}

// goFields are the fields of one line that are known, with their values.
func goFields(r *Record) [][2]string {
	var out [][2]string
	text := func(name, s string) {
		if s != "" {
			out = append(out, [2]string{name, goDialect.quote(s)})
		}
	}
	number := func(name, s string) {
		if s != "0" {
			out = append(out, [2]string{name, s})
		}
	}
	text("Address", r.Address)
	text("Path", r.Path)
	text("Type", r.Type)
	number("Width", strconv.Itoa(r.Width))
	number("Height", strconv.Itoa(r.Height))
	number("Duration", seconds(r.Duration).text)
	number("Bytes", strconv.FormatInt(r.Bytes, 10))
	text("Hash", r.Hash)
	text("Alt", r.Alt)
	text("Thumbhash", r.Thumbhash)
	return out
}
