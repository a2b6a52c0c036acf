package lockfile

import "bytes"

// SplitConflict takes a text with git's conflict markers apart into the full
// texts of the sides. It reads the styles merge, diff3 and zdiff3, any number
// of hunks, any marker size, and CRLF. It reports false for a text without
// markers and for one whose markers do not pair.
//
// Base is nil if a hunk has no base part, as in the style merge.
//
// What git merged cleanly outside the hunks stands in all three texts, so
// that they are not what the branches had committed: an entry whose lines
// were partly merged may join one side's inputs with the other's hash. Where
// git's index still has the file's stages 1 to 3, those are the better source.
func SplitConflict(b []byte) (ours, base, theirs []byte, ok bool) {
	s := conflictSplitter{size: markerSize(b), part: outside}
	if s.size == 0 {
		return nil, nil, nil, false
	}
	s.ours = make([]byte, 0, len(b))
	s.base = make([]byte, 0, len(b))
	s.theirs = make([]byte, 0, len(b))
	for line := range bytes.Lines(b) {
		if !s.line(line) {
			return nil, nil, nil, false
		}
	}
	if s.part != outside {
		return nil, nil, nil, false
	}
	if s.baseless {
		s.base = nil
	}
	return s.ours, s.base, s.theirs, true
}

// A part of a conflicted text; the values are the bytes of the markers that
// begin them.
const (
	outside  = '>'
	oursPart = '<'
	basePart = '|'
	ourEnd   = '='
)

type conflictSplitter struct {
	ours, base, theirs []byte
	size               int  // characters in a marker
	part               byte // what the next line belongs to
	hadBase            bool // the hunk has a base part
	baseless           bool // some hunk has none
}

// line adds one line to the sides it belongs to, or follows a marker. It
// reports false for a marker that cannot stand here.
func (s *conflictSplitter) line(line []byte) bool {
	if marker := s.marker(line); marker != 0 {
		return s.enter(marker)
	}
	switch s.part {
	case oursPart:
		s.ours = append(s.ours, line...)
	case basePart:
		s.base = append(s.base, line...)
	case ourEnd:
		s.theirs = append(s.theirs, line...)
	default:
		s.ours = append(s.ours, line...)
		s.base = append(s.base, line...)
		s.theirs = append(s.theirs, line...)
	}
	return true
}

func (s *conflictSplitter) enter(marker byte) bool {
	switch {
	case marker == '<' && s.part == outside:
		s.hadBase = false
	case marker == '|' && s.part == oursPart:
		s.hadBase = true
	case marker == '=' && (s.part == oursPart || s.part == basePart):
		s.baseless = s.baseless || !s.hadBase
	case marker == '>' && s.part == ourEnd:
	default:
		return false
	}
	s.part = marker
	return true
}

// marker returns the byte that a marker line of exactly the right size
// consists of, or 0. Longer ones belong to a conflict inside a merged base,
// which git writes into that base as text.
func (s *conflictSplitter) marker(line []byte) byte {
	if markerRun(line) != s.size {
		return 0
	}
	return line[0]
}

// markerSize returns the length of the first opening marker, 0 if there is
// none. No line of a lock begins with "<", so any length will do.
func markerSize(b []byte) int {
	for line := range bytes.Lines(b) {
		if n := markerRun(line); n > 0 && line[0] == '<' {
			return n
		}
	}
	return 0
}

// markerRun returns how many marker characters a line begins with, 0 if
// anything but a blank or the line's end follows them.
func markerRun(line []byte) int {
	if bytes.IndexByte([]byte("<|=>"), line[0]) < 0 {
		return 0
	}
	rest := bytes.TrimLeft(line, string(line[:1]))
	if len(rest) > 0 && rest[0] != ' ' && rest[0] != '\n' && rest[0] != '\r' {
		return 0
	}
	return len(line) - len(rest)
}
