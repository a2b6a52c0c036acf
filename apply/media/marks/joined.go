package marks

import (
	"bytes"
	"strings"
)

// Joined is what a JPEG's packet and the extension that it names say together, in
// one packet. Where the extension cannot be read, or its prefixes stand for
// something else in the packet, it is the packet alone.
func Joined(main, extended []byte) []byte {
	if len(extended) == 0 {
		return main
	}
	e, err := parse(clean(extended))
	if err != nil || e.rdf.name == "" || e.rdf.alone {
		return main
	}
	b := clean(main)
	p, err := parse(b)
	if err != nil || p.rdf.name == "" || p.rdf.alone {
		return main
	}
	if p.repeats(e) {
		return e.b
	}
	declared, ok := p.declaring(e)
	if !ok || len(main)+len(declared)+len(extended) > maxPacket {
		return main
	}
	inner := string(e.b[e.rdf.to:e.rdf.last])
	return apply(b, []edit{{p.rdf.to - 1, p.rdf.to - 1, declared}, {p.rdf.last, p.rdf.last, inner}})
}

// repeats reports whether a packet says nothing but the marks that its extension
// has too, as Embed writes it.
func (p *packet) repeats(e *packet) bool {
	about := e.about
	if about == "" {
		about = `""`
	}
	note := wanted{name: extension, text: p.value(extension)}
	return bytes.Equal(p.b, fresh(append(e.marks(), note), about)) || bytes.Equal(p.b, fresh([]wanted{note}, `""`))
}

// declaring is what has to stand in the tag of a packet's RDF so that what stands
// in that of another one keeps its meaning there; ok is false where it cannot.
func (p *packet) declaring(e *packet) (declared string, ok bool) {
	have := map[string]string{}
	for _, d := range append(p.root.declared, p.rdf.declared...) {
		have[d.prefix] = d.space
	}
	inner := map[string]string{}
	for _, d := range append(e.root.declared, e.rdf.declared...) {
		inner[d.prefix] = d.space
	}
	var b strings.Builder
	for _, d := range append(e.root.declared, e.rdf.declared...) {
		switch space, known := have[d.prefix]; {
		case inner[d.prefix] != d.space || known && space == d.space: // that of RDF counts
		case known || d.prefix == "":
			return "", false
		default:
			have[d.prefix] = d.space
			b.WriteString(" xmlns:" + d.prefix + `="` + escape(d.space) + `"`)
		}
	}
	return b.String(), true
}
