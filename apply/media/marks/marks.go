package marks

import (
	"errors"
	"io"

	"assetform/config/format"
	"assetform/config/picture"
)

// maxPacket bounds a packet of XMP, in bytes: config/picture reads no larger one.
const maxPacket = 4 << 20

// Marks is what a file says of where it came from. Texts are a stranger's: they
// are not redacted, and of any length that a packet has room for.
type Marks struct {
	// XMP is the packet, nil if there is none. What is no XML is in it too, and
	// is Unreadable.
	XMP        []byte
	Unreadable bool
	// SourceType is the last part of IPTC's DigitalSourceType, such as
	// "trainedAlgorithmicMedia"; "" if there is none, or something else in its
	// place. It is at most 64 letters and digits.
	SourceType string
	Credit     string // photoshop:Credit
	Rights     string // dc:rights, in the language that is meant for everyone
	// C2PA is whether there is a manifest of C2PA, or the packet says where one
	// lies. Whether it is valid nobody has looked.
	C2PA bool
}

// What a lock says of a manifest.
const (
	Kept = "kept"
	Lost = "lost" // the picture was encoded anew
)

// Entry is what a lock says of marks, only what was found or written. The zero
// value says nothing.
type Entry struct {
	C2PA       string `json:"c2pa,omitempty"`        // Kept or Lost
	SourceType string `json:"source_type,omitempty"` // as Marks has it
}

// Map is the entry as a lock has it; nil says nothing.
func (e Entry) Map() map[string]string {
	var m map[string]string
	for name, value := range map[string]string{"c2pa": e.C2PA, "source_type": e.SourceType} {
		if value == "" {
			continue
		}
		if m == nil {
			m = map[string]string{}
		}
		m[name] = value
	}
	return m
}

// EntryOf is the entry of an output that was made of one or more files. For one
// that is written as it was delivered, its own marks are those of its source.
func EntryOf(output Marks, sources ...Marks) Entry {
	e := Entry{SourceType: output.SourceType}
	for _, s := range sources {
		if s.C2PA {
			e.C2PA = Lost
		}
	}
	if output.C2PA {
		e.C2PA = Kept
	}
	return e
}

// HasPlace reports whether what is written in a format can say how it was made.
func HasPlace(mediaType string) bool {
	return mediaType == "image/png" || mediaType == "image/jpeg" || mediaType == "image/webp"
}

// Read finds the marks in a file of that many bytes. A file that is damaged has
// those that stand before the damage; one in a format that assetform does not
// take has none. Errors are those of r alone.
func Read(r io.ReaderAt, size int64) (Marks, error) {
	f := &file{r: r, size: size}
	head := make([]byte, min(max(size, 0), format.HeadBytes))
	if err := f.read(head, 0); err != nil {
		return Marks{}, f.failed
	}
	switch format.Sniff(head) {
	case "image/png":
		f.png()
	case "image/jpeg":
		f.jpeg()
	case "image/webp":
		f.webp()
	case "video/mp4":
		f.mp4()
		return f.marks(), f.failed
	default: // WebM has a place for neither
		return Marks{}, nil
	}
	if f.failed != nil {
		return Marks{}, f.failed
	}
	p, err := picture.Open(f, size)
	if err == nil {
		f.xmp = Joined(p.XMP, p.ExtendedXMP)
	}
	return f.marks(), f.failed
}

// OfPacket is what a packet of XMP says.
func OfPacket(xmp []byte) Marks { return (&file{xmp: xmp}).marks() }

// file is the search through one file.
type file struct {
	r      io.ReaderAt
	size   int64
	parts  int   // chunks, segments or boxes that were looked at
	failed error // of r

	xmp  []byte
	c2pa bool
}

var errDamaged = errors.New("the file is damaged")

// read fills p, or fails: for what lies behind the end with errDamaged.
func (f *file) read(p []byte, at int64) error {
	if at < 0 || at > f.size-int64(len(p)) {
		return errDamaged
	}
	if n, err := f.ReadAt(p, at); n < len(p) {
		if err == io.EOF {
			return errDamaged
		}
		return err
	}
	return nil
}

// ReadAt remembers what r itself fails with, which says nothing of the file.
func (f *file) ReadAt(p []byte, at int64) (int, error) {
	n, err := f.r.ReadAt(p, at)
	if err != nil && err != io.EOF && f.failed == nil {
		f.failed = err
	}
	return n, err
}

// part counts one part; no file of ours has so many that it fails.
func (f *file) part() error {
	const maxParts = 1 << 18
	if f.parts++; f.parts > maxParts {
		return errDamaged
	}
	return nil
}

func (f *file) marks() Marks {
	m := Marks{XMP: f.xmp, C2PA: f.c2pa}
	if len(f.xmp) == 0 {
		return m
	}
	p, err := parse(clean(f.xmp))
	if err != nil {
		m.Unreadable = true // nobody can tell what it says
		return m
	}
	m.SourceType = codeOf(p.value(sourceType))
	m.Credit, m.Rights = p.value(credit), p.value(rights)
	m.C2PA = m.C2PA || p.hasRemote()
	return m
}
