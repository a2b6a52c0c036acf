package evaluation

import (
	"strconv"

	"github.com/zclconf/go-cty/cty"
)

// partial is an object that has only the members an expression reads.
// `image.knight.path` needs an `image` with one member, not with all 5,000.
type partial struct {
	value   cty.Value // of a leaf
	members map[string]*partial
	length  int // of a tuple: members are named by their index
}

// set gives the member at that path a value.
func (p *partial) set(value cty.Value, path ...string) {
	for _, name := range path {
		if p.value != cty.NilVal {
			return // the whole is there already
		}
		p = p.member(name)
	}
	p.value, p.members = value, nil
}

func (p *partial) member(name string) *partial {
	m := p.members[name]
	if m == nil {
		if p.members == nil {
			p.members = map[string]*partial{}
		}
		m = &partial{}
		p.members[name] = m
	}
	return m
}

// build returns the object.
func (p *partial) build() cty.Value {
	switch {
	case p.value != cty.NilVal:
		return p.value
	case p.length > 0:
		elements := make([]cty.Value, p.length)
		for i := range elements {
			elements[i] = cty.DynamicVal
			if m := p.members[strconv.Itoa(i)]; m != nil {
				elements[i] = m.build()
			}
		}
		return cty.TupleVal(elements)
	}
	return cty.ObjectVal(p.buildMembers())
}

func (p *partial) buildMembers() map[string]cty.Value {
	values := make(map[string]cty.Value, len(p.members))
	for name, m := range p.members {
		values[name] = m.build()
	}
	return values
}
