package marks

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	nsRDF = ` xmlns:rdf="` + spaceRDF + `"`
	nsAll = ` xmlns:Iptc4xmpExt="` + spaceIPTC + `" xmlns:photoshop="` + spacePhotoshop + `" xmlns:dc="` + spaceDC + `"`
)

// around is a packet of one description with those attributes and that inside.
func around(attributes, inside string) string {
	return "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>\n<x:xmpmeta xmlns:x='adobe:ns:meta/'>\n <rdf:RDF" + nsRDF + ">\n" +
		"  <rdf:Description" + attributes + nsAll + ">" + inside + "</rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n   \n<?xpacket end='w'?>\n"
}

// packets are forms that a packet comes in, by the name of their golden file.
var packets = map[string]string{
	"none":              "",
	"bare":              "<rdf:RDF" + nsRDF + "/>",
	"wrapper-alone":     "<x:xmpmeta xmlns:x='adobe:ns:meta/' x:xmptk='t'/>",
	"wrapper-empty":     "<meta:xmpmeta xmlns:meta='adobe:ns:meta/'><!-- nothing --></meta:xmpmeta>",
	"foreign":           around(` rdf:about="" xmlns:x2="urn:x" x2:Model="m &amp; n"`, "\n   <x2:Seed>7</x2:Seed>\n  "),
	"attributes":        around(` rdf:about='uuid:"1"' Iptc4xmpExt:DigitalSourceType = "`+iptcURI+`digitalArt"`+"\n photoshop:Credit='it&apos;s' dc:rights='wrong'", ""),
	"elements":          around("", "<Iptc4xmpExt:DigitalSourceType>"+iptcURI+Composite+"</Iptc4xmpExt:DigitalSourceType><photoshop:Credit>a<![CDATA[<b>]]></photoshop:Credit><dc:rights><rdf:Alt><rdf:li xml:lang='de'>Rechte</rdf:li><rdf:li xml:lang='x-default'>r</rdf:li></rdf:Alt></dc:rights>"),
	"resource":          around("", `<Iptc4xmpExt:DigitalSourceType rdf:resource="`+iptcURI+Algorithmic+`"/>`),
	"empty-values":      around(` Iptc4xmpExt:DigitalSourceType=""`, "<photoshop:Credit/><dc:rights></dc:rights>"),
	"qualified":         around("", `<photoshop:Credit rdf:parseType="Resource"><rdf:value>q</rdf:value></photoshop:Credit>`),
	"other-prefixes":    `<RDF xmlns="` + spaceRDF + `" xmlns:r="` + spaceRDF + `"><Description r:about="u" xmlns:a="` + spaceIPTC + `" a:DigitalSourceType=""><b:Credit xmlns:b="` + spacePhotoshop + `">x</b:Credit><c:rights xmlns:c="` + spaceDC + `">y</c:rights></Description></RDF>`,
	"taken-prefixes":    `<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:rdf="urn:a" xmlns:dc="urn:b"><r:RDF xmlns:r="` + spaceRDF + `"><r:Description r:about="" dc:rights="not these"><y:rights xmlns:y="` + spaceDC + `">these</y:rights></r:Description></r:RDF></x:xmpmeta>`,
	"twice":             "<rdf:RDF" + nsRDF + nsAll + "><rdf:Description photoshop:Credit='1'/><rdf:Description><photoshop:Credit>2</photoshop:Credit><dc:rights>3</dc:rights><dc:rights>4</dc:rights></rdf:Description></rdf:RDF>",
	"nested":            around("", `<x2:Of xmlns:x2="urn:x" rdf:parseType="Resource"><photoshop:Credit>another picture's</photoshop:Credit><rdf:Description Iptc4xmpExt:DigitalSourceType="`+iptcURI+Trained+`"/></x2:Of>`),
	"cut":               "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF" + nsRDF + "><rdf:Descr",
	"unbound":           "<rdf:RDF><rdf:Description tiff:Orientation='1'/></rdf:RDF>",
	"other-document":    "<svg xmlns='http://www.w3.org/2000/svg'/>",
	"document-type":     "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><rdf:RDF" + nsRDF + ">&b;</rdf:RDF>",
	"no-characters":     around("", "<dc:rights>\xa9 R\xfcck</dc:rights><dc:title>\x01</dc:title>"),
	"zeros-behind":      around("", "<dc:title>t</dc:title>") + "\x00\x00",
	"twice-in-one":      around(` dc:rights="1" dc:rights="2"`, ""),
	"twice-by-meaning":  around(` xmlns:d="`+spaceDC+`" d:rights="1" dc:rights="2"`, ""),
	"no-blank":          `<rdf:RDF` + nsRDF + `><rdf:Description rdf:about=""rdf:ID="a"/></rdf:RDF>`,
	"second":            "<rdf:RDF" + nsRDF + "/><rdf:RDF" + nsRDF + "/>",
	"text-behind":       "<rdf:RDF" + nsRDF + "/>text",
	"elements-crossed":  "<rdf:RDF" + nsRDF + "><rdf:Description></rdf:RDF></rdf:Description>",
	"other-encoding":    "<?xml version='1.0' encoding='latin1'?><rdf:RDF" + nsRDF + "/>",
	"late-declaration":  "\n<?xml version='1.0'?><rdf:RDF" + nsRDF + "/>",
	"early-declaration": "<?xml version='1.0' encoding='UTF-8'?><rdf:RDF" + nsRDF + "></rdf:RDF>",
}

