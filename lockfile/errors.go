package lockfile

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// SyntaxError says where and why a lock file was not accepted. It has the
// parts of a diagnostic, so that the caller can show the line.
type SyntaxError struct {
	Filename string
	Line     int    // from 1
	Column   int    // from 1, in characters
	Byte     int    // offset from 0
	Summary  string // a few words in sentence case
	Detail   string // what was found, what was expected, what to do
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", e.Filename, e.Line, e.Column, e.Summary, e.Detail)
}

const (
	summaryEmpty     = "Lock file is empty"
	summaryCut       = "Lock file is cut short"
	summaryConflict  = "Conflict markers in lock file"
	summaryVersion   = "Unsupported lock file version"
	summaryEncoding  = "Lock file is not UTF-8"
	summaryPointer   = "Lock file is with Git LFS"
	summaryJSON      = "Invalid JSON in lock file"
	summaryDuplicate = "Duplicate key in lock file"
	summaryUnknown   = "Unknown field in lock file"
	summaryMissing   = "Missing field in lock file"
	summaryType      = "Wrong type in lock file"
	summaryValue     = "Invalid value in lock file"
	summaryHash      = "Invalid hash in lock file"
	summaryAddress   = "Invalid address in lock file"

	hintRestore = `Restore the file from version control, such as with "git checkout -- assetform.lock.json".`
)

// Conflict tells that git's conflict markers stand in the file.
func (e *SyntaxError) Conflict() bool { return e.Summary == summaryConflict }

// locate fills in line and column of e.Byte.
func (e *SyntaxError) locate(src string) {
	before := src[:e.Byte]
	e.Line = 1 + strings.Count(before, "\n")
	e.Column = 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

// conflictError returns the error for the first line that is a conflict
// marker, or nil. A marker is never part of a lock, so whatever else is wrong
// with such a file follows from the conflict.
func conflictError(src string) *SyntaxError {
	for at := 0; at < len(src); {
		line, _, _ := strings.Cut(src[at:], "\n")
		if marker := markerOf(line); marker != "" {
			return &SyntaxError{
				Byte:    at,
				Summary: summaryConflict,
				Detail: fmt.Sprintf("The line begins with %s: a merge left a conflict here. "+
					`Run "assetform lock merge" to resolve it asset by asset; "assetform init" sets up `+
					"the merge driver with which git does so by itself.", marker),
			}
		}
		at += len(line) + 1
	}
	return nil
}

// markerOf returns the conflict marker of git's usual size or more that line
// begins with, or "".
func markerOf(line string) string {
	const usual = 7
	if line == "" || !strings.ContainsRune("<|=>", rune(line[0])) {
		return ""
	}
	n := len(line) - len(strings.TrimLeft(line, line[:1]))
	if n < usual {
		return ""
	}
	return line[:n]
}
