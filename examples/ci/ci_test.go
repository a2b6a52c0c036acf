// Package ci_test runs the files beside it: the jobs of the workflows step by
// step against a git repository and a server that wants a key, the hook in
// commits, and the build line of the Dockerfile, which makes the binary that
// all of them use.
package ci_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assetform/apply/studio"

	yaml "github.com/zclconf/go-cty-yaml"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// binaries is the directory of the built assetform.
var binaries string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if runtime.GOOS == "windows" {
		fmt.Println("the jobs run in Linux shells; skipped")
		return 0
	}
	dir, err := os.MkdirTemp("", "assetform-ci-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binaries = dir
	if err := build(filepath.Join(dir, "assetform")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// build runs the build line of the Dockerfile.
func build(output string) error {
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		command, ok := strings.CutPrefix(line, "RUN CGO_ENABLED=0 go build ")
		if !ok {
			continue
		}
		cmd := exec.Command("sh", "-c", "CGO_ENABLED=0 go build "+strings.Replace(command, "-o /assetform", "-o '"+output+"'", 1))
		cmd.Dir = filepath.Join("..", "..")
		cmd.Env = append(os.Environ(), "VERSION=1.2.3")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w\n%s", cmd, err, out)
		}
		return nil
	}
	return fmt.Errorf("the Dockerfile has no build line")
}

// TestDockerfile checks what the build line made, and that the image does not
// run as root.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	out, err := exec.Command(filepath.Join(binaries, "assetform"), "version").Output()
	if err != nil || !bytes.Contains(out, []byte("1.2.3")) {
		t.Errorf("version: %s, %v; want the VERSION of the build", out, err)
	}
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, image, ok := strings.Cut(string(text), "\nFROM alpine")
	user, entry := strings.Index(image, "\nUSER assetform\n"), strings.Index(image, "\nENTRYPOINT [\"assetform\"]")
	if !ok || user < 0 || entry < user {
		t.Errorf("the last stage does not end as an ordinary user with assetform as its entry point:\n%s", image)
	}
}

const apiKey = "ci-test-key"

// server is a studio that counts what was paid for.
type server struct {
	url  string
	paid atomic.Int32
}

func startServer(t *testing.T) *server { return startSlowServer(t, 0) }

// startSlowServer is one whose tasks take a while.
func startSlowServer(t *testing.T, latency time.Duration) *server {
	t.Helper()
	api, err := studio.New(studio.Options{Keys: studio.Keys{studio.NewKey("ci", apiKey)}, Latency: latency})
	if err != nil {
		t.Fatal(err)
	}
	s := new(server)
	listening := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			s.paid.Add(1)
		}
		api.ServeHTTP(w, r)
	}))
	s.url = listening.URL + "/api/v1"
	t.Cleanup(func() {
		listening.Close()
		if err := api.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *server) wantPaid(t *testing.T, want int32) {
	t.Helper()
	if got := s.paid.Load(); got != want {
		t.Errorf("%d requests were paid for, want %d", got, want)
	}
}

// shell is an environment that commands run in.
type shell struct {
	t   *testing.T
	env []string
}

// newShell has the built assetform and the fakes of this directory first on
// its path, an identity for git, and no key.
func newShell(t *testing.T) *shell {
	t.Helper()
	fakes, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	return &shell{t: t, env: []string{
		"PATH=" + fakes + ":" + binaries + ":" + os.Getenv("PATH"), "BINARIES=" + binaries, "HOME=" + home, "CI=true",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
	}}
}

func (s *shell) with(env ...string) *shell {
	return &shell{t: s.t, env: append(append([]string(nil), s.env...), env...)}
}

// try runs a script the way CI does and returns its output and whether it
// succeeded.
func (s *shell) try(dir, script string) (string, bool) {
	s.t.Helper()
	cmd := exec.Command("bash", "-e", "-c", script)
	cmd.Dir, cmd.Env = dir, s.env
	out, err := cmd.CombinedOutput()
	s.t.Logf("%s\n%s", script, out)
	return string(out), err == nil
}

// kill runs a command and ends it without a word when it is told to.
func (s *shell) kill(dir, command string, now func() bool) {
	s.t.Helper()
	var out bytes.Buffer
	cmd := exec.Command("bash", "-e", "-c", "exec "+command)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, s.env, &out, &out
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for !now() {
		select {
		case err := <-ended:
			s.t.Fatalf("it ended before it was to be killed: %v\n%s", err, out.Bytes())
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	<-ended
	s.t.Logf("%s\n%skilled", command, out.Bytes())
}

func (s *shell) must(dir, script string) string {
	s.t.Helper()
	out, ok := s.try(dir, script)
	if !ok {
		s.t.Fatalf("failed: %s\n%s", script, out)
	}
	return out
}

// repository is an origin with a main branch that has an empty project, and
// the work tree of somebody who pushes to it.
type repository struct {
	*shell
	origin, work string
}

func newRepository(t *testing.T, api *server) *repository {
	t.Helper()
	dir := t.TempDir()
	r := &repository{shell: newShell(t).with("IMAGINATOR_BASE_URL=" + api.url), origin: filepath.Join(dir, "origin.git"), work: filepath.Join(dir, "work")}
	r.must(dir, "git init -q --bare -b main origin.git && git clone -q origin.git work 2>&1 && cd work && git checkout -q -b main")
	r.write("provider.asset.hcl", "provider \"imaginator\" {\n  base_url = \""+api.url+"\"\n}\n")
	r.must(r.work, "assetform init")
	r.push("main", "Start")
	return r
}

func (r *repository) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.work, name), []byte(text), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

// push commits everything on a branch.
func (r *repository) push(branch, message string) {
	r.t.Helper()
	r.must(r.work, "git checkout -q -B "+branch+" && git add --all && git commit -q -m '"+message+"' && git push -q -f origin "+branch)
}

// icon is the configuration of an asset, whose picture is as wide as width or
// fails.
func icon(name string, width int) string {
	return fmt.Sprintf("image %q {\n  prompt       = \"Game icon of a %s\"\n  aspect_ratio = \"square\"\n  output       = \"art/%s.png\"\n\n"+
		"  lifecycle {\n    postcondition {\n      condition     = self.width == %d\n      error_message = \"The icon is %d pixels wide.\"\n    }\n  }\n}\n",
		name, name, name, width, width)
}

// readYAML decodes a file into a Go value.
func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	ty, err := yaml.ImpliedType(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	value, err := yaml.Unmarshal(text, ty)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	doc, err := json.Marshal(ctyjson.SimpleJSONValue{Value: value})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(doc, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
