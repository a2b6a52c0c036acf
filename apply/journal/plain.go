package journal

import (
	"bytes"
	"encoding"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
)

// plain reads records as encodeRecord writes most of them: the fields in its
// order, without blanks, without escapes. A machine that has generated much has
// a record for each task of a month, and every command reads them all. About
// everything else encoding/json decides.
//
// It keeps what the records before said: most of it comes again.
type plain struct {
	last     recordJSON
	inputs   memo[lockfile.Inputs]
	cost     memo[engine.Cost]
	baseline memo[Baseline]

	rest []byte // of the line
	ok   bool
}

// memo is what an object was read as, beside how it was written.
type memo[T any] struct {
	raw   []byte
	value T
}

// plainFields are the fields that it reads, in the order in which they are
// written.
var plainFields = []string{
	"intent", "state", "time", "created", "address", "origin", "provider", "method", "kind", "model",
	"inputs_hash", "inputs", "requested", "cost", "idempotency_key", "baseline", "key_check", "task_id", "confirmed", "content",
}

// read returns what a line says; ok is false for one that it does not read,
// whether or not it is a record.
func (p *plain) read(line []byte) (w recordJSON, ok bool) {
	p.rest, p.ok = bytes.TrimSuffix(line, []byte("\n")), true
	p.take("{")
	for field := 0; p.ok; {
		name := p.text()
		p.take(":")
		at := slices.IndexFunc(plainFields[field:], func(f string) bool { return f == string(name) })
		if !p.ok || at < 0 {
			return w, false
		}
		field += at + 1
		p.value(&w, plainFields[field-1])
		if len(p.rest) == 0 || p.rest[0] != ',' {
			break
		}
		p.take(",")
	}
	p.take("}")
	if !p.ok || len(p.rest) > 0 {
		return w, false
	}
	p.last = w
	return w, true
}

func (p *plain) value(w *recordJSON, field string) {
	switch field {
	case "intent":
		w.ID = p.textLike(p.last.ID)
	case "state":
		w.State = State(p.textLike(string(p.last.State)))
	case "time":
		p.unmarshal(&w.Time)
	case "created":
		p.unmarshal(&w.Created)
	case "address":
		w.Address = p.textLike(p.last.Address)
	case "origin":
		w.Origin = p.textLike(p.last.Origin)
	case "provider":
		w.Provider = p.textLike(p.last.Provider)
	case "method":
		w.Method = p.textLike(p.last.Method)
	case "kind":
		w.Kind = address.Kind(p.textLike(string(p.last.Kind)))
	case "model":
		w.Model = p.textLike(p.last.Model)
	case "inputs_hash":
		p.unmarshal(&w.InputsHash)
	case "inputs":
		w.Inputs = object(p, &p.inputs)
	case "requested":
		w.Requested = p.take("true")
	case "cost":
		w.Cost = object(p, &p.cost)
	case "idempotency_key":
		w.IdempotencyKey = p.textLike(w.ID)
	case "baseline":
		w.Baseline = object(p, &p.baseline)
	case "key_check":
		w.KeyCheck = p.textLike(p.last.KeyCheck)
	case "task_id":
		w.TaskID = p.textLike(p.last.TaskID)
	case "confirmed":
		w.Confirmed = p.take("true")
	case "content":
		p.unmarshal(&w.Content)
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

// textLike reads a text that may be another one, which is kept then.
func (p *plain) textLike(other string) string {
	text := p.text()
	if string(text) == other {
		return other
	}
	return string(text)
}

func (p *plain) unmarshal(v encoding.TextUnmarshaler) {
	if text := p.text(); p.ok && v.UnmarshalText(text) != nil {
		p.ok = false
	}
}

// object reads an object.
func object[T any](p *plain, m *memo[T]) (value T) {
	raw := p.raw()
	if !p.ok || bytes.Equal(raw, m.raw) {
		return m.value
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&value); err != nil {
		p.ok = false
		return value
	}
	m.raw, m.value = append(m.raw[:0], raw...), value
	return value
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
