package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assetform/apply/cli"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if name, err := cli.TestOnlyProgram(); err == nil {
		os.RemoveAll(filepath.Dir(name))
	}
	os.Exit(code)
}

// evil is what a repository or a server may say: commands of all CI systems,
// at the beginnings of lines of every kind, and what steers a terminal.
const evil = "a\n::add-mask::b\r::stop-commands::c\u2028::debug::d\n \u200b::error::e ##[group]f ##vso[task.complete]g \x1b[2J\u202eh"

// place is a project and the server that it uses.
type place struct {
	t           *testing.T
	dir, server string
	env         []string
	key, value  string
	shown       strings.Builder // all output
}

// run runs the program and returns what it printed and how it ended.
func (p *place) run(stdin string, args ...string) (stdout, stderr string, code int) {
	p.t.Helper()
	name, err := cli.TestOnlyProgram()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = p.dir
	cmd.Env = append([]string{
		"HOME=" + p.t.TempDir(), "PATH=" + os.Getenv("PATH"), "IMAGINATOR_BASE_URL=" + p.server, "ASSETFORM_VAR_url=" + p.server,
		"IMAGINATOR_API_KEY=" + p.key, "ASSETFORM_VAR_secret=" + p.value,
	}, p.env...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	p.shown.WriteString(out.String() + errs.String())
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func (p *place) write(name, text string) {
	p.t.Helper()
	name = filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		p.t.Skipf("the file system takes no such name: %v", err)
	}
}

// echo answers every request with its secrets and with commands.
func echo(w http.ResponseWriter, r *http.Request) {
	var request struct{ Prompt string }
	json.NewDecoder(r.Body).Decode(&request) // a GET has none
	words := evil + " key " + r.Header.Get("X-API-Key") + " prompt " + request.Prompt
	reply := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(v)
	}
	row := map[string]any{
		"task_id": "7" + strings.Map(func(c rune) rune {
			if c < ' ' {
				return -1
			}
			return c
		}, evil), "status": "failed" + evil, "type": "image", "model": words, "prompt": words, "error": words,
		"error_message": words, "result_url": "http://h/" + r.Header.Get("X-API-Key") + "?k=1", "created_at": "2026-01-01T00:00:00Z",
	}
	switch path := strings.TrimPrefix(r.URL.Path, "/api/v1"); {
	case path == "/health":
		reply(200, map[string]any{"status": words, "service": words})
	case path == "/quota":
		reply(200, map[string]any{"data": map[string]any{"tier": words, "images": map[string]any{"remaining": 5, "concurrent_limit": 2}}})
	case path == "/models":
		reply(200, map[string]any{"data": map[string]any{"models": []any{map[string]any{"id": words, "engine": words, "description": words}}}})
	case path == "/tasks":
		reply(200, map[string]any{"data": map[string]any{"tasks": []any{row}, "total": 1}})
	case strings.HasPrefix(path, "/task/"):
		row["task_id"], row["status"] = strings.TrimPrefix(path, "/task/"), "failed"
		reply(200, map[string]any{"data": row})
	case strings.Contains(request.Prompt, "refused"):
		reply(400, map[string]any{"success": false, "error": map[string]any{"code": "INVALID_REQUEST" + evil, "message": words}})
	case strings.Contains(request.Prompt, "page"):
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(502)
		fmt.Fprint(w, "<title>"+words+"</title>")
	default:
		reply(201, map[string]any{"data": map[string]any{"task_id": "42", "status": "pending", "estimated_time": words}})
	}
}

