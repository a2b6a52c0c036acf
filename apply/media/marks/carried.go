package marks

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
)

// private is what a packet says of where a picture was taken and with which
// device, beside what EXIF says of it, and the small picture of what was there
// before it was cut.
var private = map[string][]string{
	spacePhotoshop: {"City", "State", "Country"},
	"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": {"Location", "CountryCode"},
	spaceIPTC:                       {"LocationCreated", "LocationShown"},
	"http://ns.adobe.com/tiff/1.0/": {"Make", "Model", "DateTime"},
	"http://ns.adobe.com/xap/1.0/":  {"Thumbnails"},
}

// devices are the namespaces of EXIF and of what cameras say of themselves, of
// where they fly, and of what else they put into the file beside its picture.
var devices = []string{
	"http://ns.adobe.com/exif/1.0/", "http://ns.adobe.com/exif/1.0/aux/", "http://cipa.jp/exif/1.0/", "http://cipa.jp/exif/2.32/",
	"http://ns.google.com/photos/1.0/camera/", "http://ns.google.com/photos/1.0/container/", "http://ns.adobe.com/hdr-gain-map/1.0/",
	"http://www.dji.com/drone-dji/1.0/",
}

// remote is where C2PA keeps a manifest that does not lie in the file.
var remote = xml.Name{Space: "http://purl.org/dc/terms/", Local: "provenance"}

// isBound reports whether a property is of the file that it stands in, or of
// nobody's business, and so goes along into no other one.
func isBound(n xml.Name) bool {
	return n == remote || n == extension || slices.Contains(devices, n.Space) || slices.Contains(private[n.Space], n.Local)
}

// Carried is what of a packet goes along into a picture that is encoded anew. It
// is all that it says, but for the place and the device, which EXIF is left out
// for too, also of what the picture was put together of; where a manifest of C2PA
// lies that was made for other bytes; and where the rest of the packet stood. Of a
// packet that strict readers refuse nobody can tell what is among that: nothing of
// it goes along.
func Carried(xmp []byte) []byte {
	if len(xmp) == 0 {
		return nil
	}
	b := clean(xmp)
	p, err := parse(b)
	if err != nil {
		return nil
	}
	var edits []edit
	for _, f := range p.props {
		if !isBound(f.name) {
			continue
		}
		if !f.attr { // with the line that it stands in
			f.from = len(bytes.TrimRight(b[:f.from], " \t\r\n"))
		}
		edits = append(edits, edit{f.from, f.to, ""})
	}
	return apply(b, edits)
}

// hasRemote reports whether a packet says where a manifest lies.
func (p *packet) hasRemote() bool {
	at := p.value(remote)
	return strings.HasPrefix(at, "https://") || strings.HasPrefix(at, "http://")
}

// IsPrivate reports whether a packet says where a picture was taken or with which
// device.
func IsPrivate(xmp []byte) bool {
	if len(xmp) == 0 {
		return false
	}
	p, err := parse(clean(xmp))
	return err == nil && slices.ContainsFunc(p.props, func(f property) bool {
		return isBound(f.name) && f.name != remote && f.name != extension
	})
}
