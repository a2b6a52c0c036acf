package marks

import (
	"bytes"
	"strings"
	"testing"
)

const carriedHead = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`

func packetOf(descriptions string) []byte {
	return []byte(carriedHead + descriptions + `</rdf:RDF></x:xmpmeta>`)
}

// TestCarried has what is of a place, a device and other bytes as attributes, as
// elements, in CDATA and under any prefix.
func TestCarried(t *testing.T) {
	t.Parallel()
	xmp := packetOf(`<rdf:Description rdf:about="" xmlns:e="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:core="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:aux="http://ns.adobe.com/exif/1.0/aux/" xmlns:terms="http://purl.org/dc/terms/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:note="http://ns.adobe.com/xmp/note/"
 e:GPSLatitude="52,31.2N" photoshop:City='SECRET' photoshop:Credit="Kept" aux:SerialNumber="SECRET" tiff:Artist="Kept" note:HasExtendedXMP="SECRET">
 <e:GPSLongitude>13,24.5E</e:GPSLongitude>
 <tiff:Make><![CDATA[SECRET]]></tiff:Make>
 <core:Location>SECRET</core:Location><core:CreatorContactInfo rdf:parseType="Resource"><core:CiEmailWork>Kept</core:CiEmailWork></core:CreatorContactInfo>
 <ext:LocationShown><rdf:Bag><rdf:li rdf:parseType="Resource"><ext:City>SECRET</ext:City></rdf:li></rdf:Bag></ext:LocationShown>
 <terms:provenance>https://cai.example/SECRET</terms:provenance>
 <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">Kept</rdf:li></rdf:Alt></dc:rights>
</rdf:Description><rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/"><exif:GPSAltitude>34/1</exif:GPSAltitude></rdf:Description>`)
	if m := OfPacket(xmp); !m.C2PA {
		t.Error("a manifest that lies elsewhere is not seen")
	}
	got := Carried(xmp)
	for _, gone := range []string{"SECRET", "GPSL", "52,31", "13,24", "34/1"} {
		if bytes.Contains(got, []byte(gone)) {
			t.Errorf("%s goes along:\n%s", gone, got)
		}
	}
	if n := bytes.Count(got, []byte("Kept")); n != 4 {
		t.Errorf("%d of 4 others are kept:\n%s", n, got)
	}
	if m := OfPacket(got); m.Credit != "Kept" || m.Rights != "Kept" || m.C2PA {
		t.Errorf("%+v of\n%s", m, got)
	}
	if again := Carried(got); !bytes.Equal(again, got) {
		t.Errorf("it is changed twice:\n%s", again)
	}
	for _, same := range []string{"", string(packetOf(`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/png"/>`))} {
		if got := Carried([]byte(same)); string(got) != same {
			t.Errorf("%q becomes %q", same, got)
		}
	}
}

// TestCarriedInside has such of what a picture was put together of, which says
// nothing of the picture.
func TestCarriedInside(t *testing.T) {
	t.Parallel()
	ingredient := `<rdf:li><rdf:Description e:GPSLatitude="SECRET" mm:DocumentID="Kept"><e:GPSLongitude e:unit="SECRET">SECRET<e:a>SECRET</e:a></e:GPSLongitude>` +
		`<terms:provenance>https://cai.example/SECRET</terms:provenance></rdf:Description></rdf:li>`
	space := ` xmlns:e="http://ns.adobe.com/exif/1.0/" xmlns:mm="http://ns.adobe.com/xap/1.0/mm/" xmlns:terms="http://purl.org/dc/terms/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:own="urn:own"`
	xmp := packetOf(`<rdf:Description rdf:about=""` + space + `><mm:Pantry><rdf:Bag>` + strings.Repeat(ingredient, 200) + `</rdf:Bag></mm:Pantry>` +
		`<xmp:Thumbnails><rdf:Alt><rdf:li>SECRET</rdf:li></rdf:Alt></xmp:Thumbnails></rdf:Description>` +
		`<own:Photo` + space + ` e:GPSAltitude="SECRET"><own:title>Kept</own:title></own:Photo>`)
	if m := OfPacket(xmp); m.C2PA || m.Unreadable {
		t.Errorf("the manifest of an ingredient is taken for the picture's: %+v", m)
	}
	got := Carried(xmp)
	if bytes.Contains(got, []byte("SECRET")) || bytes.Count(got, []byte("Kept")) != 201 {
		t.Errorf("%.2000s", got)
	}
	if OfPacket(got).Unreadable || !bytes.Equal(Carried(got), got) {
		t.Errorf("what is carried is no packet: %.2000s", got)
	}
}

