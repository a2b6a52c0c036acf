package syntax

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

const (
	// MaxNesting is how many levels of brackets, templates, blocks, unary
	// operators and conditionals may stand in each other. HCL's parser and
	// evaluator call themselves once or more for each; a Go program whose
	// stack is exhausted cannot even report it.
	MaxNesting = 500
	// maxChain is how many binary operators, indexes and splats one
	// expression may have in a row: they are parsed in a loop, but evaluated
	// by as many nested calls.
	maxChain = 5000
	// nestingProbe is the length of the piece of a large file that is counted
	// first. A token takes ten times the memory of a bracket, and files that
	// are nothing but brackets need not be cut into tokens to the end.
	nestingProbe = 64 << 10
	// MaxDigits is how many digits a number may be written with. Reading one
	// takes time in proportion to their square.
	MaxDigits = 5000
)

// CheckNesting reports source in native syntax that is nested too deeply to
// be parsed. It counts tokens and works on any input, valid or not.
func CheckNesting(filename string, src []byte) hcl.Diagnostics {
	if !mayNest(src) {
		return nil
	}
	if len(src) > nestingProbe {
		tokens, _ := hclsyntax.LexConfig(src[:nestingProbe], filename, hcl.InitialPos)
		if diags := countNesting(tokens); diags != nil {
			return diags
		}
	}
	tokens, _ := hclsyntax.LexConfig(src, filename, hcl.InitialPos)
	return countNesting(tokens)
}

// checkTemplateNesting is CheckNesting for the source of a template.
func checkTemplateNesting(filename string, src []byte) hcl.Diagnostics {
	if !mayNest(src) {
		return nil
	}
	tokens, _ := hclsyntax.LexTemplate(src, filename, hcl.InitialPos)
	return countNesting(tokens)
}

