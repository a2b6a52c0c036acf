package ci_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// workflow is what a GitHub workflow says about commands.
type workflow struct {
	Env  map[string]string
	Jobs map[string]struct {
		Env         map[string]string
		Permissions map[string]string
		Steps       []step
	}
}

type step struct {
	Name, ID, If, Uses, Run string
	Env, With               map[string]any
}

// runner carries out jobs as GitHub does: from fresh clones, with a cache and
// artifacts that outlive them.
type runner struct {
	*repository
	temp, cache, artifacts string
	env                    []string
	ran                    map[string]bool // steps with commands, JOB/NAME
}

func newRunner(t *testing.T, repo *repository) *runner {
	t.Helper()
	dir := t.TempDir()
	r := &runner{
		repository: repo, temp: filepath.Join(dir, "temp"), cache: filepath.Join(dir, "cache"), artifacts: filepath.Join(dir, "artifacts"),
		ran: map[string]bool{},
	}
	for _, d := range []string{r.temp, r.cache, r.artifacts} {
		if err := os.Mkdir(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	r.env = []string{
		"RUNNER_TEMP=" + r.temp, "GITHUB_PATH=" + filepath.Join(dir, "path"), "GITHUB_REPOSITORY=acme/game", "GITHUB_BASE_REF=main",
		"ARTIFACTS=" + r.artifacts, "GH_LOG=" + filepath.Join(dir, "gh.log"), "GH_COMMENT=" + filepath.Join(dir, "comment"),
	}
	return r
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// expand puts in what GitHub would put for an expression.
func (r *runner) expand(text string) string {
	return expression.ReplaceAllStringFunc(text, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		value, ok := map[string]string{
			"vars.ASSETFORM_REPOSITORY": "acme/assetform", "github.token": "token", "secrets.IMAGINATOR_API_KEY": apiKey,
			"runner.temp": r.temp, "env.PROJECT": ".",
			"github.run_id": "1", "github.run_attempt": "1",
			"github.event.workflow_run.head_repository.owner.login": "stranger",
			"github.event.workflow_run.head_branch":                 "change",
			"github.event.workflow_run.head_sha":                    "0123abc",
			"github.event.workflow_run.id":                          "99",
		}[name]
		if !ok {
			r.t.Fatalf("what is the expression %q?", name)
		}
		return value
	})
}

func (r *runner) environ(sets ...map[string]string) []string {
	env := append([]string(nil), r.env...)
	for _, set := range sets {
		for name, value := range set {
			env = append(env, name+"="+r.expand(value))
		}
	}
	return env
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
	for _, s := range job.Steps {
		switch s.If {
		case "":
			if failed != "" {
				continue
			}
		case "always()", "!cancelled()", "always() && steps.apply.outcome != 'skipped'":
		default:
			r.t.Fatalf("job %s: what is the condition %q?", name, s.If)
		}
		if s.Uses != "" {
			r.action(s, dir, branch)
			continue
		}
		env := map[string]string{}
		for k, v := range s.Env {
			env[k] = v.(string)
		}
		r.ran[name+"/"+s.Name] = true
		if _, ok := r.with(r.environ(w.Env, job.Env, env)...).try(dir, s.Run); !ok && failed == "" {
			failed = s.Name
		}
	}
	return failed
}

// action does what the actions of the workflows do.
func (r *runner) action(s step, dir, branch string) {
	r.t.Helper()
	path, _ := s.With["path"].(string)
	path = r.expand(path)
	switch action, _, _ := strings.Cut(s.Uses, "@"); action {
	case "actions/checkout":
		if ref, ok := s.With["ref"].(string); ok {
			branch = ref
		}
		r.must(dir, "git clone -q --branch "+branch+" '"+r.origin+"' .")
	case "actions/cache/restore":
		r.must(dir, "[ ! -e '"+r.cache+"/.assetform' ] || cp -R '"+r.cache+"/.assetform' '"+path+"'")
	case "actions/cache/save":
		r.must(dir, "rm -rf '"+r.cache+"/.assetform' && cp -R '"+path+"' '"+r.cache+"/.assetform'")
	case "actions/upload-artifact":
		name, _ := s.With["name"].(string)
		r.must(dir, "rm -rf '"+r.artifacts+"/"+name+"' && mkdir '"+r.artifacts+"/"+name+"' && { [ ! -e '"+path+"' ] || cp -R '"+path+"' '"+r.artifacts+"/"+name+"/'; }")
	default:
		r.t.Fatalf("what is the action %q?", s.Uses)
	}
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	var checks, comments workflow
	readYAML(t, "github/assetform.yml", &checks)
	readYAML(t, "github/assetform-comment.yml", &comments)
	api := startServer(t)
	r := newRunner(t, newRepository(t, api))

	// A pull request asks for an icon: the plan says so, verify as well.
	r.write("sword.asset.hcl", icon("sword", 1024))
	r.push("change", "A sword")
	r.wantJob(checks, "plan", "change", "")
	r.wantJob(checks, "verify", "change", "Verify")
	r.wantFile(filepath.Join(r.artifacts, "assetform-plan", "assetform-plan.md"), "<!-- assetform:plan -->\n", "image.sword")
	api.wantPaid(t, 0)

	// A plan above the budget is refused, and still there to be read.
	r.write("budget.asset.hcl", "assetform {\n  budget {\n    image_credits = 0\n  }\n}\n")
	r.push("expensive", "No budget")
	r.wantJob(checks, "plan", "expensive", "Plan")
	r.wantFile(filepath.Join(r.artifacts, "assetform-plan", "assetform-plan.md"), "<!-- assetform:plan -->\n", "budget")
	r.must(r.work, "git checkout -q change")

	// The plan becomes a comment; the next plan updates it.
	r.wantJob(comments, "comment", "main", "")
	r.wantJob(comments, "comment", "main", "")
	log := r.wantFile(filepath.Join(filepath.Dir(r.temp), "gh.log"), "--method POST repos/acme/game/issues/7/comments", "--method PATCH repos/acme/game/issues/comments/70")
	if n := strings.Count(log, "POST"); n != 1 {
		t.Errorf("%d comments were posted, want 1:\n%s", n, log)
	}

	// Merged, it is generated and committed by main.
	r.must(r.work, "git checkout -q main && git merge -q change && git push -q origin main")
	r.wantJob(checks, "apply", "main", "")
	api.wantPaid(t, 1)
	r.must(r.work, "git pull -q && assetform verify && git ls-files --error-unmatch art/sword.png assetform.lock.json")
	r.must(r.work, "git push -q origin main:same")
	r.wantJob(checks, "verify", "same", "")
	r.wantFile(filepath.Join(r.artifacts, "assetform-report", "assetform-report", "index.html"), "<html")

	// One of two icons fails: the other one is committed, and when the
	// condition is put right, the failed one is not paid for again.
	r.write("axe.asset.hcl", icon("axe", 7))
	r.write("bow.asset.hcl", icon("bow", 1024))
	r.push("main", "An axe and a bow")
	r.wantJob(checks, "apply", "main", "Apply")
	api.wantPaid(t, 3)
	r.must(r.work, "git pull -q && git ls-files --error-unmatch art/bow.png && [ ! -e art/axe.png ]")
	r.write("axe.asset.hcl", icon("axe", 1024))
	r.push("main", "Icons are 1024 pixels wide")
	r.wantJob(checks, "apply", "main", "")
	api.wantPaid(t, 3)
	r.must(r.work, "git pull -q && assetform verify")

	for _, w := range []workflow{checks, comments} {
		for job, j := range w.Jobs {
			for _, s := range j.Steps {
				if s.Run != "" && !r.ran[job+"/"+s.Name] {
					t.Errorf("job %s: the step %q was not run by this test", job, s.Name)
				}
			}
			if writes := j.Permissions["contents"] == "write"; writes != (job == "apply") {
				t.Errorf("job %s: write access to the contents is %t", job, writes)
			}
		}
	}
}

func (r *runner) wantJob(w workflow, name, branch, failed string) {
	r.t.Helper()
	if got := r.job(w, name, branch); got != failed {
		r.t.Fatalf("job %s on %s: the step %q failed, want %q", name, branch, got, failed)
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
	checks, apply, ok := strings.Cut(string(text), "\n  apply:\n")
	if !ok || !strings.Contains(apply, "secrets.IMAGINATOR_API_KEY") {
		t.Fatal("the job apply does not take the key")
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
