package address

import "strings"

// Kind says what an asset is: it is also the type of its block.
type Kind string

// The two kinds of assets.
const (
	Image Kind = "image"
	Video Kind = "video"
)

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