var all = Want{SourceType: Trained, Credit: `Studio "Ä" & <Sons>`, Rights: "© 2026\n'all'"}

// refused are those that strict readers refuse.
const refused = " cut unbound other-document document-type no-characters zeros-behind twice-in-one twice-by-meaning no-blank second text-behind elements-crossed other-encoding late-declaration "

func TestPatch(t *testing.T) {
	t.Parallel()
	for name, in := range packets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := parse([]byte(in)); (err != nil) != (in == "" || strings.Contains(refused, " "+name+" ")) {
				t.Errorf("parse: %v", err)
			}
			got, err := Patch([]byte(in), all)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".xmp")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			checkPatched(t, []byte(in), got, all)
		})
	}
}

// checkPatched holds what is so of every patched packet.
func checkPatched(t *testing.T, in, out []byte, want Want) {
	t.Helper()
	p, err := parse(out)
	if err != nil {
		t.Fatalf("strict readers refuse it: %v\n%q", err, out)
	}
	checkXML(t, out)
	in = clean(in)
	before, beforeErr := parse(in)
	had := ""
	if beforeErr == nil {
		had = before.value(sourceType)
		if a, b := foreign(t, in), foreign(t, out); !isPartOf(a, b) {
			t.Errorf("it lost something:\n%q\n%q", a, b)
		}
	}
	if had == "" && want.SourceType != "" {
		had = iptcURI + want.SourceType
	}
	if got := p.value(sourceType); got != had {
		t.Errorf("the source type is %q, want %q", got, had)
	}
	for _, test := range []struct {
		name xml.Name
		want string
	}{{credit, want.Credit}, {rights, want.Rights}} {
		list := p.named(test.name)
		if test.want != "" && (len(list) != 1 || list[0].words() != strings.TrimSpace(test.want)) {
			t.Errorf("%s is %+v, want %q", test.name.Local, list, test.want)
		}
	}
	again, err := Patch(out, want)
	if err != nil || !bytes.Equal(again, out) {
		t.Errorf("patched again it is (error %v)\n%q, not\n%q", err, again, out)
	}
}

func checkXML(t *testing.T, b []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(b)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("it is no XML: %v\n%q", err, b)
		}
	}
}

