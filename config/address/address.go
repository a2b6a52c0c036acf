package address

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Kind says what an asset is: it is also the type of its block.
type Kind string

// The kinds that are generated, and those that are made of other files of the
// project. Which of the latter there are, the engines say.
const (
	Image   Kind = "image"
	Video   Kind = "video"
	Variant Kind = "variant"
	Atlas   Kind = "atlas"
	Export  Kind = "export"
)

// Known reports whether addresses may be of that kind.
func (k Kind) Known() bool {
	switch k {
	case Image, Video, Variant, Atlas, Export:
		return true
	}
	return false
}

// Derived reports whether assets of that kind are made of other files of the
// project, and not generated.
func (k Kind) Derived() bool { return k.Known() && k != Image && k != Video }

// Picture reports whether assets of that kind are pictures: others may be made
// of them.
func (k Kind) Picture() bool { return k == Image || k == Variant || k == Atlas }

// Address names one asset of a project: "image.knight",
// `module.ui["en"].image.icon["sword"]`. It is comparable; two assets with
// equal addresses are the same asset. With Kind and Name empty it names a
// module, as a Target may.
type Address struct {
	Module string // path of the module instance, `module.ui["en"]`, empty for the root module
	Kind   Kind
	Name   string
	Key    string // instance key as it is written in an address: `["sword"]`, `[3]` or empty
}

// String returns the address as people write it.
func (a Address) String() string {
	if a.Kind == "" {
		return a.Module
	}
	s := string(a.Kind) + "." + a.Name + a.Key
	if a.Module != "" {
		return a.Module + "." + s
	}
	return s
}

// IsZero reports whether the address names nothing.
func (a Address) IsZero() bool { return a == Address{} }

// Index returns what the instance key holds: `sword` of `["sword"]`, `3` of
// `[3]`, and nothing where there is no key.
func (a Address) Index() string {
	switch {
	case isPlainKey(a.Key) && a.Key[1] == '"':
		return a.Key[2 : len(a.Key)-2]
	case isPlainKey(a.Key):
		return a.Key[1 : len(a.Key)-1]
	}
	trav, _ := hclsyntax.ParseTraversalAbs([]byte("x"+a.Key), "", hcl.InitialPos)
	if len(trav) != 2 {
		return ""
	}
	ix, ok := trav[1].(hcl.TraverseIndex)
	if !ok || ix.Key.Type() != cty.String {
		return ""
	}
	return ix.Key.AsString()
}

// Block returns the address without its own instance key: it names the block,
// or all its instances.
func (a Address) Block() Address {
	if a.Kind == "" && a.Module != "" {
		steps := moduleSteps(a.Module)
		a.Module = strings.TrimSuffix(a.Module, steps[len(steps)-1].key)
	}
	a.Key = ""
	return a
}

// Plain returns the address without any instance key, its modules' included:
// it names what stands in the configuration.
func (a Address) Plain() Address {
	var names []string
	for _, s := range moduleSteps(a.Module) {
		names = append(names, s.name)
	}
	a.Module, a.Key = strings.Join(names, ""), "" // the dots are the steps'
	return a
}

// Compare orders addresses by the bytes of their text, the order of lock and
// plan.
func (a Address) Compare(b Address) int { return strings.Compare(a.String(), b.String()) }
