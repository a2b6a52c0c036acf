package s3_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assetform/apply/remote"
	"assetform/apply/remote/remotetest"
	"assetform/apply/remote/s3"
)

// documented are the JSON files of the page that says how a bucket is set up.
type documented struct {
	writer, reader, pruner, main policy
	lifecycle                    lifecycle
}

// policy is one of AWS's, with nothing in it that these do not have.
type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Effect           string
	Principal        any                       `json:",omitempty"`
	Action, Resource any                       // a text or several
	Condition        map[string]map[string]any `json:",omitempty"`
}

type lifecycle struct {
	Rules []struct {
		ID, Status                  string
		Filter                      struct{ Prefix string }
		Expiration                  struct{ Days int }
		NoncurrentVersionExpiration struct{ NoncurrentDays int }
	}
}

func readDocumented(t *testing.T) (d documented) {
	t.Helper()
	blocks := remotetest.Documented(t, "AWS S3", "json")
	into := []any{&d.writer, &d.reader, &d.pruner, &d.main, &d.lifecycle}
	if len(blocks) != len(into) {
		t.Fatalf("the page has %d files, want %d", len(blocks), len(into))
	}
	for i, block := range blocks {
		decoder := json.NewDecoder(strings.NewReader(block))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into[i]); err != nil {
			t.Fatalf("%v\n%s", err, block)
		}
	}
	return d
}

// TestLifecycle holds that the page's rules delete blobs, results and probes, and
// can never delete a claim, nor anything of the project beside.
func TestLifecycle(t *testing.T) {
	t.Parallel()
	rules := readDocumented(t).lifecycle.Rules
	covers := func(key string) bool {
		for _, r := range rules {
			if r.Status == "Enabled" && r.Expiration.Days > 0 && strings.HasPrefix(key, r.Filter.Prefix) {
				return true
			}
		}
		return false
	}
	for key, want := range map[string]bool{
		"game/v1/blobs/sha256/00": true, "game/v1/results/00.json": true, "game/v1/probe/00": true,
		"game/v1/claims/00/1.json": false, "game/v1/claims/00/1.beat": false, "game/v1/claims": false, "v1/claims/00/1.json": false, "games/v1/blobs/sha256/00": false, "": false,
	} {
		if covers(key) != want {
			t.Errorf("%q is deleted: %v, want %v", key, !want, want)
		}
	}
	for _, r := range rules {
		if r.Filter.Prefix == "" || !strings.HasSuffix(r.Filter.Prefix, "/") || r.NoncurrentVersionExpiration.NoncurrentDays == 0 {
			t.Errorf("the rule %s is for %q", r.ID, r.Filter.Prefix)
		}
	}
}

// TestTrust holds which jobs of GitHub may take the role of main.
func TestTrust(t *testing.T) {
	t.Parallel()
	d := readDocumented(t)
	if len(d.main.Statement) != 1 || d.main.Statement[0].Action != "sts:AssumeRoleWithWebIdentity" {
		t.Fatalf("got %+v", d.main)
	}
	const at = "token.actions.githubusercontent.com:"
	conditions := d.main.Statement[0].Condition
	if len(conditions) != 1 || len(conditions["StringEquals"]) != 2 {
		t.Fatalf("got the conditions %v", conditions)
	}
	for _, c := range []struct {
		audience, subject string
		want              bool
	}{
		{"sts.amazonaws.com", "repo:acme/game:ref:refs/heads/main", true}, {"sts.amazonaws.com", "repo:acme/game:pull_request", false},
		{"sts.amazonaws.com", "repo:acme/game:ref:refs/heads/main2", false}, {"https://github.com/acme", "repo:acme/game:ref:refs/heads/main", false},
	} {
		if got := conditions["StringEquals"][at+"aud"] == c.audience && conditions["StringEquals"][at+"sub"] == c.subject; got != c.want {
			t.Errorf("%s for %s: let in: %v", c.subject, c.audience, got)
		}
	}
}

