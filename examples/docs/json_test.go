package docs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assetform/apply/studio"

	"github.com/google/go-cmp/cmp"
)

// project is what the examples of json.md are about.
const project = `image "castle" {
  prompt = "A castle on a cliff at sunset"
  seed   = 7
  output = "art/castle.png"
}

video "flight" {
  prompt = "Slow flight towards the castle"
  image  = image.castle
  output = "video/flight.mp4"
}

output "castle" { value = image.castle.path }
`

// example is one block of json.md, below the comment <!-- example: NAME -->.
type example struct {
	name string
	edit func(t *testing.T, dir string)
	args string
	code int
	pick func(out []byte) []byte // the part that the page shows
}

var examples = []example{
	{name: "validate", args: "validate --json", code: 1, edit: func(t *testing.T, dir string) {
		write(t, dir, "main.asset.hcl", strings.Replace(project, "seed   = 7", `model  = "imagen4"`, 1))
	}},
	{name: "plan", args: "plan --json", edit: func(t *testing.T, dir string) { write(t, dir, "main.asset.hcl", project) }},
	{name: "apply", args: "apply --auto-approve --json", pick: onePhase},
	{name: "lock", args: "show --json"},
	{name: "output", args: "output --json"},
	{name: "conditional", args: "plan --json", pick: shortPlan, edit: func(t *testing.T, dir string) {
		write(t, dir, "main.asset.hcl", strings.Replace(project, "sunset", "noon", 1))
	}},
	{name: "verify", args: "verify --json", code: 2},
	{name: "explain", args: "explain image.castle --json"},
	{name: "disclose", args: "disclose --format json"},
	{name: "remote", args: "remote status --json", code: 2, edit: func(t *testing.T, dir string) {
		if err := os.MkdirAll(filepath.Join(dir, "shared", "v1"), 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, dir, "remote.asset.hcl", "assetform {\n  remote { url = \"file://"+filepath.ToSlash(filepath.Join(dir, "shared"))+"\" }\n}\n")
	}},
	{name: "failed", args: "apply --auto-approve --json", code: 3, edit: failingServer, pick: onlyFailed},
	{name: "tasks", args: "tasks list --json"},
	{name: "pick", args: "pick image.castle --json", edit: func(t *testing.T, dir string) {
		write(t, dir, "main.asset.hcl", strings.Replace(project, "seed   = 7", "seed   = 7\n  candidates = 2", 1))
		write(t, dir, "provider.asset.hcl", "")
		(&example{args: "apply --auto-approve"}).run(t, dir)
	}},
}

// TestJSON runs the examples in order in one project and compares what they
// print with the page. What differs from run to run is compared in form only.
func TestJSON(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("json.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, e := range examples {
		if e.edit != nil {
			e.edit(t, dir)
		}
		got := e.run(t, dir)
		start, end := block(page, e.name)
		if start < 0 {
			t.Errorf("json.md has no example %q", e.name)
			continue
		}
		switch {
		case comparable(page[start:end]) == comparable(got):
		case *update:
			page = slices.Replace(page, start, end, got...)
		default:
			t.Errorf("example %q of json.md is out of date; run go test ./examples/docs -update (-page +run):\n%s",
				e.name, cmp.Diff(comparable(page[start:end]), comparable(got)))
		}
	}
	if n := bytes.Count(page, []byte("```json\n")); n != len(examples) {
		t.Errorf("json.md shows %d JSON documents, of which %d are from a run", n, len(examples))
	}
	if *update {
		if err := os.WriteFile("json.md", page, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func (e *example) run(t *testing.T, dir string) []byte {
	t.Helper()
	cmd := exec.Command(program, strings.Fields(e.args)...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != e.code {
		t.Fatalf("assetform %s: exit code %d, want %d\n%s%s", e.args, code, e.code, out, &stderr)
	}
	if e.pick != nil {
		out = e.pick(out)
	}
	return longHash.ReplaceAll(out, []byte("sha256:${1}…"))
}

// block finds the text of an example's fenced block.
func block(page []byte, name string) (start, end int) {
	opening := []byte("<!-- example: " + name + " -->\n```json\n")
	at := bytes.Index(page, opening)
	if at < 0 {
		return -1, -1
	}
	start = at + len(opening)
	return start, start + bytes.Index(page[start:], []byte("```"))
}

// The page shows hashes cut, and what it shows of these fields is of one run:
// the pictures may change with the engine that draws them, the times do.
var (
	longHash = regexp.MustCompile(`sha256:([0-9a-f]{8})[0-9a-f]{56}`)
	passing  = regexp.MustCompile(`(sha256:)[0-9a-f]{8}|("(?:time|created|created_at|completed_at|task_id|origin|result_url)": ?)"[^"]*"|("(?:bytes|elapsed_s)": ?)[0-9.]+|(\(task )[0-9]+`)
)

func comparable(text []byte) string { return passing.ReplaceAllString(string(text), "$1$2$3$4") }

// onePhase keeps one of the progress events, which are many.
func onePhase(out []byte) []byte {
	seen := false
	return filterLines(out, func(event map[string]any) bool {
		if event["type"] != "progress" {
			return true
		}
		first := event["phase"] == "downloading" && !seen
		seen = seen || first
		return first
	})
}

func onlyFailed(out []byte) []byte {
	return filterLines(out, func(event map[string]any) bool {
		return event["type"] == "asset_failed" || event["type"] == "summary"
	})
}

func filterLines(out []byte, keep func(map[string]any) bool) []byte {
	var kept []byte
	for line := range bytes.Lines(out) {
		var event map[string]any
		if json.Unmarshal(line, &event) == nil && keep(event) {
			kept = append(kept, line...)
		}
	}
	return kept
}

// shortPlan shows what a plan of conditional changes adds to the one above.
func shortPlan(out []byte) []byte {
	var doc struct {
		Changes []struct {
			Address     string          `json:"address"`
			Action      string          `json:"action"`
			Reasons     []string        `json:"reasons"`
			Conditional bool            `json:"conditional"`
			Cost        json.RawMessage `json:"cost"`
		} `json:"changes"`
		Cost json.RawMessage `json:"cost"`
	}
	if json.Unmarshal(out, &doc) != nil {
		return out
	}
	short, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return out
	}
	return append(short, '\n')
}

const studioKey = "docs-key"

// failingServer makes a server the project's provider whose tasks all fail.
func failingServer(t *testing.T, dir string) {
	t.Helper()
	server, err := studio.New(studio.Options{Keys: studio.Keys{studio.NewKey("docs", studioKey)}, FailRate: 1})
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(server)
	t.Cleanup(func() {
		listening.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	write(t, dir, "provider.asset.hcl", "provider \"local\" {\n  base_url = \""+listening.URL+"/api/v1\"\n  api_key  = \""+studioKey+"\"\n}\n")
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
