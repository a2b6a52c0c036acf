package media

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"strconv"
)

// Elements of WebM that matter, by their ids (RFC 9559).
const (
	ebmlHeader       = 0x1a45dfa3
	ebmlDocType      = 0x4282
	webmSegment      = 0x18538067
	webmInfo         = 0x1549a966
	webmScale        = 0x2ad7b1
	webmDuration     = 0x4489
	webmTracks       = 0x1654ae6b
	webmTrackEntry   = 0xae
	webmTrackNumber  = 0xd7
	webmTrackType    = 0x83
	webmVideo        = 0xe0
	webmPixelWidth   = 0xb0
	webmPixelHeight  = 0xba
	webmCluster      = 0x1f43b675
	webmClusterTime  = 0xe7
	webmBlockGroup   = 0xa0
	webmBlock        = 0xa1
	webmSimpleBlock  = 0xa3
	webmShownWidth   = 0x54b0
	webmShownHeight  = 0x54ba
	webmShownUnit    = 0x54b2
	webmProjection   = 0x7670
	webmRoll         = 0x7675 // degrees to the left
	webmEncodings    = 0x6d80
	webmEncoding     = 0x6240
	webmEncryption   = 0x5035
	webmVideoTrack   = 1       // value of webmTrackType
	webmDefaultScale = 1000000 // nanoseconds in a tick
)

// maxElements bounds the elements that are looked at in one file.
const maxElements = 1 << 22

// webmFile reads a WebM file once from beginning to end. Ids are unique, so
// masters are entered and not nested, which makes unknown lengths, as live
// encoders write them, nothing special.
type webmFile struct {
	r         *bufio.Reader
	pos, size int64
	// passing is told of elements that are passed over; it may be nil.
	passing func(id uint64, at, size int64) error

	docType       string
	scale         uint64 // nanoseconds in a tick
	duration      float64
	track, kind   uint64 // of the track entry that is being read
	video         uint64 // number of the video track
	width, height uint64
	shown         [2]uint64 // width and height in which it is displayed, in shownUnit
	shownUnit     uint64    // 0: pixels
	roll          float64
	cluster       uint64 // time in ticks
	last          uint64 // greatest time of a video block in ticks
	blocks        int
}

func probeWebM(r io.ReaderAt, size int64) (Info, error) {
	if size > maxVideoBytes {
		return Info{}, fmt.Errorf("its %d bytes are more than %d", size, int64(maxVideoBytes))
	}
	f := newWebM(r, size)
	if err := f.walk(); err != nil {
		return Info{}, err
	}
	return f.info()
}

// newWebM returns a reader that stands at the file's beginning.
func newWebM(r io.ReaderAt, size int64) *webmFile {
	return &webmFile{r: bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 64<<10), size: size, scale: webmDefaultScale}
}

// walk reads all elements.
func (f *webmFile) walk() error {
	for n := 0; f.pos < f.size; n++ {
		if n > maxElements {
			return errors.New("it has too many elements")
		}
		if err := f.element(); err != nil {
			return err
		}
	}
	return nil
}

func (f *webmFile) info() (Info, error) {
	switch {
	case f.docType != "webm":
		name := map[string]string{"matroska": "a Matroska film"}[f.docType]
		return Info{}, fmt.Errorf("it is %s, expected a WebM film", cmp.Or(name, strconv.Quote(f.docType)))
	case f.video == 0:
		return Info{}, errors.New("it has no video track")
	case f.blocks == 0:
		return Info{}, errors.New("its video track has no frames")
	}
	if err := checkFrame(int64(min(f.width, math.MaxInt64)), int64(min(f.height, math.MaxInt64))); err != nil {
		return Info{}, err
	}
	ticks := f.duration
	if ticks == 0 {
		ticks = float64(f.last) // live encoders do not know it; the last frame's own length is missing
	}
	seconds := ticks * float64(f.scale) / 1e9
	if err := checkDuration(seconds); err != nil {
		return Info{}, err
	}
	w, h := f.width, f.height
	if f.shownUnit == 0 && f.shown[0] > 0 && f.shown[1] > 0 {
		w, h = f.shown[0], f.shown[1]
	}
	if turn := math.Mod(math.Abs(f.roll), 180); turn > 45 && turn < 135 {
		w, h = h, w
	}
	if err := checkFrame(int64(min(w, math.MaxInt64)), int64(min(h, math.MaxInt64))); err != nil {
		return Info{}, err
	}
	return Info{Width: int(w), Height: int(h), Duration: seconds}, nil
}

