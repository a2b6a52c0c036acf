package ci_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// workflow is what a GitHub workflow says about commands.
type workflow struct {
	Env         map[string]string
	Permissions map[string]string
	Jobs        map[string]job
}

type job struct {
	If          string
	Env         map[string]string
	Permissions map[string]string
	Outputs     map[string]string
	Steps       []step
}

type step struct {
	Name, ID, If, Uses, Run string
	Env, With               map[string]any
}

// runner carries out jobs as GitHub does: from fresh clones, with a cache and
// artifacts that outlive them.
type runner struct {
	*repository
	dir, temp, cache, artifacts string
	env                         []string
	workflow                    workflow
	lost                        func() bool       // if not nil: the runner is, in the step Apply, when this says so
	ran                         map[string]bool   // steps, JOB/NAME or JOB/ACTION
	values                      map[string]string // of expressions
	path                        string            // what the job's steps added
}

func newRunner(t *testing.T, repo *repository) *runner {
	t.Helper()
	dir := t.TempDir()
	r := &runner{
		repository: repo, dir: dir, cache: filepath.Join(dir, "cache"), artifacts: filepath.Join(dir, "artifacts"), ran: map[string]bool{},
		values: map[string]string{
			"github.token": "token", "secrets.IMAGINATOR_API_KEY": apiKey, "github.server_url": "https://github.com",
			"github.repository": "acme/game", "github.actor": "artist", "github.ref": "refs/heads/main",
			"github.event.pull_request.head.repo.full_name": "acme/game",
			"github.run_id": "1", "github.run_attempt": "1",
			"github.event.workflow_run.head_repository.owner.login": "stranger",
			"github.event.workflow_run.head_branch":                 "change",
			"github.event.workflow_run.head_sha":                    "0123abc",
			"github.event.workflow_run.id":                          "99",
		},
	}
	for _, d := range []string{r.cache, r.artifacts} {
		if err := os.MkdirAll(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	r.env = []string{
		"GITHUB_REPOSITORY=acme/game", "GITHUB_ACTOR=artist", "GITHUB_SERVER_URL=https://github.com", "GITHUB_BASE_REF=main", "GITHUB_OUTPUT=" + filepath.Join(dir, "output"), "GITHUB_PATH=" + filepath.Join(dir, "path"),
		"ARTIFACTS=" + r.artifacts, "GH_LOG=" + filepath.Join(dir, "gh.log"), "GH_COMMENT=" + filepath.Join(dir, "comment"),
	}
	return r
}

var inText = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// expand puts in what GitHub would put for an expression.
func (r *runner) expand(text string) string {
	return inText.ReplaceAllStringFunc(text, func(e string) string {
		value := r.expression(inText.FindStringSubmatch(e)[1]).evaluate()
		return fmt.Sprint(value)
	})
}

func (r *runner) expression(text string) *expression {
	return &expression{t: r.t, rest: text, lookup: func(name string) (string, bool) {
		if variable, ok := strings.CutPrefix(name, "env."); ok {
			value, ok := r.workflow.Env[variable]
			return r.expand(value), ok
		}
		value, ok := r.values[name]
		return value, ok || strings.HasPrefix(name, "steps.") || strings.HasPrefix(name, "secrets.") || strings.HasPrefix(name, "vars.")
	}}
}

func (r *runner) environ(sets ...map[string]string) []string {
	env := append([]string(nil), r.env...)
	env = append(env, "RUNNER_TEMP="+r.temp)
	for _, set := range sets {
		for name, value := range set {
			env = append(env, name+"="+r.expand(value))
		}
	}
	if r.path != "" {
		for _, kv := range r.shell.env {
			if path, ok := strings.CutPrefix(kv, "PATH="); ok {
				env = append(env, "PATH="+r.path+":"+path)
			}
		}
	}
	return env
}

// runs evaluates a step's or a job's condition. One that does not ask how things
// went is for when they went well.
func (r *runner) runs(condition string, failed bool) bool {
	r.t.Helper()
	if condition == "" {
		return !failed
	}
	e := r.expression(condition)
	value := isTrue(e.evaluate())
	return value && (e.asked || !failed)
}

// job runs a job on a branch and returns the name of the step that failed
// first, "" if all is well.
func (r *runner) job(w workflow, name, branch string) (failed string) {
	r.t.Helper()
	job, ok := w.Jobs[name]
	if !ok {
		r.t.Fatalf("there is no job %q", name)
	}
	dir := r.t.TempDir()
	r.workflow, r.temp, r.path = w, r.t.TempDir(), ""
	r.values["runner.temp"] = r.temp
	for key := range r.values {
		if strings.HasPrefix(key, "steps.") {
			delete(r.values, key)
		}
	}
	for _, s := range job.Steps {
		if !r.runs(s.If, failed != "") {
			r.values["steps."+s.ID+".outcome"] = "skipped"
			continue
		}
		if s.Uses != "" {
			action, _, _ := strings.Cut(s.Uses, "@")
			r.ran[name+"/"+action] = true
			r.action(s, dir, branch)
			continue
		}
		env := map[string]string{}
		for k, v := range s.Env {
			env[k] = v.(string)
		}
		r.ran[name+"/"+s.Name] = true
		sh := r.with(r.environ(w.Env, job.Env, env)...)
		if r.lost != nil && s.Name == "Apply" {
			sh.kill(dir, s.Run, r.lost)
			return "all is lost"
		}
		_, ok := sh.try(dir, s.Run)
		if !ok && failed == "" {
			failed = s.Name
		}
		r.collect(s.ID)
	}
	for key, value := range job.Outputs {
		r.values["needs."+name+".outputs."+key] = r.expand(value)
	}
	return failed
}

// collect takes what a step wrote to the files that GitHub gives it.
func (r *runner) collect(id string) {
	output, path := filepath.Join(r.dir, "output"), filepath.Join(r.dir, "path")
	if b, err := os.ReadFile(output); err == nil {
		for line := range strings.Lines(string(b)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			r.values["steps."+id+".outputs."+key] = value
		}
	}
	if b, err := os.ReadFile(path); err == nil {
		r.path = strings.TrimSpace(string(b))
	}
	_, _ = os.Remove(output), os.Remove(path)
	r.values["steps."+id+".outcome"] = "run"
}

// action does what the actions of the workflows do.
func (r *runner) action(s step, dir, branch string) {
	r.t.Helper()
	path, _ := s.With["path"].(string)
	path = r.expand(path)
	name, _ := s.With["name"].(string)
	switch action, _, _ := strings.Cut(s.Uses, "@"); action {
	case "actions/checkout":
		if s.With["persist-credentials"] != false {
			r.t.Errorf("a checkout keeps its token")
		}
		if ref, ok := s.With["ref"].(string); ok {
			branch = r.expand(ref)
		}
		depth := "--depth 1"
		if fmt.Sprint(s.With["fetch-depth"]) == "0" {
			depth = ""
		}
		r.must(dir, "git clone -q "+depth+" --no-single-branch 'file://"+r.origin+"' . && git checkout -q '"+branch+"'")
	case "actions/cache/restore":
		r.must(dir, "[ ! -e '"+r.cache+"/.assetform' ] || cp -R '"+r.cache+"/.assetform' '"+path+"'")
	case "actions/cache/save":
		r.must(dir, "[ ! -e '"+path+"' ] || { rm -rf '"+r.cache+"/.assetform' && cp -R '"+path+"' '"+r.cache+"/.assetform'; }")
	case "actions/upload-artifact":
		r.must(dir, "rm -rf '"+r.artifacts+"/"+name+"'; [ ! -e '"+path+"' ] || { mkdir '"+r.artifacts+"/"+name+"'; if [ -d '"+path+"' ]; then cp -R '"+path+"/.' '"+r.artifacts+"/"+name+"/'; else cp '"+path+"' '"+r.artifacts+"/"+name+"/'; fi; }")
	case "actions/download-artifact":
		r.must(dir, "cp -R '"+r.artifacts+"/"+name+"' '"+path+"'")
	default:
		r.t.Fatalf("what is the action %q?", s.Uses)
	}
}

func readWorkflows(t *testing.T) (checks, comments workflow) {
	t.Helper()
	readYAML(t, "github/assetform.yml", &checks)
	readYAML(t, "github/assetform-comment.yml", &comments)
	for _, w := range []workflow{checks, comments} {
		w.Env["ASSETFORM_VERSION"] = "1.2.3"
	}
	return checks, comments
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	checks, comments := readWorkflows(t)
	api := startServer(t)
	r := newRunner(t, newRepository(t, api))
	plan := filepath.Join(r.artifacts, "assetform-plan", "plan.json")
	comment := filepath.Join(r.artifacts, "assetform-comment", "comment.md")

	// A pull request asks for an icon: the plan says so, verify as well.
	r.write("sword.asset.hcl", icon("sword", 1024))
	r.push("change", "A sword")
	r.wantJob(checks, "plan", "change", "")
	r.wantJob(checks, "verify", "change", "Verify")
	r.wantFile(plan, `"image.sword"`)
	api.wantPaid(t, 0)

	// A plan above the budget is refused, and so is a broken configuration:
	// both have a comment that says so.
	r.write("budget.asset.hcl", "assetform {\n  budget {\n    image_credits = 0\n  }\n}\n")
	r.push("expensive", "No budget")
	r.wantJob(checks, "plan", "expensive", "Plan")
	r.wantJob(comments, "render", "main", "")
	r.wantFile(comment, "<!-- assetform:plan -->\n", "cannot be applied", "budget")
	r.write("budget.asset.hcl", "assetform {\n  bugdet {\n  }\n}\n")
	r.push("broken", "A slip")
	r.wantJob(checks, "plan", "broken", "Validate")
	r.wantJob(comments, "render", "main", "")
	r.wantFile(comment, "<!-- assetform:plan -->\n", "### assetform plan: 1 error\n")
	r.must(r.work, "git checkout -q change")

	// The plan becomes a comment; the next plan updates it. What is in the
	// artifact besides the plan, and what is no plan, goes nowhere.
	r.wantJob(checks, "plan", "change", "")
	r.must(filepath.Dir(plan), "echo '<!-- assetform:plan -->@everyone' > comment.md")
	r.wantJob(comments, "render", "main", "")
	r.wantFile(comment, "<!-- assetform:plan -->\n", "image.sword")
	r.wantJob(comments, "post", "main", "")
	r.wantJob(comments, "post", "main", "")
	log := r.wantFile(filepath.Join(r.dir, "gh.log"), "--method POST repos/acme/game/issues/7/comments", "--method PATCH repos/acme/game/issues/comments/70")
	if n := strings.Count(log, "POST"); n != 1 {
		t.Errorf("%d comments were posted, want 1:\n%s", n, log)
	}
	r.must(filepath.Dir(plan), "echo '<!-- assetform:plan -->' > plan.json")
	r.wantJob(comments, "render", "main", "Render")
	r.wantOutput("needs.render.outputs.rendered", "")
	r.must(filepath.Dir(plan), "rm -r ../assetform-plan")
	r.wantJob(comments, "render", "main", "")
	r.wantOutput("needs.render.outputs.rendered", "")

	// Merged, it is generated by one job and committed by another.
	r.must(r.work, "git checkout -q main && git merge -q change && git push -q origin main")
	r.wantApply(checks, "")
	api.wantPaid(t, 1)
	r.must(r.work, "git pull -q && assetform verify && git ls-files --error-unmatch art/sword.png assetform.lock.json")
	r.must(r.work, "git push -q origin main:same")
	r.wantJob(checks, "verify", "same", "")
	r.wantFile(filepath.Join(r.artifacts, "assetform-report", "index.html"), "<html")

	// Where the author generates, the comment says what was done, with pictures
	// of the commit that was checked.
	r.must(r.work, "git checkout -q -b authored")
	r.write("bell.asset.hcl", icon("bell", 1024))
	r.with("IMAGINATOR_API_KEY="+apiKey).must(r.work, "assetform apply --auto-approve")
	r.push("authored", "A bell")
	api.wantPaid(t, 2)
	r.wantJob(checks, "plan", "authored", "")
	r.wantJob(checks, "verify", "authored", "")
	r.wantJob(comments, "render", "main", "")
	r.wantFile(comment, "### assetform plan: 1 generated; due: no changes\n", "image.bell", "1 image credit",
		`<img src="https://github.com/acme/game/raw/0123abc/art/bell.png"`, "(<https://github.com/acme/game/actions/runs/99#artifacts>)")
	r.must(r.work, "git checkout -q main")

	// One of two icons fails: the other one is committed, and when the
	// condition is put right, the failed one is not paid for again: the cache has
	// it.
	r.write("axe.asset.hcl", icon("axe", 7))
	r.write("bow.asset.hcl", icon("bow", 1024))
	r.push("main", "An axe and a bow")
	r.wantApply(checks, "Apply")
	api.wantPaid(t, 4)
	r.must(r.work, "git pull -q && git ls-files --error-unmatch art/bow.png && [ ! -e art/axe.png ]")
	r.write("axe.asset.hcl", icon("axe", 1024))
	r.must(r.work, "rm bow.asset.hcl")
	r.push("main", "Icons are 1024 pixels wide, and no bow")
	r.wantApply(checks, "")
	api.wantPaid(t, 4)
	r.must(r.work, "git pull -q && assetform verify && [ ! -e art/bow.png ]")
	r.wantJob(checks, "apply", "main", "")
	r.wantOutput("needs.apply.outputs.commit", "")

	// What an author generated may be replaced on main, whatever the cache has:
	// history shows whose it is.
	r.write("gong.asset.hcl", icon("gong", 1024))
	r.with("IMAGINATOR_API_KEY="+apiKey).must(r.work, "assetform apply --auto-approve")
	r.push("main", "A gong")
	r.write("gong.asset.hcl", strings.Replace(icon("gong", 1024), "Game icon", "Large icon", 1))
	r.push("main", "Another gong")
	if err := os.RemoveAll(filepath.Join(r.cache, ".assetform")); err != nil {
		t.Fatal(err)
	}
	r.wantApply(checks, "")
	api.wantPaid(t, 6)

	for _, w := range []workflow{checks, comments} {
		for job, j := range w.Jobs {
			for _, s := range j.Steps {
				if s.Run != "" && !r.ran[job+"/"+s.Name] && s.Name != "Build assetform" && s.Name != "Sign in at ghcr.io" && job != "verify-remote" {
					t.Errorf("job %s: the step %q was not run by this test", job, s.Name)
				}
			}
		}
	}
}

// wantApply generates on main and commits what came out.
func (r *runner) wantApply(w workflow, failed string) {
	r.t.Helper()
	r.wantJob(w, "apply", "main", failed)
	if !r.runs(w.Jobs["commit"].If, failed != "") {
		r.t.Fatal("what was generated is not committed")
	}
	r.wantJob(w, "commit", "main", "")
}

// TestGitHubPushMeetsAnother has main change between the apply and the push:
// what can be joined is, and what cannot is left to the next run.
func TestGitHubPushMeetsAnother(t *testing.T) {
	t.Parallel()
	checks, _ := readWorkflows(t)
	r := newRunner(t, newRepository(t, startServer(t)))
	r.write("sword.asset.hcl", icon("sword", 1024))
	r.push("main", "A sword")
	r.wantJob(checks, "apply", "main", "")
	r.write("readme.txt", "Hello")
	r.push("main", "A text")
	r.wantJob(checks, "commit", "main", "")
	r.must(r.work, "git pull -q && assetform verify && ls readme.txt art/sword.png")

	r.write("axe.asset.hcl", icon("axe", 1024))
	r.push("main", "An axe")
	r.wantJob(checks, "apply", "main", "")
	r.must(r.work, "assetform destroy --auto-approve >&2 || true; echo '{\"version\": 1, \"assets\": {}}' > assetform.lock.json")
	r.push("main", "Another lock")
	r.wantJob(checks, "commit", "main", "Push")
	r.must(r.work, "git fetch -q && [ \"$(git rev-parse origin/main)\" = \"$(git rev-parse HEAD)\" ]")
}

// TestGitHubFromSource builds assetform at a commit, which has to be one.
func TestGitHubFromSource(t *testing.T) {
	t.Parallel()
	checks, _ := readWorkflows(t)
	r := newRunner(t, newRepository(t, startServer(t)))
	source := t.TempDir()
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod":  "module assetform\n\ngo 1.26\n",
		"main.go": "package main\n\nimport (\n\t\"os\"\n\t\"syscall\"\n)\n\nfunc main() {\n\tprogram := os.Getenv(\"BINARIES\") + \"/assetform\"\n\tpanic(syscall.Exec(program, os.Args, os.Environ()))\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(source, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	r.must(source, "git init -q -b main && git add --all && git commit -q -m Source && git config uploadpack.allowAnySHA1InWant true")
	commit := strings.TrimSpace(r.must(source, "git rev-parse HEAD"))
	r.env = append(r.env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url."+source+".insteadOf", "GIT_CONFIG_VALUE_0=https://github.com/OWNER/assetform",
		"GOCACHE="+strings.TrimSpace(string(cache)), "GOFLAGS=-mod=mod")
	for given, failed := range map[string]string{commit: "", "main": "Build assetform", commit[:12]: "Build assetform"} {
		checks.Env["ASSETFORM_COMMIT"] = given
		r.wantJob(checks, "plan", "main", failed)
	}
	if r.ran["plan/Install assetform"] {
		t.Error("a release was installed although a commit is given")
	}
}

// TestGitHubRefusesAnotherRelease has one whose bytes are not those of its
// checksum, and one that nobody attested.
func TestGitHubRefusesAnotherRelease(t *testing.T) {
	t.Parallel()
	checks, comments := readWorkflows(t)
	r := newRunner(t, newRepository(t, startServer(t)))
	for _, what := range []string{"tampered", "unsigned"} {
		bad := *r
		bad.env = append([]string{"RELEASE=" + what}, r.env...)
		for _, job := range []string{"plan", "verify", "verify-remote", "apply"} {
			bad.wantJob(checks, job, "main", "Install assetform")
		}
		bad.wantJob(comments, "render", "main", "Install assetform")
	}
}

// TestGitHubWantsAVersion runs the workflows as they stand here, where nobody
// has said yet which assetform to use: no release is asked for.
func TestGitHubWantsAVersion(t *testing.T) {
	t.Parallel()
	checks, comments := readWorkflows(t)
	checks.Env["ASSETFORM_VERSION"], comments.Env["ASSETFORM_VERSION"] = "", ""
	r := newRunner(t, newRepository(t, startServer(t)))
	for _, job := range []string{"plan", "verify", "verify-remote", "apply"} {
		r.wantJob(checks, job, "main", "Install assetform")
	}
	r.wantJob(comments, "render", "main", "Install assetform")
	if asked, err := os.ReadFile(filepath.Join(r.dir, "gh.log")); err == nil && strings.Contains(string(asked), "release") {
		t.Errorf("a release without a number was asked for:\n%s", asked)
	}
}

func (r *runner) wantJob(w workflow, name, branch, failed string) {
	r.t.Helper()
	if got := r.job(w, name, branch); got != failed {
		r.t.Fatalf("job %s on %s: the step %q failed, want %q", name, branch, got, failed)
	}
}

func (r *runner) wantOutput(name, want string) {
	r.t.Helper()
	if got := r.values[name]; got != want {
		r.t.Errorf("%s is %q, want %q", name, got, want)
	}
}

func (r *runner) wantFile(name string, parts ...string) string {
	r.t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, part := range parts {
		if !strings.Contains(string(b), part) {
			r.t.Errorf("%s does not contain %q:\n%s", filepath.Base(name), part, b)
		}
	}
	return string(b)
}

// TestNoSecretInChecks holds the jobs of pull requests to what is promised
// about forks.
func TestNoSecretInChecks(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("github/assetform.yml")
	if err != nil {
		t.Fatal(err)
	}
	rest, apply, ok := strings.Cut(string(text), "\n  apply:\n")
	checks, reading, split := strings.Cut(rest, "\n  verify-remote:\n")
	if !ok || !split || !strings.Contains(apply, "secrets.IMAGINATOR_API_KEY") {
		t.Fatal("the job apply does not take the key")
	}
	for _, secret := range regexp.MustCompile(`secrets\.[A-Z_]+`).FindAllString(reading, -1) {
		if !strings.Contains(secret, "_READ_") {
			t.Errorf("the job that may read the remote has %s", secret)
		}
	}
	for _, word := range []string{"secrets.", ": write", "pull_request_target"} {
		if strings.Contains(checks, word) {
			t.Errorf("the jobs of pull requests have %q", word)
		}
	}
	comment, err := os.ReadFile("github/assetform-comment.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"actions/checkout", "secrets.", "contents: write"} {
		if strings.Contains(string(comment), word) {
			t.Errorf("the privileged workflow has %q", word)
		}
	}
}
