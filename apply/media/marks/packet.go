package marks

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A packet of XMP is XML around an rdf:RDF, with rdf:Descriptions in that, whose
// attributes and elements are properties. Any prefix may stand for any
// namespace. encoding/xml tells the tokens and refuses what is none; names,
// nesting and where everything stands are found here, because to change a packet
// without writing all of it anew takes its bytes.

// packet is what was found in a packet.
type packet struct {
	b     []byte
	root  element // xmpmeta or RDF
	rdf   element // its name is "" if there is none
	about string  // of the first rdf:Description, as it is written, with quotes
	props []property
}

// element is where an element begins and ends.
type element struct {
	name      string // as it is written
	from, to  int    // of its first tag
	last, end int    // of its last tag; to and to if the first one closes itself
	alone     bool   // it does
	bound     bool   // "rdf" stands for RDF inside
	declared  []binding
}

// binding is that a prefix stands for a namespace.
type binding struct{ prefix, space string }

// property is one property that this package knows: on the top level, or of what
// is bound to its file on any.
type property struct {
	name     xml.Name
	from, to int  // of the element, or of the attribute with the blanks in front
	attr     bool // and then its value stands, without quotes, at
	value    [2]int
	text     string
	inner    bool   // it is of something that the packet tells of
	items    []item // of a list, or a value that has qualifiers
	// bound is whether its usual prefix and "rdf" stand for what they should
	// where the element stands.
	bound, rdf bool
}

type item struct{ language, text string }

// words is what a property says to everyone.
func (f property) words() string {
	text := f.text
	for i, it := range f.items {
		if i == 0 || it.language == "x-default" {
			text = it.text
		}
		if it.language == "x-default" {
			break
		}
	}
	return strings.TrimSpace(text)
}

// named are the packet's own properties of that name; it should have one.
func (p *packet) named(name xml.Name) (list []property) {
	for _, f := range p.props {
		if f.name == name && !f.inner {
			list = append(list, f)
		}
	}
	return list
}

// value is the first that says anything.
func (p *packet) value(name xml.Name) string {
	for _, f := range p.named(name) {
		if s := f.words(); s != "" {
			return s
		}
	}
	return ""
}

// Bounds of a packet's XML.
const (
	maxDepth      = 100
	maxProperties = 1 << 12 // that are known, in one packet
)

var (
	errNoXMP = errors.New("it is no XMP")
	errDeep  = fmt.Errorf("it is nested more than %d deep", maxDepth)
)

// parse reads a packet. The error says why a strict reader would not.
func parse(b []byte) (*packet, error) {
	if len(b) > maxPacket {
		return nil, fmt.Errorf("it has more than %d MiB", maxPacket>>20)
	}
	if !isLegal(b) {
		return nil, errors.New("it has characters that no XML has")
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	r := &reader{p: packet{b: b}, bound: map[string][]string{"xml": {spaceXML}}}
	for {
		from := int(d.InputOffset())
		t, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = r.token(t, from, int(d.InputOffset()))
		}
		if err != nil {
			return nil, err
		}
	}
	if len(r.stack) > 0 || r.p.root.name == "" {
		return nil, errors.New("it is cut short")
	}
	return &r.p, nil
}

// isLegal reports whether all characters may stand in XML.
func isLegal(b []byte) bool {
	for i := 0; i < len(b); {
		c, n := utf8.DecodeRune(b[i:])
		if c == utf8.RuneError && n == 1 || !isCharacter(c) {
			return false
		}
		i += n
	}
	return true
}

func isCharacter(c rune) bool {
	return c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c <= 0xd7ff || c >= 0xe000 && c <= 0xfffd || c >= 0x10000 && c <= 0x10ffff
}

// clean is a packet with U+FFFD in the place of what may not stand in XML, and
// without the zeros that some programs end it with.
func clean(xmp []byte) []byte {
	xmp = bytes.TrimRight(xmp, "\x00")
	if isLegal(xmp) {
		return xmp
	}
	return bytes.Map(func(c rune) rune {
		if !isCharacter(c) {
			return utf8.RuneError
		}
		return c
	}, bytes.ToValidUTF8(xmp, []byte("\ufffd")))
}
