package picture

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"sync"
)

const (
	pngSignature = "\x89PNG\r\n\x1a\n"
	pngFrame     = 12 // length, name and checksum of a chunk
	maxChunks    = 1 << 18
)

// pngFile is where the chunks of a PNG lie that make its picture.
type pngFile struct {
	head     []byte // IHDR
	palette  []byte
	alpha    []byte // tRNS
	pixelsAt int64  // the first IDAT
	pixels   int64  // bytes of all that follow it without a gap
	said     colourChunks
}

// buffered reads so many bytes with no more memory than they need.
func buffered(r io.Reader, n int64) *bufio.Reader { return bufio.NewReaderSize(r, int(min(n, 64<<10))) }

// openPNG walks the chunks. What is wrong with one that makes no pixel is a
// flaw, as it is for browsers; so is an end that is missing where no pixel is.
func (f *File) openPNG() error {
	w := &chunkWalk{r: buffered(f.section(0, f.size), f.size), at: int64(len(pngSignature))}
	if _, err := w.r.Discard(len(pngSignature)); err != nil {
		return ErrCutShort
	}
	over := false // the pixels are
	for n := 0; ; n++ {
		if n > maxChunks {
			return fmt.Errorf("it has more than %d chunks", maxChunks)
		}
		c, err := w.next(f.size)
		if err != nil {
			return err
		}
		over = over || f.png.pixelsAt > 0 && c.name != "IDAT"
		if c.name == "IDAT" && !over {
			if f.png.pixelsAt == 0 {
				f.png.pixelsAt = c.at
			}
			f.png.pixels += c.n
		}
		switch { // whether all pixels are there, only decoding tells: they have a checksum of their own
		case c.cut:
			f.Flaw = lacksEnd
			return f.pngHeader()
		case c.damaged && (c.name == "IHDR" || c.name == "PLTE"):
			return fmt.Errorf("the checksum of its chunk %q is wrong", c.name)
		case c.damaged:
			f.Flaw = fmt.Sprintf("the checksum of its chunk %q is wrong", c.name)
		default:
			f.pngChunk(c)
		}
		if c.name == "IEND" {
			return f.pngHeader()
		}
	}
}

// pngChunk takes what a chunk says of the picture.
func (f *File) pngChunk(c chunk) {
	switch c.name {
	case "IHDR":
		f.png.head = c.body
	case "PLTE":
		f.png.palette = c.body
	case "tRNS":
		f.png.alpha = c.body
	case "acTL":
		f.Animated = true
	case "eXIf":
		f.orientation = orientationOf(c.body)
	case "iTXt":
		if packet := textOf(c.body, "XML:com.adobe.xmp"); packet != nil {
			f.setXMP(packet)
		}
	case "iCCP":
		f.profile = unpackedProfile(c.body)
	default:
		f.png.said.take(c.name, c.body)
	}
}

// pngHeader makes what the chunks said the file's.
func (f *File) pngHeader() error {
	if f.png.head == nil || f.png.pixelsAt == 0 {
		return ErrCutShort
	}
	f.pngAlpha()
	f.stream = f.cleanPNG
	c, err := png.DecodeConfig(f.stream())
	if err != nil {
		return err
	}
	if err := f.config(c); err != nil {
		return err
	}
	if f.profile == nil {
		f.space = f.png.said.transform()
	}
	depth, colour := int64(f.png.head[8]), f.png.head[9]
	switch {
	case depth == 16 && colour == 0 && f.png.alpha == nil:
		f.decoded = 2 * f.pixels()
	case depth == 16:
		f.decoded = 8 * f.pixels()
	case colour == 3, colour == 0 && f.png.alpha == nil:
		f.decoded = f.pixels()
	default:
		f.decoded = 4 * f.pixels()
	}
	if f.isThick() {
		f.decoded = 4 * f.pixels()
	}
	f.decoding = f.decoded
	if f.png.head[12] != 0 {
		f.decoding += f.decoded / 2 // the last of the passes
	}
	return nil
}

