package syntax

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
)

// JSON writes a character behind U+FFFF as two escapes, a pair of surrogates.
// Go's decoder reads half of a pair as U+FFFD: a text that was cut in the
// middle of an emoji would be paid for with a question mark in it.

// escapeLength is how many bytes `\ud83d` has.
const escapeLength = 6

// LoneSurrogate finds the first escape in JSON text that is half of a pair; -1
// if there is none.
func LoneSurrogate(src []byte) int {
	for i := 0; ; {
		next := bytes.IndexByte(src[i:], '\\')
		if next < 0 {
			return -1
		}
		i += next
		r, ok := escaped(src[i:])
		switch {
		case !ok:
			i = min(i+2, len(src))
		case !utf16.IsSurrogate(r):
			i += escapeLength
		default:
			if pairOf(src[i:]) == utf8.RuneError {
				return i
			}
			i += 2 * escapeLength
		}
	}
}

// escaped reads the escape \uXXXX that src begins with.
func escaped(src []byte) (rune, bool) {
	if len(src) < escapeLength || src[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(src[2:escapeLength]), 16, 16)
	return rune(n), err == nil
}

// pairOf is the character of the two escapes that src begins with.
func pairOf(src []byte) rune {
	high, ok := escaped(src)
	if !ok {
		return utf8.RuneError
	}
	low, _ := escaped(src[escapeLength:])
	return utf16.DecodeRune(high, low)
}

// checkSurrogates reports what LoneSurrogate finds.
func checkSurrogates(name string, src []byte) hcl.Diagnostics {
	at := LoneSurrogate(src)
	if at < 0 {
		return nil
	}
	end := at + escapeLength
	return hcl.Diagnostics{diag.Problem(rangeAt(name, src, at, end), "Half of a character",
		"%s is one half of a pair of escapes, and the other half is not beside it. Write both, or the character itself.", src[at:end])}
}

// explainPairs tells how native syntax writes what JSON writes as a pair, which
// HCL reports as two errors.
func explainPairs(src []byte, diags hcl.Diagnostics) hcl.Diagnostics {
	behind := -1 // where the last pair ended
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		if d.Summary != "Invalid escape sequence" || d.Subject == nil || !d.Subject.CanSliceBytes(src) {
			return false
		}
		at := d.Subject.Start.Byte
		r, ok := escaped(src[at:])
		if !ok || !utf16.IsSurrogate(r) {
			return false
		}
		if at+escapeLength == behind {
			return true
		}
		d.Detail = fmt.Sprintf("%s is one half of a pair of escapes, as JSON has them.", src[at:at+escapeLength])
		if whole := pairOf(src[at:]); whole != utf8.RuneError {
			behind = at + 2*escapeLength
			d.Detail += fmt.Sprintf(" Write the pair as \\U%08X, or the character itself.", whole)
		} else {
			d.Detail += " Write the character itself."
		}
		return false
	})
}
