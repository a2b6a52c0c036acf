package marks

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

// Want is what a packet should say. The zero value wants nothing.
type Want struct {
	// SourceType is Trained, Algorithmic or Composite. It is written where the
	// packet has no DigitalSourceType, and stands back for whatever it has.
	SourceType string
	// Credit and Rights take the place of what is there.
	Credit, Rights string
}

// longestText bounds one text that is written, in bytes: one segment of a JPEG
// holds both.
const longestText = 16 << 10

func (w Want) check() error {
	switch w.SourceType {
	case "", Trained, Algorithmic, Composite:
	default:
		return fmt.Errorf("no source type %q is written, only %s, %s or %s", w.SourceType, Trained, Algorithmic, Composite)
	}
	for _, t := range []struct{ name, text string }{{"credit", w.Credit}, {"rights", w.Rights}} {
		if len(t.text) > longestText {
			return fmt.Errorf("the %s has %d bytes, at most %d can be written into a picture", t.name, len(t.text), longestText)
		}
		if !isLegal([]byte(t.text)) {
			return fmt.Errorf("the %s %.40q has a character that cannot be written into a picture", t.name, t.text)
		}
	}
	return nil
}

// wanted is one property to write.
type wanted struct {
	name xml.Name
	text string
	fill bool // only where there is none
}

func (w Want) list() (list []wanted) {
	if w.SourceType != "" {
		list = append(list, wanted{sourceType, "http://" + vocabulary + w.SourceType, true})
	}
	if w.Credit != "" {
		list = append(list, wanted{credit, w.Credit, false})
	}
	if w.Rights != "" {
		list = append(list, wanted{rights, w.Rights, false})
	}
	return list
}

// Patch returns a packet that says what is wanted and, byte for byte, all that
// it said before; the packet itself if it says that already, and a new one where
// there was none (nil).
//
// Where anything is wanted, bytes that no XML can hold come out as U+FFFD. A
// packet that strict readers refuse for more than those gives way to a new one.
//
// Errors tell what cannot be written: a text, or more than 4 MiB.
func Patch(xmp []byte, want Want) ([]byte, error) {
	if err := want.check(); err != nil {
		return nil, err
	}
	list := want.list()
	if len(list) == 0 {
		return xmp, nil
	}
	if len(xmp) > maxPacket {
		return nil, errLarge
	}
	out := fresh(list, `""`)
	if p, err := parse(clean(xmp)); err == nil {
		out = p.patched(list)
	}
	if len(out) > maxPacket {
		return nil, errLarge
	}
	return out, nil
}

var errLarge = fmt.Errorf("its XMP has more than %d MiB", maxPacket>>20)

// edit puts a text in the place of some bytes.
type edit struct {
	from, to int
	text     string
}

// patched changes what is there, and adds what is not in a description of its
// own.
func (p *packet) patched(list []wanted) []byte {
	var edits []edit
	var missing []wanted
	for _, w := range list {
		old := p.named(w.name)
		if w.fill && p.value(w.name) != "" || len(old) == 1 && old[0].words() == w.text {
			continue
		}
		written := false
		for _, f := range old {
			switch {
			case written || f.attr && w.name == rights: // a list is none
				edits = append(edits, edit{f.from, f.to, ""})
			case f.attr:
				edits, written = append(edits, edit{f.value[0], f.value[1], escape(w.text)}), true
			default:
				edits, written = append(edits, edit{f.from, f.to, w.element(f.bound, f.rdf)}), true
			}
		}
		if !written {
			missing = append(missing, w)
		}
	}
	if len(missing) > 0 {
		edits = append(edits, p.addition(missing))
	}
	return apply(p.b, edits)
}

// addition is the edit that puts a description behind those that are there.
func (p *packet) addition(list []wanted) edit {
	about := p.about
	if about == "" {
		about = `""`
	}
	e, text, indent := p.rdf, description(list, about, p.rdf.bound), " "
	if e.name == "" {
		e, text, indent = p.root, inRDF(description(list, about, true)), ""
	}
	if e.alone {
		return edit{e.to - 2, e.to, ">\n" + text + indent + "</" + e.name + ">"}
	}
	at := len(bytes.TrimRight(p.b[:e.last], " \t"))
	if p.b[at-1] != '\n' {
		return edit{e.last, e.last, "\n" + text + indent}
	}
	return edit{at, at, text} // the last tag stands in a line of its own
}

// apply makes edits, of which none lie over each other.
func apply(b []byte, edits []edit) []byte {
	if len(edits) == 0 {
		return b
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(b[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.Write(b[at:])
	return out.Bytes()
}

// fresh is a packet that says what is wanted and nothing else.
func fresh(list []wanted, about string) []byte {
	return []byte("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		"<x:xmpmeta xmlns:x=\"" + spaceMeta + "\">\n" +
		inRDF(description(list, about, true)) +
		"</x:xmpmeta>\n<?xpacket end=\"w\"?>")
}

func inRDF(description string) string {
	return " <rdf:RDF xmlns:rdf=\"" + spaceRDF + "\">\n" + description + " </rdf:RDF>\n"
}

// description is an rdf:Description of what is wanted. It declares what it uses,
// "rdf" only where that stands for nothing else.
func description(list []wanted, about string, rdf bool) string {
	var b strings.Builder
	b.WriteString("  <rdf:Description rdf:about=" + about)
	if !rdf {
		b.WriteString("\n    xmlns:rdf=\"" + spaceRDF + "\"")
	}
	for i, w := range list {
		if !slices.ContainsFunc(list[:i], func(o wanted) bool { return o.name.Space == w.name.Space }) {
			b.WriteString("\n    xmlns:" + prefixes[w.name.Space] + "=\"" + w.name.Space + "\"")
		}
	}
	b.WriteString(">\n")
	for _, w := range list {
		b.WriteString("   " + w.element(true, true) + "\n")
	}
	b.WriteString("  </rdf:Description>\n")
	return b.String()
}

// element is the element that holds a property. It declares the prefixes that
// are not bound where it stands.
func (w wanted) element(bound, rdf bool) string {
	name := prefixes[w.name.Space] + ":" + w.name.Local
	declared, list := "", "<rdf:Alt>"
	if !bound {
		declared = " xmlns:" + prefixes[w.name.Space] + "=\"" + w.name.Space + "\""
	}
	if !rdf {
		list = "<rdf:Alt xmlns:rdf=\"" + spaceRDF + "\">"
	}
	text := escape(w.text)
	if w.name == rights {
		text = list + "<rdf:li xml:lang=\"x-default\">" + text + "</rdf:li></rdf:Alt>"
	}
	return "<" + name + declared + ">" + text + "</" + name + ">"
}

// escaper writes a text so that it means the same in an element and in quotes.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;", "\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

func escape(s string) string { return escaper.Replace(s) }
