package marks

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// reader makes a packet of its tokens.
type reader struct {
	p     packet
	stack []level
	// bound are the namespaces of each prefix, the one that counts last.
	bound map[string][]string
	prop  *property // that is open
	item  *item
	// text and itemText are what they say so far.
	text, itemText []byte
}

// level is an element that is open.
type level struct {
	raw         string // its name as it is written
	name        xml.Name
	declared    []string // prefixes
	rdf         bool     // around all that the packet says
	description bool     // of what it is about
	property    bool
	item        bool
}

func (r *reader) token(t xml.Token, from, to int) error {
	switch t := t.(type) {
	case xml.StartElement:
		return r.open(t, from, to)
	case xml.EndElement:
		return r.close(rawName(t.Name), from, to)
	case xml.CharData:
		return r.characters(t)
	case xml.ProcInst:
		if strings.EqualFold(t.Target, "xml") && from > 0 {
			return errors.New("an XML declaration stands in it")
		}
	case xml.Directive:
		return errors.New("it has a document type") // whose entities nobody needs
	}
	return nil
}

func (r *reader) characters(text []byte) error {
	switch {
	case len(r.stack) == 0 && len(bytes.Trim(text, " \t\r\n\ufeff")) > 0:
		return errors.New("text stands around it")
	case r.item != nil:
		r.itemText = append(r.itemText, text...)
	case r.prop != nil:
		r.text = append(r.text, text...)
	}
	return nil
}

func rawName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// resolve finds the namespace of a name. An attribute without a prefix has none.
func (r *reader) resolve(n xml.Name, attr bool) (xml.Name, error) {
	switch {
	case strings.Contains(n.Local, ":"):
		return n, fmt.Errorf("%q is no name", rawName(n))
	case n.Space == "" && (attr || len(r.bound[""]) == 0):
		return n, nil
	case len(r.bound[n.Space]) == 0:
		return n, fmt.Errorf("nothing says what %q stands for", n.Space)
	}
	return xml.Name{Space: r.meaning(n.Space), Local: n.Local}, nil
}

// meaning is what a prefix stands for, "" for nothing.
func (r *reader) meaning(prefix string) string {
	if list := r.bound[prefix]; len(list) > 0 {
		return list[len(list)-1]
	}
	return ""
}

