package picture

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"runtime/debug"

	"assetform/config/format"
)

// Bounds of what is read.
const (
	MaxPixels   = 64_000_000
	maxBytes    = 256 << 20
	maxMetadata = 4 << 20 // of a profile, or of EXIF
)

// Errors that say what keeps a file from being a picture.
var (
	ErrAnimated = errors.New("it is an animation, expected one picture")
	ErrCutShort = errors.New("the file is cut short")
)

// UnknownError says that a file is in none of the formats that are taken.
type UnknownError struct {
	Found string // as format.Describe says it
	Words string // the first words of a text; not redacted
}

func (e *UnknownError) Error() string {
	if e.Words == "" {
		return "found " + e.Found + ", expected a PNG, JPEG or WebP image"
	}
	return fmt.Sprintf("found %s that begins with %s, expected a PNG, JPEG or WebP image", e.Found, e.Words)
}

// MaxInput bounds the pictures that are sent with one request, in bytes: as
// Base64 they make 64 MiB.
const MaxInput = 48 << 20

const lacksEnd = "it lacks its end"

// File is a picture's file. What its exported fields say was read from it
// without decoding a pixel.
type File struct {
	Type          string // "image/png", "image/jpeg" or "image/webp"
	Width, Height int    // in pixels, as it is displayed
	// Animated is that a PNG has more pictures than the one that is read.
	Animated bool
	// Flaw is what is wrong with the file although programs show it: "it lacks
	// its end". Verify may find one too.
	Flaw string
	// XMP is what people and generators wrote of the picture, among it how it
	// was made; nil if there is nothing. It is a stranger's text. That the
	// picture lies on its side it says no more.
	XMP []byte
	// ExtendedXMP is the rest of it, a packet of its own, where a JPEG's first
	// one says that there is one and all of it is there.
	ExtendedXMP []byte

	r    io.ReaderAt
	size int64
	// stream is the file as its decoder wants it.
	stream func() io.Reader
	// decoding is how many bytes of memory it takes to decode its pixels, and
	// decoded how many they take then.
	decoding, decoded int64

	model       color.Model
	orientation int  // of EXIF, from 1 to 8
	clear       bool // a WebP may be
	profile     []byte
	space       *transform // to sRGB, of a PNG that has no profile
	png         pngFile
}

// Open reads the structure of a picture's file of that many bytes. It returns
// an *UnknownError for what is in another format.
func Open(r io.ReaderAt, size int64) (f *File, err error) {
	defer recovered(&err)
	head := make([]byte, min(size, format.HeadBytes))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	f = &File{Type: format.Sniff(head), r: r, size: size, orientation: 1}
	if size > maxBytes {
		return nil, fmt.Errorf("its %d bytes are more than %d", size, int64(maxBytes))
	}
	switch f.Type {
	case "image/png":
		err = f.openPNG()
	case "image/jpeg":
		err = f.openJPEG()
	case "image/webp":
		err = f.openWebP()
	default:
		found, words := format.Describe(head)
		if f.Type != "" {
			found = "a film"
		}
		return nil, &UnknownError{Found: found, Words: words}
	}
	if err != nil {
		return nil, err
	}
	if f.orientation > 4 {
		f.Width, f.Height = f.Height, f.Width
	}
	return f, nil
}

// config takes the size, which is as it is stored yet.
func (f *File) config(c image.Config) error {
	f.model = c.ColorModel
	if f.Width, f.Height = c.Width, c.Height; f.Width <= 0 || f.Height <= 0 {
		return errors.New("its width or height is 0")
	}
	if f.Width > MaxPixels || f.Height > MaxPixels || int64(f.Width)*int64(f.Height) > MaxPixels {
		return fmt.Errorf("its %d x %d pixels are more than %d million", f.Width, f.Height, MaxPixels/1_000_000)
	}
	return nil
}

// MayBeClear tells whether the picture may have parts that are not opaque;
// often only its pixels tell.
func (f *File) MayBeClear() bool {
	switch f.Type {
	case "image/png":
		return f.png.alpha != nil || f.png.head[9]&4 != 0
	case "image/webp":
		return f.clear
	}
	return false
}

