package syntax

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/rivo/uniseg"
)

// The canonical layout of HCL: the rules of hclwrite.Format, from which this is
// taken (Copyright IBM Corp. 2014, 2025; MPL 2.0, as all of this). hclwrite
// itself is a tree with edits, which nothing here uses, and brings a library
// for tests along that took a tenth of each command's start.

// token is one token and the blanks before it: they are all that changes.
type token struct {
	hclsyntax.Token
	blanks int
}

// Layout moves the tokens of source to their canonical places. Source that
// does not parse is laid out as well as may be.
func Layout(src []byte) []byte {
	native, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	tokens := make([]token, len(native))
	last := 0
	for i, t := range native {
		tokens[i] = token{t, t.Range.Start.Byte - last}
		last = t.Range.End.Byte
	}
	lines := linesOf(tokens)
	indent(lines)
	for _, l := range lines {
		space(l.lead)
		if len(l.assign) > 0 {
			l.assign[0].blanks = 1
			space(l.assign)
		}
	}
	align(lines, func(l line) (cell []token, before int) { return l.assign, columns(l.lead) })
	align(lines, func(l line) (cell []token, before int) { return l.comment, columns(l.lead) + columns(l.assign) })
	var out bytes.Buffer
	for _, t := range tokens {
		out.WriteString(strings.Repeat(" ", max(t.blanks, 0)))
		out.Write(t.Bytes)
	}
	return out.Bytes()
}

// line is a line in cells, two of which stand below those of its neighbours.
type line struct {
	lead    []token
	assign  []token // from an equals sign on, if the value ends in the line
	comment []token // at the end of the line
}

func linesOf(tokens []token) []line {
	var lines []line
	start := 0
	for i, t := range tokens {
		switch {
		case t.Type == hclsyntax.TokenEOF:
			return append(lines, cells(tokens[start:i]))
		case endsLine(t):
			lines = append(lines, cells(tokens[start:i+1]))
			start = i + 1
		}
	}
	return append(lines, cells(tokens[start:]))
}

// endsLine tells whether a token has a line's end in it, as comments from # or
// // have.
func endsLine(t token) bool {
	return t.Type == hclsyntax.TokenNewline || t.Type == hclsyntax.TokenComment && bytes.HasSuffix(t.Bytes, []byte("\n"))
}

func cells(tokens []token) line {
	l := line{lead: tokens}
	if n := len(tokens); n > 1 && tokens[n-1].Type == hclsyntax.TokenComment {
		l.lead, l.comment = tokens[:n-1], tokens[n-1:]
	}
	for i, t := range l.lead {
		if i > 0 && t.Type == hclsyntax.TokenEqual {
			if opened(l.lead[i:]) == 0 {
				l.lead, l.assign = l.lead[:i], l.lead[i:]
			}
			break
		}
	}
	return l
}

// bracket is 1 for a token that opens something, -1 for one that closes it.
func bracket(t token) int {
	switch t.Type {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateControl, hclsyntax.TokenTemplateInterp:
		return 1
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
		return -1
	}
	return 0
}

// opened is how many brackets tokens open more than they close.
func opened(tokens []token) int {
	n := 0
	for _, t := range tokens {
		n += bracket(t)
	}
	return n
}

// indent begins each line two columns further for each line before it that
// opened brackets which are not closed yet, however many.
func indent(lines []line) {
	var open []int // brackets of each such line
	for _, l := range lines {
		if len(l.lead) == 0 {
			continue
		}
		if l.lead[0].Type == hclsyntax.TokenNewline {
			l.lead[0].blanks = 0
			continue
		}
		net := opened(l.assign)
		for _, t := range l.lead {
			net += bracket(t)
			if t.Type == hclsyntax.TokenOHeredoc {
				break
			}
		}
		for closed := -net; closed > 0 && len(open) > 0; {
			top := &open[len(open)-1]
			part := min(closed, *top)
			closed -= part
			if *top -= part; *top == 0 {
				open = open[:len(open)-1]
			}
		}
		l.lead[0].blanks = 2 * len(open)
		if net > 0 {
			open = append(open, net)
		}
	}
}

