package disclosure

import (
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// registry has an engine that charges, one that draws and one that derives.
func registry(t *testing.T) engine.Registry {
	t.Helper()
	methods := []*engine.Method{{
		Name: "paint", Kind: address.Image,
		Params: []engine.Param{{Name: "model", Type: engine.String, Default: "oil", Values: []string{"oil", "ink"}}},
		Inputs: []engine.Input{{Name: "references", List: true}},
	}}
	r, err := engine.NewRegistry(
		&engine.Engine{Type: "painter", Methods: methods},
		&engine.Engine{Type: "pencil", Free: true, Embedded: true, Methods: methods},
		&engine.Engine{Type: "cutter", Free: true, Derives: true, Methods: []*engine.Method{
			{Name: "variant", Kind: address.Variant, Inputs: []engine.Input{{Name: "source", Required: true}}},
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func hash(s string) lockfile.ContentHash { return lockfile.HashBytes([]byte(s)) }

func text(s string) lockfile.Value { return lockfile.Text(hash(s).String()) }

func sample() *lockfile.Lock {
	list := func(of ...string) lockfile.Value {
		for i, s := range of {
			of[i] = hash(s).String()
		}
		return lockfile.Strings(of)
	}
	return &lockfile.Lock{Assets: map[string]lockfile.Entry{
		"image.adopted": {Output: "mine.png", Provider: "painter", Method: "paint", ContentHash: hash("hero"), Adopted: true, Inputs: lockfile.Inputs{"prompt": lockfile.Text("Not mine")}},
		"image.drawn":   {Output: "drawn.png", Provider: "pencil", Method: "paint", ContentHash: hash("drawn"), Inputs: lockfile.Inputs{"model": lockfile.Text("ink"), "prompt": lockfile.Text("A line")}},
		"image.foreign": {Output: "foreign.png", Provider: "stranger", Method: "make", ContentHash: hash("foreign"), Inputs: lockfile.Inputs{"prompt": text("no source"), "start": text("drawn")}},
		"image.hero": {
			Output: "hero.webp", Provider: "painter", Method: "paint", ContentHash: hash("hero.webp"), SourceHash: hash("hero"),
			Inputs: lockfile.Inputs{"prompt": lockfile.Text("A \"hero\" | at\nthe gate, @octocat"), "seed": lockfile.Int(0)},
			Marks:  map[string]string{"source_type": "trainedAlgorithmicMedia", "c2pa": "lost"},
		},
		`image.icon["=a"]`: {
			Output: "@icon.png", Provider: "painter", Method: "paint", ContentHash: hash("icon"),
			Inputs: lockfile.Inputs{
				"model": lockfile.Text("ink"), "prompt": lockfile.Text("=HYPERLINK(\"http://x\")"), "seed": lockfile.Sensitive(hash("7")),
				"references": list("hero", "a file"),
			},
		},
		"image.secret":   {Output: "secret.png", Provider: "pencil", Method: "paint", ContentHash: hash("secret"), Placeholder: true, Inputs: lockfile.Inputs{"prompt": lockfile.Sensitive(hash("tell no one"))}},
		"variant.a_copy": {Output: "copy.webp", Provider: "cutter", Method: "variant", ContentHash: hash("hero.webp"), Inputs: lockfile.Inputs{"source": text("hero.webp")}},
		"variant.b_copy": {Output: "file.png", Provider: "cutter", Method: "variant", ContentHash: hash("file"), Inputs: lockfile.Inputs{"source": text("file")}},
		"variant.card":   {Output: "card.png", Provider: "cutter", Method: "variant", ContentHash: hash("card"), Inputs: lockfile.Inputs{"source": text("hero.webp")}, Marks: map[string]string{"source_type": "trainedAlgorithmicMedia"}},
	}}
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for name, all := range map[string]bool{"generated": false, "all": true} {
		doc, err := Of(sample(), registry(t), all)
		if err != nil {
			t.Fatal(err)
		}
		b, err := plan.Encode(doc)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", string(b))
		golden(t, name+".md", Markdown(doc))
		golden(t, name+".csv", CSV(doc))
	}
}

// TestNoDigest: what was recorded as sensitive is not in the list, by its
// digest either, of which a short text could be guessed.
func TestNoDigest(t *testing.T) {
	t.Parallel()
	doc, err := Of(sample(), registry(t), true)
	if err != nil {
		t.Fatal(err)
	}
	b, err := plan.Encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{string(b), Markdown(doc), CSV(doc)} {
		for _, secret := range []string{"tell no one", "7"} {
			if strings.Contains(form, hash(secret).String()) {
				t.Errorf("the digest of %q is in\n%s", secret, form)
			}
		}
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	doc, err := Of(lockfile.New(), registry(t), true)
	if err != nil {
		t.Fatal(err)
	}
	b, err := plan.Encode(doc)
	if want := "{\n  \"format_version\": \"1.0\",\n  \"assets\": []\n}\n"; err != nil || string(b) != want {
		t.Errorf("got %q (%v), want %q", b, err, want)
	}
	if got := strings.Count(CSV(doc), "\n"); got != 1 {
		t.Errorf("the CSV of nothing has %d lines, want its header", got)
	}
	if _, err := Of(&lockfile.Lock{Assets: map[string]lockfile.Entry{"no address": {}}}, registry(t), false); err == nil {
		t.Error("an address that is none was accepted")
	}
}

func TestCSVCell(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                "",
		"A hero":          "A hero",
		"a = b":           "a = b",
		"=1+1":            "'=1+1",
		"+1":              "'+1",
		"-1":              "'-1",
		"@SUM(A1)":        "'@SUM(A1)",
		"\t=1":            "'\t=1",
		"\r\n=1":          "'\n=1",
		"  =1":            "'  =1",
		"\n\n-1":          "'\n\n-1",
		"＝1":              "'＝1",
		"\u00a0=1":        "'\u00a0=1",
		"one\r\ntwo\rend": "one\ntwo\nend",
		"\x1b[31m=":       `\x1b[31m=`,
		"\u202e=1":        `\u202e=1`,
		"\xff":            `\xff`,
	} {
		if got := csvCell(in); got != want {
			t.Errorf("csvCell(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzTables: whatever the texts of a lock are, each row has as many cells as
// the header, and no cell begins a formula.
func FuzzTables(f *testing.F) {
	for _, s := range []string{"a", "=1", "\"", ",", "\n", "\r\n=", "|", "\\|", "`|`", "<br>", "\x00\u200b=", "- x", "\\.", "\xff\"\n"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, prompt, output string) {
		doc := Document{Assets: []Asset{{Address: "image.a", Output: output, Prompt: prompt, Sources: []string{output}, Marks: map[string]string{output: prompt}}}}
		rows, err := csv.NewReader(strings.NewReader(CSV(doc))).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != len(columns) {
			t.Fatalf("CSV has rows %q (%v)", rows, err)
		}
		for _, cell := range rows[1] {
			if begin := strings.TrimLeft(cell, " \n"); begin != "" && strings.ContainsAny(begin[:1], "=+-@\t\r") {
				t.Errorf("cell %q is a formula", cell)
			}
		}
		lines := strings.Split(strings.TrimSuffix(Markdown(doc), "\n"), "\n")
		if len(lines) != 3 {
			t.Fatalf("Markdown has %d lines, want 3:\n%q", len(lines), lines)
		}
		if got := strings.Count(strings.ReplaceAll(lines[2], `\|`, ""), "|"); got != len(columns)+1 {
			t.Errorf("row has %d bars, want %d: %q", got, len(columns)+1, lines[2])
		}
	})
}