// IsStraight reports whether the pixels are stored as they are displayed:
// upright, and in the colours of sRGB or in some that nothing is said of.
func (f *File) IsStraight() bool {
	var m image.Image = &image.NRGBA{}
	switch f.model {
	case color.CMYKModel:
		return false
	case color.GrayModel, color.Gray16Model:
		m = &image.Gray{}
	}
	g, space := f.conversion(m)
	return f.orientation <= 1 && g == nil && space == nil
}

// pixels is how many there are.
func (f *File) pixels() int64 { return int64(f.Width) * int64(f.Height) }

// Verify goes through the file to its last pixel; nothing less shows that it
// was not cut or altered.
func (f *File) Verify() (err error) {
	defer recovered(&err)
	if f.Type == "image/png" {
		return f.verifyPNG() // without holding it
	}
	return within(f.decoding, func() error {
		_, err := f.raw()
		return err
	})
}

// Decode returns the picture as it is displayed, in the colours of sRGB. Its
// bounds begin at 0,0. Where many may be decoded, Use bounds the memory.
func (f *File) Decode() (m image.Image, err error) {
	defer recovered(&err)
	m, err = f.raw()
	if err != nil {
		return nil, err
	}
	if f.decoding-f.decoded >= budget {
		debug.FreeOSMemory() // or what follows would be taken beside what only decoding took
	}
	if f.Type == "image/webp" {
		m = trueColours(m)
	}
	m = f.inColour(m)
	return upright(m, f.orientation), nil
}

// Use decodes the picture and calls use with it. All that are in use at a time
// fit into one amount of memory, or one larger than that is alone; so use must
// keep nothing of it and open no other one.
func (f *File) Use(use func(image.Image) error) error {
	return within(f.Memory(), func() error {
		m, err := f.Decode()
		if err != nil {
			return err
		}
		return use(m)
	})
}

// Memory is how many bytes are taken at a time to decode the picture and bring it
// upright and into the colours of sRGB.
func (f *File) Memory() int64 {
	most := max(f.decoding, f.decoded)
	if f.profile != nil || f.space != nil || f.Type == "image/webp" {
		most = max(most, f.decoded+4*f.pixels())
	}
	if f.orientation > 1 {
		most = max(most, f.decoded+4*f.pixels(), 8*f.pixels())
	}
	return most
}

// raw decodes the pixels as they are stored.
func (f *File) raw() (image.Image, error) {
	switch f.Type {
	case "image/png":
		return f.decodePNG()
	case "image/jpeg":
		return f.decodeJPEG()
	}
	return f.decodeWebP()
}

// recovered makes an error of a panic. The decoders have been fuzzed for years,
// but what they read here was sent by a stranger: that is one bad file, not the
// end of an apply.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the file is damaged: %v", p)
	}
}

func (f *File) section(at, n int64) *io.SectionReader { return io.NewSectionReader(f.r, at, n) }

// metadata reads a part of the file that says something of the picture, nil
// for one too large to be that.
func (f *File) metadata(at, n int64) []byte {
	if n > maxMetadata {
		return nil
	}
	b := make([]byte, n)
	if _, err := f.r.ReadAt(b, at); err != nil && err != io.EOF {
		return nil
	}
	return b
}

// OpenInput opens a picture that is to be sent to a service. What it takes is
// what every service takes: one still PNG, JPEG or WebP that has no flaw, since
// programs differ in which they pass over.
func OpenInput(r io.ReaderAt, size int64) (*File, error) {
	f, err := OpenResult(r, size)
	switch {
	case err != nil:
		return nil, err
	case f.Flaw == lacksEnd:
		return nil, ErrCutShort
	case f.Flaw != "":
		return nil, fmt.Errorf("%s; open it in a program that does not mind, and save it again", f.Flaw)
	}
	return f, nil
}

// OpenResult is OpenInput for what an engine delivered as an asset's result,
// which may have a flaw: it was taken with it.
func OpenResult(r io.ReaderAt, size int64) (*File, error) {
	if size > MaxInput {
		return nil, fmt.Errorf("it has more than %d MiB", MaxInput>>20)
	}
	f, err := Open(r, size)
	if err == nil && f.Animated {
		err = ErrAnimated
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}
