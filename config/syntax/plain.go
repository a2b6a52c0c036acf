package syntax

import (
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// plain reads blocks of the form that a large project has ten thousands of:
// attributes that are texts, numbers, names and lists of them, line by line.
// It makes of them what HCL makes, to the byte of every range, without HCL's
// tokens: those are four fifths of the time and the memory that a file takes.
//
// It knows no errors. Whatever it does not know, an operator as well as a
// mistake, is not plain, and HCL reads the block from its beginning. So it may
// say "not plain" of anything, and must never read what HCL reads otherwise:
// FuzzPlain compares the two.
type plain struct {
	shown string
	src   string
	place
	first hcl.Pos // of src
}

// place is how far a plain has come.
type place struct {
	at   int // in src
	line int
	bol  int // where the line begins, later by the bytes of characters behind their first
}

// maxPlain is how deep blocks and lists may stand in each other.
const maxPlain = 10

// pos is the position of the next byte.
func (p *plain) pos() hcl.Pos {
	return hcl.Pos{Line: p.line, Column: p.at - p.bol + 1, Byte: p.first.Byte + p.at}
}

// since is the range from there to the next byte.
func (p *plain) since(start hcl.Pos) hcl.Range {
	return hcl.Range{Filename: p.shown, Start: start, End: p.pos()}
}

// peek is the next byte; 0 at the end.
func (p *plain) peek() byte {
	if p.at < len(p.src) {
		return p.src[p.at]
	}
	return 0
}

// symbol reads a byte that stands for itself.
func (p *plain) symbol() hcl.Range {
	start := p.pos()
	p.at++
	return p.since(start)
}

// spaces passes over blanks.
func (p *plain) spaces() {
	for p.peek() == ' ' || p.peek() == '\t' {
		p.at++
	}
}

// endLine passes over blanks and a comment to the next line and reports whether
// there was nothing else.
func (p *plain) endLine() bool {
	p.spaces()
	if p.peek() == '#' || p.peek() == '/' && p.at+1 < len(p.src) && p.src[p.at+1] == '/' {
		for p.at < len(p.src) && p.src[p.at] != '\n' {
			p.at++
		}
	}
	if p.peek() != '\n' {
		return false
	}
	p.at++
	p.line++
	p.bol = p.at
	return true
}

// emptyLines passes over lines without content. The next line begins there.
func (p *plain) emptyLines() {
	for {
		before := p.place
		if !p.endLine() {
			p.place = before
			return
		}
	}
}

// block reads a block to the end of the line of its brace; nil: it is not plain.
func (p *plain) block(depth int) *hclsyntax.Block {
	p.spaces()
	start := p.pos()
	block := &hclsyntax.Block{Type: p.ident()}
	block.TypeRange = p.since(start)
	return p.finishBlock(block, depth)
}

// finishBlock reads what is behind the type of a block.
func (p *plain) finishBlock(block *hclsyntax.Block, depth int) *hclsyntax.Block {
	if block.Type == "" || depth > maxPlain {
		return nil
	}
	for p.spaces(); p.peek() != '{'; p.spaces() {
		start := p.pos()
		label, ok := p.label()
		if !ok {
			return nil
		}
		block.Labels = append(block.Labels, label)
		block.LabelRanges = append(block.LabelRanges, p.since(start))
	}
	block.OpenBraceRange = p.symbol()
	if block.Body = p.body(depth); block.Body == nil {
		return nil
	}
	block.CloseBraceRange = p.symbol()
	block.Body.SrcRange = hcl.RangeBetween(block.OpenBraceRange, block.CloseBraceRange)
	block.Body.EndRange = p.since(p.pos())
	if !p.endLine() && p.at < len(p.src) {
		return nil
	}
	return block
}

// label reads a label of a block.
func (p *plain) label() (text string, ok bool) {
	if p.peek() != '"' {
		text = p.ident()
		return text, text != ""
	}
	p.at++
	text = p.literal()
	if p.peek() != '"' {
		return "", false
	}
	p.at++
	return text, true
}

// body reads what stands between the braces of a block, to the second. A body
// on the line of its first brace has other rules, unless it is empty.
func (p *plain) body(depth int) *hclsyntax.Body {
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, Blocks: hclsyntax.Blocks{}}
	line := p.line
	for {
		p.emptyLines()
		p.spaces()
		if p.peek() == '}' {
			return body
		}
		start := p.pos()
		name := p.ident()
		at := p.since(start)
		if name == "" || p.line == line {
			return nil
		}
		if p.spaces(); p.peek() != '=' {
			block := p.finishBlock(&hclsyntax.Block{Type: name, TypeRange: at}, depth+1)
			if block == nil {
				return nil
			}
			body.Blocks = append(body.Blocks, block)
			continue
		}
		attr := &hclsyntax.Attribute{Name: name, NameRange: at, EqualsRange: p.symbol()}
		p.spaces()
		if attr.Expr = p.expr(depth); attr.Expr == nil {
			return nil
		}
		attr.SrcRange = p.since(start)
		if body.Attributes[name] != nil || !p.endLine() {
			return nil
		}
		body.Attributes[name] = attr
	}
}

// expr reads an expression; nil: it is not plain. What follows it tells whether
// it is the whole one, so who calls expr looks at that.
func (p *plain) expr(depth int) hclsyntax.Expression {
	switch c := p.peek(); {
	case c == '"':
		return p.text()
	case c == '[':
		return p.list(depth + 1)
	case '0' <= c && c <= '9':
		return p.number()
	default:
		return p.name()
	}
}

