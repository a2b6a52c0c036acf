// Package marks reads and writes what a picture or a film says of where it came
// from: the packet of XMP with IPTC's DigitalSourceType, whom to credit and who
// has rights, and whether a manifest of C2PA lies in the file.
//
// It decides what counts as a mark, how one comes into a packet that others
// wrote, and where a packet stands in an encoded PNG, JPEG or WebP. What a file
// is its bytes tell, never its name.
//
// It never signs, checks or moves a manifest: that is made for the bytes it lies
// in. It claims nothing by itself and takes back nothing that others claimed:
// what a packet says stays, byte for byte, but for what the caller wants to
// stand there, and for what Carried leaves behind. It knows no asset and no lock, decodes no pixel, and of texts
// that it read it trusts none.
//
// The invariants:
//
//   - what is read was sent by a stranger: bytes, boxes, depth and names are
//     bounded, entities are not expanded, and no file makes it panic or loop;
//   - a packet that was patched is XML for strict readers, whatever it was, and
//     patching it again changes nothing;
//   - equal input gives equal bytes.
//
// Start reading at Read in marks.go and Patch in patch.go.
package marks