// TestCarriedUnreadable has packets of which nobody can tell where the place
// stands in them.
func TestCarriedUnreadable(t *testing.T) {
	t.Parallel()
	place := `<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="52,31.2N"/>`
	whole := string(packetOf(place))
	var wide []byte
	for _, c := range whole {
		wide = append(wide, 0, byte(c))
	}
	for name, xmp := range map[string]string{
		"no XML":    "no XMP with exif:GPSLatitude",
		"cut short": whole[:len(whole)-5],
		"a prefix":  string(packetOf(place + `<dc:rights>a</dc:rights>`)),
		"UTF-16":    string(wide),
		"entities":  `<!DOCTYPE x [<!ENTITY a "` + strings.Repeat("a", 1000) + `"><!ENTITY b "` + strings.Repeat("&a;", 1000) + `">]>` + whole,
		"too much":  string(packetOf(strings.Repeat(place, maxProperties+1))),
	} {
		if got := Carried([]byte(xmp)); len(got) > 0 {
			t.Errorf("%s: %.300s", name, got)
		}
		if !OfPacket([]byte(xmp)).Unreadable {
			t.Errorf("%s is not said to be unreadable", name)
		}
		patched, err := Patch([]byte(xmp), Want{SourceType: Trained})
		if m := OfPacket(patched); err != nil || m.SourceType != Trained || bytes.Contains(patched, []byte("GPS")) {
			t.Errorf("%s: %v, %.300s", name, err, patched)
		}
	}
}

// TestExtended reads what one segment of a JPEG does not hold: as Embed writes
// it, and as others do, who part what they say.
func TestExtended(t *testing.T) {
	t.Parallel()
	photo := encoded(t, "image/jpeg", drawn(33, 17, 255))
	long := `<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>` + strings.Repeat("words ", 30000) + `</dc:description></rdf:Description>`
	own, err := Patch(packetOf(long), Want{Trained, "a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	m := read(t, embedded(t, photo, own, 1000))
	if !bytes.Equal(m.XMP, own) || m.SourceType != Trained || m.Credit != "a" {
		t.Errorf("of %d bytes %d came back: %+.200v", len(own), len(m.XMP), m)
	}

	sum := strings.Repeat("0123456789ABCDEF", 2)
	first := packetOf(`<rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="` + sum + `" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:Credit="a"/>`)
	rest := []byte(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">` +
		`<rdf:Description rdf:about="" Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/>` + long + `</rdf:RDF></x:xmpmeta>`)
	piece := func(sum string, whole, at int, text []byte) []byte {
		head := []byte(jpegExtension + sum)
		for _, v := range []int{whole, at} {
			head = append(head, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
		}
		return segment(head, text)
	}
	half := len(rest) / 3
	main := segment([]byte(jpegMain), first)
	parts := [][]byte{piece(sum, len(rest), 2*half, rest[2*half:]), piece(sum, len(rest), 0, rest[:half]), piece(sum, len(rest), half, rest[half:2*half])}
	other := piece(strings.Repeat("F", 32), 5, 0, []byte("<x/>."))
	joined := func(segments ...[]byte) Marks { return read(t, insert(photo, 2, bytes.Join(segments, nil))) }
	m = joined(parts[0], other, main, parts[1], parts[2])
	if m.SourceType != Trained || m.Credit != "a" || !bytes.Contains(m.XMP, []byte(strings.Repeat("words ", 30000))) {
		t.Errorf("of others: %+.300v", m)
	}
	if p, err := parse(Carried(m.XMP)); err != nil || len(p.named(extension)) > 0 {
		t.Errorf("carried: %v", err)
	}
	for name, segments := range map[string][][]byte{
		"one is missing": {main, parts[0], parts[1]}, "none is there": {main}, "of another packet": {main, other},
		"it is longer": {main, piece(sum, len(rest)+1, 0, rest[:half]), parts[2], parts[0]},
		"it is no XML": {main, piece(sum, 4, 0, []byte("<x>>"))},
	} {
		if m := joined(segments...); m.Credit != "a" || m.SourceType != "" {
			t.Errorf("%s: %+.200v", name, m)
		}
	}
}
