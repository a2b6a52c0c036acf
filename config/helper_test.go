package config

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config/address"

	"github.com/hashicorp/hcl/v2"
)

// writeProject writes files into a new project root. Files that end in .png
// get the content of an image.
func writeProject(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		data := []byte(content)
		if strings.HasSuffix(name, ".png") && content == "" {
			data = pngBytes(t)
		}
		if err := os.WriteFile(full, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func pngBytes(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// loadFiles loads a project of files.
func loadFiles(t testing.TB, files map[string]string, change ...func(*Options)) (*Project, hcl.Diagnostics) {
	t.Helper()
	opts := Options{Engines: all.Registry(), Dir: writeProject(t, files), ToolVersion: "0.1.0"}
	for _, f := range change {
		f(&opts)
	}
	p, diags := Load(opts)
	t.Cleanup(func() { p.Close() })
	return p, diags
}

// mustLoad loads a project without problems.
func mustLoad(t testing.TB, files map[string]string, change ...func(*Options)) *Project {
	t.Helper()
	p, diags := loadFiles(t, files, change...)
	if len(diags) > 0 {
		t.Fatalf("unexpected diagnostics:\n%s", describe(diags))
	}
	return p
}

// mustFail loads a project that has an error with that summary.
func mustFail(t testing.TB, summary string, files map[string]string, change ...func(*Options)) *hcl.Diagnostic {
	t.Helper()
	_, diags := loadFiles(t, files, change...)
	for _, d := range diags {
		if d.Severity == hcl.DiagError && d.Summary == summary {
			return d
		}
	}
	t.Fatalf("no error %q among:\n%s", summary, describe(diags))
	return nil
}

func describe(diags hcl.Diagnostics) string {
	var b strings.Builder
	for _, d := range diags {
		if d.Subject != nil {
			b.WriteString(d.Subject.String() + ": ")
		}
		b.WriteString(d.Summary + ": " + d.Detail + "\n")
	}
	return b.String()
}

func mustSpec(t testing.TB, p *Project, text string) *Spec {
	t.Helper()
	a, err := address.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	s := p.Spec(a)
	if s == nil {
		t.Fatalf("no asset %s", text)
	}
	return s
}

func paramText(t testing.TB, s *Spec, name string) string {
	t.Helper()
	p, ok := s.Param(name)
	if !ok {
		t.Fatalf("%s has no parameter %s", s.Address, name)
	}
	return p.Value.(string)
}
