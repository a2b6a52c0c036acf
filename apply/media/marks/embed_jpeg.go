package marks

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"fmt"
)

// What the segments of a JPEG with XMP begin with.
const (
	jpegMain      = "http://ns.adobe.com/xap/1.0/\x00"
	jpegExtension = "http://ns.adobe.com/xmp/extension/\x00"
	maxSegment    = 0xffff - 2
)

// jpegText is the segments that hold a packet. One that is too long for one is
// an extension (XMP, part 3, 1.1.3.1): the packet of the first segment names it
// by its checksum, and it lies in pieces behind. Programs that know no extension
// see the marks nevertheless.
func jpegText(xmp []byte) []byte {
	if len(jpegMain)+len(xmp) <= maxSegment {
		return segment([]byte(jpegMain), xmp)
	}
	body, about := xmp, `""`
	var list []wanted
	if p, err := parse(xmp); err == nil {
		body = xmp[p.root.from:p.root.end] // without what wraps it
		if p.about != "" {
			about = p.about
		}
		list = p.marks()
	}
	sum := fmt.Sprintf("%X", md5.Sum(body)) // the format's
	list = append(list, wanted{name: extension, text: sum})
	if len(jpegMain)+len(fresh(list, about)) > maxSegment {
		list, about = list[len(list)-1:], `""` // what is too long stands in the extension alone
	}
	b := segment([]byte(jpegMain), fresh(list, about))
	const most = 65400
	for at := 0; at < len(body); at += most {
		head := append([]byte(jpegExtension), sum...)
		head = binary.BigEndian.AppendUint32(head, uint32(len(body)))
		head = binary.BigEndian.AppendUint32(head, uint32(at))
		b = append(b, segment(head, body[at:min(at+most, len(body))])...)
	}
	return b
}

// marks are the properties that a packet has and people look for.
func (p *packet) marks() (list []wanted) {
	for _, w := range []wanted{{name: sourceType}, {name: credit}, {name: rights}} {
		if w.text = p.value(w.name); w.text != "" && len(w.text) <= longestText {
			list = append(list, w)
		}
	}
	return list
}

func segment(parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2)), body...)
}
