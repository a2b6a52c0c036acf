package studio_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assetform/apply/studio"
)

// The programs under testdata/quickstart are those of the API document; the
// Python one with its indentation restored. They run with nothing changed but
// the base URL and the key.
const (
	documentURL = "https://imaginator.mat3u.com/api/v1"
	documentKey = "your_api_key"
)

// runQuickstart runs a program of the document against a server over TCP and
// returns what it printed. It skips where the interpreter is missing.
func runQuickstart(t *testing.T, file string, command ...string) string {
	t.Helper()
	t.Parallel()
	for _, tool := range command {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	key := studio.NewKey("quickstart", "key-of-the-quick-start")
	base := serve(t, studio.ServeOptions{Options: studio.Options{Keys: studio.Keys{key}}, Listen: "127.0.0.1:0"})
	program, err := os.ReadFile(filepath.Join("testdata", "quickstart", file))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(documentURL, base, documentKey, "key-of-the-quick-start").Replace(string(program))
	if text == string(program) {
		t.Fatalf("%s names neither the URL nor the key of the document", file)
	}
	path := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command[0], path)
	cmd.Env = append(os.Environ(), "no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1")
	if command[0] == "python3" && exec.Command("python3", "-c", "import requests").Run() != nil {
		shim, err := filepath.Abs(filepath.Join("testdata", "quickstart", "pylib"))
		if err != nil {
			t.Fatal(err)
		}
		cmd.Env = append(cmd.Env, "PYTHONPATH="+shim)
	}
	cmd.Stderr = io.Discard // curl's progress
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", file, err, out)
	}
	return string(out)
}

// wantResult fetches the URL that a program printed.
func wantResult(t *testing.T, out string) {
	t.Helper()
	url, found := strings.CutPrefix(strings.TrimSpace(out), "Result: ")
	if !found {
		t.Fatalf("the program printed %q", out)
	}
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "image/png" {
		t.Errorf("%s: %s %v", url, resp.Status, resp.Header)
	}
}

func TestQuickstartPython(t *testing.T) {
	wantResult(t, runQuickstart(t, "quickstart.py", "python3"))
}

func TestQuickstartNode(t *testing.T) {
	wantResult(t, runQuickstart(t, "quickstart.js", "node"))
}

func TestQuickstartCurl(t *testing.T) {
	out := runQuickstart(t, "quickstart.sh", "sh", "curl", "jq")
	for _, want := range []string{
		`^Task ID: [0-9]+\n`, `"success": true`, `"task_id": "[0-9]+"`,
		`"status": "(pending|processing|completed)"`, `"model": "nano_banana_pro"`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}

func TestQuickstartHealth(t *testing.T) {
	out := runQuickstart(t, "health.sh", "sh", "curl")
	if strings.Count(out, `"service":"assetform studio"`) != 2 {
		t.Errorf("got\n%s", out)
	}
}

func TestQuickstartExamples(t *testing.T) {
	out := runQuickstart(t, "examples.sh", "sh", "curl")
	for _, want := range []string{
		`{"success":true,"data":{"task_id":"\d+","status":"pending","type":"image","model":"nano_banana_pro","estimated_time":"10-30 seconds","remaining_quota":3998}}`,
		`{"success":true,"data":{"task_id":"\d+","status":"pending","type":"video","estimated_time":"30-60 seconds","remaining_quota":149}}`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}
