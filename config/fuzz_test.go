package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assetform/config/address"

	"github.com/hashicorp/hcl/v2"
)

// seedCorpus adds every configuration file of testdata to a fuzz target, and
// fails when there are none.
func seedCorpus(f *testing.F) {
	n := 0
	for _, pattern := range []string{"testdata/invalid/*.asset.*", "testdata/valid/*/*.asset.*", "testdata/invalid/*/*.asset.*", "testdata/derived/*.asset.*"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			src, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src, strings.HasSuffix(name, ".json"))
			n++
		}
	}
	if n < minInvalid {
		f.Fatalf("%d seeds, want at least %d", n, minInvalid)
	}
}

// FuzzLoad loads arbitrary configurations. Whatever it says, Load must come
// to an end without a panic, its diagnostics must be printable, and what it
// accepts must be complete.
func FuzzLoad(f *testing.F) {
	seedCorpus(f)
	engines, dir := deriving(f), f.TempDir()
	for name, content := range map[string]string{
		"kit/kit.asset.hcl": "variable \"in\" { default = 1 }\nimage \"k\" {\n  prompt = \"k\"\n  output = \"k.png\"\n}\noutput \"out\" { value = var.in }\n",
		"items.csv":         "id,description\na,b\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, isJSON bool) {
		if len(src) > 1<<16 {
			t.Skip("too large to be fast")
		}
		// Fuzzing runs one input at a time in each process.
		name, other := filepath.Join(dir, "main.asset.hcl"), filepath.Join(dir, "main.asset.json")
		if isJSON {
			name, other = other, name
		}
		if err := os.WriteFile(name, src, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(other); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		p, diags := Load(Options{Engines: engines, Dir: dir, ToolVersion: "0.1.0"})
		defer p.Close()
		if d := time.Since(start); d > 2*time.Minute {
			t.Errorf("took %s", d)
		}
		checkDiagnostics(t, p, diags)
		if diags.HasErrors() {
			return
		}
		checkComplete(t, p)
	})
}

// checkDiagnostics checks that each diagnostic can be printed with its
// snippet.
func checkDiagnostics(t *testing.T, p *Project, diags hcl.Diagnostics) {
	t.Helper()
	for _, d := range diags {
		if d.Summary == "" || d.Detail == "" {
			t.Errorf("empty diagnostic %+v", d)
		}
		if d.Summary == "Expression cannot be evaluated" {
			t.Errorf("a panic below %s", d.Subject)
		}
		if d.Subject == nil {
			continue
		}
		file := p.Files[d.Subject.Filename]
		if file == nil {
			t.Errorf("%s: unknown file %q", d.Summary, d.Subject.Filename)
			continue
		}
		if d.Subject.Start.Byte > len(file.Bytes) || d.Subject.End.Byte > len(file.Bytes) {
			t.Errorf("%s: range %s behind the end of the file", d.Summary, d.Subject)
		}
	}
}

// checkComplete checks what an error-free project promises.
func checkComplete(t *testing.T, p *Project) {
	t.Helper()
	if len(p.order) != len(p.Specs) {
		t.Errorf("%d of %d assets in order", len(p.order), len(p.Specs))
	}
	for _, s := range p.Specs {
		if back, err := address.Parse(s.Address.String()); err != nil || back != s.Address {
			t.Errorf("address %s does not parse: %v", s.Address, err)
		}
		if s.Method == nil || s.Output == "" || p.Providers[s.Provider] == nil {
			t.Errorf("%s is incomplete", s.Address)
			continue
		}
		for _, param := range s.Method.Params {
			if _, ok := s.Param(param.Name); param.Required && !ok {
				t.Errorf("%s lacks %s", s.Address, param.Name)
			}
		}
		s.Check(Self{Width: 1, Height: 1})
	}
}