// TestPoliciesAtVersityGW gives the page's rights to users of a real server, as
// its bucket's policy, and holds what each may do.
func TestPoliciesAtVersityGW(t *testing.T) {
	t.Parallel()
	program := remotetest.Program(t, "versitygw")
	dir, address := t.TempDir(), remotetest.FreeAddress(t)
	for _, sub := range []string{"data/studio-art/game", "side", "users"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	root := []string{"--access", "ROOT", "--secret", "r00t"}
	remotetest.Start(t, address, exec.Command(program, append(slices.Clone(root), "--quiet", "--keep-alive", "--port", address, "--iam-dir", filepath.Join(dir, "users"),
		"posix", "--sidecar", filepath.Join(dir, "side"), filepath.Join(dir, "data"))...))
	d := readDocumented(t)
	var whole policy
	for user, policies := range map[string][]policy{"WRITER": {d.writer}, "READER": {d.reader}, "PRUNER": {d.reader, d.pruner}, "BOTH": {d.writer, d.pruner}, "NOBODY": nil} {
		create := exec.Command(program, append(append([]string{"admin"}, root...), "--endpoint-url", "http://"+address, "create-user", "--access", user, "--secret", "s3cr3t", "--role", "user")...)
		if out, err := create.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, p := range policies {
			whole.Version = p.Version
			for _, s := range p.Statement {
				s.Principal = map[string]any{"AWS": []string{user}}
				whole.Statement = append(whole.Statement, s)
			}
		}
	}
	putPolicy(t, "http://"+address+"/studio-art", whole)

	as := func(t *testing.T, user, prefix string) remote.Files {
		environ := service("http://" + address)
		delete(environ, "AWS_SESSION_TOKEN")
		environ["AWS_ACCESS_KEY_ID"], environ["AWS_SECRET_ACCESS_KEY"] = user, "s3cr3t"
		return mustOpen(t, "s3://studio-art/"+prefix, environ)
	}
	const blob, claim = "v1/blobs/sha256/00", "v1/claims/00/1.json"
	for _, name := range []string{blob, claim} {
		f := as(t, "WRITER", "game")
		if err := f.Create(t.Context(), name, strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	for _, c := range []struct {
		user, prefix, name    string
		reads, writes, delete bool
	}{
		{"WRITER", "game", blob, true, true, false}, {"WRITER", "game", claim, true, true, false}, {"WRITER", "other", blob, false, false, false},
		{"READER", "game", blob, true, false, false}, {"READER", "game", claim, true, false, false}, {"READER", "other", blob, false, false, false},
		{"PRUNER", "game", claim, true, false, false}, {"PRUNER", "game", "v1/blobs/sha256/01", true, false, true},
		{"NOBODY", "game", blob, false, false, false},
	} {
		f := as(t, c.user, c.prefix)
		defer f.Close()
		want := func(call string, allowed bool, err error) {
			if allowed && err != nil && !errors.Is(err, fs.ErrNotExist) || !allowed && !errors.Is(err, remote.ErrDenied) {
				t.Errorf("%s, %s/%s: %s: got error %v, want allowed: %v", c.user, c.prefix, c.name, call, err, allowed)
			}
		}
		body, _, err := f.Get(t.Context(), c.name)
		if err == nil {
			body.Close()
		}
		if c.prefix == "game" { // a name that is not there elsewhere may be told as such
			want("get", c.reads, err)
			_, err = f.Stat(t.Context(), c.name)
			want("stat", c.reads, err)
		}
		want("put", c.writes, f.Put(t.Context(), c.name, strings.NewReader("y"), 1))
		want("delete", c.delete, f.Delete(t.Context(), c.name))
	}
	t.Run("contract", func(t *testing.T) {
		remotetest.Run(t, remotetest.Backend{
			Open:   func(t *testing.T) remote.Files { return as(t, "BOTH", "game") },
			Create: remotetest.Atomic,
		})
	})
}

// putPolicy gives a bucket its policy.
func putPolicy(t *testing.T, bucket string, p policy) {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPut, bucket+"?policy=", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	s3.Sign(r, "ROOT", "r00t", "us-east-1", hex.EncodeToString(sum[:]))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		words, _ := io.ReadAll(answer.Body)
		t.Fatalf("put the policy: %s: %s", answer.Status, words)
	}
}
