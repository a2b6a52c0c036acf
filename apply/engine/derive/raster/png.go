package raster

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"
)

// The encoder of the standard library writes neither grey with alpha nor grey
// of less than 8 bits, and compresses as its release of Go does; this one
// compresses as the module's go.mod says, so that no toolchain changes a file.

// encodePNG writes the picture in the form that is likely to come out shortest:
// each way to write it is tried on a sample.
func encodePNG(w io.Writer, m *image.NRGBA) error {
	pixels := m.Rect.Dx() * m.Rect.Dy()
	level, trial := levelLarge, levelTrial
	if pixels <= smallPNG {
		level = levelSmall
	}
	if pixels <= tinyPNG {
		trial = level
	}
	every := 1 + pixels/(4*smallPNG)
	best, way, err := tried(m, trial, every)
	if err == nil {
		err = best.encode(w, m, way, level)
	}
	if err != nil {
		return fmt.Errorf("encode PNG: %w", err)
	}
	return nil
}

// tried returns the form, and the way to filter it, of which every so manieth
// band of rows is the shortest with its share of the head.
func tried(m *image.NRGBA, level, every int) (best form, way int, err error) {
	z, err := zlib.NewWriterLevel(io.Discard, level)
	if err != nil {
		return best, way, err
	}
	least := math.MaxInt
	for _, f := range formsOf(m) {
		for i := range f.ways() {
			n := counter(len(f.head(m)) / every)
			z.Reset(&n)
			if err := f.deflate(z, m, i, every); err != nil {
				return best, way, err
			}
			if int(n) < least {
				best, way, least = f, i, int(n)
			}
		}
	}
	return best, way, nil
}

// counter counts what is written.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// ways are how many of the ways to filter are worth a trial. Places in a palette
// say nothing of those beside them.
func (f *form) ways() int {
	if f.depth < 8 || f.colour == typePalette {
		return alwaysNone + 1
	}
	return ways
}

func (f *form) encode(w io.Writer, m *image.NRGBA, way, level int) error {
	if _, err := w.Write(f.head(m)); err != nil {
		return err
	}
	data := &dataChunks{w: w}
	z, err := zlib.NewWriterLevel(data, level)
	if err != nil {
		return err
	}
	if err := f.deflate(z, m, way, 1); err != nil {
		return err
	}
	if err := data.flush(); err != nil {
		return err
	}
	_, err = w.Write(pngChunk(nil, "IEND", nil))
	return err
}

// head is the file up to its pixels.
func (f *form) head(m *image.NRGBA) []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(nil, uint32(m.Rect.Dx()))
	head = binary.BigEndian.AppendUint32(head, uint32(m.Rect.Dy()))
	out = pngChunk(out, "IHDR", append(head, byte(f.depth), byte(f.colour), 0, 0, 0))
	if f.colors == nil {
		return out
	}
	var palette, alphas []byte
	for _, c := range f.colors {
		palette = append(palette, c.R, c.G, c.B)
		if c.A < 255 {
			alphas = append(alphas, c.A)
		}
	}
	out = pngChunk(out, "PLTE", palette)
	if alphas != nil {
		out = pngChunk(out, "tRNS", alphas)
	}
	return out
}

func pngChunk(to []byte, name string, data []byte) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(len(data)))
	at := len(to)
	to = append(append(to, name...), data...)
	return binary.BigEndian.AppendUint32(to, crc32.ChecksumIEEE(to[at:]))
}

// dataChunks writes compressed rows in chunks, so that no picture is held whole.
type dataChunks struct {
	w    io.Writer
	held []byte
}

const dataChunk = 1 << 20

func (d *dataChunks) Write(p []byte) (int, error) {
	all := len(p)
	for len(p) > 0 {
		n := min(len(p), dataChunk-len(d.held))
		d.held = append(d.held, p[:n]...)
		p = p[n:]
		if len(d.held) == dataChunk {
			if err := d.flush(); err != nil {
				return 0, err
			}
		}
	}
	return all, nil
}

func (d *dataChunks) flush() error {
	if len(d.held) == 0 {
		return nil
	}
	_, err := d.w.Write(pngChunk(nil, "IDAT", d.held))
	d.held = d.held[:0]
	return err
}

// Levels of compression. The best one takes up to ten times as long as the one
// below it, for some percent.
const (
	levelTrial = 6
	levelLarge = 8
	levelSmall = 9
	smallPNG   = 1 << 16 // pixels
	tinyPNG    = 1 << 12 // pixels; every trial is with the best level
)

// band is how many rows of a sample follow each other.
const band = 16

// deflate compresses the rows, or every so manieth band of them.
func (f *form) deflate(z *zlib.Writer, m *image.NRGBA, way, every int) error {
	pack := f.packer()
	filter := newFilter((m.Rect.Dx()*f.bits()+7)/8, f.bits()/8)
	for y := range m.Rect.Dy() {
		if y/band%every != 0 {
			continue
		}
		pack(filter.next(), row(m, y))
		if _, err := z.Write(filter.row(way)); err != nil {
			return err
		}
	}
	return z.Close()
}
