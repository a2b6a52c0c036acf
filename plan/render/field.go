package render

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"
)

// field is one input of a change as it is shown. Its texts are as they stand
// in the configuration, neither cleaned nor escaped.
type field struct {
	name string
	// diff is set for texts that changed in part, and for those of which the
	// change could stand where something is left out.
	diff []segment
	// Before and after are set otherwise; one that is not there is empty.
	before, after string
	changed       bool
}

// fields are the inputs worth showing: of a create those that are not the
// method's default, else those that changed; all of them if verbose.
func fields(engines engine.Registry, c *plan.ChangeDocument, verbose bool) []field {
	var out []field
	generated := c.Action.Generates() || c.Action == plan.Restore
	if c.After == nil || !verbose && len(c.Ignored) == 0 && (!generated || sharesResult(c)) {
		return nil
	}
	m := engines.Method(c.Provider, c.Method)
	for _, name := range inputNames(m, c) {
		was, stood := c.Before[name]
		is, stands := c.After[name]
		usual := defaultOf(m, name)
		if name == plan.RecordsInput && !verbose {
			continue // the reasons say that it changed, and its hash says no more
		}
		fresh := c.Before == nil
		same := equal(was, is) || !stood && stands && usual != nil && equal(usual, is)
		switch {
		case verbose && (same || fresh):
			out = append(out, field{name: name, after: valueText(is, verbose)})
		case slices.Contains(c.Ignored, name):
			f := changedField(name, isProse(m, name), was, is, usual, verbose)
			f.name += " (ignored)"
			out = append(out, f)
		case same:
		case fresh && generated:
			out = append(out, field{name: name, after: valueText(is, verbose)})
		case generated:
			out = append(out, changedField(name, isProse(m, name), was, is, usual, verbose))
		}
	}
	return out
}

func changedField(name string, prose bool, was, is, usual any, verbose bool) field {
	f := field{name: name, changed: true, before: valueText(was, verbose), after: valueText(is, verbose)}
	if was == nil && usual != nil {
		f.before = valueText(usual, verbose) + " (default)"
	}
	if isSensitive(was) && isSensitive(is) {
		f.before, f.after = "", diag.Sensitive+" changed"
		return f
	}
	if f.before == f.after { // hashes that begin alike
		f.before, f.after = valueText(was, true), valueText(is, true)
	}
	a, aText := was.(string)
	b, bText := is.(string)
	if aText && bText && prose {
		if segs := wordDiff(a, b); alike(segs) {
			f.diff = segs
			return f
		}
	}
	if max(len(f.before), len(f.after)) > maxValue {
		f.diff = coarse(wordDiff(unquoted(f.before), unquoted(f.after)))
	}
	return f
}

func unquoted(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

// maxValue is how many bytes of a value are shown beside another one.
const maxValue = 140

// alike tells that enough of two texts is the same to show them as one.
func alike(segs []segment) bool {
	same, all := 0, 0
	for _, s := range segs {
		all += len(s.text)
		if s.op == kept {
			same += len(s.text)
		}
	}
	return same*4 >= all
}

// inputNames lists the inputs of both sides in the method's order; what the
// method does not know comes last.
func inputNames(m *engine.Method, c *plan.ChangeDocument) []string {
	var known []string
	if m != nil {
		for _, p := range m.Params {
			known = append(known, p.Key())
		}
		for _, in := range m.Inputs {
			known = append(known, in.Name)
		}
	}
	known = append(known, plan.RevisionInput, plan.TriggersInput)
	all := maps.Clone(c.After)
	for name := range c.Before {
		all[name] = nil
	}
	var out []string
	for _, name := range known {
		if _, ok := all[name]; ok {
			out = append(out, name)
			delete(all, name)
		}
	}
	return append(out, slices.Sorted(maps.Keys(all))...)
}

func defaultOf(m *engine.Method, name string) any {
	if name == plan.RevisionInput {
		return int64(0)
	}
	if m == nil {
		return nil
	}
	p, _ := m.Param(name)
	switch list := p.Default.(type) {
	case []string:
		return anyList(list)
	case []float64:
		return anyList(list)
	}
	return p.Default
}

// anyList is a list as plans have it.
func anyList[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// isProse tells that an input is text which people write, so that its words
// are compared.
func isProse(m *engine.Method, name string) bool {
	if m == nil {
		return true // every text of a method that is not known may be
	}
	p, _ := m.Param(name)
	return p.Prose
}

// equal compares two values, whether they come from a plan or from the JSON
// of a saved one.
func equal(a, b any) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	if listA, ok := a.([]any); ok {
		listB, ok := b.([]any)
		return ok && slices.EqualFunc(listA, listB, equal)
	}
	return fmt.Sprint(plainNumber(a)) == fmt.Sprint(plainNumber(b)) && isText(a) == isText(b)
}

// isDerived tells whether an address is that of a derived asset.
func isDerived(text string) bool {
	a, err := address.Parse(text)
	return err == nil && a.Kind.Derived()
}

func isText(v any) bool { _, ok := v.(string); return ok }

// plainNumber gives whole numbers one form.
func plainNumber(v any) any {
	switch n := v.(type) {
	case int64:
		return strconv.FormatInt(n, 10)
	case int:
		return strconv.Itoa(n)
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64)
	case json.Number:
		return n.String()
	}
	return v
}

func isSensitive(v any) bool {
	m, ok := v.(map[string]any)
	return ok && m["sensitive"] != nil
}

// What stands behind an upstream whose image is not known yet.
const (
	onceGenerated = " (once generated)"
	onceDerived   = " (once derived)"
)

// unknownYet tells that a value as it is shown is not known yet.
func unknownYet(text string) bool {
	return strings.Contains(text, onceGenerated) || strings.Contains(text, onceDerived)
}

// upstreamOf is the asset whose image is not known yet, or empty.
func upstreamOf(v any) string {
	m, _ := v.(map[string]any)
	a, _ := m["upstream"].(string)
	return a
}

// valueText writes a recorded value. Hashes are cut to what people compare,
// unless all of it is asked for.
func valueText(v any, verbose bool) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if hash, ok := hashText(v, verbose); ok {
			return hash
		}
		return `"` + v + `"`
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = valueText(item, verbose)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		if a := upstreamOf(v); a != "" {
			if isDerived(a) {
				return a + onceDerived
			}
			return a + onceGenerated
		}
		return diag.Sensitive
	}
	return fmt.Sprint(plainNumber(v))
}

const (
	hashPrefix  = "sha256:"
	hashDigits  = 64
	shownDigits = 8
)

func hashText(s string, verbose bool) (string, bool) {
	digits, ok := strings.CutPrefix(s, hashPrefix)
	if !ok || len(digits) != hashDigits || strings.Trim(digits, "0123456789abcdef") != "" {
		return "", false
	}
	if verbose {
		return s, true
	}
	return hashPrefix + digits[:shownDigits], true
}
