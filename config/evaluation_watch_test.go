package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestEvaluationIsGivenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// The elements of the innermost loops are garbage at once, so that the
	// abandoned goroutine takes no memory; it ends within seconds.
	source := `locals {
  r = range(200)
  n = [for a in local.r : length([for b in local.r : length([for c in local.r : c])])]
}
`
	if err := os.WriteFile(filepath.Join(dir, "a.asset.hcl"), []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, bounds := range map[string]watchBounds{
		"memory":     {heap: 1, still: time.Hour, total: time.Hour},
		"expression": {heap: 1 << 60, still: 1, total: time.Hour},
		"total":      {heap: 1 << 60, still: time.Hour, total: 1},
	} {
		e, err := newEvaluator(Options{Dir: dir}, emptyProject())
		if err != nil {
			t.Fatal(err)
		}
		d := e.watched(bounds, e.load)
		if d == nil || d.Summary != "Evaluation takes too much" {
			t.Fatalf("%s: want the evaluation given up, got %v", name, d)
		}
		if d.Subject == nil || d.Subject.Filename != "a.asset.hcl" || d.Subject.Start.Line != 3 {
			t.Errorf("%s: want the expression in line 3 as subject, got %v", name, d.Subject)
		}
		if e.abandoned().Files["a.asset.hcl"] == nil {
			t.Errorf("%s: the file for the snippet is missing", name)
		}
	}
}

func TestDoublingValuesAreBounded(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]string{
		"text":     "l%d = \"${local.l%d}${local.l%d}\"\n",
		"nesting":  "l%d = [local.l%d, local.l%d]\n",
		"elements": "l%d = { a = local.l%d, b = local.l%d }\n",
	} {
		var b strings.Builder
		b.WriteString("locals {\nl0 = \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"\n")
		for i := 1; i <= 60; i++ {
			fmt.Fprintf(&b, form, i, i-1, i-1)
		}
		b.WriteString("}\n")
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.asset.hcl"), []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		e, err := newEvaluator(Options{Dir: dir}, emptyProject())
		if err != nil {
			t.Fatal(err)
		}
		defer e.files.close()
		e.maxValue = 1 << 16
		e.load()
		if len(e.diags) != 1 || e.diags[0].Summary != "Value too large" {
			t.Errorf("%s: want one error about a value too large, got %v", name, e.diags.Errs())
		}
	}
}