// element reads one element, or enters it.
func (f *webmFile) element() error {
	id, err := f.number(4, true)
	if err != nil {
		return err
	}
	size, err := f.number(8, false)
	if err != nil {
		return err
	}
	switch id {
	case webmSegment, webmCluster:
		if size == unknownLength {
			return nil
		}
	}
	if size > uint64(f.size-f.pos) { // unknownLength too
		return fmt.Errorf("element %#x ends after the file: %w", id, errCutShort)
	}
	switch id {
	case webmTrackEntry:
		f.track, f.kind = 0, 0
		return nil
	case ebmlHeader, webmSegment, webmInfo, webmTracks, webmVideo, webmCluster, webmBlockGroup, webmProjection, webmEncodings, webmEncoding:
		return nil
	case webmEncryption:
		return errEncrypted
	case webmBlock, webmSimpleBlock:
		return f.block(int64(size))
	case ebmlDocType, webmScale, webmDuration, webmTrackNumber, webmTrackType, webmPixelWidth, webmPixelHeight, webmClusterTime,
		webmShownWidth, webmShownHeight, webmShownUnit, webmRoll:
		return f.value(id, int64(size))
	}
	if f.passing != nil {
		if err := f.passing(id, f.pos, int64(size)); err != nil {
			return err
		}
	}
	return f.skip(int64(size))
}

// value reads an element that holds a number or a short text.
func (f *webmFile) value(id uint64, size int64) error {
	var b [8]byte
	if size > int64(len(b)) {
		return fmt.Errorf("element %#x has %d bytes, expected at most %d", id, size, len(b))
	}
	if err := f.read(b[len(b)-int(size):]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint64(b[:])
	switch id {
	case ebmlDocType:
		f.docType = string(b[len(b)-int(size):])
	case webmScale:
		f.scale = n
	case webmDuration:
		f.duration = fraction(n, size)
	case webmRoll:
		f.roll = fraction(n, size)
	case webmShownWidth:
		f.shown[0] = n
	case webmShownHeight:
		f.shown[1] = n
	case webmShownUnit:
		f.shownUnit = n
	case webmTrackNumber:
		f.track = n
		f.chooseTrack()
	case webmTrackType:
		f.kind = n
		f.chooseTrack()
	case webmPixelWidth:
		f.width = cmp.Or(f.width, n) // of the first video track
	case webmPixelHeight:
		f.height = cmp.Or(f.height, n)
	case webmClusterTime:
		f.cluster = n
	}
	return nil
}

// fraction is a number of 4 or 8 bytes.
func fraction(bits uint64, size int64) float64 {
	if size == 4 {
		return float64(math.Float32frombits(uint32(bits)))
	}
	return math.Float64frombits(bits)
}

// chooseTrack takes the first video track once its number and type are known,
// in whichever order they stand.
func (f *webmFile) chooseTrack() {
	if f.video == 0 && f.kind == webmVideoTrack {
		f.video = f.track
	}
}

// block reads the head of a block: track, time relative to its cluster, flags.
func (f *webmFile) block(size int64) error {
	end := f.pos + size
	track, err := f.number(8, false)
	if err != nil {
		return err
	}
	var b [3]byte
	if err := f.read(b[:]); err != nil {
		return err
	}
	if f.pos > end {
		return errors.New("a block is too short")
	}
	if track == f.video && f.pos < end {
		f.blocks++
		at := int64(f.cluster&math.MaxInt64) + int64(int16(binary.BigEndian.Uint16(b[:])))
		f.last = max(f.last, uint64(max(at, 0)))
		if head, _ := f.r.Peek(int(min(16, end-f.pos))); len(head) >= 4 && len(bytes.Trim(head, "\x00")) == 0 {
			return fmt.Errorf("the frame at byte %d is nothing but zeros", f.pos)
		}
	}
	return f.skip(end - f.pos)
}

// unknownLength is the length of an element that ends where its parent's next
// child begins.
const unknownLength = math.MaxUint64

// number reads an id or a length: the zero bits in front of the first byte
// tell how many bytes follow. An id keeps the marker bit.
func (f *webmFile) number(maxBytes int, keepMarker bool) (uint64, error) {
	var b [8]byte
	if err := f.read(b[:1]); err != nil {
		return 0, err
	}
	n := bits.LeadingZeros8(b[0]) + 1
	if n > maxBytes {
		return 0, fmt.Errorf("the element at byte %d is damaged", f.pos-1)
	}
	if err := f.read(b[1:n]); err != nil {
		return 0, err
	}
	v := binary.BigEndian.Uint64(b[:]) >> (64 - 8*n)
	if keepMarker {
		return v, nil
	}
	v &^= 1 << (7 * n)
	if v == 1<<(7*n)-1 {
		return unknownLength, nil
	}
	return v, nil
}

func (f *webmFile) read(b []byte) error {
	n, err := io.ReadFull(f.r, b)
	f.pos += int64(n)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errCutShort
	}
	return err
}

func (f *webmFile) skip(n int64) error {
	for n > 0 {
		d, err := f.r.Discard(int(min(n, 1<<30)))
		f.pos += int64(d)
		n -= int64(d)
		if err != nil {
			return errCutShort
		}
	}
	return nil
}
