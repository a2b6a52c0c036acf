package config

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config/engine"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

// minInvalid is the least number of invalid configurations: a corpus that
// was lost must not pass.
const minInvalid = 120

// errorMark is `# ERROR: summary` at the end of a line, or in JSON a "//" key.
var errorMark = regexp.MustCompile(`(?:# ERROR: (.+)$|"//": "ERROR: (.+?)")`)

// TestInvalid loads every configuration of testdata/invalid, a file or a
// directory each, and compares the errors with the marks on their lines, both
// ways.
func TestInvalid(t *testing.T) {
	t.Parallel()
	testInvalid(t, "testdata/invalid", minInvalid, all.Registry())
}

// TestDerivedInvalid does the same with an engine that derives.
func TestDerivedInvalid(t *testing.T) {
	t.Parallel()
	testInvalid(t, "testdata/derived", 8, deriving(t))
}

func testInvalid(t *testing.T, corpus string, least int, engines engine.Registry) {
	t.Helper()
	entries, err := os.ReadDir(corpus)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < least {
		t.Fatalf("%d invalid configurations, want at least %d", len(entries), least)
	}
	for _, entry := range entries {
		t.Run(entry.Name(), func(t *testing.T) {
			t.Parallel()
			dir := copyCase(t, filepath.Join(corpus, entry.Name()))
			p, diags := Load(Options{Engines: engines, Dir: dir, ToolVersion: "0.1.0"})
			defer p.Close()
			var got []string
			for _, d := range diags {
				if d.Severity != hcl.DiagError {
					continue
				}
				if d.Subject == nil {
					t.Fatalf("%s: %s: no subject", d.Summary, d.Detail)
				}
				if d.Detail == "" || strings.Contains(d.Detail, "%!") {
					t.Errorf("%s: bad detail %q", d.Summary, d.Detail)
				}
				got = append(got, fmt.Sprintf("%s:%d: %s", d.Subject.Filename, d.Subject.Start.Line, d.Summary))
			}
			want := marks(t, dir)
			slices.Sort(got)
			slices.Sort(want)
			if len(want) == 0 {
				t.Error("no ERROR mark")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s%s", diff, describe(diags))
			}
		})
	}
}

// copyCase makes a project root of a file or directory below testdata, so
// that paths cannot lead into this repository.
func copyCase(t testing.TB, name string) string {
	t.Helper()
	dir := t.TempDir()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		if err := os.CopyFS(dir, os.DirFS(name)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), src, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// marks lists the errors that a project's files announce.
func marks(t *testing.T, dir string) []string {
	t.Helper()
	var want []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		for i, line := range strings.Split(string(src), "\n") {
			if m := errorMark.FindStringSubmatch(line); m != nil {
				want = append(want, fmt.Sprintf("%s:%d: %s", filepath.ToSlash(rel), i+1, m[1]+m[2]))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return want
}
