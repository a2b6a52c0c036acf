package studio

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
	"assetform/config/engine"
)

// seedParam is what the server chooses where it is not given.
const seedParam = "seed"

// An order is a request that is valid, with the method's defaults applied.
type order struct {
	method *engine.Method
	params map[string]any // by name, without the seed
	seed   *int64         // nil: the server chooses
	inputs map[string][][]byte

	unwritten bool // its prompt must not be read on the result
}

// references is the number of reference images, for the answer.
func (o *order) references() int {
	n := 0
	for _, in := range o.method.Inputs {
		if in.List {
			n += len(o.inputs[in.Name])
		}
	}
	return n
}

// digest is the identity of what was asked for. Spelling out a default, the
// order of fields and white space make no difference.
func (o *order) digest() [sha256.Size]byte {
	h := sha256.New()
	part := func(b []byte) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	part([]byte(o.method.Name))
	for _, p := range o.method.Params {
		part(fmt.Append(nil, o.params[p.Name]))
	}
	if o.seed != nil {
		part(strconv.AppendInt(nil, *o.seed, 10))
	}
	for _, in := range o.method.Inputs {
		part([]byte(in.Name))
		part(strconv.AppendInt(nil, int64(len(o.inputs[in.Name])), 10))
		for _, img := range o.inputs[in.Name] {
			part(img)
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// decodeOrder reads the body of a create request strictly: one JSON object,
// no unknown or repeated field, every value of the type and among the values of
// the method table; null leaves an optional field out. Images are decoded from Base64 but not looked
// into, see checkImages. The error is for the client, as INVALID_REQUEST.
func decodeOrder(m *engine.Method, body []byte) (*order, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("the body is not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if tok, err := dec.Token(); err != nil {
		return nil, syntax(err)
	} else if tok != json.Delim('{') {
		return nil, errors.New("the body must be a JSON object")
	}
	o := &order{method: m, params: map[string]any{}, inputs: map[string][][]byte{}}
	seen := map[string]bool{}
	var left []string
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, syntax(err)
		}
		name, _ := tok.(string) // in an object, the decoder gives no other token here
		if seen[name] {
			return nil, fmt.Errorf("%q is given twice", name)
		}
		seen[name] = true
		given, err := o.field(dec, name)
		if err != nil {
			return nil, err
		}
		if !given {
			left = append(left, name)
		}
	}
	for _, name := range left {
		delete(seen, name)
	}
	if _, err := dec.Token(); err != nil {
		return nil, syntax(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the body holds something after the JSON object")
	}
	return o, o.complete(seen)
}

func syntax(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the body is not valid JSON: it ends too early")
	}
	return fmt.Errorf("the body is not valid JSON: %v", err)
}

// field reads the value of one field of the body. given is false where it is
// null, as programs write what they leave out.
func (o *order) field(dec *json.Decoder, name string) (given bool, err error) {
	for _, p := range o.method.Params {
		if p.Field() == name && !p.Unsent {
			tok, err := dec.Token()
			if err != nil {
				return false, syntax(err)
			}
			if tok == nil && !p.Required {
				return false, nil
			}
			return true, o.param(tok, p)
		}
	}
	for _, in := range o.method.Inputs {
		if in.Field() == name {
			tok, err := dec.Token()
			if err != nil {
				return false, syntax(err)
			}
			if tok == nil && !in.Required {
				return false, nil
			}
			return true, o.input(dec, tok, in)
		}
	}
	if p, ok := o.method.Param(name); ok && p.Unsent {
		return false, fmt.Errorf("%s takes no %q: it delivers %s only", o.method.Name, name, strings.Join(p.Values, " or "))
	}
	return false, fmt.Errorf("%s takes no %q; it takes %s", o.method.Name, clip(name), strings.Join(wireNames(o.method), ", "))
}

// wireNames lists the fields that the method takes.
func wireNames(m *engine.Method) []string {
	var names []string
	for _, p := range m.Params {
		if !p.Unsent {
			names = append(names, p.Field())
		}
	}
	for _, in := range m.Inputs {
		names = append(names, in.Field())
	}
	return names
}

func (o *order) param(tok json.Token, p engine.Param) error {
	switch p.Type {
	case engine.String:
		s, ok := tok.(string)
		if !ok {
			return wrongType(p.Field(), "a string", tok)
		}
		if len(p.Values) > 0 && !slices.Contains(p.Values, s) {
			return fmt.Errorf("%q must be %s, not %q", p.Field(), strings.Join(p.Values, " or "), clip(s))
		}
		return o.setString(p, s)
	case engine.Integer:
		n, ok := tok.(json.Number)
		if !ok {
			return wrongType(p.Field(), "an integer", tok)
		}
		v, err := whole(n)
		if err != nil {
			return fmt.Errorf("%q must be an integer of 64 bits, not %s", p.Field(), clip(n.String()))
		}
		if p.Name == seedParam {
			o.seed = &v
		} else {
			o.params[p.Name] = v
		}
	case engine.Number:
		n, ok := tok.(json.Number)
		if !ok {
			return wrongType(p.Field(), "a number", tok)
		}
		v, err := n.Float64()
		if err != nil {
			return fmt.Errorf("%q must be a number of 64 bits, not %s", p.Field(), clip(n.String()))
		}
		o.params[p.Name] = v
	case engine.Boolean:
		b, ok := tok.(bool)
		if !ok {
			return wrongType(p.Field(), "true or false", tok)
		}
		o.params[p.Name] = b
	}
	return nil
}

// whole reads an integer, also as languages write it that have no other
// numbers than those with a point: 7.0.
func whole(n json.Number) (int64, error) {
	v, err := strconv.ParseInt(n.String(), 10, 64)
	if err == nil {
		return v, nil
	}
	const exact = 1 << 53 // up to here each is told from the next
	if f, floatErr := n.Float64(); floatErr == nil && f == math.Trunc(f) && math.Abs(f) <= exact {
		return int64(f), nil
	}
	return 0, err
}

// setString keeps the value of a string parameter.
func (o *order) setString(p engine.Param, s string) error {
	if n := utf8.RuneCountInString(s); n > sketch.MaxPrompt {
		return fmt.Errorf("%q has %d characters, at most %d are accepted", p.Field(), n, sketch.MaxPrompt)
	}
	o.params[p.Name] = s
	return nil
}

func (o *order) input(dec *json.Decoder, tok json.Token, in engine.Input) error {
	if !in.List {
		return o.addImage(in, in.Field(), tok)
	}
	if tok != json.Delim('[') {
		return wrongType(in.Field(), "an array of Base64 strings", tok)
	}
	o.inputs[in.Name] = [][]byte{}
	for i := 0; dec.More(); i++ {
		if i == in.Max {
			return fmt.Errorf("%q has more than %d images", in.Field(), in.Max)
		}
		tok, err := dec.Token()
		if err != nil {
			return syntax(err)
		}
		if err := o.addImage(in, fmt.Sprintf("%s[%d]", in.Field(), i), tok); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return syntax(err)
	}
	if n := len(o.inputs[in.Name]); n < in.Min {
		return fmt.Errorf("%q has %d images, %d to %d are accepted", in.Field(), n, in.Min, in.Max)
	}
	return nil
}

// addImage decodes one image from standard Base64 with padding. Line breaks
// and "data:" prefixes are refused: whether the real service takes them is not
// documented, and a client is better told here.
func (o *order) addImage(in engine.Input, where string, tok json.Token) error {
	text, ok := tok.(string)
	switch {
	case !ok:
		return wrongType(where, "a Base64 string", tok)
	case text == "":
		return fmt.Errorf("%q is empty", where)
	case strings.HasPrefix(text, "data:"):
		return fmt.Errorf(`%q must be the Base64 text alone, without a "data:" prefix`, where)
	case strings.ContainsAny(text, "\r\n"):
		return fmt.Errorf("%q must be Base64 without line breaks", where)
	}
	img, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return fmt.Errorf("%q is not standard Base64 with padding: %v", where, err)
	}
	o.inputs[in.Name] = append(o.inputs[in.Name], img)
	return nil
}