// hugeNumber matches a number literal whose exponent has five digits or more.
// Such a number takes no memory until a template writes it out.
var hugeNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[0-9.][eE][-+]?[0-9]{5}`) })

// longNumber reports whether a number literal is too long or too large.
func longNumber(src []byte) bool { return len(src) > MaxDigits || hugeNumber().Match(src) }

// mayNest reports whether src can pass a limit at all: whether there are
// enough characters that open a level, or a number that is too large.
// Most sources have neither, and are not cut into tokens.
func mayNest(src []byte) bool {
	n, digits := 0, 0
	for i, c := range src {
		if digits++; digits > MaxDigits {
			return true
		}
		if (c < '0' || c > '9') && c != '.' {
			digits = 0
		}
		switch c {
		case 'e', 'E':
			if i > 0 && src[i-1] <= '9' && hugeNumber().Match(src[i-1:min(len(src), i+7)]) {
				return true
			}
		case '\\', '(', '[', '{', '"', '<', '!', '-', '?', '+', '*', '/', '%', '&', '|', '=', '>':
			if n++; n > MaxNesting {
				return true
			}
		}
	}
	return false
}

// level counts what deepens the expression that stands between one pair of
// brackets.
type level struct {
	lines        bool // a newline ends the expression
	unary        int  // operators since the last operand
	conditionals int
	directives   int // template control blocks that were not ended
	chain        int // binary operators, indexes and splats
}

func (l level) depth() int { return l.unary + l.conditionals + l.directives }

// countNesting walks tokens with the levels that are open at each.
func countNesting(tokens hclsyntax.Tokens) hcl.Diagnostics {
	levels := []level{{lines: true}}
	depth := 0 // of all levels but the innermost
	operand := false
	for i, tok := range tokens {
		top := &levels[len(levels)-1]
		switch tok.Type {
		case hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOBrace, hclsyntax.TokenOQuote,
			hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			if tok.Type == hclsyntax.TokenOBrack && operand {
				top.chain++
			}
			if tok.Type == hclsyntax.TokenTemplateControl && i+1 < len(tokens) {
				top.directive(string(tokens[i+1].Bytes))
			}
			depth += 1 + top.depth()
			levels = append(levels, level{lines: tok.Type == hclsyntax.TokenOBrace})
			operand = false
		case hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCBrace, hclsyntax.TokenCQuote,
			hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			if len(levels) > 1 {
				levels = levels[:len(levels)-1]
				top = &levels[len(levels)-1]
				depth -= 1 + top.depth()
			}
			top.unary, operand = 0, true
		case hclsyntax.TokenNewline, hclsyntax.TokenComma:
			if top.lines || tok.Type == hclsyntax.TokenComma {
				*top = level{lines: top.lines, directives: top.directives}
				operand = false
			}
		case hclsyntax.TokenQuestion:
			top.conditionals++
			operand = false
		case hclsyntax.TokenBang, hclsyntax.TokenMinus:
			if operand {
				top.chain++
			} else {
				top.unary++
			}
			operand = false
		case hclsyntax.TokenIdent, hclsyntax.TokenNumberLit:
			if tok.Type == hclsyntax.TokenNumberLit && longNumber(tok.Bytes) {
				return tooLarge(tok.Range)
			}
			top.unary, operand = 0, true
		case hclsyntax.TokenStar:
			// Binary, or a splat: then what follows is an operator again.
			top.chain++
			operand = i > 0 && tokens[i-1].Type == hclsyntax.TokenDot
		case hclsyntax.TokenPlus, hclsyntax.TokenSlash, hclsyntax.TokenPercent, hclsyntax.TokenAnd,
			hclsyntax.TokenOr, hclsyntax.TokenEqualOp, hclsyntax.TokenNotEqual, hclsyntax.TokenLessThan,
			hclsyntax.TokenLessThanEq, hclsyntax.TokenGreaterThan, hclsyntax.TokenGreaterThanEq:
			top.chain++
			operand = false
		}
		top = &levels[len(levels)-1]
		switch {
		case depth+top.depth() > MaxNesting:
			return tooDeep(tok.Range)
		case top.chain > maxChain:
			return tooLong(tok.Range)
		}
	}
	return nil
}

// directive counts the template control block that begins with this keyword.
func (l *level) directive(keyword string) {
	switch keyword {
	case "if", "for":
		l.directives++
	case "endif", "endfor":
		l.directives = max(0, l.directives-1)
	}
}

// checkJSONNesting is CheckNesting for JSON syntax, whose strings are
// templates.
func checkJSONNesting(filename string, src []byte) hcl.Diagnostics {
	if !mayNest(src) {
		return nil
	}
	depth, line, lineStart, digits := 0, 1, 0, 0
	for i := 0; i < len(src); i++ {
		if digits++; digits > MaxDigits {
			return tooLarge(byteRange(filename, line, lineStart, i-MaxDigits, i))
		}
		if (src[i] < '0' || src[i] > '9') && src[i] != '.' {
			digits = 0
		}
		switch src[i] {
		case '\n':
			line, lineStart = line+1, i+1
		case '[', '{':
			if depth++; depth > MaxNesting {
				return tooDeep(byteRange(filename, line, lineStart, i, i+1))
			}
		case ']', '}':
			depth--
		case 'e', 'E':
			// Outside strings an exponent, or a letter of false and true.
			if at := hugeNumber().FindIndex(src[max(0, i-1):min(len(src), i+7)]); at != nil && i > 0 && at[0] == 0 {
				return tooLarge(byteRange(filename, line, lineStart, i-1, i+1))
			}
		case '"':
			end := stringEnd(src, i)
			if diags := checkJSONString(src[i:end]); diags != nil {
				diags[0].Subject = byteRange(filename, line, lineStart, i, end).Ptr()
				return diags
			}
			i = end - 1
		}
	}
	return nil
}

// stringEnd returns the position behind the JSON string that begins at start.
func stringEnd(src []byte, start int) int {
	for i := start + 1; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		case '\n':
			return i
		}
	}
	return len(src)
}

// checkJSONString reports a quoted JSON string that is too deep a template.
func checkJSONString(quoted []byte) hcl.Diagnostics {
	var text string
	if !mayNest(quoted) || json.Unmarshal(quoted, &text) != nil {
		return nil
	}
	return checkTemplateNesting("", []byte(text))
}

// byteRange is a range within one line whose columns count bytes.
func byteRange(filename string, line, lineStart, start, end int) hcl.Range {
	return hcl.Range{
		Filename: filename,
		Start:    hcl.Pos{Line: line, Column: start - lineStart + 1, Byte: start},
		End:      hcl.Pos{Line: line, Column: end - lineStart + 1, Byte: end},
	}
}

func tooDeep(at hcl.Range) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError,
		Summary:  "Configuration nested too deeply",
		Detail: fmt.Sprintf("More than %d levels of brackets, templates, blocks, operators or conditionals stand in each "+
			"other here. Move inner parts to local values.", MaxNesting),
		Subject: at.Ptr(),
	}}
}

func tooLarge(at hcl.Range) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError,
		Summary:  "Number too large",
		Detail:   fmt.Sprintf("A number may have up to %d digits, and its exponent up to four.", MaxDigits),
		Subject:  at.Ptr(),
	}}
}

func tooLong(at hcl.Range) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError,
		Summary:  "Expression too long",
		Detail: fmt.Sprintf("This expression has more than %d operators in a row. Move parts of it to local values, or use "+
			"a function on a list.", maxChain),
		Subject: at.Ptr(),
	}}
}
