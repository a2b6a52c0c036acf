package diag_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"assetform/config/diag"

	"golang.org/x/text/unicode/norm"
)

// spellings are the ways in which a server or a library may write a secret.
// Those of long ones alone are in the second list.
var spellings = map[string]func(*rand.Rand, string) string{
	"as it is":  func(_ *rand.Rand, s string) string { return s },
	"query":     func(_ *rand.Rand, s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") },
	"path":      func(_ *rand.Rand, s string) string { return url.PathEscape(s) },
	"all bytes": func(_ *rand.Rand, s string) string { return strings.ToLower(everyByte(s, "%%%02x")) },
	"JSON":      func(_ *rand.Rand, s string) string { b, _ := json.Marshal(s); return string(b[1 : len(b)-1]) },
	"JSON ASCII": func(_ *rand.Rand, s string) string {
		q := strconv.QuoteToASCII(s)
		return q[1 : len(q)-1]
	},
	"quoted":   func(_ *rand.Rand, s string) string { return inQuotes(s) },
	"HTML":     func(_ *rand.Rand, s string) string { return html.EscapeString(s) },
	"entities": func(_ *rand.Rand, s string) string { return everyRune(s, "&#x%x;") },
	"JSON in a URL": func(_ *rand.Rand, s string) string {
		b, _ := json.Marshal(s)
		return url.PathEscape(string(b[1 : len(b)-1]))
	},
	"quoted twice": func(_ *rand.Rand, s string) string {
		return inQuotes(inQuotes(s))
	},
	"one byte": func(r *rand.Rand, s string) string {
		i := r.IntN(len(s))
		return s[:i] + everyByte(s[i:i+1], "%%%02X") + s[i+1:]
	},
	"slashed": func(_ *rand.Rand, s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), "/", `\/`)
	},
	"decimal entity": func(_ *rand.Rand, s string) string { return everyRune(s, "&#%d;") },
}

var longSpellings = map[string]func(*rand.Rand, string) string{
	"upper":      func(_ *rand.Rand, s string) string { return strings.ToUpper(s) },
	"lower":      func(_ *rand.Rand, s string) string { return strings.ToLower(s) },
	"composed":   func(_ *rand.Rand, s string) string { return norm.NFC.String(s) },
	"decomposed": func(_ *rand.Rand, s string) string { return norm.NFD.String(s) },
	"plus":       func(_ *rand.Rand, s string) string { return url.QueryEscape(s) },
	"wrapped":    func(r *rand.Rand, s string) string { return brokenUp(r, s, "\n    ") },
	"unseen":     func(r *rand.Rand, s string) string { return brokenUp(r, s, "\u200b") },
	"coloured":   func(r *rand.Rand, s string) string { return brokenUp(r, s, "\x00") },
	"base64":     func(_ *rand.Rand, s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 URL": func(_ *rand.Rand, s string) string {
		return base64.RawURLEncoding.EncodeToString([]byte("user:" + s + "@host"))
	},
	"basic": func(_ *rand.Rand, s string) string { return base64.StdEncoding.EncodeToString([]byte("x:" + s)) },
	"hex":   func(_ *rand.Rand, s string) string { return hex.EncodeToString([]byte(s)) },
	"HEX":   func(_ *rand.Rand, s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
}

func inQuotes(s string) string {
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}

func everyByte(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

func everyRune(s, format string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}

// brokenUp puts a piece between two characters.
func brokenUp(r *rand.Rand, s, piece string) string {
	runes := []rune(s)
	i := 1 + r.IntN(len(runes)-1)
	return string(runes[:i]) + piece + string(runes[i:])
}

func randomSecret(r *rand.Rand, least int) string {
	alphabet := []rune(`abcXYZ0129-_./\%&<>"'+=$^*()[]{}|?~éÉßñ剣🐉 `)
	for {
		runes := make([]rune, least+r.IntN(30))
		for i := range runes {
			runes[i] = alphabet[r.IntN(len(alphabet))]
		}
		s := string(runes)
		// Of one that is written in another way a plus sign at either end may
		// be left.
		if s == strings.Trim(s, " +") && len(strings.Map(dropBlank, s)) >= least {
			return s
		}
	}
}

func dropBlank(r rune) rune {
	if r == ' ' || r == '+' {
		return -1
	}
	return r
}

// TestRedactorFindsEverySpelling writes random secrets in every spelling
// between words that must survive.
func TestRedactorFindsEverySpelling(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 8))
	const before, after = "the server answered <", "> and nothing else"
	check := func(secret, name, spelled string) {
		t.Helper()
		others := []string{randomSecret(r, 12), randomSecret(r, 12)}
		got := diag.NewRedactor(append(others, secret)...).Text(before + spelled + after)
		if got != before+diag.Sensitive+after {
			t.Errorf("%s of %q, %q: %q", name, secret, spelled, got)
		}
	}
	for range 100 {
		secret := randomSecret(r, 8)
		for name, spell := range spellings {
			check(secret, name, spell(r, secret))
		}
		for name, spell := range longSpellings {
			check(secret, name, spell(r, secret))
		}
		short := secret[:4]
		if strings.TrimSpace(short) == short && strings.ToValidUTF8(short, "") == short {
			for name, spell := range spellings {
				check(short, name, spell(r, short))
			}
		}
	}
}