// complete checks that what is required was given, and applies defaults.
func (o *order) complete(seen map[string]bool) error {
	for _, p := range o.method.Params {
		switch {
		case p.Required && !seen[p.Field()]:
			return fmt.Errorf("%q is required", p.Field())
		case p.Required && p.Type == engine.String && strings.TrimSpace(o.params[p.Name].(string)) == "":
			return fmt.Errorf("%q is empty", p.Field())
		case seen[p.Field()]:
			continue
		}
		if p.Default != nil {
			o.params[p.Name] = p.Default
		}
	}
	for _, in := range o.method.Inputs {
		if in.Required && !seen[in.Field()] {
			return fmt.Errorf("%q is required", in.Field())
		}
	}
	return nil
}

// invalid is the answer to a body that decodeOrder could not take.
func invalid(err error) *refusal {
	return refuse(imaginator.CodeInvalidRequest, "%s", err)
}

func wrongType(where, want string, got json.Token) error {
	return fmt.Errorf("%q must be %s, not %s", where, want, kindOf(got))
}

// kindOf names the type of a JSON token for people.
func kindOf(tok json.Token) string {
	switch tok := tok.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case bool:
		return "a boolean"
	case json.Delim:
		if tok == '[' {
			return "an array"
		}
		return "an object"
	default:
		return "something else"
	}
}

// clip shortens a client's text for a message that goes back to it.
func clip(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "..."
}
