package journal

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// plain reads records as encodeRecord writes most of them: the fields in their
// order, without blanks. A machine that has generated much has a record for
// each task of a month, and every command reads them all. About everything else
// encoding/json decides.
//
// It keeps what the record before said: most of it comes again.
type plain struct {
	last, this recordJSON
	objects    []memo // by field

	rest []byte // of the line
	ok   bool
}

// memo is what an object was read as, beside how it was written.
type memo struct {
	raw   []byte
	value reflect.Value
}

// plainFields are the names of recordJSON's fields, in the order in which they
// are written.
var plainFields = sync.OnceValue(func() (names []string) {
	for f := range reflect.TypeFor[recordJSON]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
})

// read returns what a line says; ok is false for one that it does not read,
// whether or not it is a record.
func (p *plain) read(line []byte) (w recordJSON, ok bool) {
	fields := plainFields()
	if p.objects == nil {
		p.objects = make([]memo, len(fields))
	}
	this, last := reflect.ValueOf(&p.this).Elem(), reflect.ValueOf(&p.last).Elem()
	p.this, p.rest, p.ok = recordJSON{}, bytes.TrimSuffix(line, []byte("\n")), true
	p.take("{")
	for field := 0; p.ok; {
		name := p.text()
		p.take(":")
		at := slices.IndexFunc(fields[field:], func(f string) bool { return f == string(name) })
		if !p.ok || at < 0 {
			return recordJSON{}, false
		}
		field += at
		p.value(this.Field(field), last.Field(field), &p.objects[field])
		field++
		if len(p.rest) == 0 || p.rest[0] != ',' {
			break
		}
		p.take(",")
	}
	p.take("}")
	if !p.ok || len(p.rest) > 0 {
		return recordJSON{}, false
	}
	p.last = p.this
	return p.this, true
}

func (p *plain) value(v, last reflect.Value, m *memo) {
	switch to := v.Addr().Interface().(type) {
	case encoding.TextUnmarshaler:
		if text := p.text(); p.ok && to.UnmarshalText(text) != nil {
			p.ok = false
		}
	default:
		switch v.Kind() {
		case reflect.String:
			v.SetString(p.textLike(last.String()))
		case reflect.Bool:
			v.SetBool(p.take("true"))
		default:
			p.object(v, m)
		}
	}
}

// take reads what must come next.
func (p *plain) take(what string) bool {
	rest, ok := bytes.CutPrefix(p.rest, []byte(what))
	p.rest, p.ok = rest, p.ok && ok
	return ok
}

// text reads a text in which nothing is escaped but quotes, as those around an
// instance key, and backslashes.
func (p *plain) text() []byte {
	p.take(`"`)
	escaped := false
	for i := 0; p.ok && i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '"':
			text := p.rest[:i]
			p.rest = p.rest[i+1:]
			if !utf8.Valid(text) {
				p.ok = false
			}
			if escaped {
				text = unescaped(text)
			}
			return text
		case c == '\\' && i+1 < len(p.rest) && (p.rest[i+1] == '"' || p.rest[i+1] == '\\'):
			escaped = true
			i++
		case c < ' ', c == '\\':
			p.ok = false
		}
	}
	p.ok = false
	return nil
}

func unescaped(text []byte) []byte {
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			i++
		}
		b = append(b, text[i])
	}
	return b
}

// textLike reads a text that may be that of the record before, or the intent's
// name: then there is one copy of it.
func (p *plain) textLike(last string) string {
	switch text := p.text(); string(text) {
	case last:
		return last
	case p.this.ID:
		return p.this.ID
	default:
		return string(text)
	}
}

// object reads an object.
func (p *plain) object(v reflect.Value, m *memo) {
	raw := p.raw()
	if !p.ok {
		return
	}
	if !m.value.IsValid() || !bytes.Equal(raw, m.raw) {
		value := reflect.New(v.Type())
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		if err := dec.Decode(value.Interface()); err != nil {
			p.ok = false
			return
		}
		m.raw, m.value = append(m.raw[:0], raw...), value.Elem()
	}
	v.Set(m.value)
}

// raw reads up to where an object ends, if it is one.
func (p *plain) raw() []byte {
	depth, quoted := 0, false
	for i, rest := 0, p.rest; p.ok && i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && c == '{':
			depth++
		case !quoted && c == '}':
			depth--
		}
		if depth == 0 && !quoted {
			p.rest = rest[i+1:]
			return rest[:i+1]
		}
	}
	p.ok = false
	return nil
}