// TestRedactorKeepsOtherText: a text without the secret comes back as it is,
// and redacting twice is redacting once.
func TestRedactorKeepsOtherText(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 5))
	for range 2000 {
		secrets := []string{randomSecret(r, 8), randomSecret(r, 20)}
		redactor := diag.NewRedactor(secrets...)
		text := `Task 42 is "done": 100% of é & \u00e9, see https://host/p%20q?x=1+2 ` + randomSecret(r, 3)[:3]
		if got := redactor.Text(text); got != text {
			t.Fatalf("secrets %q: %q became %q", secrets, text, got)
		}
		whole := text + secrets[r.IntN(2)] + text + secrets[0][:len(secrets[0])/2]
		once := redactor.Text(whole)
		if twice := redactor.Text(once); once == whole || twice != once {
			t.Fatalf("secrets %q: %q became %q, then %q", secrets, whole, once, twice)
		}
	}
}

func TestRedactor(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		secrets  []string
		in, want string
	}{
		{nil, "text", "text"},
		{[]string{""}, "text", "text"},
		// Too short: to replace every one would tell it.
		{[]string{"e", "7", "no", "42", "abc", "  x  "}, "he sees 42 7s, no abc  x  ", "he sees 42 7s, no abc  x  "},
		{[]string{"1234"}, "pin 1234.", "pin (sensitive value)."},
		{[]string{" padded \n"}, "is padded?", "is (sensitive value)?"},
		// One in another, and two that overlap.
		{[]string{"dragon", "red-dragon-7"}, "red-dragon-7 dragon", "(sensitive value) (sensitive value)"},
		{[]string{"alpha-beta", "beta-gamma"}, "x alpha-beta-gamma y", "x (sensitive value) y"},
		{[]string{"abcabcab"}, "abcabcabcabcab!", "(sensitive value)cabcab!"},
		// What is put in place of a secret holds another one.
		{[]string{"value", "hunter2-x"}, "a hunter2-x value", "a (sensitive value) (sensitive value)"},
		{[]string{"sensitive", "(sensitive value)"}, "(sensitive value)", "(sensitive value)"},
		// Characters of regular expressions and formats.
		{[]string{`$1.*[%s]{2}\d`}, `a $1.*[%s]{2}\d b`, `a (sensitive value) b`},
		// A short one is found only as it is.
		{[]string{"dome1"}, "do me1 DOME1 dome1", "do me1 DOME1 (sensitive value)"},
		{[]string{"-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----"}, `"-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----"`, `"(sensitive value)"`},
	} {
		if got := diag.NewRedactor(tc.secrets...).Text(tc.in); got != tc.want {
			t.Errorf("secrets %q: %q became %q, want %q", tc.secrets, tc.in, got, tc.want)
		}
	}
	var none *diag.Redactor
	if got := none.Text("x") + (&diag.Redactor{}).Cut("y"); got != "xy" {
		t.Errorf("without secrets: %q", got)
	}
}

func TestRedactorOfCutText(t *testing.T) {
	t.Parallel()
	r := diag.NewRedactor("hunter2-falcon", "Poster of hunter2-falcon at night")
	for in, want := range map[string]string{
		"it is hunter2-fal":    "it is ",
		"it is HUNTER2":        "it is ",
		"it is hunter2-fal...": "it is ",
		"it is hunter2-falcon": "it is (sensitive value)",
		"it is h":              "it is ",
		"nothing of it":        "nothing of it",
		"aHVudGVyMi1m":         "",
	} {
		if got := r.Cut(in); got != want {
			t.Errorf("Cut(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"Poster of hun":   "",
		"Poster of hunt…": "",
		"the tooth":       "the tooth", // an h may be anything
		"a hunter":        "a ",
	} {
		if got := r.Fragment(in); got != want {
			t.Errorf("Fragment(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestRedactorPrintsNoSecret(t *testing.T) {
	t.Parallel()
	r := diag.NewRedactor("hunter2-falcon")
	r.Text("build the forms of hunter2-falcon")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(verb, struct{ r *diag.Redactor }{r}) + fmt.Sprintf(verb, *r); strings.Contains(text, "hunter2") {
			t.Errorf("%s shows it: %s", verb, text)
		}
	}
}

func FuzzRedactor(f *testing.F) {
	f.Add("hunter2-falcon", `say %68unter2-falcon & \u0068unter2`, "&#104;unter2-falcon")
	f.Add("value", "(sensitive value)", `\`)
	f.Add("%25%%", "%2525%%25", `\ud83d\udc09`)
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		r := diag.NewRedactor(secret, before)
		got := r.Text(before + secret + after)
		if len(strings.TrimSpace(secret)) >= diag.MinSecret && strings.Contains(strings.ReplaceAll(got, diag.Sensitive, ""), strings.TrimSpace(secret)) &&
			!strings.Contains(before+after, secret) && strings.Count(got, diag.Sensitive) == 0 {
			t.Errorf("%q stands in %q", secret, got)
		}
		r.Cut(after)
		r.Fragment(before)
	})
}
