package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assetform/config/syntax"
)

// TestSnippets reads the configuration in every page: each block ```hcl
// parses, in canonical form, and no line of text holds a block that is none.
func TestSnippets(t *testing.T) {
	t.Parallel()
	var pages []string
	for _, pattern := range []string{"../../*.md", "../*/*.md", "*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no page %s: %v", pattern, err)
		}
		pages = append(pages, found...)
	}
	snippets := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fenced.FindAllStringSubmatch(string(text), -1) {
			if m[1] == "hcl" {
				snippets++
				checkSnippet(t, page, m[2])
			}
		}
		for _, code := range inlineCode.FindAllString(fenced.ReplaceAllString(string(text), ""), -1) {
			if code = strings.Trim(code, "`"); inlineBlock.MatchString(code) && !strings.Contains(code, "...") {
				checkSnippet(t, page, code+"\n")
			}
		}
	}
	if snippets < 20 {
		t.Errorf("only %d snippets were found", snippets)
	}
}

var (
	fenced      = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")
	inlineCode  = regexp.MustCompile("`[^`\n]+`")
	inlineBlock = regexp.MustCompile(`^[a-z]+( "[^"]*")* \{.*\}$`)
)

func checkSnippet(t *testing.T, page, source string) {
	t.Helper()
	formatted, diags := syntax.Format("main.asset.hcl", []byte(source))
	if diags.HasErrors() {
		t.Errorf("%s: this is no HCL: %v\n%s", page, diags, source)
	} else if string(formatted) != source {
		t.Errorf("%s: this is not in canonical form:\n%s", page, source)
	}
}

// TestLocalEngine looks up every word of local-engine.md in the engine's own
// tables.
func TestLocalEngine(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("local-engine.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, name := range []string{"words.go", "nouns.go"} {
		source, err := os.ReadFile(filepath.Join("..", "..", "apply", "engine", "sketch", "drawing", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range regexp.MustCompile(`"[a-z ]+"`).FindAllString(string(source), -1) {
			for _, word := range strings.Fields(strings.Trim(list, `"`)) {
				known[word] = true
			}
		}
	}
	words := 0
	for line := range strings.Lines(string(page)) {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		for _, code := range inlineCode.FindAllString(line, -1) {
			for _, word := range strings.Fields(strings.Trim(code, "`")) {
				if words++; !known[word] {
					t.Errorf("the engine does not know %q", word)
				}
			}
		}
	}
	if words < 150 {
		t.Errorf("only %d words were found", words)
	}
}
