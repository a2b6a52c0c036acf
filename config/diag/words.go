package diag

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"
)

// Problem returns an error about a range of a file.
func Problem(at hcl.Range, summary, format string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  summary,
		Detail:   fmt.Sprintf(format, args...),
		Subject:  at.Ptr(),
	}
}

// maxSuggested is how many names that are equally near are suggested; of more
// of them none is meant by anybody.
const maxSuggested = 3

// Suggest returns ` Did you mean "x"?` for the candidates that are Nearest, or
// nothing when none is near.
func Suggest(given string, candidates []string) string {
	if best := Nearest(given, candidates); len(best) > 0 {
		return DidYouMean(best...)
	}
	return ""
}

// Nearest returns the candidate nearest to a mistyped name, or each of a few
// that are equally near, or none when none is near. Nobody mistypes a name of more than a line, and to compare two takes
// the product of their lengths. A short name is near to all others, so that
// half of what was written has to be there.
func Nearest(given string, candidates []string) []string {
	var best []string
	distance := min(2, utf8.RuneCountInString(given)/2)
	if len(given) > 80 {
		return nil
	}
	for _, c := range candidates {
		if n := len(given) - len(c); n > 2*distance+2 || -n > 2*distance+2 {
			continue // by far too long or short, even in runes of some bytes
		}
		d := levenshtein.Distance(given, c, nil)
		if strings.EqualFold(given, c) {
			d = 0 // however short it is
		}
		switch {
		case d < distance:
			best, distance = []string{c}, d
		case d == distance:
			best = append(best, c)
		}
	}
	slices.Sort(best)
	best = slices.Compact(best)
	if len(best) > maxSuggested {
		return nil
	}
	return best
}

// DidYouMean asks which of these names was meant, behind a sentence that has
// ended.
func DidYouMean(names ...string) string {
	return fmt.Sprintf(" Did you mean %s?", Quoted(names, "or"))
}

// Count writes a number with its noun: "1 asset", "1,200 assets".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Number(n) + " " + noun + "s"
}

// Number writes a number with its thousands parted.
func Number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Quoted lists names in quotes with a word before the last one:
// `"a", "b" and "c"`.
func Quoted(names []string, word string) string {
	var b strings.Builder
	for i, name := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			b.WriteString(" " + word + " ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(name))
	}
	return b.String()
}

// Listed lists names as a sentence does: "a, b and c".
func Listed(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// Either lists names of which one is to be chosen: "a, b or c".
func Either(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
	return strings.Join(names, "")
}

// ShellWord quotes a word for a POSIX shell where it has to be.
func ShellWord(s string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-./:,@%+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// LFSPattern is a path as the argument of "git lfs pull --include", which takes
// patterns with commas between them and has no escape for those: "?" stands for
// each character that means something there.
func LFSPattern(path string) string {
	return ShellWord(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`,*?[]\!#`, r) || unicode.IsSpace(r) {
			return '?'
		}
		return r
	}, path))
}

// Sentence makes an error's text a sentence for people. A name that it begins
// with, as of a file or an asset, stays as it is.
func Sentence(err error) string {
	text := Plain(err)
	word, _, _ := strings.Cut(text, " ")
	if first, size := utf8.DecodeRuneInString(text); unicode.IsLower(first) && !strings.ContainsAny(strings.TrimRight(word, ".:,;"), "./:=[_") {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}

// Size is a number of bytes for people.
func Size(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	value, suffix := float64(n)/unit, "KiB"
	for _, next := range []string{"MiB", "GiB", "TiB"} {
		if value < unit {
			break
		}
		value, suffix = value/unit, next
	}
	return fmt.Sprintf("%.1f %s", value, suffix)
}
