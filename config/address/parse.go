package address

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/text/unicode/norm"
)

// Parse reads the address of one asset as a person may write it: with white
// space and escapes wherever HCL allows them. The error says in words what is
// wrong with the text.
func Parse(text string) (Address, error) {
	if a, err := ParseExact(text); err == nil {
		return a, nil
	}
	trav, diags := hclsyntax.ParseTraversalAbs([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		return Address{}, parseError(text, "it is not of the form image.NAME, image.NAME[\"KEY\"] or module.NAME.image.NAME")
	}
	a, rest, err := ofTraversal(trav)
	if err != nil {
		return Address{}, parseError(text, err.Error())
	}
	if len(rest) > 0 {
		return Address{}, parseError(text, "something follows the asset's name and key")
	}
	return a, nil
}

func parseError(text, why string) error {
	return fmt.Errorf("%q is no asset address: %s", text, why)
}

// ParseExact reads the address of one asset in the one form that String gives
// it, as it stands in files that assetform writes: a lock may hold ten
// thousands of them, so this takes no allocation and seldom HCL's parser. The
// error says what is wrong without repeating the text.
func ParseExact(text string) (Address, error) {
	for rest, module := text, ""; ; {
		kind, after, found := strings.Cut(rest, ".")
		switch {
		case !found:
			return Address{}, errors.New("expected KIND.NAME, such as image.NAME or video.NAME, after any number of module.NAME")
		case kind != "module" && !Kind(kind).Known():
			return Address{}, fmt.Errorf("expected module or a kind of asset, such as image or video, where %.60q stands", kind)
		}
		end := strings.IndexAny(after, ".[")
		if end < 0 {
			end = len(after)
		}
		name, key := after[:end], ""
		switch {
		case name == "":
			return Address{}, fmt.Errorf("a name must follow %q", kind+".")
		case !isName(name):
			return Address{}, fmt.Errorf("%.60q is no name", name)
		case nfc(name) != name:
			return Address{}, fmt.Errorf("the name is written %.60q, in NFC", nfc(name))
		}
		rest = after[end:]
		if strings.HasPrefix(rest, "[") {
			var err error
			if key, err = leadingKey(rest); err != nil {
				return Address{}, err
			}
			rest = rest[len(key):]
		}
		switch {
		case kind != "module" && rest == "":
			return Address{Module: module, Kind: Kind(kind), Name: name, Key: key}, nil
		case kind == "module" && strings.HasPrefix(rest, "."):
			module, rest = text[:len(text)-len(rest)], rest[1:]
		case rest == "":
			return Address{}, errors.New("the address names a module and no asset")
		default:
			return Address{}, fmt.Errorf("nothing may stand after %.60q", text[:len(text)-len(rest)])
		}
	}
}

// nfc is norm.NFC.String without an allocation for ASCII.
func nfc(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return norm.NFC.String(s)
		}
	}
	return s
}

// isName reports whether a text that is not empty is an HCL identifier.
func isName(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
		case i > 0 && (c >= '0' && c <= '9' || c == '-'):
		default:
			return c >= 0x80 && hclsyntax.ValidIdentifier(s)
		}
	}
	return true
}