// outside is what a prefix stands for where an element stands, whatever that
// declares.
func (r *reader) outside(l *level, prefix string) string {
	list := r.bound[prefix]
	if slices.Contains(l.declared, prefix) {
		list = list[:len(list)-1]
	}
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// declare takes the namespaces that an element declares.
func (r *reader) declare(attrs []xml.Attr) (prefixes []string, err error) {
	for _, a := range attrs {
		prefix := a.Name.Local
		switch {
		case a.Name == xml.Name{Local: "xmlns"}:
			prefix = ""
		case a.Name.Space != "xmlns":
			continue
		case a.Value == "" || prefix == "xmlns" || (prefix == "xml") != (a.Value == spaceXML) || strings.Contains(prefix, ":"):
			return nil, fmt.Errorf("the prefix %q cannot stand for %q", prefix, a.Value)
		}
		r.bound[prefix] = append(r.bound[prefix], a.Value)
		prefixes = append(prefixes, prefix)
	}
	return prefixes, nil
}

func (r *reader) open(t xml.StartElement, from, to int) error {
	if len(r.stack) >= maxDepth {
		return errDeep
	}
	l := level{raw: rawName(t.Name)}
	var err error
	if l.declared, err = r.declare(t.Attr); err != nil {
		return err
	}
	if l.name, err = r.resolve(t.Name, false); err != nil {
		return err
	}
	attrs, err := r.attributes(t.Attr, from, to)
	if err != nil {
		return err
	}
	if err := r.frame(&l, from, to); err != nil {
		return err
	}
	r.enter(&l, from, attrs)
	if r.stack = append(r.stack, l); len(r.p.props) > maxProperties {
		return fmt.Errorf("it has more than %d properties that should be one each", maxProperties)
	}
	return nil
}

// frame takes the two elements around what a packet says.
func (r *reader) frame(l *level, from, to int) error {
	e := element{name: l.raw, from: from, to: to, alone: r.p.b[to-2] == '/', bound: r.meaning("rdf") == spaceRDF}
	if len(r.stack) <= 1 {
		for _, prefix := range l.declared {
			e.declared = append(e.declared, binding{prefix, r.meaning(prefix)})
		}
	}
	isRDF := l.name == xml.Name{Space: spaceRDF, Local: "RDF"}
	switch depth := len(r.stack); {
	case depth == 0 && r.p.root.name != "":
		return errors.New("a second one follows")
	case depth == 0 && !isRDF && l.name.Space != spaceMeta:
		return errNoXMP
	case depth == 0:
		r.p.root = e
	}
	if isRDF && len(r.stack) <= 1 && r.p.rdf.name == "" {
		r.p.rdf, l.rdf = e, true
	}
	return nil
}

// enter takes what an element says, and its attributes.
func (r *reader) enter(l *level, from int, attrs []attribute) {
	var parent level
	if n := len(r.stack); n > 0 {
		parent = r.stack[n-1]
	}
	switch {
	case parent.rdf && l.name == xml.Name{Space: spaceRDF, Local: "Description"}:
		l.description = true
		for _, a := range attrs {
			if about := a.name.Local == "about" && (a.name.Space == "" || a.name.Space == spaceRDF); about && r.p.about == "" {
				r.p.about = string(r.p.b[a.value[0]-1 : a.value[1]+1])
			}
			if isKnown(a.name) {
				r.p.props = append(r.p.props, property{name: a.name, from: a.from, to: a.value[1] + 1, attr: true, value: a.value, text: a.text})
			}
		}
	case parent.description && isKnown(l.name):
		l.property = true
		r.text = append(r.text[:0], valueOf(attrs, xml.Name{Space: spaceRDF, Local: "resource"})...)
		r.prop = &property{
			name: l.name, from: from,
			bound: r.outside(l, prefixes[l.name.Space]) == l.name.Space, rdf: r.outside(l, "rdf") == spaceRDF,
		}
	case r.prop == nil && isBound(l.name):
		l.property, r.text = true, r.text[:0]
		r.prop = &property{name: l.name, from: from, inner: true}
	case r.prop == nil:
		for _, a := range attrs {
			if isBound(a.name) {
				r.p.props = append(r.p.props, property{name: a.name, from: a.from, to: a.value[1] + 1, attr: true, inner: true})
			}
		}
	case r.item == nil && l.name.Space == spaceRDF && (l.name.Local == "li" || l.name.Local == "value"):
		l.item, r.itemText = true, r.itemText[:0]
		r.item = &item{language: valueOf(attrs, xml.Name{Space: spaceXML, Local: "lang"})}
	}
}

func isKnown(n xml.Name) bool { return n == sourceType || n == credit || n == rights || isBound(n) }

func (r *reader) close(raw string, from, to int) error {
	n := len(r.stack)
	if n == 0 || r.stack[n-1].raw != raw {
		return fmt.Errorf("its elements do not fit, at %q", raw)
	}
	l := r.stack[n-1]
	r.stack = r.stack[:n-1]
	if n == 1 {
		r.p.root.last, r.p.root.end = from, to
	}
	switch {
	case l.rdf:
		r.p.rdf.last, r.p.rdf.end = from, to
	case l.property:
		r.prop.to, r.prop.text = to, string(r.text)
		r.p.props = append(r.p.props, *r.prop)
		r.prop = nil
	case l.item:
		r.item.text = string(r.itemText)
		r.prop.items = append(r.prop.items, *r.item)
		r.item = nil
	}
	for _, prefix := range l.declared {
		list := r.bound[prefix]
		r.bound[prefix] = list[:len(list)-1]
	}
	return nil
}
