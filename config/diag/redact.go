package diag

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
)

// Sensitive stands in place of what must not be shown.
const Sensitive = "(sensitive value)"

const (
	// MinSecret is the length in bytes from which a secret is looked for in
	// foreign text. Shorter ones turn up by chance in so many places that to
	// replace them would tell the secret by the gaps.
	MinSecret = 4
	// longSecret is the length from which a secret is also found in other
	// letters, broken up, or as base64 or hexadecimal digits. What is shorter
	// would be found by chance.
	longSecret = 8
)

// A Redactor replaces secrets in foreign text by "(sensitive value)". Foreign
// is what a server, git or a source file says. It is redacted where it enters,
// before it becomes an argument of a message; assetform's own words never pass
// through here, so no secret can garble them and be told by what is missing.
// Values that are marked as sensitive never become text at all, which is what
// protects those that are too short to be looked for.
//
// A secret is found as it stands, percent-encoded, as an HTML entity and with
// backslashes, each also on top of another; a long one in any case and normal
// form, with blanks and unseen characters between its characters, as base64
// and as hexadecimal digits too.
//
// The zero value and nil replace nothing. It is safe for concurrent use, and
// printing it shows no secret.
//
// The secrets are behind a function, of which fmt shows an address.
type Redactor struct{ forms func() *forms }

// NewRedactor returns a Redactor of these secrets. Those that are shorter than
// [MinSecret] without the blanks around them are not looked for.
func NewRedactor(secrets ...string) *Redactor {
	secrets = slices.Clone(secrets)
	return &Redactor{sync.OnceValue(func() *forms { return newForms(secrets) })}
}

// Text returns foreign text without secrets.
func (r *Redactor) Text(foreign string) string {
	if r == nil || r.forms == nil || len(foreign) < MinSecret {
		return foreign
	}
	// What was replaced before is replaced by nothing else, even if a part of
	// these words is a secret.
	parts := strings.Split(foreign, Sensitive)
	for i, part := range parts {
		parts[i] = replaced(part, r.spans(part))
	}
	return strings.Join(parts, Sensitive)
}

// Cut is Text for what was cut off at its end, where the beginning of a secret
// may be left. That beginning goes too, however short it is.
func (r *Redactor) Cut(foreign string) string { return r.withoutTail(foreign, 1) }

// Fragment is Text for what may have been cut off at its end: the beginning of
// a secret goes if it is as long as a secret that is looked for.
func (r *Redactor) Fragment(foreign string) string { return r.withoutTail(foreign, MinSecret) }

// Holds reports whether Text would replace anything.
func (r *Redactor) Holds(foreign string) bool { return r.Text(foreign) != foreign }

func (r *Redactor) withoutTail(foreign string, least int) string {
	text := r.Text(foreign)
	if r == nil || r.forms == nil {
		return text
	}
	tail := text
	if i := strings.LastIndex(text, Sensitive); i >= 0 {
		tail = text[i+len(Sensitive):]
	}
	body := strings.TrimRight(tail, ".… \t\r\n")
	if start := r.forms().tailOf(body, least); start < len(body) {
		return text[:len(text)-len(tail)+start]
	}
	return text
}

// span is a range of bytes.
type span struct{ start, end int }

// spans returns where secrets stand in s, in order and apart from each other.
func (r *Redactor) spans(s string) []span {
	if r == nil || r.forms == nil || len(s) < MinSecret {
		return nil
	}
	f := r.forms()
	if len(f.exact) == 0 {
		return nil
	}
	var found []span
	for _, v := range views(s) {
		found = v.find(found, f.exact)
		if len(f.folded)+len(f.digits) == 0 {
			continue
		}
		if text, ok := foldASCII(v.text); ok && !holds(text, f.folded) && !holds(text, f.digits) {
			continue // nearly always, and then nobody asks what stood where
		}
		folded := v.fold()
		found = folded.find(found, f.folded)
		for _, d := range folded.find(nil, f.digits) {
			found = append(found, widened(s, d))
		}
	}
	return merged(found)
}

func replaced(s string, spans []span) string {
	if len(spans) == 0 {
		return s
	}
	var b strings.Builder
	at := 0
	for _, hidden := range spans {
		b.WriteString(s[at:hidden.start] + Sensitive)
		at = hidden.end
	}
	b.WriteString(s[at:])
	return b.String()
}

// merged sorts spans and joins those that overlap or touch.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	var out []span
	for _, s := range spans {
		if last := len(out) - 1; last >= 0 && s.start <= out[last].end {
			out[last].end = max(out[last].end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}

// widened reaches to the ends of the base64 text that a span stands in: the
// digits at its ends hold a few bits of the secret as well.
func widened(s string, d span) span {
	isDigit := func(c byte) bool {
		return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("+/-_=", c) >= 0
	}
	for d.start > 0 && isDigit(s[d.start-1]) {
		d.start--
	}
	for d.end < len(s) && isDigit(s[d.end]) {
		d.end++
	}
	return d
}

// forms are secrets as they are looked for. They are made when the first text
// is: a plan of ten thousand secret prompts usually shows none.
type forms struct {
	exact  []string // as they are
	folded []string // long ones
	digits []string // long ones as base64 and hexadecimal digits, folded
}

func newForms(secrets []string) *forms {
	f := &forms{}
	for _, secret := range secrets {
		secret = strings.TrimSpace(secret)
		if len(secret) < MinSecret {
			continue
		}
		if len(secret) >= longSecret {
			f.digits = append(f.digits, hex.EncodeToString([]byte(secret)))
			f.digits = append(f.digits, base64Forms(secret)...)
		}
		// What looks like an escape in the secret itself is read like one.
		for _, v := range views(secret) {
			if len(v.text) >= MinSecret {
				f.exact = append(f.exact, v.text)
			}
			if folded := v.fold().text; len(folded) >= longSecret {
				f.folded = append(f.folded, folded)
			}
		}
	}
	for _, list := range []*[]string{&f.exact, &f.folded, &f.digits} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return f
}

// base64Forms returns the digits that the secret decides wherever it stands in
// an encoded text: there are three ways to share out its bits.
func base64Forms(secret string) []string {
	var list []string
	for before := range 3 {
		text := []byte(strings.Repeat("\x00", before) + secret)
		first, last := (before*8+5)/6, len(text)*8/6
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			list = append(list, view{text: encoding.EncodeToString(text)[first:last]}.fold().text)
		}
	}
	return list
}

// tailOf returns where in s the beginning of a secret stands that reaches to
// the end of s, or the length of s.
func (f *forms) tailOf(s string, least int) int {
	start := len(s)
	for _, v := range views(s) {
		for _, secret := range f.exact {
			start = min(start, v.tail(secret, least))
		}
		folded := v.fold()
		for _, secret := range f.folded {
			start = min(start, folded.tail(secret, least))
		}
		for _, secret := range f.digits {
			start = min(start, folded.tail(secret, max(least, MinSecret)))
		}
	}
	return start
}
