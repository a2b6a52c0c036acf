package ci_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// workflowFiles are the workflows that users copy and those of this
// repository.
func workflowFiles(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, pattern := range []string{"github/*.yml", "../../.github/workflows/*.yml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %v", pattern, names, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = string(b)
		}
	}
	return files
}

// TestActionsArePinned wants a commit for each action, the same everywhere,
// and the version beside it: a tag can be moved by whoever owns the action.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	pinned := regexp.MustCompile(`^([a-z/-]+)@([0-9a-f]{40}) # (v[0-9]+\.[0-9]+\.[0-9]+)$`)
	seen := map[string]string{}
	for name, text := range workflowFiles(t) {
		for line := range strings.Lines(text) {
			_, uses, ok := strings.Cut(strings.TrimSpace(line), "uses: ")
			if !ok {
				continue
			}
			m := pinned.FindStringSubmatch(uses)
			if m == nil {
				t.Errorf("%s: %q is no commit with its version", name, uses)
				continue
			}
			owner, _, _ := strings.Cut(m[1], "/")
			repository := owner + "/" + strings.Split(m[1], "/")[1]
			if other, ok := seen[repository]; ok && other != m[2]+m[3] {
				t.Errorf("%s: %s is pinned to two commits", name, repository)
			}
			seen[repository] = m[2] + m[3]
		}
	}
}

// TestTokensAreFew holds each job to what it needs: a token that may write is
// given to one step, in a job that has no key and runs nothing of assetform's.
func TestTokensAreFew(t *testing.T) {
	t.Parallel()
	checks, comments := readWorkflows(t)
	if comments.Permissions == nil || len(comments.Permissions) > 0 || len(checks.Permissions) != 1 || checks.Permissions["contents"] != "read" {
		t.Errorf("by default the jobs may %v and %v", checks.Permissions, comments.Permissions)
	}
	writers := map[string]string{"commit": "Push", "post": "Comment"}
	for _, w := range []workflow{checks, comments} {
		for name, j := range w.Jobs {
			writes, holders, keys := false, []string{}, false
			for what, may := range j.Permissions {
				writes = writes || may == "write" && what != "id-token" // which says who asks
			}
			for _, s := range j.Steps {
				for _, v := range s.Env {
					if strings.Contains(v.(string), "github.token") {
						holders = append(holders, s.Name)
					}
					keys = keys || strings.Contains(v.(string), "secrets.")
				}
				if writes && strings.Contains(s.Run, "assetform --") {
					t.Errorf("job %s: step %q runs assetform beside a token that may write", name, s.Name)
				}
			}
			switch step, ok := writers[name]; {
			case writes != ok:
				t.Errorf("job %s: may write: %t", name, writes)
			case writes && (keys || !slices.Equal(holders, []string{step})):
				t.Errorf("job %s: the token is given to %q, and there is a key: %t", name, holders, keys)
			case keys && name != "apply" && name != "verify-remote":
				t.Errorf("job %s has a secret", name)
			}
		}
	}
	for name, text := range workflowFiles(t) {
		if strings.Contains(text, "pull_request_target") {
			t.Errorf("%s runs on pull_request_target", name)
		}
		if env, _, _ := strings.Cut(text, "\njobs:"); strings.Contains(env, "github.token") || strings.Contains(env, "secrets.") {
			t.Errorf("%s gives every step a secret", name)
		}
		// What GitHub puts into a script is part of the script.
		for line := range strings.Lines(text) {
			if strings.Contains(line, "run:") && strings.Contains(line, "${{") || strings.HasPrefix(line, "          ") && strings.Contains(line, "${{") && !strings.Contains(line, ": ") {
				t.Errorf("%s: a script holds an expression: %s", name, line)
			}
		}
	}
}

// TestEveryJobInstallsAlike has one text for how assetform comes to a job.
func TestEveryJobInstallsAlike(t *testing.T) {
	t.Parallel()
	checks, comments := readWorkflows(t)
	texts := map[string]string{}
	n := 0
	for _, w := range []workflow{checks, comments} {
		for job, j := range w.Jobs {
			for _, s := range j.Steps {
				if s.Name != "Build assetform" && s.Name != "Install assetform" {
					continue
				}
				n++
				if text, ok := texts[s.Name]; ok && text != s.Run {
					t.Errorf("job %s: %q differs from that of another job", job, s.Name)
				}
				texts[s.Name] = s.Run
			}
		}
	}
	if n != 10 {
		t.Errorf("%d steps bring assetform, want two in each of five jobs", n)
	}
}

// TestChecksReadEveryFile wants verify to trust no remembered hash.
func TestChecksReadEveryFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"github/assetform.yml", "gitlab/.gitlab-ci.yml", "pre-commit/pre-commit"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(b)) {
			if strings.Contains(line, "assetform --chdir \"$PROJECT\" verify") {
				n++
				if !strings.Contains(line, "verify --no-index") {
					t.Errorf("%s: %s", name, line)
				}
			}
		}
		if n == 0 {
			t.Errorf("%s does not verify", name)
		}
	}
}
