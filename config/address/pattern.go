package address

import (
	"slices"
	"strings"
)

// Match reports whether a pattern of --target, --exclude or --replace
// names the asset. In a pattern, `*` is any run of characters; a pattern that
// leaves out a key names all instances, and one that matches a module names
// everything below it. A key that holds a star is written with the escape that
// texts of the language have for it, `image.icon["\u002a"]`: Pattern does that.
//
// A pattern without a star is an address, in any spelling that Parse reads.
func Match(pattern string, a Address) bool {
	if !strings.Contains(pattern, "*") {
		if mayBeRespelled(pattern) {
			if t, err := ParseTarget(pattern); err == nil {
				pattern = t.Text
			}
		}
		if strings.HasPrefix(pattern, "module.") {
			return slices.Contains(formsOf(a), pattern)
		}
		// The usual case, without building a text.
		return a.Module == "" && strings.HasPrefix(pattern, string(a.Kind)) &&
			(pattern == a.String() || pattern == a.Block().String())
	}
	pattern = literalStars(nfc(pattern))
	for _, form := range formsOf(a) {
		if glob(pattern, form) {
			return true
		}
	}
	return false
}

// Pattern is the address as Match reads it: with a star only for any text.
func (a Address) Pattern() string { return strings.ReplaceAll(a.String(), "*", starEscape) }

// starEscape is how a star that is only a star is written, and literalStar
// what glob takes for one: a byte that no text has.
const (
	starEscape  = `\u002a`
	literalStar = '\xff'
)

// mayBeRespelled tells whether an address may be written in another form than
// its own: with escapes, white space, or letters that have several.
func mayBeRespelled(pattern string) bool {
	return strings.IndexFunc(pattern, func(r rune) bool { return r == '\\' || r <= ' ' || r >= 0x80 }) >= 0
}

// literalStars replaces the escapes of stars; a backslash that is escaped
// itself begins none.
func literalStars(pattern string) string {
	var b []byte
	for i := 0; i < len(pattern); i++ {
		switch rest := pattern[i:]; {
		case strings.HasPrefix(rest, starEscape), strings.HasPrefix(rest, `\u002A`):
			b = append(b, literalStar)
			i += len(starEscape) - 1
		case rest[0] == '\\' && len(rest) > 1:
			b = append(b, rest[:2]...)
			i++
		default:
			b = append(b, rest[0])
		}
	}
	return string(b)
}

// maxKeyForms bounds the keys whose presence and absence are combined: with
// more than this many modules with keys around an asset, its own key and the
// rest stay as they are.
const maxKeyForms = 4

// formsOf lists the texts by which an address can be named: itself, the modules
// around it, and each of these with any of the keys left out.
func formsOf(a Address) []string {
	forms := []string{""}
	var all []string
	steps := moduleSteps(a.Module)
	for i, s := range steps {
		forms = appendStep(forms, s, i < maxKeyForms)
		all = append(all, forms...)
	}
	own := step{"." + string(a.Kind) + "." + a.Name, a.Key}
	if len(steps) == 0 {
		own.name = own.name[1:]
	}
	return append(all, appendStep(forms, own, true)...)
}

// step is a part of an address: a name with the dot before it, and its key.
type step struct{ name, key string }

func appendStep(forms []string, s step, bothWays bool) []string {
	longer := make([]string, 0, 2*len(forms))
	for _, f := range forms {
		longer = append(longer, f+s.name+s.key)
		if s.key != "" && bothWays {
			longer = append(longer, f+s.name)
		}
	}
	return longer
}

// moduleSteps splits `module.a["x"].module.b` into its two steps.
func moduleSteps(path string) []step {
	var steps []step
	start, key := 0, -1
	flush := func(end int) {
		if start == end {
			return
		}
		s := step{name: path[start:end]}
		if key >= 0 {
			s = step{path[start:key], path[key:end]}
		}
		steps, start, key = append(steps, s), end, -1
	}
	quoted := false
	for i := 0; i < len(path); i++ {
		switch {
		case quoted && path[i] == '\\':
			i++
		case path[i] == '"':
			quoted = !quoted
		case quoted:
		case path[i] == '[':
			key = i
		case strings.HasPrefix(path[i:], ".module."):
			flush(i)
		}
	}
	flush(len(path))
	return steps
}

// Module is one step of the way to an asset in modules; Key is as it is written
// in an address.
type Module struct{ Name, Key string }

// Modules lists the modules that an address lies in, the outermost first.
func (a Address) Modules() []Module {
	var list []Module
	for _, s := range moduleSteps(a.Module) {
		list = append(list, Module{s.name[strings.LastIndexByte(s.name, '.')+1:], s.key})
	}
	return list
}

// glob matches text against a pattern in which `*` is any run of characters.
func glob(pattern, text string) bool {
	star, mark := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == text[t] || pattern[p] == literalStar && text[t] == '*'):
			p, t = p+1, t+1
		case star >= 0:
			// Let the last star take one character more.
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
