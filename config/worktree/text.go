package worktree

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	ucd "unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

var (
	byteOrderMark = []byte("\xef\xbb\xbf")
	lf            = []byte("\n")
	crlf          = []byte("\r\n")
	cr            = []byte("\r")
)

// Text is the content of a file that is read as text: without a byte order
// mark, each line ended by LF alone. So what an editor or git's core.autocrlf
// makes of a file changes nothing that is made from it. Content that has
// neither is returned as it is.
func Text(content []byte) []byte {
	content = bytes.TrimPrefix(content, byteOrderMark)
	if !bytes.Contains(content, cr) {
		return content
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(content, crlf, lf), cr, lf)
}

// CheckText returns why content is no text in UTF-8, and how it becomes that.
func CheckText(content []byte) error {
	wide := WideText(content)
	switch {
	case wide != "":
		return fmt.Errorf("the file is %s, as spreadsheets call \"Unicode text\"; save it as UTF-8", wide)
	case bytes.IndexByte(content, 0) >= 0:
		return errors.New("the file holds NUL characters, so it is binary or in UTF-16; save text as UTF-8; where a picture is wanted, write its path itself, without file(...)")
	case !utf8.Valid(content):
		return errors.New("the file is not valid UTF-8 text; save it as UTF-8 (spreadsheets: \"CSV UTF-8\"), " +
			`or read it with textdecodebase64(filebase64("PATH"), "windows-1252") or what its encoding is`)
	}
	return nil
}

// WideText says which text content is whose characters take two or four bytes
// each, and is empty for other content. Without a byte order mark such text may
// be valid UTF-8 byte by byte, with NUL characters between its letters: then it
// is what has no other character that cannot be seen, and some that ASCII has.
func WideText(content []byte) string {
	for _, mark := range []struct{ bytes, encoding string }{ // a mark of UTF-32 begins with one of UTF-16
		{"\xff\xfe\x00\x00", "UTF-32"}, {"\x00\x00\xfe\xff", "UTF-32"}, {"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"},
	} {
		if bytes.HasPrefix(content, []byte(mark.bytes)) {
			return mark.encoding + " text"
		}
	}
	if bytes.IndexByte(content, 0) < 0 {
		return ""
	}
	const enough, fewest = 4096, 8
	head := content[:min(len(content), enough)]
	for _, e := range []struct {
		name string
		encoding.Encoding
	}{
		{"UTF-16LE", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}, {"UTF-16BE", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
		{"UTF-32LE", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)}, {"UTF-32BE", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	} {
		text, err := e.NewDecoder().String(string(head))
		ascii := len(text) - len(strings.Map(notASCII, text))
		if err == nil && !strings.ContainsFunc(text, unseen) && ascii*fewest >= utf8.RuneCountInString(text) {
			return e.name + " text without a byte order mark"
		}
	}
	return ""
}

func unseen(r rune) bool { return r == utf8.RuneError || !ucd.IsPrint(r) && !ucd.IsSpace(r) }

// notASCII drops ASCII from what [strings.Map] goes over.
func notASCII(r rune) rune {
	if r < utf8.RuneSelf {
		return -1
	}
	return r
}
