package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"assetform/apply/engine/all"
	"assetform/config/watch"

	"github.com/hashicorp/hcl/v2"
)

// TestEvaluationIsGivenUp lets an evaluation pass a limit. It never comes
// back: the watch's owner ends the process, here the test.
func TestEvaluationIsGivenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source := `locals {
  r = range(200)
  n = [for a in local.r : length([for b in local.r : length([for c in local.r : c])])]
}
variable "key" {
  default   = "hunter22"
  sensitive = true
}
`
	if err := os.WriteFile(filepath.Join(dir, "a.asset.hcl"), []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	type given struct {
		diag  *hcl.Diagnostic
		place watch.Place
	}
	up, returned := make(chan given, 1), make(chan bool, 1)
	w := watch.New(watch.Limit{CPU: 100 * time.Millisecond, Heap: 1 << 40}, func(d *hcl.Diagnostic, at watch.Place) { up <- given{d, at} })
	go func() {
		// Seconds of work, so that the goroutine does not outlive the test by much.
		Load(Options{Engines: all.Registry(), Dir: dir, Watch: w})
		returned <- true
	}()
	select {
	case g := <-up:
		if g.diag.Summary != "Evaluation takes too long" || g.place.Files["a.asset.hcl"] == nil {
			t.Errorf("got %v with the files %v", g.diag, g.place.Files)
		}
		if at := g.diag.Subject; at == nil || at.Filename != "a.asset.hcl" || at.Start.Line != 3 {
			t.Errorf("want the expression in line 3 as subject, got %v", at)
		}
		if !slices.Contains(g.place.Secrets, "hunter22") {
			t.Errorf("the secrets are %q", g.place.Secrets)
		}
	case <-returned:
		t.Error("the evaluation came to its end")
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
		l, err := newProjectLoader(Options{Engines: all.Registry(), Dir: dir}, emptyProject())
		if err != nil {
			t.Fatal(err)
		}
		defer l.sources.files.Close()
		l.ev.MaxValue = 1 << 16
		l.load()
		if diags := l.reports.Take(0); len(diags) != 1 || diags[0].Summary != "Value too large" {
			t.Errorf("%s: want one error about a value too large, got %v", name, diags.Errs())
		}
	}
}
