package config

import (
	"path"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// named is what "local.NAME" or "var.NAME" is in a module's directory, which is
// relative to the project root: by the path of each instance, that of the root
// module is "". It is nil where there is none, or where one has no value.
// Values that hold anything sensitive are marked.
func (p *Project) named(dir, name string) map[string]cty.Value {
	if p.console == nil {
		return nil
	}
	kind, name, _ := strings.Cut(name, ".")
	var values map[string]cty.Value
	for _, s := range p.console.scopes[path.Clean(dir)] {
		cells := s.Locals
		if kind == "var" {
			cells = s.Variables
		}
		if cells[name] == nil {
			return nil
		}
		v := p.console.ev.Force(cells[name], cells[name].Range)
		if !v.IsWhollyKnown() {
			return nil // an error is in it
		}
		if values == nil {
			values = map[string]cty.Value{}
		}
		values[s.Path] = v
	}
	return values
}

// SameNamed tells whether a name has the same values in two projects, in all
// instances that both have. It is false where nothing is known of them. Neither
// project is closed yet.
func SameNamed(a, b *Project, dir, name string) bool {
	for _, p := range []*Project{a, b} {
		if p.console != nil {
			defer p.console.watch.Begin(p.console.watched.place)()
		}
	}
	then, same := b.named(dir, name), false
	for instance, v := range a.named(dir, name) {
		was, stood := then[instance]
		if !stood {
			continue // an instance that is new
		}
		v, _ = v.UnmarkDeep()
		was, _ = was.UnmarkDeep()
		if !v.RawEquals(was) {
			return false
		}
		same = true
	}
	return same
}
