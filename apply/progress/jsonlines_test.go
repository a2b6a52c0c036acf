package progress

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

var update = flag.Bool("update", false, "write the golden file anew")

func TestJSONLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		file, diags := hclsyntaxFile("image \"icon\" {\n  prompt = \"secret-token\"\n}\n")
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		redactor := diag.NewRedactor("secret-token")
		s := script{JSON(Options{Out: &out, Printer: &diag.Printer{Files: map[string]*hcl.File{"main.asset.hcl": file}, Redactor: redactor}}), time.Now}
		s.sink.Event(apply.Event{Type: apply.EventVersion, Time: time.Now(), Version: "0.1.0"})
		s.plan(planOf(2, "imaginator"))
		s.start(icon(0))
		s.submit(icon(0), "42")
		time.Sleep(1500 * time.Millisecond)
		s.progress(icon(0), apply.PhaseProcessing)
		s.sink.Note("people only")
		s.done(icon(0), 12345*time.Millisecond)
		s.sink.Event(apply.Event{Type: apply.EventAssetDone, Time: time.Now(), Address: image("old"), Action: plan.Delete, Output: "art/<old> & \u2028.png"})
		s.sink.Event(apply.Event{
			Type: apply.EventAssetFailed, Time: time.Now().In(time.FixedZone("east", 3600)), Address: icon(1), Action: plan.Create, Elapsed: time.Second,
			Diagnostic: &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Task failed", Detail: "\x1b[31m" + redactor.Text("secret-token"),
				Subject: &hcl.Range{Filename: "main.asset.hcl", Start: hcl.Pos{Line: 2, Column: 3, Byte: 17}, End: hcl.Pos{Line: 2, Column: 9, Byte: 23}},
			},
		})
		s.sink.Event(apply.Event{Type: apply.EventDiagnostic, Time: time.Now(), Diagnostic: &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Slow server"}})
		s.sink.Event(apply.Event{Type: apply.EventSummary, Time: time.Now(), Summary: &apply.Summary{
			Done: map[plan.Action]int{plan.Create: 1, plan.Delete: 1, plan.NoOp: 1}, Failed: 1, Skipped: 2, Unknown: 3, Left: 4,
			Cost: engine.Cost{"image_credits": 1}, Uncertain: engine.Cost{"videos": 1}, ExitCode: apply.ExitUnknown,
		}})
		if err := s.sink.Close(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			var v map[string]any
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Errorf("%v in %q", err, line)
			}
			for _, name := range []string{"type", "time"} {
				if _, ok := v[name]; !ok {
					t.Errorf("no %s in %q", name, line)
				}
			}
		}
		if strings.Contains(out.String(), "secret-token") {
			t.Error("a secret was written")
		}
		path := filepath.Join("testdata", "events.jsonl")
		if *update {
			if err := os.WriteFile(path, out.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), out.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	})
}

// An event is on the stream as soon as it happened, not only at the end.
func TestJSONLinesAreFlushed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := script{JSON(Options{Out: &out}), time.Now}
		s.start(icon(0))
		synctest.Wait()
		if !strings.HasSuffix(out.String(), "\n") {
			t.Errorf("before Close: %q", out.String())
		}
		if err := s.sink.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
