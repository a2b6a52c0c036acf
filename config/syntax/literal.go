package syntax

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Literal writes a value, all of which is known and unmarked, as HCL in
// canonical layout.
func Literal(v cty.Value) string {
	var b strings.Builder
	writeValue(&b, v)
	return string(Layout([]byte(b.String())))
}

func writeValue(b *strings.Builder, v cty.Value) {
	t := v.Type()
	switch {
	case v.IsNull():
		b.WriteString("null")
	case t == cty.Bool:
		fmt.Fprint(b, v.True())
	case t == cty.Number:
		b.WriteString(v.AsBigFloat().Text('f', -1))
	case t == cty.String:
		writeText(b, v.AsString())
	case t.IsListType() || t.IsSetType() || t.IsTupleType():
		parts := "["
		for _, e := range v.Elements() {
			b.WriteString(parts)
			writeValue(b, e)
			parts = ","
		}
		if parts == "[" {
			b.WriteString(parts)
		}
		b.WriteString("]")
	case t.IsMapType() || t.IsObjectType():
		b.WriteString("{")
		if v.LengthInt() > 0 {
			b.WriteString("\n")
		}
		for key, e := range v.Elements() {
			if name := key.AsString(); hclsyntax.ValidIdentifier(name) {
				b.WriteString(name)
			} else {
				writeText(b, name)
			}
			b.WriteString("=")
			writeValue(b, e)
			b.WriteString("\n")
		}
		b.WriteString("}")
	default:
		panic("no literal of " + t.FriendlyName())
	}
}

func writeText(b *strings.Builder, s string) {
	escapes := map[rune]string{'\n': `\n`, '\r': `\r`, '\t': `\t`, '"': `\"`, '\\': `\\`}
	b.WriteByte('"')
	for i, r := range s {
		switch escaped, is := escapes[r]; {
		case is:
			b.WriteString(escaped)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 1<<16:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			fmt.Fprintf(b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
}