// foreign is what a packet says beside what is patched: elements, attributes and
// texts in their order.
func foreign(t *testing.T, b []byte) (list []string) {
	t.Helper()
	var path []xml.Name
	skipped := 0 // the depth of a property that is patched, 0 for none
	for d := xml.NewDecoder(bytes.NewReader(b)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if path = append(path, token.Name); skipped == 0 && isKnown(token.Name) && len(path) <= 4 {
				skipped = len(path)
			}
			if skipped > 0 {
				continue
			}
			list = append(list, "<"+token.Name.Space+" "+token.Name.Local)
			for _, a := range token.Attr {
				if !isKnown(a.Name) {
					list = append(list, a.Name.Space+" "+a.Name.Local+"="+a.Value)
				}
			}
		case xml.EndElement:
			if len(path) == skipped {
				skipped = 0
			}
			path = path[:len(path)-1]
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" && skipped == 0 {
				list = append(list, text)
			}
		case xml.Comment:
			if skipped == 0 {
				list = append(list, string(token))
			}
		}
	}
}

// isPartOf tells whether all of a stands in b in its order.
func isPartOf(a, b []string) bool {
	for _, s := range b {
		if len(a) > 0 && a[0] == s {
			a = a[1:]
		}
	}
	return len(a) == 0
}

// What is wanted already changes nothing, nor does what nobody wants.
func TestPatchKeeps(t *testing.T) {
	t.Parallel()
	said := around(` photoshop:Credit="c" Iptc4xmpExt:DigitalSourceType="`+iptcURI+`digitalCapture"`, "<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>r</rdf:li><rdf:li xml:lang='de'>R</rdf:li></rdf:Alt></dc:rights>")
	for name, test := range map[string]struct {
		xmp  string
		want Want
	}{
		"nothing wanted":             {said, Want{}},
		"nothing wanted of no XML":   {"<a", Want{}},
		"nothing wanted of nothing":  {"", Want{}},
		"all of it there":            {said, Want{Trained, "c", "r"}},
		"a source type that is none": {around(` Iptc4xmpExt:DigitalSourceType="by hand"`, ""), Want{SourceType: Trained}},
	} {
		if got, err := Patch([]byte(test.xmp), test.want); err != nil || string(got) != test.xmp {
			t.Errorf("%s: %q, error %v", name, got, err)
		}
	}
}

func TestPatchRefuses(t *testing.T) {
	t.Parallel()
	large := "<rdf:RDF" + nsRDF + ">" + strings.Repeat(" ", maxPacket-len(nsRDF)-len("<rdf:RDF></rdf:RDF>")) + "</rdf:RDF>"
	for name, test := range map[string]struct {
		xmp  string
		want Want
		err  string
	}{
		"a source type":  {"", Want{SourceType: "digitalCapture"}, `no source type "digitalCapture" is written`},
		"a character":    {"", Want{Credit: "a\x01"}, `the credit "a\x01" has a character`},
		"bytes":          {"", Want{Rights: "\xff"}, `the rights "\xff" has a character`},
		"a long text":    {"", Want{Credit: strings.Repeat("a", longestText+1)}, "at most 16384"},
		"a large packet": {large + " ", Want{Credit: "a"}, "more than 4 MiB"},
		"one that grows": {large, Want{Credit: "a"}, "more than 4 MiB"},
	} {
		if got, err := Patch([]byte(test.xmp), test.want); err == nil || !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %d bytes, error %v, want %q", name, len(got), err, test.err)
		}
	}
}

// Depth, names and attributes cost a bounded time.
func TestPatchHostile(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<rdf:RDF"+nsRDF+">", 20_000)
	var names strings.Builder
	for i := range 30_000 {
		names.WriteString(" xmlns:p" + strings.Repeat("a", i%3) + string(rune('a'+i%26)) + "='u'")
	}
	for name, in := range map[string]string{
		"deep":       deep,
		"attributes": "<rdf:RDF" + nsRDF + names.String() + "/>",
		"properties": "<rdf:RDF" + nsRDF + nsAll + ">" + strings.Repeat("<rdf:Description dc:rights='a'/>", 10_000) + "</rdf:RDF>",
		"items":      around("", "<dc:rights>"+strings.Repeat("<rdf:li/>", 50_000)+"</dc:rights>"),
		"text":       around("", "<dc:rights>"+strings.Repeat("a<!---->", 50_000)+"</dc:rights>"),
	} {
		got, err := Patch([]byte(in), all)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := parse(got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
