package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"slices"
)

// maxScans bounds the passes in which a JPEG gives its picture. Each is decoded
// over the whole of it, and takes only a few bytes of the file; encoders write
// about ten.
const maxScans = 200

// Markers of JPEG; MarkerNone is none and stands for bytes that belong to no
// segment and no pixels, which decoders pass over.
const (
	MarkerNone    = 0x00
	markerEnd     = 0xd9
	markerScan    = 0xda
	MarkerComment = 0xfe
)

// openJPEG walks the segments. One without its end marker is cut short: browsers
// leave its last rows out.
func (f *File) openJPEG() error {
	f.stream = func() io.Reader { return f.section(0, f.size) }
	c, err := jpeg.DecodeConfig(f.stream())
	if err == nil {
		err = f.config(c)
	}
	if err != nil {
		return jpegError(err)
	}
	progressive, components := false, 0
	var samples int64 // of all components, by 64 of the first
	var icc [][]byte
	var extended extendedXMP
	_, err = WalkJPEG(f.section(0, f.size), func(marker byte, at, n int64) error {
		switch {
		case marker >= 0xc0 && marker <= 0xc2 && n >= 6:
			b := f.metadata(at, n)
			components, progressive = int(b[5]), marker == 0xc2
			samples = samplesOf(b[6:], components)
		case marker == 0xe1:
			b := f.metadata(at, n)
			if bytes.HasPrefix(b, []byte("Exif\x00\x00")) && f.orientation == 1 {
				f.orientation = orientationOf(b)
			}
			if packet, ok := bytes.CutPrefix(b, []byte("http://ns.adobe.com/xap/1.0/\x00")); ok {
				f.setXMP(packet)
			}
			extended.take(b)
		case marker == 0xe2 && len(icc) < 256:
			if b := f.metadata(at, n); bytes.HasPrefix(b, []byte("ICC_PROFILE\x00")) && len(b) > 14 {
				icc = append(icc, b[12:])
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	f.profile = joinedProfile(icc)
	f.ExtendedXMP = extended.of(f.XMP)
	return f.jpegMemory(max(samples, 64), components, progressive, c.ColorModel)
}

// maxDecoding bounds what is taken to decode one picture, in bytes.
const maxDecoding = 1000 << 20

// jpegMemory finds out what it takes to decode the picture.
func (f *File) jpegMemory(samples int64, components int, progressive bool, model color.Model) error {
	planes := f.pixels() * samples / 64
	f.decoding, f.decoded = planes, planes
	if progressive {
		f.decoding *= 5 // each sample's coefficient beside it
	}
	if components == 4 || model == color.RGBAModel { // they are woven into each other
		f.decoded = 4 * f.pixels()
		f.decoding += f.decoded
	}
	if f.decoding > maxDecoding {
		return fmt.Errorf("it is a progressive JPEG, which takes %d MiB of memory to read, more than %d: save it as a baseline one", f.decoding>>20, maxDecoding>>20)
	}
	return nil
}

// samplesOf is how many samples all components have for 64 of the largest.
func samplesOf(b []byte, components int) int64 {
	var sum, most int64
	for i := 0; i < components && 3*i+1 < len(b); i++ {
		n := int64(b[3*i+1]>>4) * int64(b[3*i+1]&15)
		sum, most = sum+n, max(most, n)
	}
	if most == 0 {
		return 64
	}
	return 64 * sum / most
}

// joinedProfile puts a profile together that lies in several segments, each
// with its number and how many there are in front.
func joinedProfile(parts [][]byte) []byte {
	slices.SortStableFunc(parts, func(a, b []byte) int { return int(a[0]) - int(b[0]) })
	var all []byte
	for i, p := range parts {
		if int(p[0]) != i+1 || int(p[1]) != len(parts) || len(all) > maxMetadata {
			return nil
		}
		all = append(all, p[2:]...)
	}
	return all
}

func (f *File) decodeJPEG() (image.Image, error) {
	m, err := jpeg.Decode(f.stream())
	return m, jpegError(err)
}

func jpegError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrCutShort
	}
	return err
}

// WalkJPEG calls visit for each segment of a JPEG with the place of what it
// holds, and returns where the picture ends. It refuses one of so many passes
// that decoding them would take hours.
func WalkJPEG(r io.Reader, visit func(marker byte, at, n int64) error) (int64, error) {
	w := jpegWalk{r: bufio.NewReaderSize(r, 64<<10)}
	scans, pixels := 0, false
	for {
		from := w.pos
		marker, err := w.marker()
		if gap := w.pos - 2 - from; err == nil && gap > 0 && !pixels {
			err = visit(MarkerNone, from, gap)
		}
		switch {
		case err != nil:
			return 0, err
		case marker == markerEnd:
			return w.pos, nil
		case marker == 0x01 || marker >= 0xd0 && marker <= 0xd8:
			continue // stands alone; the restart markers stand among the pixels
		}
		if pixels = marker == markerScan; pixels {
			if scans++; scans > maxScans {
				return 0, fmt.Errorf("it has more than %d passes", maxScans)
			}
		}
		var b [2]byte
		if err := w.read(b[:]); err != nil {
			return 0, err
		}
		n := int64(binary.BigEndian.Uint16(b[:])) - 2
		if n < 0 {
			return 0, errors.New("a segment is damaged")
		}
		if err := visit(marker, w.pos, n); err != nil {
			return 0, err
		}
		if err := w.skip(n); err != nil {
			return 0, err
		}
	}
}

// jpegWalk reads a JPEG once from beginning to end.
type jpegWalk struct {
	r   *bufio.Reader
	pos int64
}

// marker passes over compressed pixels to the next marker that is none of
// theirs, and returns it.
func (w *jpegWalk) marker() (byte, error) {
	for {
		passed, err := w.r.ReadSlice(0xff)
		w.pos += int64(len(passed))
		switch err {
		case nil:
		case bufio.ErrBufferFull:
			continue
		case io.EOF:
			return 0, ErrCutShort
		default:
			return 0, err
		}
		b := byte(0xff)
		for b == 0xff {
			if b, err = w.byte(); err != nil {
				return 0, err
			}
		}
		if b != 0 {
			return b, nil
		}
	}
}

func (w *jpegWalk) byte() (byte, error) {
	b, err := w.r.ReadByte()
	if err != nil {
		return 0, ErrCutShort
	}
	w.pos++
	return b, nil
}

func (w *jpegWalk) read(b []byte) error {
	n, err := io.ReadFull(w.r, b)
	w.pos += int64(n)
	if err != nil {
		return ErrCutShort
	}
	return nil
}

func (w *jpegWalk) skip(n int64) error {
	d, err := w.r.Discard(int(n))
	w.pos += int64(d)
	if err != nil {
		return ErrCutShort
	}
	return nil
}
