package picture

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
)

// A PNG of 16 bits takes twice the memory of one of 8, and what is made of a
// picture has 8 bits mostly. thin rewrites one too large for the budget as it
// is read, a row at a time, with the upper half of each sample.
type thin struct {
	rows       *bufio.Reader
	last, row  []byte // without their filters
	half       []byte // what is written of it
	samples    int64  // bytes of a pixel
	left       int64  // rows
	packed     bytes.Buffer
	compressed *zlib.Writer // into packed
	out        bytes.Buffer // chunks
}

// isThick tells whether a PNG is to be rewritten. Where colours are converted
// all bits are needed; where one colour is transparent they tell which.
func (f *File) isThick() bool {
	return f.decoded > budget && f.png.head[8] == 16 && f.png.head[12] == 0 && f.png.alpha == nil && f.profile == nil && f.space == nil
}

// thinPNG is the file with 8 bits.
func (f *File) thinPNG() (io.Reader, error) {
	z, err := zlib.NewReader(f.idat())
	if err != nil {
		return nil, err
	}
	p := f.passes()[0]
	t := &thin{rows: bufio.NewReaderSize(z, 64<<10), last: make([]byte, p.bytes), row: make([]byte, p.bytes), left: p.rows}
	t.samples = p.bytes / int64(binary.BigEndian.Uint32(f.png.head))
	if t.compressed, err = zlib.NewWriterLevel(&t.packed, zlib.NoCompression); err != nil {
		return nil, err
	}
	head := bytes.Clone(f.png.head)
	head[8] = 8
	t.out.WriteString(pngSignature)
	writeChunk(&t.out, "IHDR", head)
	return t, nil
}

func (t *thin) Read(p []byte) (int, error) {
	for t.out.Len() == 0 {
		if t.left == 0 {
			return 0, io.EOF
		}
		if err := t.next(); err != nil {
			return 0, pixelError(err)
		}
		writeChunk(&t.out, "IDAT", t.packed.Bytes())
		t.packed.Reset()
		if t.left == 0 {
			writeChunk(&t.out, "IEND", nil)
		}
	}
	return t.out.Read(p)
}

// next undoes the filter of a row and writes its upper halves.
func (t *thin) next() error {
	filter, err := t.rows.ReadByte()
	if err != nil {
		return err
	}
	t.last, t.row = t.row, t.last
	if _, err := io.ReadFull(t.rows, t.row); err != nil {
		return err
	}
	if err := unfilter(filter, t.row, t.last, int(t.samples)); err != nil {
		return err
	}
	t.half = append(t.half[:0], 0) // no filter
	for i := 0; i < len(t.row); i += 2 {
		t.half = append(t.half, t.row[i])
	}
	if _, err := t.compressed.Write(t.half); err != nil {
		return err
	}
	if t.left--; t.left == 0 {
		return t.compressed.Close()
	}
	return t.compressed.Flush()
}

// paeth is the neighbour that comes nearest to a slope. Which one that is
// nobody can foresee, so there is no branch.
func paeth(left, above, corner int) byte {
	a, b := above-corner, left-corner
	c := a + b
	a, b, c = max(a, -a), max(b, -b), max(c, -c)
	nearest := left
	if b < a {
		nearest = above
	}
	if c < min(a, b) {
		nearest = corner
	}
	return byte(nearest)
}