func hostile(t *testing.T) *place {
	server := httptest.NewServer(http.HandlerFunc(echo))
	t.Cleanup(server.Close)
	p := &place{
		t: t, dir: t.TempDir(), server: server.URL + "/api/v1", key: "cnry/Key+9&zz<7Qx", value: "hunter2-Falcon \"no. 7\"",
		env: []string{"GITHUB_ACTIONS=true"},
	}
	p.env = append(p.env, "GITHUB_WORKSPACE="+p.dir)
	quoted, _ := json.Marshal(evil)
	text := strings.ReplaceAll(string(quoted), `\u202e`, "\u202e")
	p.write("main.asset.hcl", `
variable "url" {}
variable "secret" { sensitive = true }
provider "imaginator" { base_url = var.url }
locals { evil = `+text+` }
image "failed" {
  prompt = "${local.evil} failed ${var.secret}"
  output = "art/##[failed].png"
}
image "refused" {
  for_each = toset([local.evil])
  prompt   = "refused ${var.secret} ${each.key}"
  output   = "art/refused.png"
}
image "page" {
  prompt = "page ${var.secret}"
  output = "art/page.png"
}
output "evil" { value = local.evil }
output "secret" {
  value     = var.secret
  sensitive = true
}
`)
	p.write("bad\n::error::x ##[y]\x1b.asset.hcl", "# ::notice::n ##[o]\n::p\nlocals  {  b   =  1 }\n/*\n::debug::q\n*/\n")
	os.Remove(filepath.Join(p.dir, "bad\n::error::x ##[y]\x1b.asset.hcl"))
	p.write("sub/fmt\n::error::x ##[y]\x1b.asset.hcl", "# ::notice::n ##[o]\nlocals  {  b   =  1 }\n/*\n::debug::q\n##[r]\n*/\n")
	p.write("broken/x\n::error::x ##[y]\x1b.asset.hcl", "image \"##[a]\" {\n  prompt = ::x ##[y]\n}\n/*\n::debug::q */ :: y\n")
	p.write("lock/main.asset.hcl", "")
	p.write("lock/assetform.lock.json", "{\n\"##[x]\\n::y\": 1,\n::error::x ##[z]\n")
	return p
}

var (
	annotation = regexp.MustCompile(`^::(error|warning) file=[^:]*,line=\d+,endLine=\d+,col=\d+,title=[^:]*::`)
	bracketed  = regexp.MustCompile(`##\p{L}*\[`)
)

// commands are the lines of which a runner would obey one, annotations aside.
func commands(output string) (found []string) {
	for _, line := range regexp.MustCompile("[\n\r\v\f\u0085\u2028\u2029]").Split(output, -1) {
		seen := strings.TrimLeft(strings.ReplaceAll(line, "\u200b", ""), " \t\u00a0")
		if bracketed.MatchString(line) || strings.HasPrefix(seen, "::") && !annotation.MatchString(line) {
			found = append(found, line)
		}
	}
	return found
}

// everyCommand is each command that prints what others said.
var everyCommand = [][]string{
	{"validate"}, {"validate", "--json"}, {"--chdir", "broken", "validate"}, {"--chdir", "broken", "validate", "--json"},
	{"--chdir", "broken", "fmt"}, {"--chdir", "broken", "plan", "--json"}, {"--chdir", "lock", "plan"}, {"--chdir", "lock", "verify", "--json"},
	{"fmt", "--check", "--diff", "--recursive"}, {"fmt", "--check", "--recursive", "no\n::error::x ##[y]"},
	{"plan"}, {"plan", "--verbose"}, {"plan", "--json"}, {"plan", "--format", "markdown"}, {"plan", "--target", "image.##[x]\n::y"},
	{"plan", "--out", "saved.plan"}, {"show", "saved.plan"}, {"show", "saved.plan", "--json"}, {"show", "no\n::x ##[y]"}, {"verify"}, {"verify", "--json"},
	{"explain", "image.failed"}, {"explain", "image.failed", "--json"}, {"explain", "image.refused"}, {"graph"}, {"graph", "--format", "mermaid"},
	{"output"}, {"output", "--json", "evil"}, {"output", "evil"}, {"output", "--raw", "evil"},
	{"quota"}, {"quota", "--json"}, {"health"}, {"health", "--json"}, {"models"}, {"models", "--json"},
	{"tasks", "list"}, {"tasks", "list", "--json"}, {"tasks", "show", "9"}, {"tasks", "show", "::x ##[y]"},
	{"apply", "--auto-approve", "--timeout", "5s", "--json-into", "events.json"}, {"apply", "--auto-approve", "--timeout", "5s", "--json"},
	{"tasks", "list"}, {"tasks", "list", "--json"}, {"lock", "list"}, {"lock", "show", "*"}, {"lock", "show", "--json", "*"}, {"show"}, {"show", "--json"},
	{"store", "list"}, {"--log-level", "debug", "quota"}, {"--log-level", "debug", "plan"}, {"no\n::x ##[y]"}, {"plan", "--no\n::x ##[y]"}, {"plan", "##[x]"},
	{"completion", "bash"}, {"report", "--out", "pages"},
	{"disclose"}, {"disclose", "--all", "--format", "csv"}, {"disclose", "--all", "--format", "json"}, {"disclose", "--format", "::x ##[y]"},
}

