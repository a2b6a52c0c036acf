package marks

import (
	"encoding/xml"
	"strings"
)

// Namespaces of XMP, by their URI.
const (
	spaceMeta      = "adobe:ns:meta/"
	spaceRDF       = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	spaceXML       = "http://www.w3.org/XML/1998/namespace"
	spaceIPTC      = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
	spacePhotoshop = "http://ns.adobe.com/photoshop/1.0/"
	spaceDC        = "http://purl.org/dc/elements/1.1/"
	spaceNote      = "http://ns.adobe.com/xmp/note/"
)

// Properties that are read or written.
var (
	sourceType = xml.Name{Space: spaceIPTC, Local: "DigitalSourceType"}
	credit     = xml.Name{Space: spacePhotoshop, Local: "Credit"}
	rights     = xml.Name{Space: spaceDC, Local: "rights"}
	extension  = xml.Name{Space: spaceNote, Local: "HasExtendedXMP"}
)

// prefixes are those that people expect.
var prefixes = map[string]string{
	spaceIPTC: "Iptc4xmpExt", spacePhotoshop: "photoshop", spaceDC: "dc", spaceNote: "xmpNote",
}

// What assetform claims of the pictures that it makes, as the terms of IPTC's
// vocabulary have it.
const (
	Trained     = "trainedAlgorithmicMedia"              // a model made it
	Algorithmic = "algorithmicMedia"                     // a program drew it
	Composite   = "compositeWithTrainedAlgorithmicMedia" // it is put together, and a model made a part
)

const vocabulary = "cv.iptc.org/newscodes/digitalsourcetype/"

// codeOf is the term that the value of a DigitalSourceType stands for, "" if it
// is none of IPTC's. Terms are added to the vocabulary, so what looks like one
// is one; without the vocabulary in front some generators write those above.
func codeOf(value string) string {
	rest, ok := strings.CutPrefix(value, "http://")
	if !ok {
		rest = strings.TrimPrefix(value, "https://")
	}
	code, ok := strings.CutPrefix(rest, vocabulary)
	switch {
	case ok && len(rest) < len(value) && isTerm(code):
		return code
	case value == Trained, value == Algorithmic, value == Composite:
		return value
	}
	return ""
}

func isTerm(s string) bool {
	const longest = 64
	for i := range len(s) {
		letter := s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z'
		if !letter && (i == 0 || s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != "" && len(s) <= longest
}
