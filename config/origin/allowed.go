package origin

import (
	"errors"
	"fmt"
	"strings"
)

// Allowed are addresses that were given outside the repository, in their
// order. The zero value allows nothing.
type Allowed struct{ entries []entry }

type entry struct {
	base   string // without a final slash
	origin Origin
}

// ParseAllowed reads addresses that blanks part.
func ParseAllowed(text string) (Allowed, error) {
	var a Allowed
	for _, field := range strings.Fields(text) {
		u, o, err := Parse(field)
		if err != nil {
			return Allowed{}, fmt.Errorf("the address %q cannot be used: %w", field, err)
		}
		a.entries = append(a.entries, entry{u.String(), o})
	}
	return a, nil
}

// First is the first address, "" if there is none.
func (a Allowed) First() string {
	if len(a.entries) == 0 {
		return ""
	}
	return a.entries[0].base
}

// BaseAt returns the first address that has an origin.
func (a Allowed) BaseAt(o Origin) (base string, ok bool) {
	for _, e := range a.entries {
		if e.origin == o {
			return e.base, true
		}
	}
	return "", false
}

// errPlain is why nothing goes to another machine in the clear.
var errPlain = errors.New("what is sent by http:// can be read on the way, so it goes to this machine alone; another one needs https://")

// CheckScheme refuses an origin to which all would go in the clear.
func (o Origin) CheckScheme() error {
	if !o.Encrypted() && !o.Local() {
		return errPlain
	}
	return nil
}