// TestNothingOfOthersIsACommand runs everything in a hostile repository, with
// a hostile server, as a job of GitHub does.
func TestNothingOfOthersIsACommand(t *testing.T) {
	t.Parallel()
	p := hostile(t)
	p.env = append(p.env, "ASSETFORM_LOG=debug")
	annotations := 0
	for _, args := range everyCommand {
		stdout, stderr, _ := p.run("local.evil\n::x ##[y]\n", args...)
		for _, line := range commands(stdout + "\n" + stderr) {
			t.Errorf("assetform %q prints the command %q", args, line)
		}
		for _, line := range strings.Split(stderr, "\n") {
			if annotation.MatchString(line) {
				annotations++
			}
		}
		if annotation.MatchString(stdout) {
			t.Errorf("assetform %q prints an annotation among its results", args)
		}
		if strings.ContainsAny(stderr, "\x1b\u202e") {
			t.Errorf("assetform %q steers the terminal: %q", args, stderr)
		}
		if slices.Contains(args, "--json") {
			for dec := json.NewDecoder(strings.NewReader(stdout)); dec.More(); {
				var v any
				if err := dec.Decode(&v); err != nil {
					t.Errorf("assetform %q: %v in %s", args, err, stdout)
					break
				}
			}
		}
		if strings.ContainsAny(stdout, "\x1b\u202e") {
			t.Errorf("assetform %q steers the terminal: %q", args, stdout)
		}
	}
	for _, stdin := range []string{"local.evil\n", "nope ::x ##[y]\n"} {
		stdout, stderr, _ := p.run(stdin, "console")
		for _, line := range commands(stdout + "\n" + stderr) {
			t.Errorf("console prints the command %q", line)
		}
	}
	if annotations == 0 {
		t.Error("no diagnostic became an annotation")
	}
	p.noSecrets(p.key, p.value, "hunter2", "zz<7Qx")
}

// noSecrets looks for secrets in all that was printed and all that is on disk.
func (p *place) noSecrets(secrets ...string) {
	p.t.Helper()
	look := func(where, text string) {
		for _, secret := range secrets {
			if i := strings.Index(strings.ToLower(text), strings.ToLower(secret)); i >= 0 {
				p.t.Errorf("%s shows %q: %q", where, secret, text[max(0, i-200):min(len(text), i+60)])
			}
		}
	}
	look("the output", p.shown.String())
	err := filepath.WalkDir(p.dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			var b []byte
			b, err = os.ReadFile(name)
			look(name, string(b))
		}
		return err
	})
	if err != nil {
		p.t.Error(err)
	}
}

