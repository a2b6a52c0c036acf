package picture

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"sync"
)

// setXMP takes a packet of XMP, the first of a file.
func (f *File) setXMP(packet []byte) {
	begins := bytes.TrimLeft(bytes.TrimPrefix(packet, []byte("\ufeff")), " \t\r\n")
	if f.XMP != nil || !bytes.HasPrefix(begins, []byte("<?xpacket")) && !bytes.HasPrefix(begins, []byte("<x:xmpmeta")) && !bytes.HasPrefix(begins, []byte("<rdf:RDF")) {
		return
	}
	f.XMP = turned().ReplaceAll(packet, []byte("${1}1${2}"))
}

// turned finds what XMP says of how the camera was held: decoded pictures
// stand upright.
var turned = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(tiff:Orientation(?:>|="|='))[2-8](<|"|')`) })

// textOf is the text of an iTXt chunk with that keyword, nil for another one.
func textOf(body []byte, keyword string) []byte {
	rest, ok := bytes.CutPrefix(body, []byte(keyword+"\x00"))
	if !ok || len(rest) < 2 {
		return nil
	}
	compressed := rest[0] == 1
	rest = rest[2:]
	for range 2 { // language and translated keyword
		if _, rest, ok = bytes.Cut(rest, []byte{0}); !ok {
			return nil
		}
	}
	if !compressed {
		return rest
	}
	z, err := zlib.NewReader(bytes.NewReader(rest))
	if err != nil {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(z, maxMetadata+1))
	if err != nil || len(b) > maxMetadata {
		return nil
	}
	return b
}
