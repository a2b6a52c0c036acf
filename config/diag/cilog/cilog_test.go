package cilog

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// obeyed is what a runner would obey, written from its source: each line
// without the blanks before it begins with "::", or has "##[" or "##word["
// somewhere. Characters without a look are passed over.
func obeyed(text string) string {
	for _, line := range regexp.MustCompile(`[\n\r]`).Split(text, -1) {
		seen := strings.Map(func(r rune) rune {
			if r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Variation_Selector)) {
				return -1
			}
			return r
		}, line)
		if strings.HasPrefix(strings.TrimLeftFunc(seen, unicode.IsSpace), "::") || legacy.MatchString(seen) {
			return line
		}
	}
	return ""
}

var legacy = regexp.MustCompile(`##\p{L}*\[`)

func written(chunks ...string) string {
	var out bytes.Buffer
	w := NewWriter(&out)
	for _, c := range chunks {
		if n, err := w.Write([]byte(c)); n != len(c) || err != nil {
			panic(err)
		}
	}
	return out.String()
}

func TestWriterBreaksUpCommands(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain\n":                        "plain\n",
		"::error::x":                     ": :error::x",
		"  \t::add-mask::x\n":            "  \t: :add-mask::x\n",
		"a::b\n::c\r::d":                 "a::b\n: :c\r: :d",
		"std::vector\n: ::x\n:a:":        "std::vector\n: ::x\n:a:",
		":::x":                           ": ::x",
		"##[error]x ###[y] #[z] ## [ok]": "## [error]x ### [y] #[z] ## [ok]",
		"##vso[task] ##teamcity[a]":      "##vso [task] ##teamcity [a]",
		"# # [ ##1[ ##a#[":               "# # [ ##1[ ##a#[",
		"\u00ad::x\n#\u200b#\u2060[y]":   "\u00ad: :x\n#\u200b#\u2060 [y]",
		"\u00a0\u3000::x":                "\u00a0\u3000: :x",
		"x\u2028::y\u0085::z":            "x\u2028: :y\u0085: :z",
		"\x1b[0m::x":                     "\x1b[0m::x",
		"\xff::x \xe2\x82":               "\xff::x \xe2\x82",
	} {
		if got := written(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// TestWriterIsTheSameInPieces writes random text in random pieces, cut inside
// of characters too.
func TestWriterIsTheSameInPieces(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 1))
	pieces := []string{"::", ":", "#", "##", "[", "]", "vso", " ", "\t", "\n", "\r", "\u2028", "é", "剣", "\u200b", "\x00", "\xe2", "add-mask", "\ufe0f"}
	for range 5000 {
		var text string
		for range 1 + r.IntN(15) {
			text += pieces[r.IntN(len(pieces))]
		}
		whole := written(text)
		if line := obeyed(whole); line != "" {
			t.Fatalf("%q became %q, in which %q is a command", text, whole, line)
		}
		var chunks []string
		for rest := text; rest != ""; {
			n := 1 + r.IntN(len(rest))
			chunks, rest = append(chunks, rest[:n]), rest[n:]
		}
		if got := written(chunks...); got != whole {
			t.Fatalf("%q in pieces %q: %q, whole: %q", text, chunks, got, whole)
		}
		if again := written(whole); again != whole {
			t.Fatalf("%q is not stable: %q", whole, again)
		}
		if Starts(text) != (whole != text) {
			t.Errorf("Starts(%q) is %v", text, Starts(text))
		}
	}
}

func TestEscapeMeansTheSame(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "plain", "##[add-mask]x", "###[[", `"##vso[a]" \`, "#\u200b#[x]", "## ["} {
		plain, err := json.Marshal(map[string]string{text: text})
		if err != nil {
			t.Fatal(err)
		}
		escaped := Escape(string(plain))
		if line := obeyed(escaped); line != "" {
			t.Errorf("%q: JSON %q holds the command %q", text, escaped, line)
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(escaped), &got); err != nil || got[text] != text {
			t.Errorf("%q: JSON %q reads as %q, %v", text, escaped, got, err)
		}
		if text != "" {
			quoted, _ := json.Marshal(text)
			expr, diags := hclsyntax.ParseExpression([]byte(Escape(string(quoted))), "", hcl.InitialPos)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if v, _ := expr.Value(nil); v.AsString() != text {
				t.Errorf("%q: HCL reads as %q", text, v.AsString())
			}
		}
	}
	if got, want := EscapeDOT(`"image.icon[\"##[x]\"]"`), `"image.icon[\"##&#91;x]\"]"`; got != want {
		t.Errorf("DOT is %s, want %s", got, want)
	}
}

func TestAnnotation(t *testing.T) {
	t.Parallel()
	a := Annotation{File: "a,b:c/100%.hcl", Line: 3, Column: 5, Title: "Bad: name, really", Message: "50% of\n::it ##[x]"}
	want := "::error file=a%2Cb%3Ac/100%25.hcl,line=3,endLine=3,col=5,title=Bad%3A name%2C really::50%25 of%0A: :it ## [x]"
	if got := a.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var out bytes.Buffer
	w := NewWriter(&out)
	w.Write([]byte("no end"))
	if err := w.Command("::error::x"); err != nil {
		t.Fatal(err)
	}
	w.Write([]byte("::y\n"))
	w.Command("::z::")
	if got, want := out.String(), "no end\n::error::x\n: :y\n::z::\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReads(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, value   string
		reads, github bool
	}{
		{"GITHUB_ACTIONS", "true", true, true}, {"GITHUB_ACTIONS", "false", false, false}, {"GITHUB_ACTIONS", "", false, false},
		{"TF_BUILD", "True", true, false}, {"TEAMCITY_VERSION", "2025.1", true, false}, {"CI", "1", true, false}, {"HOME", "/", false, false},
	} {
		getenv := func(name string) (string, bool) { return tc.value, name == tc.name }
		get := func(name string) (string, bool) {
			if v, ok := getenv(name); ok {
				return v, true
			}
			return "", false
		}
		if Reads(get) != tc.reads || IsGitHub(get) != tc.github {
			t.Errorf("%s=%s: %v, %v", tc.name, tc.value, Reads(get), IsGitHub(get))
		}
	}
}

func FuzzWriter(f *testing.F) {
	f.Add("::add-mask::x\n##[group]", 3)
	f.Add(" \u00ad:\u200b:x", 1)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		cut = max(0, min(cut, len(text)))
		got := written(text[:cut], text[cut:])
		if line := obeyed(got); line != "" {
			t.Errorf("%q became %q, in which %q is a command", text, got, line)
		}
	})
}