// list reads a list in brackets, within which lines do not matter.
func (p *plain) list(depth int) hclsyntax.Expression {
	list := &hclsyntax.TupleConsExpr{OpenRange: p.symbol()}
	for {
		p.emptyLines()
		p.spaces()
		if p.peek() == ']' {
			list.SrcRange = hcl.RangeBetween(list.OpenRange, p.symbol())
			return list
		}
		element := p.expr(depth)
		if element == nil || depth > maxPlain {
			return nil
		}
		list.Exprs = append(list.Exprs, element)
		p.emptyLines()
		p.spaces()
		switch p.peek() {
		case ',':
			p.at++
		case ']':
		default:
			return nil
		}
	}
}

// number reads a number without sign and exponent.
func (p *plain) number() hclsyntax.Expression {
	const digits = 20 // no number that means anything has more
	start, from, points := p.pos(), p.at, 0
	for c := p.peek(); '0' <= c && c <= '9' || c == '.'; c = p.peek() {
		if c == '.' {
			points++
		}
		p.at++
	}
	text := p.src[from:p.at]
	value, err := cty.ParseNumberVal(text)
	if err != nil || len(text) > digits || points > 1 || text[len(text)-1] == '.' {
		return nil
	}
	return &hclsyntax.LiteralValueExpr{Val: value, SrcRange: p.since(start)}
}

// name reads a keyword or a name with attributes.
func (p *plain) name() hclsyntax.Expression {
	start := p.pos()
	root := p.ident()
	at := p.since(start)
	switch root {
	case "", "for":
		return nil
	case "true":
		return &hclsyntax.LiteralValueExpr{Val: cty.True, SrcRange: at}
	case "false":
		return &hclsyntax.LiteralValueExpr{Val: cty.False, SrcRange: at}
	case "null":
		return &hclsyntax.LiteralValueExpr{Val: cty.NullVal(cty.DynamicPseudoType), SrcRange: at}
	}
	path := hcl.Traversal{hcl.TraverseRoot{Name: root, SrcRange: at}}
	for p.peek() == '.' {
		dot := p.pos()
		p.at++
		attr := p.ident()
		if attr == "" {
			return nil
		}
		path = append(path, hcl.TraverseAttr{Name: attr, SrcRange: p.since(dot)})
	}
	return &hclsyntax.ScopeTraversalExpr{Traversal: path, SrcRange: p.since(start)}
}

// constant is a text without templates, as one piece of memory.
type constant struct {
	expr  hclsyntax.TemplateExpr
	part  hclsyntax.LiteralValueExpr
	parts [1]hclsyntax.Expression
}

// text reads a text in quotes, in which names may stand as templates.
func (p *plain) text() hclsyntax.Expression {
	start := p.pos()
	p.at++
	from := p.pos()
	literal := p.literal()
	if p.peek() == '"' {
		c := &constant{part: hclsyntax.LiteralValueExpr{Val: cty.StringVal(literal), SrcRange: p.since(from)}}
		p.at++
		if literal == "" { // as HCL has it
			c.part.SrcRange = p.since(p.pos())
		}
		c.parts[0] = &c.part
		c.expr = hclsyntax.TemplateExpr{Parts: c.parts[:], SrcRange: p.since(start)}
		return &c.expr
	}
	var parts []hclsyntax.Expression
	for {
		if literal != "" {
			parts = append(parts, &hclsyntax.LiteralValueExpr{Val: cty.StringVal(literal), SrcRange: p.since(from)})
		}
		switch p.peek() {
		case '"':
			p.at++
			if _, literal := parts[0].(*hclsyntax.LiteralValueExpr); len(parts) == 1 && !literal {
				return &hclsyntax.TemplateWrapExpr{Wrapped: parts[0], SrcRange: p.since(start)}
			}
			return &hclsyntax.TemplateExpr{Parts: parts, SrcRange: p.since(start)}
		case '$':
			p.at++
			if p.peek() != '{' {
				return nil
			}
			p.at++
			p.spaces()
			part, isPath := p.name().(*hclsyntax.ScopeTraversalExpr)
			p.spaces()
			if !isPath || p.peek() != '}' {
				return nil
			}
			p.at++
			parts = append(parts, part)
		default:
			return nil
		}
		from = p.pos()
		literal = p.literal()
	}
}

// literal reads the characters of a text that stand for themselves, each in a
// column of its own.
func (p *plain) literal() string {
	from := p.at
	for p.at < len(p.src) {
		c := p.src[p.at]
		if c < utf8.RuneSelf {
			if c < ' ' || c == '"' || c == '\\' || c == '$' || c == '%' || c == 0x7f {
				break
			}
			p.at++
			continue
		}
		r, size := utf8.DecodeRuneInString(p.src[p.at:])
		if !alone(r) {
			break
		}
		p.at += size
		p.bol += size - 1
	}
	return p.src[from:p.at]
}

// alone reports whether a character beyond ASCII is known to join with none
// beside it: Latin letters, usual punctuation, Greek and Cyrillic letters,
// kana and Han.
func alone(r rune) bool {
	return 0xc0 <= r && r < 0x300 || 0x2010 <= r && r <= 0x2027 || 0x391 <= r && r <= 0x481 ||
		0x3001 <= r && r <= 0x3029 || 0x3041 <= r && r <= 0x3096 || 0x30a1 <= r && r <= 0x30fa || 0x4e00 <= r && r <= 0x9fff
}

// ident reads a name of ASCII letters; "": none stands here, or one that other
// characters may be part of.
func (p *plain) ident() string {
	from := p.at
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		case ('0' <= c && c <= '9' || c == '-') && p.at > from:
		case c >= utf8.RuneSelf:
			return ""
		default:
			return p.src[from:p.at]
		}
		p.at++
	}
	return ""
}

// Identifier reports whether a text can be a name in source.
func Identifier(s string) bool {
	p := &plain{src: s + "\n"}
	return p.ident() == s && s != "" || hclsyntax.ValidIdentifier(s)
}
