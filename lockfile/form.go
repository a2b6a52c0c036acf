package lockfile

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkAddress says what is wrong with an asset's address, or "". The form is
// that of configuration: any number of module.NAME, then image.NAME or
// video.NAME, each of which may have an instance key in brackets.
func checkAddress(s string) string {
	for rest := s; ; {
		kind, after, found := strings.Cut(rest, ".")
		if !found {
			return "expected image.NAME or video.NAME, after any number of module.NAME"
		}
		if kind != "module" && kind != "image" && kind != "video" {
			return "expected module, image or video where " + quoted(kind) + " stands"
		}
		n := nameLength(after)
		if n == 0 {
			return "a name must follow " + quoted(kind+".")
		}
		rest = after[n:]
		if strings.HasPrefix(rest, "[") {
			n = instanceKeyLength(rest)
			if n == 0 {
				return "an instance key is a whole number or a quoted text in brackets"
			}
			rest = rest[n:]
		}
		switch {
		case kind != "module" && rest == "":
			return ""
		case kind == "module" && strings.HasPrefix(rest, "."):
			rest = rest[1:]
		case rest == "":
			return "the address names a module and no asset"
		default:
			return "nothing may stand after " + quoted(s[:len(s)-len(rest)])
		}
	}
}

// nameLength returns how much of s is an HCL identifier.
func nameLength(s string) int {
	for i, r := range s {
		if r == '_' || unicode.In(r, unicode.L, unicode.Nl, unicode.Other_ID_Start) {
			continue
		}
		if i > 0 && (r == '-' || unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc, unicode.Other_ID_Continue)) {
			continue
		}
		return i
	}
	return len(s)
}

// instanceKeyLength returns the length of the bracketed key that s begins
// with, or 0 if it does not begin with one.
func instanceKeyLength(s string) int {
	if strings.HasPrefix(s, `["`) {
		for i := 2; i < len(s); i++ {
			switch {
			case s[i] == '\\':
				i++
			case s[i] == '"':
				if strings.HasPrefix(s[i:], `"]`) {
					return i + 2
				}
				return 0
			}
		}
		return 0
	}
	end := strings.IndexByte(s, ']')
	if end < 2 || strings.Trim(s[1:end], "0123456789") != "" || s[1] == '0' && end > 2 {
		return 0
	}
	return end + 1
}

// isVideo reports whether a well-formed address names a video.
func isVideo(address string) bool {
	for {
		rest, ok := strings.CutPrefix(address, "module.")
		if !ok {
			return strings.HasPrefix(address, "video.")
		}
		n := nameLength(rest)
		rest = rest[n:]
		rest = rest[instanceKeyLength(rest):]
		address = strings.TrimPrefix(rest, ".")
		if n == 0 {
			return false
		}
	}
}

// quoted returns s as a JSON string, cut to a length that fits in a message.
func quoted(s string) string {
	const limit = 60
	if len(s) > limit {
		end := limit
		for !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end] + "..."
	}
	return string(appendString(nil, s))
}
