package config

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"assetform/config/method"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Address names one asset of a project: "image.knight",
// `module.ui["en"].image.icon["sword"]`. It is comparable; two assets with
// equal addresses are the same asset.
type Address struct {
	Module string // path of the module instance, `module.ui["en"]`, empty for the root module
	Kind   method.Kind
	Name   string
	Key    string // instance key as it is written in an address: `["sword"]`, `[3]` or empty
}

// String returns the address as people write it.
func (a Address) String() string {
	s := string(a.Kind) + "." + a.Name + a.Key
	if a.Module != "" {
		return a.Module + "." + s
	}
	return s
}

// IsZero reports whether the address names nothing.
func (a Address) IsZero() bool { return a == Address{} }

// Block returns the address without its instance key: it names the block, or
// all its instances.
func (a Address) Block() Address { a.Key = ""; return a }

// Compare orders addresses by the bytes of their text, the order of lock and
// plan.
func (a Address) Compare(b Address) int { return strings.Compare(a.String(), b.String()) }

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

// ParseAddress reads the address of one asset. The error says in words what
// is wrong with the text.
func ParseAddress(text string) (Address, error) {
	if a, ok := plainAddress(text); ok {
		return a, nil
	}
	trav, diags := hclsyntax.ParseTraversalAbs([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		return Address{}, addressError(text, "it is not of the form image.NAME, image.NAME[\"KEY\"] or module.NAME.image.NAME")
	}
	a, rest, err := addressOfTraversal(trav)
	if err != nil {
		return Address{}, addressError(text, err.Error())
	}
	if len(rest) > 0 {
		return Address{}, addressError(text, "something follows the asset's name and key")
	}
	return a, nil
}

// plainAddress reads the form that most addresses have, a kind and a name and
// perhaps a key of plain characters, without the work of HCL's parser: a lock
// may hold ten thousands of them.
func plainAddress(text string) (Address, bool) {
	kind, rest, _ := strings.Cut(text, ".")
	if kind != string(method.Image) && kind != string(method.Video) {
		return Address{}, false
	}
	name, key := rest, ""
	if i := strings.IndexByte(rest, '['); i >= 0 {
		name, key = rest[:i], rest[i:]
		inner, ok := strings.CutPrefix(key, `["`)
		inner, ok2 := strings.CutSuffix(inner, `"]`)
		if !ok || !ok2 || strings.ContainsFunc(inner, func(r rune) bool { return !plainNameRune(r) }) {
			return Address{}, false
		}
	}
	if name == "" || name[0] == '-' || name[0] >= '0' && name[0] <= '9' || strings.ContainsFunc(name, func(r rune) bool { return !plainNameRune(r) }) {
		return Address{}, false
	}
	return Address{Kind: method.Kind(kind), Name: name, Key: key}, true
}

func plainNameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-'
}
