package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"assetform/config/address"
	"assetform/config/diag"
)

// SuggestAddress returns a question behind a sentence that has ended, which address
// was meant by a text that names none of the known ones; "" if none is near.
func SuggestAddress(given string, known []string) string {
	if quoted := Requote(given); quoted != given && namesOneOf(quoted, known) {
		return fmt.Sprintf(" The shell takes the quotes away: write %s, in single quotes.", diag.ShellWord(quoted))
	}
	if block, key, ok := cutKey(given); ok && namesOneOf(block+address.StringKey(key), known) {
		return fmt.Sprintf(" Write %s.", diag.ShellWord(block+address.StringKey(key)))
	}
	candidates := slices.Clone(known)
	for _, k := range known {
		if a, err := address.Parse(k); err == nil && a.Key != "" {
			candidates = append(candidates, a.Block().String())
		}
	}
	slices.Sort(candidates)
	candidates = slices.Compact(candidates)
	// What was left away or written in another case is nearer than a typing
	// error.
	for _, c := range candidates {
		if a, err := address.Parse(c); err == nil && (strings.EqualFold(c, given) || a.Name == given || a.Name+a.Key == given) {
			return diag.DidYouMean(c)
		}
	}
	return diag.Suggest(given, candidates)
}

func namesOneOf(pattern string, known []string) bool {
	return slices.ContainsFunc(known, func(k string) bool {
		a, err := address.Parse(k)
		return err == nil && address.Match(pattern, a)
	})
}

// cutKey takes the last name off an address that has one too many: a key that
// was written as an attribute.
func cutKey(text string) (block, key string, ok bool) {
	i := strings.LastIndexByte(text, '.')
	if i < 0 {
		return "", "", false
	}
	return text[:i], text[i+1:], strings.Contains(text[:i], ".")
}

// bareKey is a key in brackets that lost its quotes on the way through a shell.
var bareKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\[([^\]"\[]+)\]`) })

// Requote gives the keys of an address their quotes back.
func Requote(text string) string {
	return bareKey().ReplaceAllStringFunc(text, func(key string) string {
		inside := key[1 : len(key)-1]
		if _, err := strconv.Atoi(inside); err == nil || inside == "*" {
			return key
		}
		return address.StringKey(inside)
	})
}
