package cilog

import (
	"fmt"
	"strings"
)

// An Annotation is a message that GitHub shows beside a line of a file.
type Annotation struct {
	Warning      bool   // else an error
	File         string // relative to the root of the repository, with slashes
	Line, Column int
	EndLine      int
	Title        string
	Message      string
}

// String returns the command that makes the annotation.
func (a Annotation) String() string {
	name := "error"
	if a.Warning {
		name = "warning"
	}
	return fmt.Sprintf("::%s file=%s,line=%d,endLine=%d,col=%d,title=%s::%s", name,
		property(a.File), a.Line, max(a.EndLine, a.Line), a.Column, property(a.Title), message(a.Message))
}

var (
	messageEscapes  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// message escapes the text of a command. The older form of commands is looked
// for everywhere, and no escape hides it.
func message(s string) string { return messageEscapes.Replace(apart(s)) }

func property(s string) string { return propertyEscapes.Replace(apart(s)) }

// apart breaks commands up in text that is not printed at once.
func apart(text string) string {
	var out strings.Builder
	var b breaker
	for _, r := range text {
		if b.next(r) {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return out.String()
}
