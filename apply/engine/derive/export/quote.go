package export

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unseen tells of characters that end a line somewhere, that are not seen, or
// that make a text read as another. It is a list of its own, and not Unicode's
// of a release of Go.
func unseen(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, // controls
		r == 0xad, r == 0x61c, r == 0x180e, r == 0xfeff,
		r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f,
		r >= 0xfff9 && r <= 0xfffb, r == 0xfffe, r == 0xffff,
		r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return false
}

// A dialect is how a language writes what a text cannot have as it is.
type dialect struct {
	markup bool              // "<" is escaped: the text may come to stand in a page
	large  func(rune) string // a character above U+FFFF that is not seen
}

var (
	jsonDialect = dialect{markup: true, large: surrogates}
	csDialect   = dialect{large: surrogates}
	goDialect   = dialect{large: func(r rune) string { return fmt.Sprintf(`\U%08x`, r) }}
	// Godot 3 has no escape above U+FFFF and takes the character itself.
	gdDialect = dialect{large: func(r rune) string { return string(r) }}
)

func surrogates(r rune) string {
	high, low := utf16.EncodeRune(r)
	return fmt.Sprintf(`\u%04x\u%04x`, high, low)
}

// quote writes a text between double quotes, with the escapes that all these
// languages have in common.
func (d dialect) quote(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	var b strings.Builder
	b.Grow(len(text) + 2)
	b.WriteByte('"')
	start := 0
	for i, r := range text {
		if r >= ' ' && r < 0x7f && r != '"' && r != '\\' && r != '<' {
			continue
		}
		escaped := d.escape(r)
		if escaped == "" {
			continue
		}
		b.WriteString(text[start:i])
		b.WriteString(escaped)
		start = i + utf8.RuneLen(r)
	}
	b.WriteString(text[start:])
	b.WriteByte('"')
	return b.String()
}

// escape is empty for what stands as it is.
func (d dialect) escape(r rune) string {
	switch {
	case r == '"':
		return `\"`
	case r == '\\':
		return `\\`
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case unseen(r) && r > 0xffff:
		return d.large(r)
	case unseen(r) || r == '<' && d.markup:
		const hex = "0123456789abcdef"
		return string([]byte{'\\', 'u', hex[r>>12], hex[r>>8&15], hex[r>>4&15], hex[r&15]})
	}
	return ""
}
