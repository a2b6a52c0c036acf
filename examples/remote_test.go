package examples

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"assetform/apply/studio"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// rights are a policy of AWS's as far as the pages have one: what may be done
// with which resources.
type rights struct {
	Statement []struct {
		Effect           string
		Action, Resource texts
	}
}

// texts are one text or several.
type texts []string

func (s *texts) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*s = texts{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(s))
}

// allow tells whether an action is allowed, as "ACTION RESOURCE" for each line of
// a statement that does.
func (r rights) allow(action, resource string) (lines []string) {
	for _, s := range r.Statement {
		for _, pattern := range s.Resource {
			matches := pattern == resource
			if begin, ok := strings.CutSuffix(pattern, "*"); ok {
				matches = strings.HasPrefix(resource, begin)
			}
			if s.Effect == "Allow" && matches && slices.Contains(s.Action, action) {
				lines = append(lines, action+" "+pattern)
			}
		}
	}
	return lines
}

// guarded is a bucket, studio-art, that lets each user do what its rights say, as
// AWS does: who may not list a bucket is told nothing of what is not there.
type guarded struct {
	url   string
	users map[string][]rights

	mu     sync.Mutex
	used   map[string]bool // USER ACTION RESOURCE
	denied []string
}

func startGuarded(t *testing.T, users map[string][]rights) *guarded {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("studio-art"); err != nil {
		t.Fatal(err)
	}
	bucket := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	g := &guarded{users: users, used: map[string]bool{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="), "/")
		name := strings.Trim(strings.TrimPrefix(r.URL.Path, "/"), "/")
		action := map[string]string{"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}[r.Method]
		if name == "studio-art" && (r.Method == "GET" || r.Method == "HEAD") {
			action = "s3:ListBucket"
		}
		if !g.may(user, action, name) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		if action != "s3:GetObject" {
			bucket.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		bucket.ServeHTTP(answer, r)
		if answer.Code == http.StatusNotFound && !g.may(user, "s3:ListBucket", "studio-art") {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		for header, values := range answer.Header() {
			w.Header()[header] = values
		}
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes())
	}))
	t.Cleanup(server.Close)
	g.url = server.URL
	return g
}

func (g *guarded) may(user, action, name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	allowed := false
	for _, r := range g.users[user] {
		for _, line := range r.allow(action, "arn:aws:s3:::"+name) {
			g.used[user+" "+line], allowed = true, true
		}
	}
	if !allowed {
		g.denied = append(g.denied, user+" "+action+" "+name)
	}
	return allowed
}

// refused are the requests that were denied since it was last asked.
func (g *guarded) refused() (denied []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	denied, g.denied = g.denied, nil
	return denied
}

// TestRightsOfTheRemote runs what writers, readers and those who prune do with
// the rights that the page has for them: nothing is denied, and none of them is
// more than is needed.
func TestRightsOfTheRemote(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/remote.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []rights
	for _, m := range regexp.MustCompile("(?s)\n```json\n(.*?)\n```\n").FindAllStringSubmatch(string(page), 3) {
		var r rights
		if err := json.Unmarshal([]byte(m[1]), &r); err != nil {
			t.Fatalf("%v\n%s", err, m[1])
		}
		all = append(all, r)
	}
	if len(all) != 3 {
		t.Fatalf("the page has rights for %d, want three", len(all))
	}
	writer, reader, pruner := all[0], all[1], all[2]
	blind := rights{Statement: writer.Statement[1:]}
	g := startGuarded(t, map[string][]rights{"writer": {writer}, "reader": {reader}, "pruner": {reader, pruner}, "blind": {blind}})

	api, err := studio.New(studio.Options{Keys: studio.Keys{studio.NewKey("test", "a-key")}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	t.Cleanup(func() {
		server.Close()
		if err := api.Close(); err != nil {
			t.Error(err)
		}
	})
	p := program{t, filepath.Join(buildProgram(t), "assetform"), []string{
		"IMAGINATOR_API_KEY=a-key", "IMAGINATOR_BASE_URL=" + server.URL + "/api/v1", "AWS_ENDPOINT_URL_S3=" + g.url, "AWS_SECRET_ACCESS_KEY=s",
		"HOME=" + t.TempDir(), "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
	}}
	dir := t.TempDir()
	work, clone := filepath.Join(dir, "work"), filepath.Join(dir, "clone")
	config := func(dir, prompt string) {
		text := "provider \"imaginator\" {}\nassetform {\n  remote {\n    url = \"s3://studio-art/game?region=eu-central-1\"\n  }\n}\nimage \"knight\" {\n  prompt = \"" + prompt + "\"\n  output = \"art/knight.png\"\n}\n"
		if err := os.WriteFile(filepath.Join(dir, "main.asset.hcl"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	p.run(dir, "", 0, "git", "init", "-q", "-b", "main", "work")
	if err := os.WriteFile(filepath.Join(work, ".gitignore"), []byte(".assetform/\nart/\n"), 0o666); err != nil {
		t.Fatal(err)
	}

	// A key that may not list hears 403 of what is not there: nothing is paid for.
	config(work, "a knight")
	p.run(work, "blind", 4, p.bin, "apply", "--auto-approve")
	if len(g.refused()) == 0 {
		t.Fatal("nothing was denied to who may not list the bucket")
	}

	for _, prompt := range []string{"a knight", "a tall knight"} {
		config(work, prompt)
		p.run(work, "writer", 0, p.bin, "apply", "--auto-approve")
	}
	for _, command := range []string{"remote push --checksum", "remote status", "remote pull", "restore", "plan --remote read"} {
		p.run(work, "writer", 0, p.bin, strings.Fields(command)...)
	}
	p.run(work, "", 0, "git", "add", "--all")
	p.run(work, "", 0, "git", "commit", "-q", "-m", "A knight")

	p.run(dir, "", 0, "git", "clone", "-q", "work", "clone")
	for _, command := range []string{"restore --check", "verify --missing ok", "restore", "verify", "remote pull", "remote status", "plan --remote read", "remote prune"} {
		p.run(clone, "reader", 0, p.bin, strings.Fields(command)...)
	}
	config(clone, "a small knight")
	p.run(clone, "reader", 4, p.bin, "apply", "--auto-approve", "--remote", "read")
	p.run(clone, "", 0, "git", "checkout", "-q", ".")
	if out := p.run(clone, "pruner", 0, p.bin, "remote", "prune", "--delete"); !strings.Contains(out, "Deleted 2 files") {
		t.Errorf("what the first knight left is not deleted:\n%s", out)
	}

	if denied := g.refused(); len(denied) > 0 {
		t.Errorf("denied was %q", denied)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for user, list := range map[string]rights{"writer": writer, "reader": reader, "pruner": pruner} {
		for _, s := range list.Statement {
			for _, action := range s.Action {
				for _, resource := range s.Resource {
					if line := user + " " + action + " " + resource; !g.used[line] {
						t.Errorf("nothing needs %s", line)
					}
				}
			}
		}
	}
}

// program is assetform with an environment.
type program struct {
	t   *testing.T
	bin string
	env []string
}

// run runs a command as a user of the bucket, expects its exit code, and returns
// what it printed.
func (p program) run(dir, user string, code int, name string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(append([]string{"PATH=" + os.Getenv("PATH"), "AWS_ACCESS_KEY_ID=" + user}, p.env...), "NO_COLOR=1")
	out, _ := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != code {
		p.t.Fatalf("%v as %q: exit code %d, want %d\n%s", cmd.Args, user, got, code, out)
	}
	return string(out)
}
