package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"io"
)

// unpackedProfile reads an iCCP chunk: a name, a method, and the profile.
func unpackedProfile(body []byte) []byte {
	_, rest, ok := bytes.Cut(body, []byte{0})
	if !ok || len(rest) < 1 {
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(rest[1:]))
	if err != nil {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(z, maxMetadata+1))
	if err != nil || len(b) > maxMetadata {
		return nil
	}
	return b
}

// profile is a colour profile of the ICC.
type profile struct {
	space, connection string // "RGB ", "GRAY" or "CMYK"; "XYZ " or "Lab "
	tags              map[string][]byte
}

// parseProfile reads the table of a profile. One that is damaged has no tags.
func parseProfile(b []byte) *profile {
	p := &profile{tags: map[string][]byte{}}
	const header, row, most = 128, 12, 256
	if len(b) < header+4 || string(b[36:40]) != "acsp" {
		return p
	}
	p.space, p.connection = string(b[16:20]), string(b[20:24])
	n := binary.BigEndian.Uint32(b[header:])
	for i := range min(n, most) {
		at := header + 4 + row*int(i)
		if at+row > len(b) {
			break
		}
		from, size := uint64(binary.BigEndian.Uint32(b[at+4:])), uint64(binary.BigEndian.Uint32(b[at+8:]))
		if from+size <= uint64(len(b)) {
			p.tags[string(b[at:at+4])] = b[from : from+size]
		}
	}
	return p
}

// isGrey and isInk tell which profile a picture may have.
func isGrey(m image.Image) bool {
	switch m.(type) {
	case *image.Gray, *image.Gray16:
		return true
	}
	return false
}

func isInk(m image.Image) bool { _, ok := m.(*image.CMYK); return ok }

// transform is that of a profile of curves and a matrix; nil if the profile is
// of another kind, or not for such a picture.
func (p *profile) transform(m image.Image) *transform {
	if p.space == "GRAY" && (isGrey(m) || !isInk(m)) {
		curve, _ := parseCurve(p.tags["kTRC"])
		if curve == nil {
			return nil
		}
		return &transform{curves: [3]func(float64) float64{curve, curve, curve}, matrix: matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}
	}
	if p.space != "RGB " || p.connection != "XYZ " || isInk(m) {
		return nil
	}
	t := &transform{}
	var toXYZ matrix
	for k, c := range []string{"r", "g", "b"} {
		curve, _ := parseCurve(p.tags[c+"TRC"])
		xyz := p.tags[c+"XYZ"]
		if curve == nil || len(xyz) < 20 || string(xyz[:4]) != "XYZ " {
			return nil
		}
		t.curves[k] = curve
		for i := range 3 {
			toXYZ[i][k] = fixed(xyz[8+4*i:])
		}
	}
	t.matrix = fromD50().times(toXYZ)
	return t
}

// fixed reads a number with 16 bits of fraction.
func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

// parseCurve reads a curve from 0 to 1, and how many bytes it takes; nil for
// what is none.
func parseCurve(b []byte) (curve func(float64) float64, size int) {
	if len(b) < 12 {
		return nil, 0
	}
	switch string(b[:4]) {
	case "curv":
		n := int64(binary.BigEndian.Uint32(b[8:]))
		if n > int64(len(b)-12)/2 {
			return nil, 0
		}
		return sampledCurve(b[12 : 12+2*n]), 12 + 2*int(n)
	case "para":
		kind := int(binary.BigEndian.Uint16(b[8:]))
		counts := []int{1, 3, 4, 5, 7}
		if kind >= len(counts) || len(b) < 12+4*counts[kind] {
			return nil, 0
		}
		var v [7]float64
		for i := range counts[kind] {
			v[i] = fixed(b[12+4*i:])
		}
		return formula(kind, v), 12 + 4*counts[kind]
	}
	return nil, 0
}

func sampledCurve(b []byte) func(float64) float64 {
	switch len(b) {
	case 0:
		return func(v float64) float64 { return v }
	case 2:
		gamma := float64(binary.BigEndian.Uint16(b)) / 256
		return func(v float64) float64 { return power(v, gamma) }
	}
	table := make([]float64, len(b)/2)
	for i := range table {
		table[i] = float64(binary.BigEndian.Uint16(b[2*i:])) / 65535
	}
	return func(v float64) float64 { return between(table, v) }
}

// between reads a table at a place from 0 to 1.
func between(table []float64, v float64) float64 {
	at := float64(min(max(v, 0), 1) * float64(len(table)-1))
	i := min(int(at), len(table)-2)
	part := at - float64(i)
	return float64(table[i]*(1-part)) + float64(table[i+1]*part)
}

// formula is a curve of ICC's "para", with its parameters g, a, b, c, d, e, f.
func formula(kind int, v [7]float64) func(float64) float64 {
	g, a, b, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	switch kind {
	case 0:
		a, b, c, d, e, f = 1, 0, 0, 0, 0, 0
	case 1, 2: // below -b/a it is flat
		if e, f = c, c; kind == 1 {
			e, f = 0, 0
		}
		c = 0
		if a == 0 {
			return nil
		}
		d = -b / a
	case 3:
		e, f = 0, 0
	}
	return func(x float64) float64 {
		if x < d {
			return float64(c*x) + f
		}
		return power(max(float64(a*x)+b, 0), g) + e
	}
}