// pngAlpha forgets what is said of transparency where it cannot be that: a
// decoder of ours would fail, and others pass over it.
func (f *File) pngAlpha() {
	if f.png.alpha == nil || len(f.png.head) != 13 {
		return
	}
	n, ok := len(f.png.alpha), false
	switch f.png.head[9] {
	case 0:
		ok = n == 2
	case 2:
		ok = n == 6
	case 3:
		ok = n <= len(f.png.palette)/3
	}
	if !ok {
		f.png.alpha, f.Flaw = nil, `its chunk "tRNS" fits no picture of its kind`
	}
}

// A chunk of a PNG.
type chunk struct {
	name  string
	at, n int64 // its place in the file, and the bytes that it holds
	// body is what it holds; of pixels and of what is too large for metadata
	// it is nothing.
	body    []byte
	damaged bool // its checksum is wrong
	cut     bool // the file ends in it, or before it
}

// chunkWalk reads the chunks of a PNG one after the other.
type chunkWalk struct {
	r  *bufio.Reader
	at int64
}

func (w *chunkWalk) next(size int64) (chunk, error) {
	var h [8]byte
	switch _, err := io.ReadFull(w.r, h[:]); err {
	case nil:
	case io.EOF, io.ErrUnexpectedEOF:
		return chunk{cut: true}, nil
	default:
		return chunk{}, err
	}
	c := chunk{name: string(h[4:]), at: w.at, n: int64(binary.BigEndian.Uint32(h[:]))}
	if left := size - w.at - 8; c.n > left {
		c.n, c.cut = left, true
	}
	sum := crc32.NewIEEE()
	sum.Write(h[4:])
	var body bytes.Buffer
	var to io.Writer = sum
	if c.name != "IDAT" && c.n <= maxMetadata {
		to = io.MultiWriter(sum, &body)
	}
	if _, err := io.CopyN(to, w.r, c.n); err != nil {
		return chunk{}, err
	}
	c.body = body.Bytes()
	w.at += c.n + pngFrame
	var check [4]byte
	if n, _ := io.ReadFull(w.r, check[:]); n < len(check) {
		c.cut = true
	}
	c.damaged = binary.BigEndian.Uint32(check[:]) != sum.Sum32()
	return c, nil
}

// cleanPNG is the file as a decoder wants it: what makes the picture, each
// with its checksum, and an end.
func (f *File) cleanPNG() io.Reader {
	var b bytes.Buffer
	b.WriteString(pngSignature)
	writeChunk(&b, "IHDR", f.png.head)
	if len(f.png.head) == 13 && f.png.head[9] == 3 {
		writeChunk(&b, "PLTE", f.png.palette)
	}
	if f.png.alpha != nil {
		writeChunk(&b, "tRNS", f.png.alpha)
	}
	binary.Write(&b, binary.BigEndian, uint32(f.png.pixels))
	sum := crc32.NewIEEE()
	sum.Write([]byte("IDAT"))
	b.WriteString("IDAT")
	return io.MultiReader(&b, io.TeeReader(f.idat(), sum), &lateChunk{func(b *bytes.Buffer) {
		binary.Write(b, binary.BigEndian, sum.Sum32())
		writeChunk(b, "IEND", nil)
	}, nil})
}

func writeChunk(b *bytes.Buffer, name string, body []byte) {
	binary.Write(b, binary.BigEndian, uint32(len(body)))
	start := b.Len()
	b.WriteString(name)
	b.Write(body)
	binary.Write(b, binary.BigEndian, crc32.ChecksumIEEE(b.Bytes()[start:]))
}

// lateChunk is written when it is read.
type lateChunk struct {
	write func(*bytes.Buffer)
	b     *bytes.Buffer
}

func (l *lateChunk) Read(p []byte) (int, error) {
	if l.b == nil {
		l.b = &bytes.Buffer{}
		l.write(l.b)
	}
	return l.b.Read(p)
}

// idat reads the compressed pixels of all chunks as one stream.
func (f *File) idat() io.Reader {
	size := f.size - f.png.pixelsAt
	return &idatReader{r: buffered(f.section(f.png.pixelsAt, size), size), left: f.png.pixels}
}

type idatReader struct {
	r     *bufio.Reader
	left  int64 // in all chunks
	chunk int64 // in this one
	begun bool
}