// TestDataIsWholeOrRefused: what another program takes is never changed.
func TestDataIsWholeOrRefused(t *testing.T) {
	t.Parallel()
	p := hostile(t)
	if stdout, stderr, code := p.run("", "output", "--raw", "evil"); code != 1 || stdout != "" || !strings.Contains(stderr, "Command in the output") {
		t.Errorf("exit %d, stdout %q, stderr %s", code, stdout, stderr)
	}
	if stdout, _, code := p.run("x   = \"##[y]\"\n", "fmt", "-"); code != 1 || stdout != "" {
		t.Errorf("fmt: exit %d, stdout %q", code, stdout)
	}
	for _, args := range [][]string{{"output", "--json", "evil"}, {"output", "--json"}} {
		stdout, _, _ := p.run("", args...)
		quoted, _ := json.Marshal(evil)
		var want, got any
		json.Unmarshal(quoted, &want)
		if err := json.Unmarshal([]byte(stdout), &got); err != nil {
			t.Fatal(err)
		}
		if all, ok := got.(map[string]any); ok {
			got = all["evil"].(map[string]any)["value"]
		}
		if got != want {
			t.Errorf("%q gives %q, want %q", args, got, want)
		}
	}
	p.env = nil // no CI system reads along
	if stdout, _, code := p.run("", "output", "--raw", "evil"); code != 0 || stdout != evil {
		t.Errorf("outside of CI: exit %d, stdout %q", code, stdout)
	}
}

// TestAnnotation looks at one from the outside.
func TestAnnotation(t *testing.T) {
	t.Parallel()
	p := hostile(t)
	p.write("game/assets/main.asset.hcl", "image \"a\" {\n  promt = \"x\"\n  output = \"a.png\"\n}\n")
	_, stderr, _ := p.run("", "--chdir", "game/assets", "validate")
	if want := "\n::error file=game/assets/main.asset.hcl,line=2,endLine=2,col=3,title=Unsupported argument::"; !strings.Contains(stderr, want) {
		t.Errorf("no annotation %q in\n%s", want, stderr)
	}
	if !strings.Contains(stderr, "│ Error: Unsupported argument") {
		t.Errorf("the diagnostic itself is missing:\n%s", stderr)
	}
	var many strings.Builder
	for i := range 30 {
		fmt.Fprintf(&many, "image \"a%d\" {\n  promt = 1\n}\n", i)
	}
	p.write("many/main.asset.hcl", many.String())
	_, stderr, _ = p.run("", "--chdir", "many", "validate")
	if n := strings.Count(stderr, "\n::error "); n != 10 {
		t.Errorf("%d annotations, want the 10 that GitHub shows", n)
	}
	p.env = nil
	if _, stderr, _ = p.run("", "--chdir", "many", "validate"); strings.Contains(stderr, "::error") {
		t.Errorf("annotations without GitHub:\n%s", stderr)
	}
}

// TestOwnWordsAreNoSecrets gives words of assetform's own messages as secrets.
// They are said all the same: a gap would tell them.
func TestOwnWordsAreNoSecrets(t *testing.T) {
	t.Parallel()
	plain, words := hostile(t), hostile(t)
	plain.key, plain.value = "unlikely-0815", "unlikely-4711"
	words.key, words.value = "answers", "configuration"
	same := strings.NewReplacer(words.server, "", plain.server, "", words.dir, "", plain.dir, "")
	for _, args := range [][]string{
		{"plan", "--target", "image.none"}, {"plan", "--provider", "none"}, {"explain", "image.none"}, {"verify"}, {"output"}, {"output", "none"},
		{"show"}, {"lock", "show", "image.none"}, {"tasks", "forget", "image.none"}, {"quota", "--provider", "none"}, {"--chdir", "broken", "validate"},
		{"tasks", "show", ".."},
	} {
		out1, err1, code1 := plain.run("", args...)
		out2, err2, code2 := words.run("", args...)
		if code1 != code2 || same.Replace(out1) != same.Replace(out2) || same.Replace(err1) != same.Replace(err2) {
			t.Errorf("%q says\n%s%s\nand with its own words as secrets\n%s%s", args, out1, err1, out2, err2)
		}
	}
	for _, key := range []string{"health", "e", "answers", "studio"} {
		words.key = key
		if stdout, _, _ := words.run("", "health"); !strings.HasPrefix(stdout, "The API answers: ") {
			t.Errorf("with the key %q health says %q", key, stdout)
		}
	}
}
