package config

import "strings"

// MatchAddress tells whether a pattern of --target, --exclude, --replace and
// the like names an asset. `*` stands for any run of characters; an address
// without a key names all its instances, and that of a module everything in
// it.
func MatchAddress(pattern string, a Address) bool {
	if glob(pattern, a.String()) || glob(pattern, a.Block().String()) {
		return true
	}
	if !strings.HasPrefix(pattern, "module.") || a.Module == "" {
		return false
	}
	for end := range len(a.Module) + 1 {
		if end < len(a.Module) && a.Module[end] != '.' && a.Module[end] != '[' {
			continue
		}
		if glob(pattern, a.Module[:end]) {
			return true
		}
	}
	return false
}

// glob matches the whole text; only `*` is special.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return strings.HasSuffix(rest, parts[last])
}
