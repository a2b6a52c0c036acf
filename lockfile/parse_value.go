package lockfile

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

func (p *parser) inputs(dst *Inputs) bool {
	if p.peek() != '{' {
		return p.failType("inputs", "an object")
	}
	p.pos++
	in := Inputs{}
	for first := true; p.more('}', first); first = false {
		name, at, ok := p.key()
		if !ok {
			return false
		}
		if name == "" {
			return p.fail(at, summaryValue, "The name of an input is empty.")
		}
		if _, exists := in[name]; exists {
			return p.failDuplicate(at, name)
		}
		v, ok := p.value(name)
		if !ok {
			return false
		}
		in[name] = v
	}
	*dst = in
	return p.err == nil
}

func (p *parser) value(name string) (v Value, ok bool) {
	switch c := p.peek(); {
	case c == '"':
		v.text, ok = p.text()
		return v, ok
	case c == '-' || isDigit(c):
		return p.numberValue(name)
	case c == '[':
		return p.listValue(name)
	case c == '{':
		return p.sensitive(name)
	case p.word("true"):
		return Bool(true), true
	case p.word("false"):
		return Bool(false), true
	}
	return v, p.failType(name, "a text, a number, true, false, a list of texts or of numbers, or a sensitive value's digest")
}

// numberValue reads a number in the one form in which it is written.
func (p *parser) numberValue(name string) (v Value, ok bool) {
	at := p.pos
	token, whole, ok := p.number()
	if !ok {
		return v, false
	}
	if whole {
		p.pos = at
		v.kind = KindInt
		return v, p.integer(&v.number, name, math.MinInt64, math.MaxInt64)
	}
	f, err := strconv.ParseFloat(token, 64)
	if err != nil {
		return v, p.fail(at, summaryValue, fmt.Sprintf("%s is no number that can be held: %s.", quoted(name), token))
	}
	if v = Number(f); v.String() != token {
		return v, p.fail(at, summaryValue, fmt.Sprintf("%s is written %s, not %s.", quoted(name), v, token))
	}
	return v, true
}

// listValue reads a list of texts or of numbers, which came with version 2.
func (p *parser) listValue(name string) (v Value, ok bool) {
	start := p.pos
	p.pos++
	if c := p.peek(); c != '-' && !isDigit(c) || p.version == legacyVersion {
		p.pos = start
		v.kind = KindStrings
		return v, p.list(&v.list, name)
	}
	v.kind = KindNumbers
	for first := true; p.more(']', first); first = false {
		if c := p.peek(); c != '-' && !isDigit(c) {
			return v, p.failType(name, "a list of numbers alone")
		}
		n, ok := p.numberValue(name)
		if !ok {
			return v, false
		}
		v.list = append(v.list, n.String())
	}
	return v, p.err == nil
}

func (p *parser) word(w string) bool {
	if !strings.HasPrefix(p.src[p.pos:], w) {
		return false
	}
	p.pos += len(w)
	return true
}

func (p *parser) list(dst *[]string, name string) bool {
	if p.peek() != '[' {
		return p.failType(name, "a list of texts")
	}
	p.pos++
	list := []string{}
	for first := true; p.more(']', first); first = false {
		if p.peek() != '"' {
			return p.failType(name, "a list of texts alone")
		}
		s, ok := p.text()
		if !ok {
			return false
		}
		list = append(list, s)
	}
	*dst = list
	return p.err == nil
}

// sensitive reads {"sensitive": HASH}; the position is at the brace.
func (p *parser) sensitive(input string) (v Value, ok bool) {
	start := p.pos
	p.pos++
	seen := false
	var digest ContentHash
	for first := true; p.more('}', first); first = false {
		name, at, ok := p.key()
		switch {
		case !ok:
			return v, false
		case name != "sensitive":
			return v, p.fail(at, summaryUnknown, "An object among the inputs holds the digest of a sensitive value and has the field sensitive alone.")
		case seen:
			return v, p.failDuplicate(at, name)
		case !p.hash(digest[:], name, contentPrefix):
			return v, false
		}
		seen = true
	}
	if !seen && p.err == nil {
		p.failMissing(start, "sensitive", "The object "+quoted(input))
	}
	return Sensitive(digest), p.err == nil
}