func (d *idatReader) Read(p []byte) (int, error) {
	if d.left == 0 {
		return 0, io.EOF
	}
	for d.chunk == 0 {
		if d.begun {
			if _, err := d.r.Discard(4); err != nil { // the checksum
				return 0, ErrCutShort
			}
		}
		var h [8]byte
		if _, err := io.ReadFull(d.r, h[:]); err != nil {
			return 0, ErrCutShort
		}
		d.begun, d.chunk = true, int64(binary.BigEndian.Uint32(h[:]))
	}
	n, err := d.r.Read(p[:min(int64(len(p)), d.chunk, d.left)])
	d.chunk -= int64(n)
	d.left -= int64(n)
	return n, err
}

func (f *File) decodePNG() (image.Image, error) {
	r := f.stream()
	if f.isThick() {
		var err error
		if r, err = f.thinPNG(); err != nil {
			return nil, pixelError(err)
		}
	}
	m, err := png.Decode(r)
	if err != nil { // in words of its own, whatever the file has
		if verified := f.verifyPNG(); verified != nil {
			err = verified
		}
		return nil, err
	}
	return m, nil
}

// verifyPNG unpacks the pixels without keeping them, and counts them: what a
// decoder does beside that cannot fail.
func (f *File) verifyPNG() error {
	u := unpackers.Get().(*unpacker)
	defer unpackers.Put(u)
	z, err := u.unpack(f.idat())
	if err != nil {
		return pixelError(err)
	}
	var rows int64
	for _, p := range f.passes() {
		rows += int64(p.rows) * (int64(p.bytes) + 1)
	}
	r := buffered(z, rows)
	for _, p := range f.passes() {
		for range p.rows {
			filter, err := r.ReadByte()
			if err != nil {
				return pixelError(err)
			}
			if filter > 4 {
				return errors.New("its pixels are damaged")
			}
			if err := discard(r, p.bytes); err != nil {
				return pixelError(err)
			}
		}
	}
	switch _, err := r.ReadByte(); err {
	case io.EOF: // the checksum was right
		return nil
	case nil:
		return errors.New("too much pixel data")
	default:
		return pixelError(err)
	}
}

// An unpacker has 45 KB of buffers, many times what a small picture takes.
type unpacker struct {
	packed *bufio.Reader
	z      io.Reader // nil before the first
}

var unpackers = sync.Pool{New: func() any { return &unpacker{packed: bufio.NewReader(nil)} }}

// unpack returns a reader until the next call.
func (u *unpacker) unpack(packed io.Reader) (io.Reader, error) {
	u.packed.Reset(packed)
	if u.z != nil {
		return u.z, u.z.(zlib.Resetter).Reset(u.packed, nil)
	}
	z, err := zlib.NewReader(u.packed)
	if err == nil {
		u.z = z
	}
	return z, err
}

// discard passes over n bytes, of which there may be more than an int holds.
func discard(r *bufio.Reader, n int64) error {
	for n > 0 {
		d, err := r.Discard(int(min(n, 1<<30)))
		if n -= int64(d); err != nil {
			return err
		}
	}
	return nil
}

func pixelError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrCutShort
	}
	return fmt.Errorf("its pixels are damaged: %w", err)
}

// A pass is one of the pictures that a PNG is written as: one, or seven that
// are woven into each other.
type pass struct {
	rows  int64
	bytes int64 // of a row
}

func (f *File) passes() []pass {
	w, h := int64(binary.BigEndian.Uint32(f.png.head)), int64(binary.BigEndian.Uint32(f.png.head[4:]))
	bits := int64(f.png.head[8]) * map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[f.png.head[9]]
	of := func(w, h int64) pass {
		if w <= 0 || h <= 0 {
			return pass{}
		}
		return pass{rows: h, bytes: (w*bits + 7) / 8}
	}
	if f.png.head[12] == 0 {
		return []pass{of(w, h)}
	}
	var list []pass
	for _, s := range [][4]int64{{8, 8, 0, 0}, {8, 8, 4, 0}, {4, 8, 0, 4}, {4, 4, 2, 0}, {2, 4, 0, 2}, {2, 2, 1, 0}, {1, 2, 0, 1}} {
		list = append(list, of((w-s[2]+s[0]-1)/s[0], (h-s[3]+s[1]-1)/s[1]))
	}
	return list
}
