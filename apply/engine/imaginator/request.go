package imaginator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"

	"assetform/apply/engine"
)

// A field is one member of the request body: either scalar or images is set.
type field struct {
	name   string
	scalar any
	images [][]byte
	list   bool // images are an array, even if there is one
}

// fields lists what is sent, in the order of the method's table. A parameter
// that the table does not name, or that the API has no field for, is an error:
// nothing is dropped in silence.
func fields(r engine.Request) ([]field, error) {
	m := Engine.Method(r.Method)
	if m == nil {
		return nil, saying("unknown method %q", r.Method)
	}
	for name := range r.Params {
		if _, known := m.Param(name); !known {
			return nil, saying("%s takes no parameter %q", r.Method, name)
		}
	}
	for name := range r.Images {
		if _, known := m.Input(name); !known {
			return nil, saying("%s takes no image %q", r.Method, name)
		}
	}
	var set []field
	for _, p := range m.Params {
		if v, given := r.Params[p.Name]; given && !p.Unsent {
			set = append(set, field{name: p.Field(), scalar: v})
		}
	}
	for _, in := range m.Inputs {
		if images := r.Images[in.Name]; len(images) > 0 {
			set = append(set, field{name: in.Field(), images: images, list: in.List})
		}
	}
	return set, nil
}

// encode returns the JSON body as a stream, Base64 on the fly, so that a
// request costs no memory beyond its images; and its length in bytes.
func encode(r engine.Request) (io.Reader, int64, error) {
	set, err := fields(r)
	if err != nil {
		return nil, 0, err
	}
	var parts []io.Reader
	var length int64
	literal := func(b []byte) {
		parts = append(parts, bytes.NewReader(b))
		length += int64(len(b))
	}
	for i, f := range set {
		separator := ","
		if i == 0 {
			separator = "{"
		}
		literal(fmt.Appendf(nil, "%s%q:", separator, f.name))
		if f.images == nil {
			value, err := marshalPlain(f.scalar)
			if err != nil {
				return nil, 0, fmt.Errorf("encode %q: %w", f.name, err)
			}
			literal(value)
			continue
		}
		open, between, end := `"`, `","`, `"`
		if f.list {
			open, end = `["`, `"]`
		}
		for n, img := range f.images {
			if n == 0 {
				literal([]byte(open))
			} else {
				literal([]byte(between))
			}
			parts = append(parts, &base64Reader{src: img})
			length += int64(base64.StdEncoding.EncodedLen(len(img)))
		}
		literal([]byte(end))
	}
	if len(parts) == 0 {
		literal([]byte("{"))
	}
	literal([]byte("}"))
	if len(r.Images) == 0 { // as it stands, so that it leaves in one packet with its header
		b := make([]byte, length)
		_, err := io.ReadFull(io.MultiReader(parts...), b)
		return bytes.NewReader(b), length, err
	}
	return io.MultiReader(parts...), length, nil
}

// marshalPlain is json.Marshal without HTML escaping: a prompt goes over the
// wire as it was written.
func marshalPlain(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// base64Reader encodes src as it is read. base64.NewEncoder is a writer and
// would need a pipe and a goroutine here.
type base64Reader struct {
	src     []byte
	pending []byte // encoded, not yet read; points into quantum
	quantum [4]byte
}

func (b *base64Reader) Read(p []byte) (n int, err error) {
	if len(b.pending) == 0 && len(b.src) == 0 {
		return 0, io.EOF
	}
	if len(b.pending) == 0 {
		if whole := min(len(p)/4*3, len(b.src)); whole > 0 {
			base64.StdEncoding.Encode(p, b.src[:whole])
			b.src = b.src[whole:]
			return base64.StdEncoding.EncodedLen(whole), nil
		}
		// p is shorter than one quantum: encode it aside and hand it out in parts.
		whole := min(3, len(b.src))
		base64.StdEncoding.Encode(b.quantum[:], b.src[:whole])
		b.src = b.src[whole:]
		b.pending = b.quantum[:]
	}
	n = copy(p, b.pending)
	b.pending = b.pending[n:]
	return n, nil
}
