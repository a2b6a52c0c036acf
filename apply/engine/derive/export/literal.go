package export

import (
	"strconv"
	"strings"
)

// A value is what an object literal of JSON, TypeScript or GDScript has: fields,
// items, or a text or number.
type value struct {
	shape  shape
	text   string
	fields []field
	items  []value
	inline bool // on one line
}

type shape int

const (
	textShape shape = iota
	numberShape
	secondsShape // a number that need not be whole
	objectShape
	listShape
)

type field struct {
	name string
	value
}

func text(s string) value { return value{text: s} }
func number[T int | int64](n T) value {
	return value{shape: numberShape, text: strconv.FormatInt(int64(n), 10)}
}

// seconds writes a duration as short as it is exact.
func seconds(v float64) value {
	return value{shape: secondsShape, text: strconv.FormatFloat(v, 'f', -1, 64)}
}

func object(fields ...field) value { return value{shape: objectShape, fields: fields} }

// line is an object on one line.
func line(fields ...field) value { return value{shape: objectShape, fields: fields, inline: true} }

// fields of a record in the order in which people read them; what is not known
// is left out.
func (r *Record) fields() []field {
	var out []field
	add := func(name string, known bool, v value) {
		if known {
			out = append(out, field{name, v})
		}
	}
	add("address", true, text(r.Address))
	add("path", true, text(r.Path))
	add("type", r.Type != "", text(r.Type))
	add("width", r.Width > 0, number(r.Width))
	add("height", r.Height > 0, number(r.Height))
	add("duration", r.Duration > 0, seconds(r.Duration))
	add("bytes", r.Bytes > 0, number(r.Bytes))
	add("hash", r.Hash != "", text(r.Hash))
	add("alt", r.Alt != "", text(r.Alt))
	add("thumbhash", r.Thumbhash != "", text(r.Thumbhash))
	add("srcset", len(r.Srcset) > 0, sources(r.Srcset))
	add("frames", len(r.Frames) > 0, frames(r))
	return out
}

func sources(list []Source) value {
	out := value{shape: listShape}
	for _, s := range list {
		out.items = append(out.items, line(field{"path", text(s.Path)}, field{"type", text(s.Type)},
			field{"width", number(s.Width)}, field{"height", number(s.Height)}))
	}
	return out
}

// frames have their source's size in all frames of an atlas or in none, so that
// code reads all of them alike.
func frames(r *Record) value {
	trimmed := false
	for _, f := range r.Frames {
		trimmed = trimmed || f.Trimmed
	}
	out := value{shape: objectShape}
	for _, name := range r.frameNames() {
		f := r.Frames[name]
		v := line(rect(f.X, f.Y, f.W, f.H)...)
		if trimmed {
			v.fields = append(v.fields, field{"offset_x", number(f.OffsetX)}, field{"offset_y", number(f.OffsetY)},
				field{"source_w", number(f.SourceW)}, field{"source_h", number(f.SourceH)})
		}
		out.fields = append(out.fields, field{name, v})
	}
	return out
}

func rect(x, y, w, h int) []field {
	return []field{{"x", number(x)}, {"y", number(y)}, {"w", number(w)}, {"h", number(h)}}
}

// value is the group as a literal: its members by name, or its record.
func (g *group) value() value {
	if g.record != nil {
		return object(g.record.fields()...)
	}
	out := value{shape: objectShape}
	for _, m := range g.members {
		out.fields = append(out.fields, field{m.name, m.value()})
	}
	return out
}

// A notation is how a language writes such values.
type notation struct {
	dialect  dialect
	key      func(string) string
	indent   string
	trailing bool // a comma after the last one
	real     bool // what need not be whole has a point
}

func (n *notation) write(b *strings.Builder, v value, depth int, inline bool) {
	switch v.shape {
	case textShape:
		b.WriteString(n.dialect.quote(v.text))
	case objectShape:
		n.list(b, '{', '}', len(v.fields), depth, inline || v.inline, func(i int, inline bool) {
			b.WriteString(n.key(v.fields[i].name) + ": ")
			n.write(b, v.fields[i].value, depth+1, inline)
		})
	case listShape:
		n.list(b, '[', ']', len(v.items), depth, inline || v.inline, func(i int, inline bool) {
			n.write(b, v.items[i], depth+1, inline)
		})
	case secondsShape:
		b.WriteString(v.text)
		if n.real && !strings.Contains(v.text, ".") {
			b.WriteString(".0")
		}
	default:
		b.WriteString(v.text)
	}
}

// list writes so many parts between brackets, each on a line of its own or all
// on one.
func (n *notation) list(b *strings.Builder, open, end byte, count, depth int, inline bool, part func(int, bool)) {
	b.WriteByte(open)
	for i := range count {
		if !inline {
			b.WriteString("\n" + strings.Repeat(n.indent, depth+1))
		} else if i > 0 {
			b.WriteByte(' ')
		}
		part(i, inline)
		if i+1 < count || n.trailing && !inline {
			b.WriteByte(',')
		}
	}
	if !inline && count > 0 {
		b.WriteString("\n" + strings.Repeat(n.indent, depth))
	}
	b.WriteByte(end)
}
