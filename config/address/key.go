package address

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// StringKey returns the instance key of a for_each.
func StringKey(s string) string {
	var b strings.Builder
	b.WriteString(`["`)
	// The escapes are those of an HCL quoted template, so that an address can
	// be parsed as an HCL traversal.
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case unicode.IsControl(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteString(`"]`)
	return b.String()
}

// IntKey returns the instance key of a count.
func IntKey(n int) string { return "[" + strconv.Itoa(n) + "]" }

// StepKey returns the instance key that the first step of a traversal indexes
// with.
func StepKey(steps hcl.Traversal) (string, bool) {
	if len(steps) == 0 {
		return "", false
	}
	ix, ok := steps[0].(hcl.TraverseIndex)
	if !ok || ix.Key.IsNull() || !ix.Key.IsKnown() {
		return "", false
	}
	switch ix.Key.Type() {
	case cty.String:
		return StringKey(ix.Key.AsString()), true
	case cty.Number:
		n, acc := ix.Key.AsBigFloat().Int64()
		if acc != 0 || n < 0 {
			return "", false
		}
		return IntKey(int(n)), true
	}
	return "", false
}

// leadingKey returns the instance key that text, which begins with a bracket,
// begins with. It accepts a key in the form alone that StringKey or IntKey
// gives it.
func leadingKey(text string) (string, error) {
	key := text[:keyLength(text)]
	if isPlainKey(key) {
		return key, nil
	}
	trav, diags := hclsyntax.ParseTraversalAbs([]byte("x"+key), "", hcl.InitialPos)
	if diags.HasErrors() {
		trav = nil
	}
	switch exact, ok := StepKey(trav[min(1, len(trav)):]); {
	case !ok:
		return "", errors.New("an instance key is a whole number or a quoted text in brackets")
	case exact != key:
		return "", fmt.Errorf("the instance key is written %.60s", exact)
	}
	return key, nil
}

// keyLength returns the length of the bracketed key that text begins with,
// whatever stands in it, or 0 if it does not end.
func keyLength(text string) int {
	if !strings.HasPrefix(text, `["`) {
		return strings.IndexByte(text, ']') + 1
	}
	for i := 2; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case strings.HasPrefix(text[i:], `"]`):
			return i + 2
		case text[i] == '"':
			return 0
		}
	}
	return 0
}

// isPlainKey recognises the keys that almost all assets have, without the work
// of HCL's parser: a number, or a quoted text in which nothing is escaped.
func isPlainKey(key string) bool {
	if !strings.HasPrefix(key, `["`) {
		n, err := strconv.Atoi(strings.Trim(key, "[]"))
		return err == nil && n >= 0 && IntKey(n) == key
	}
	ascii := true
	for i := 2; i < len(key)-2; i++ {
		switch c := key[i]; {
		case c < ' ' || c == '\\' || c == '$' || c == '%':
			return false
		case c > '~':
			ascii = false
		}
	}
	return ascii || StringKey(cty.StringVal(key[2:len(key)-2]).AsString()) == key
}
