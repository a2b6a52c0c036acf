package worktree

import (
	"bytes"
	"errors"
	"unicode/utf8"
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
	switch {
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		return errors.New("the file is UTF-16 text, as spreadsheets call \"Unicode text\"; save it as UTF-8")
	case !utf8.Valid(content) && bytes.IndexByte(content, 0) < 0:
		return errors.New("the file is not valid UTF-8 text; save it as UTF-8 (spreadsheets: \"CSV UTF-8\"), " +
			`or read it with textdecodebase64(filebase64("PATH"), "windows-1252") or what its encoding is`)
	case !utf8.Valid(content):
		return errors.New("the file is no text in UTF-8; where a picture is wanted, write its path itself, without file(...)")
	}
	return nil
}
