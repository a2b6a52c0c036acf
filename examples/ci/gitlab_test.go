package ci_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// gitlabJob is what a job of GitLab says about commands.
type gitlabJob struct {
	Script      []string
	AfterScript []string `json:"after_script"`
	Variables   map[string]string
	Artifacts   struct{ Paths []string }
	Environment struct{ Name string }
}

func TestGitLab(t *testing.T) {
	t.Parallel()
	var file struct {
		Variables map[string]string
		Plan      gitlabJob `json:"assetform:plan"`
		Verify    gitlabJob `json:"assetform:verify"`
		Apply     gitlabJob `json:"assetform:apply"`
		Commit    gitlabJob `json:"assetform:commit"`
	}
	readYAML(t, "gitlab/.gitlab-ci.yml", &file)
	api := startServer(t)
	repo := newRepository(t, api)
	base := []string{
		"CI_COMMIT_BRANCH=main", "CI_SERVER_HOST=gitlab.test", "CI_PROJECT_PATH=acme/game",
		"CI_PROJECT_URL=https://gitlab.test/acme/game", "CI_PIPELINE_URL=https://gitlab.test/acme/game/-/pipelines/7", "CI_COMMIT_SHA=0123abc",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url." + repo.origin + ".insteadOf", "GIT_CONFIG_VALUE_0=https://gitlab.test/acme/game.git",
	}
	for name, value := range file.Variables {
		base = append(base, name+"="+value)
	}
	artifacts := t.TempDir()
	// job runs in a fresh clone of a branch, with the artifacts of those before
	// it, and returns what it printed.
	job := func(j gitlabJob, branch string, env ...string) (string, bool) {
		t.Helper()
		dir := t.TempDir()
		depth := "--depth 20 --no-single-branch" // as of new projects
		if j.Variables["GIT_DEPTH"] == "0" {
			depth = ""
		}
		repo.must(dir, "git clone -q "+depth+" --branch "+branch+" 'file://"+repo.origin+"' . && cp -R '"+artifacts+"/.' .")
		sh := repo.with(append(append(base, "CI_PROJECT_DIR="+dir), env...)...)
		script, after := "", ""
		for _, line := range j.Script {
			script += line + "\n"
		}
		for _, line := range j.AfterScript {
			after += line + "\n"
		}
		out, ok := sh.try(dir, script)
		if after != "" {
			sh.must(dir, after)
		}
		for _, name := range j.Artifacts.Paths {
			repo.must(dir, "[ ! -e '"+name+"' ] || { rm -rf '"+artifacts+"/"+name+"' && cp -R '"+name+"' '"+artifacts+"/'; }")
		}
		return out, ok
	}

	start := repo.must(repo.work, "git rev-parse --verify HEAD")[:40]
	repo.write("sword.asset.hcl", icon("sword", 1024))
	repo.write("axe.asset.hcl", icon("axe", 7))
	repo.push("change", "A sword and an axe")
	if out, ok := job(file.Plan, "change", "CI_MERGE_REQUEST_DIFF_BASE_SHA="+start); !ok {
		t.Fatalf("the plan failed:\n%s", out)
	}
	repo.must(artifacts, "grep -q 'nothing was done; due: 2 to create' assetform-plan.md && grep -q '(<https://gitlab.test/acme/game/-/pipelines/7>)' assetform-plan.md")
	if out, ok := job(file.Verify, "change", "CI_MERGE_REQUEST_DIFF_BASE_SHA="+start); ok {
		t.Fatalf("verify found no difference:\n%s", out)
	}
	api.wantPaid(t, 0)

	repo.must(repo.work, "git checkout -q main && git merge -q change && git push -q origin main")
	if out, ok := job(file.Apply, "main", "IMAGINATOR_API_KEY="+apiKey); ok {
		t.Fatalf("the apply of an icon that fails its condition succeeded:\n%s", out)
	}
	api.wantPaid(t, 2)
	if out, ok := job(file.Commit, "main", "ASSETFORM_PUSH_TOKEN=push"); !ok {
		t.Fatalf("the commit failed:\n%s", out)
	}
	repo.must(repo.work, "git pull -q && git ls-files --error-unmatch art/sword.png assetform.lock.json && [ ! -e art/axe.png ] && [ ! -e assetform-generated ]")
	repo.must(repo.work, "rm axe.asset.hcl")
	repo.push("same", "No axe")
	if out, ok := job(file.Verify, "same", "CI_MERGE_REQUEST_DIFF_BASE_SHA="+start); !ok {
		t.Errorf("verify failed after the apply:\n%s", out)
	}
}

// TestGitLabSecrets wants each secret in the one job that needs it.
func TestGitLabSecrets(t *testing.T) {
	t.Parallel()
	var file map[string]any
	readYAML(t, "gitlab/.gitlab-ci.yml", &file)
	for name := range file {
		var j gitlabJob
		b, err := json.Marshal(file[name])
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(name, "assetform:") || json.Unmarshal(b, &j) != nil {
			continue
		}
		want := map[string]string{"assetform:apply": "assetform/generate", "assetform:commit": "assetform/commit"}[name]
		if j.Environment.Name != want {
			t.Errorf("%s has the environment %q, want %q", name, j.Environment.Name, want)
		}
		text := strings.Join(append(j.Script, j.AfterScript...), "\n")
		if strings.Contains(text, "PUSH_TOKEN") != (name == "assetform:commit") {
			t.Errorf("%s: the token is in the wrong job", name)
		}
		if name == "assetform:commit" && strings.Contains(text, "assetform --") {
			t.Errorf("%s runs assetform beside the token", name)
		}
	}
}

func TestPreCommit(t *testing.T) {
	t.Parallel()
	repo := newRepository(t, startServer(t))
	repo.write("shield.asset.hcl", icon("shield", 1024))
	repo.write("provider.asset.hcl", "provider \"local\" {}\n")
	repo.must(repo.work, "assetform apply --auto-approve && git add --all && git commit -q -m Generated")
	hook, err := filepath.Abs("pre-commit/pre-commit")
	if err != nil {
		t.Fatal(err)
	}
	repo.must(repo.work, "cp '"+hook+"' .git/hooks/pre-commit && git commit -q --allow-empty -m Agreeing")

	const commit = "git add --all && git commit -q -m Change"
	repo.write("sword.asset.hcl", icon("sword", 1024))
	if out, ok := repo.try(repo.work, commit); ok || !strings.Contains(out, `Run "assetform --chdir '.' apply"`) {
		t.Errorf("an asset that is not generated was committed, or nothing says what to do:\n%s", out)
	}
	pending := repo.with("ASSETFORM_PENDING=1")
	pending.must(repo.work, commit)
	repo.write("axe.asset.hcl", "image \"axe\" {\nprompt=\"An axe\"\n  output = \"art/axe.png\"\n}\n")
	if out, ok := pending.try(repo.work, commit); ok || !strings.Contains(out, `Run "assetform --chdir '.' fmt --recursive"`) {
		t.Errorf("a file that is not formatted was committed, or nothing says what to do:\n%s", out)
	}
	repo.write("axe.asset.hcl", "image \"axe\" {\n  output = \"art/axe.png\"\n}\n")
	if out, ok := pending.try(repo.work, commit); ok {
		t.Errorf("an asset without a prompt was committed:\n%s", out)
	}
}
