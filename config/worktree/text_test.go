package worktree

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// TestWideText: text of two or four bytes a character is told from text and
// from binary files, with a byte order mark and without.
func TestWideText(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]encoding.Encoding{
		"UTF-16LE text without a byte order mark": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
		"UTF-16BE text without a byte order mark": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"UTF-32LE text without a byte order mark": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
		"UTF-32BE text without a byte order mark": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
		"UTF-16 text": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"UTF-32 text": utf32.UTF32(utf32.LittleEndian, utf32.UseBOM),
	} {
		for _, text := range []string{"A", "A red fox\r\n", "Löwe, 猫 and 🐉\n", "id,text\r\na,x\r\n", "Рыжая лиса бежит\n", strings.Repeat("A long text.\n", 1000)} {
			content, err := e.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := WideText([]byte(content)); got != want {
				t.Errorf("%q in %s: %q", text, want, got)
			}
			if err := CheckText([]byte(content)); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q in %s: %v", text, want, err)
			}
		}
	}
	for _, content := range []string{"", "A red fox\n", "loc\x00als {}", "\x00\x00\x00\x00", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a"} {
		if got := WideText([]byte(content)); got != "" {
			t.Errorf("%q: %q", content, got)
		}
		if err := CheckText([]byte(content)); (err != nil) != strings.Contains(content, "\x00") {
			t.Errorf("%q: %v", content, err)
		}
	}
}