// space parts the tokens of a cell by one blank or none.
func space(cell []token) {
	var before token
	for i := range len(cell) - 1 {
		cell[i+1].blanks = 0
		if parted(before, cell[i], cell[i+1]) {
			cell[i+1].blanks = 1
		}
		before = cell[i]
	}
}

// align puts one cell of lines that follow each other into one column.
func align(lines []line, cellOf func(line) (cell []token, before int)) {
	for i := 0; i < len(lines); i++ {
		widest, end := 0, i
		for ; end < len(lines); end++ {
			cell, before := cellOf(lines[end])
			if cell == nil {
				break
			}
			widest = max(widest, before)
		}
		for ; i < end; i++ {
			cell, before := cellOf(lines[i])
			cell[0].blanks = widest - before + 1
		}
	}
}

func columns(tokens []token) int {
	n := 0
	for _, t := range tokens {
		n += t.blanks + uniseg.GraphemeClusterCount(string(t.Bytes))
	}
	return n
}

// parted tells whether a blank stands between two tokens; before is the one in
// front of them, nothing at the beginning.
func parted(before, t, after token) bool {
	was, is, next := before.Type, t.Type, after.Type
	switch {
	case next == hclsyntax.TokenNewline || next == hclsyntax.TokenNil:
		return false
	case is == hclsyntax.TokenIdent && next == hclsyntax.TokenOParen: // a call
		return false
	case is == hclsyntax.TokenIdent && next == hclsyntax.TokenDoubleColon, is == hclsyntax.TokenDoubleColon && next == hclsyntax.TokenIdent:
		return false
	case is == hclsyntax.TokenDot || next == hclsyntax.TokenDot:
		return false
	case next == hclsyntax.TokenComma || next == hclsyntax.TokenEllipsis:
		return false
	case is == hclsyntax.TokenComma:
		return true
	case within(is) || is == hclsyntax.TokenOQuote || is == hclsyntax.TokenOHeredoc,
		within(next) || next == hclsyntax.TokenCQuote || next == hclsyntax.TokenCHeredoc:
		return false
	case is == hclsyntax.TokenIdent && string(t.Bytes) == "in" && was == hclsyntax.TokenIdent: // [for x in [a]: x]
		return true
	case next == hclsyntax.TokenOBrack && (is == hclsyntax.TokenIdent || is == hclsyntax.TokenNumberLit || bracket(t) < 0):
		return false
	case is == hclsyntax.TokenBang:
		return false
	case is == hclsyntax.TokenMinus:
		return !beforeNegation(was)
	case is == hclsyntax.TokenOBrace || next == hclsyntax.TokenCBrace:
		return is != hclsyntax.TokenOBrace || next != hclsyntax.TokenCBrace
	case (is == hclsyntax.TokenTemplateInterp || is == hclsyntax.TokenTemplateControl) && next == hclsyntax.TokenOBrace, // ${ {
		is == hclsyntax.TokenCBrace && next == hclsyntax.TokenTemplateSeqEnd:
		return true
	case is == hclsyntax.TokenTemplateSeqEnd && (next == hclsyntax.TokenTemplateInterp || next == hclsyntax.TokenTemplateControl):
		return false
	}
	return bracket(t) <= 0 && bracket(after) >= 0
}

// within tells whether a token is the text of a template.
func within(t hclsyntax.TokenType) bool {
	return t == hclsyntax.TokenQuotedLit || t == hclsyntax.TokenStringLit
}

// beforeNegation tells whether a minus behind a token is a sign: the token
// ends no value.
func beforeNegation(t hclsyntax.TokenType) bool {
	switch t {
	case hclsyntax.TokenNil,
		hclsyntax.TokenOParen, hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenEqual, hclsyntax.TokenColon, hclsyntax.TokenComma, hclsyntax.TokenQuestion,
		hclsyntax.TokenPlus, hclsyntax.TokenStar, hclsyntax.TokenSlash, hclsyntax.TokenPercent, hclsyntax.TokenMinus,
		hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq, hclsyntax.TokenLessThan, hclsyntax.TokenLessThanEq,
		hclsyntax.TokenAnd, hclsyntax.TokenOr, hclsyntax.TokenBang:
		return true
	}
	return false
}
