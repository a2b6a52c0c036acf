package lockfile

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"assetform/config/diag"
)

// Kind says which form a Value has.
type Kind uint8

// The kinds of a Value. The zero Value has KindText and the empty text.
const (
	KindText Kind = iota
	KindInt
	KindNumber // that is not whole
	KindBool
	KindStrings
	KindSensitive
	KindNumbers
)

// Value is one recorded input. It never changes after it was made.
type Value struct {
	kind   Kind
	number int64    // KindInt; 1 is true of KindBool
	text   string   // KindText; the digits of KindNumber; the raw digest of KindSensitive
	list   []string // KindStrings; the digits of each of KindNumbers
}

// Text returns the value of a text parameter or of one input image's hash.
func Text(s string) Value { return Value{kind: KindText, text: s} }

// Int returns the value of a whole number such as a seed or a revision.
func Int(n int64) Value { return Value{kind: KindInt, number: n} }

// Number returns the value of a number, which must be less than 2^63 in size.
// One that is whole is the Int, so that it is the same value however it was written.
func Number(f float64) Value {
	if n := int64(f); float64(n) == f && n != math.MaxInt64 {
		return Int(n)
	}
	return Value{kind: KindNumber, text: strconv.FormatFloat(f, 'f', -1, 64)}
}

// Bool returns the value of a switch such as loop.
func Bool(b bool) Value {
	v := Value{kind: KindBool}
	if b {
		v.number = 1
	}
	return v
}

// Strings returns the value of a list such as the content hashes of
// references. It keeps a copy of list.
func Strings(list []string) Value {
	return Value{kind: KindStrings, list: slices.Clone(list)}
}

// Numbers returns the value of a list of numbers such as a rectangle, each as
// Number takes it. An empty one is the empty list of texts: both are written
// alike.
func Numbers(list []float64) Value {
	if len(list) == 0 {
		return Strings(nil)
	}
	v := Value{kind: KindNumbers, list: make([]string, len(list))}
	for i, f := range list {
		v.list[i] = Number(f).String()
	}
	return v
}

// Sensitive returns what is recorded in place of a value that holds anything
// sensitive: its digest.
func Sensitive(digest ContentHash) Value {
	return Value{kind: KindSensitive, text: string(digest[:])}
}

// Kind returns the form of v.
func (v Value) Kind() Kind { return v.kind }

// IsSensitive reports whether v holds a digest in place of the value.
func (v Value) IsSensitive() bool { return v.kind == KindSensitive }

// AsText returns the text of a KindText value.
func (v Value) AsText() (string, bool) {
	if v.kind != KindText {
		return "", false
	}
	return v.text, true
}

// AsInt returns the number of a KindInt value.
func (v Value) AsInt() (int64, bool) {
	if v.kind != KindInt {
		return 0, false
	}
	return v.number, true
}

// AsNumber returns the number of a KindNumber or KindInt value.
func (v Value) AsNumber() (float64, bool) {
	switch v.kind {
	case KindInt:
		return float64(v.number), true
	case KindNumber:
		f, err := strconv.ParseFloat(v.text, 64)
		return f, err == nil
	}
	return 0, false
}

// AsBool returns the truth value of a KindBool value.
func (v Value) AsBool() (value, ok bool) {
	return v.kind == KindBool && v.number == 1, v.kind == KindBool
}

// AsStrings returns a copy of the list of a KindStrings value.
func (v Value) AsStrings() ([]string, bool) {
	if v.kind != KindStrings {
		return nil, false
	}
	return slices.Clone(v.list), true
}

// AsNumbers returns a copy of the list of a KindNumbers value.
func (v Value) AsNumbers() ([]float64, bool) {
	if v.kind != KindNumbers {
		return nil, false
	}
	list := make([]float64, len(v.list))
	for i, digits := range v.list {
		list[i], _ = strconv.ParseFloat(digits, 64) // which are those of a number
	}
	return list, true
}

// AsSensitive returns the digest of a KindSensitive value.
func (v Value) AsSensitive() (ContentHash, bool) {
	if v.kind != KindSensitive {
		return ContentHash{}, false
	}
	return ContentHash([]byte(v.text)), true
}

// Equal reports whether v and other are the same value of the same kind. An
// empty list equals a nil one.
func (v Value) Equal(other Value) bool {
	return v.kind == other.kind && v.number == other.number && v.text == other.text &&
		slices.Equal(v.list, other.list)
}

// String returns v for people: text as it is, lists in brackets, and
// "(sensitive value)" for what must not be shown.
func (v Value) String() string {
	switch v.kind {
	case KindInt:
		return strconv.FormatInt(v.number, 10)
	case KindBool:
		return strconv.FormatBool(v.number == 1)
	case KindStrings, KindNumbers:
		return "[" + strings.Join(v.list, ", ") + "]"
	case KindSensitive:
		return diag.Sensitive
	default:
		return v.text
	}
}

// MarshalJSON returns v as the lock writes it, without line breaks.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.kind == KindSensitive {
		h := ContentHash([]byte(v.text))
		return append(h.append([]byte(`{"sensitive":"`)), `"}`...), nil
	}
	return appendValue(nil, v, ""), nil
}

// UnmarshalJSON reads what MarshalJSON writes, and nothing else: the reader of
// records that hold inputs as the lock does.
func (v *Value) UnmarshalJSON(b []byte) error {
	if !utf8.Valid(b) {
		return fmt.Errorf("%q is not UTF-8", b)
	}
	p := parser{scanner: scanner{src: string(b)}}
	value, ok := p.value("the value")
	switch {
	case p.err != nil:
		return errors.New(p.err.Detail)
	case !ok || p.pos < len(p.src):
		return fmt.Errorf("%s is no recorded value", b)
	}
	*v = value
	return nil
}

// Inputs holds the values that a generation was asked with, by parameter.
type Inputs map[string]Value

// Equal reports whether both hold the same values under the same names.
func (in Inputs) Equal(other Inputs) bool { return maps.EqualFunc(in, other, Value.Equal) }

// Keys returns the names in byte order.
func (in Inputs) Keys() []string { return slices.Sorted(maps.Keys(in)) }

// Clone returns a copy that can be changed on its own.
func (in Inputs) Clone() Inputs { return maps.Clone(in) }
