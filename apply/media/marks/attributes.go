package marks

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// attribute is one of an element's attributes.
type attribute struct {
	name  xml.Name
	from  int    // of the blanks in front of it
	value [2]int // where it stands, without quotes
	text  string
}

func valueOf(attrs []attribute, name xml.Name) string {
	for _, a := range attrs {
		if a.name == name {
			return a.text
		}
	}
	return ""
}

// attributes finds where the attributes of a tag stand, which encoding/xml does
// not tell, and refuses what it takes but others do not: two of one name, and
// two without a blank between.
func (r *reader) attributes(list []xml.Attr, from, to int) ([]attribute, error) {
	tag := r.p.b[from:to]
	at := 1
	for !isBlank(tag[at]) && tag[at] != '/' && tag[at] != '>' {
		at++
	}
	attrs := make([]attribute, 0, len(list))
	seen := make(map[xml.Name]bool, len(list))
	for _, a := range list {
		start := at
		at = skipBlanks(tag, at)
		equals := bytes.IndexByte(tag[at:], '=')
		if at == start || equals < 0 {
			return nil, fmt.Errorf("no blank stands before %q", rawName(a.Name))
		}
		open := skipBlanks(tag, at+equals+1)
		n := bytes.IndexByte(tag[open+1:], tag[open])
		if n < 0 {
			return nil, fmt.Errorf("%q has no quotes", rawName(a.Name))
		}
		at = open + n + 2
		name := a.Name
		if name.Space != "xmlns" {
			var err error
			if name, err = r.resolve(name, true); err != nil {
				return nil, err
			}
		}
		if seen[name] {
			return nil, fmt.Errorf("%q stands twice in one element", rawName(a.Name))
		}
		seen[name] = true
		attrs = append(attrs, attribute{name, from + start, [2]int{from + open + 1, from + open + 1 + n}, a.Value})
	}
	return attrs, nil
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// skipBlanks ends at the last byte of a tag at the latest, which is none.
func skipBlanks(tag []byte, at int) int {
	for at < len(tag)-1 && isBlank(tag[at]) {
		at++
	}
	return at
}
