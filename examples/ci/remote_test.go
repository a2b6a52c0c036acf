package ci_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// hurried is the directory of an assetform for which a claim expires within
// seconds: the one that the scripts are run with.
var hurried = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(binaries, "hurried")
	if err := os.Mkdir(dir, 0o777); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-o", filepath.Join(dir, "assetform"), ".")
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%v: %w\n%s", cmd, err, out)
	}
	return dir, nil
})

// wantNoCache holds that no job has asked for the cache.
func (r *runner) wantNoCache() {
	r.t.Helper()
	for step := range r.ran {
		if strings.Contains(step, "/actions/cache/") {
			r.t.Errorf("%s ran, although the remote keeps claims", step)
		}
	}
}

// TestGitHubLosesARunner has a remote and no cache. The machine that generates is
// gone in the middle of it, with all that it had; the next one pays for nothing
// a second time.
func TestGitHubLosesARunner(t *testing.T) {
	t.Parallel()
	dir, err := hurried()
	if err != nil {
		t.Fatal(err)
	}
	checks, _ := readWorkflows(t)
	api := startSlowServer(t, 3*time.Second)
	r := newRunner(t, newRepository(t, api))
	r.env = append(r.env, "BINARIES="+dir)
	place := filepath.Join(r.dir, "remote", "v1")
	if err := os.MkdirAll(place, 0o777); err != nil {
		t.Fatal(err)
	}
	r.values["vars.ASSETFORM_REMOTE_URL"] = "file://" + filepath.ToSlash(filepath.Dir(place))
	r.write("sword.asset.hcl", icon("sword", 1024))
	r.write("axe.asset.hcl", icon("axe", 7)) // fails its condition
	r.push("main", "A sword and an axe")

	accepted := func() bool {
		claims, err := filepath.Glob(filepath.Join(place, "claims", "*", "1.json"))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, claim := range claims {
			if b, err := os.ReadFile(claim); err == nil && strings.Contains(string(b), `"task"`) {
				n++
			}
		}
		return n == 2
	}
	r.lost = accepted
	r.wantJob(checks, "apply", "main", "all is lost")
	api.wantPaid(t, 2)
	r.lost = nil

	r.wantApply(checks, "Apply")
	api.wantPaid(t, 2)
	r.must(r.work, "git pull -q && git ls-files --error-unmatch art/sword.png && [ ! -e art/axe.png ]")
	r.write("axe.asset.hcl", icon("axe", 1024))
	r.push("main", "Icons are 1024 pixels wide")
	r.wantApply(checks, "")
	api.wantPaid(t, 2)
	r.must(r.work, "git pull -q && assetform verify")
	r.wantJob(checks, "plan", "main", "")
	r.wantJob(checks, "verify", "main", "")
	r.wantNoCache()
}

// TestGitHubCache: what keeps no claims needs the cache, and so does a project
// without a remote; who knows better says so.
func TestGitHubCache(t *testing.T) {
	t.Parallel()
	checks, _ := readWorkflows(t)
	r := newRunner(t, newRepository(t, startServer(t)))
	r.workflow = checks
	for _, c := range []struct{ url, said, want string }{
		{"", "", "true"}, {"oci://ghcr.io/acme/game", "", "true"}, {"s3://art/game", "", "false"}, {"file:///mnt/art", "", "false"},
		{"https://art.example/game", "", "false"}, {"https://art.example/game", "true", "true"}, {"", "false", "false"},
	} {
		r.values["vars.ASSETFORM_REMOTE_URL"], r.values["vars.ASSETFORM_CACHE"] = c.url, c.said
		if got := r.expand("${{ env.ASSETFORM_CACHE }}"); got != c.want {
			t.Errorf("%+v: the cache is used: %s", c, got)
		}
	}
}

// cloud is what stands for AWS and for GitHub's tokens: a bucket, art, into which
// the roles writer and reader let whoever has one.
type cloud struct {
	url string

	mu       sync.Mutex
	requests []string // ROLE METHOD PATH
}

func startCloud(t *testing.T) *cloud {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("art"); err != nil {
		t.Fatal(err)
	}
	bucket := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	c := new(cloud)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" && r.URL.Query().Get("audience") == "sts.amazonaws.com" && r.Header.Get("Authorization") == "Bearer of-the-job" {
			fmt.Fprint(w, `{"value": "acme/game"}`)
			return
		}
		if r.URL.Path == "/sts/" && r.PostFormValue("WebIdentityToken") == "acme/game" {
			role := r.PostFormValue("RoleArn")
			fmt.Fprintf(w, `<R><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>of-%[1]s</SessionToken>
				<Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></R>`, role[strings.LastIndexByte(role, '/')+1:])
			return
		}
		role, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="), "/")
		c.mu.Lock()
		c.requests = append(c.requests, role+" "+r.Method+" "+r.URL.Path)
		c.mu.Unlock()
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if role == "writer" || role == "reader" && reads {
			if r.Header.Get("X-Amz-Security-Token") == "of-"+role {
				bucket.ServeHTTP(w, r)
				return
			}
		}
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// asked are the requests of a role.
func (c *cloud) asked(role string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.requests), func(r string) bool { return !strings.HasPrefix(r, role+" ") })
}

// TestGitHubRoles has a bucket into which roles let, and no output in git: main
// generates with one that may write, and a pull request is checked with one that
// may only read, unless it comes from a fork.
func TestGitHubRoles(t *testing.T) {
	t.Parallel()
	checks, _ := readWorkflows(t)
	api, aws := startServer(t), startCloud(t)
	r := newRunner(t, newRepository(t, api))
	r.env = append(r.env, "ACTIONS_ID_TOKEN_REQUEST_URL="+aws.url+"/token?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=of-the-job", "AWS_ENDPOINT_URL_STS="+aws.url+"/sts")
	for name, value := range map[string]string{
		"ASSETFORM_REMOTE_URL": "s3://art/game", "ASSETFORM_OUTPUTS": "remote", "AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL_S3": aws.url,
		"AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/writer", "AWS_READ_ROLE_ARN": "arn:aws:iam::111122223333:role/reader",
	} {
		r.values["vars."+name] = value
	}
	r.write(".gitignore", ".assetform/\nart/\n")
	r.write("sword.asset.hcl", icon("sword", 1024))
	r.push("main", "A sword")
	r.wantApply(checks, "")
	api.wantPaid(t, 1)
	r.must(r.work, "git pull -q && ! git ls-files | grep art/")
	if len(aws.asked("writer")) == 0 {
		t.Error("the remote was not asked")
	}

	// A pull request that adds what its author has generated, and takes away
	// another one.
	r.must(r.work, "git checkout -q -b change && rm sword.asset.hcl")
	r.write("bell.asset.hcl", icon("bell", 1024))
	author := []string{"IMAGINATOR_API_KEY=" + apiKey, "ASSETFORM_REMOTE_URL=s3://art/game", "AWS_ENDPOINT_URL_S3=" + aws.url, "AWS_ACCESS_KEY_ID=writer", "AWS_SECRET_ACCESS_KEY=s", "AWS_SESSION_TOKEN=of-writer"}
	r.with(author...).must(r.work, "assetform apply --auto-approve")
	r.push("change", "A bell and no sword")
	api.wantPaid(t, 2)
	r.values["github.event_name"] = "pull_request"
	starts := func(job string) bool { return r.runs(checks.Jobs[job].If, false) }
	if starts("verify") || !starts("verify-remote") {
		t.Error("a pull request of the repository is not checked with the remote")
	}
	r.wantJob(checks, "verify-remote", "change", "")
	if pictures, err := filepath.Glob(filepath.Join(r.artifacts, "assetform-report", "media", "*.png")); err != nil || len(pictures) != 1 {
		t.Errorf("the report has the pictures %q, error %v; want that of the bell", pictures, err)
	}
	r.wantNoCache()

	// One whose author has not generated, and one whose picture the remote lost.
	r.write("axe.asset.hcl", icon("axe", 1024))
	r.push("due", "An axe")
	r.wantJob(checks, "verify-remote", "due", "Verify")
	for _, request := range aws.asked("writer") {
		if path, ok := strings.CutPrefix(request, "writer PUT "); ok && strings.Contains(path, "/v1/blobs/") {
			forget, err := http.NewRequest(http.MethodDelete, aws.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			forget.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=writer/")
			forget.Header.Set("X-Amz-Security-Token", "of-writer")
			answer, err := http.DefaultClient.Do(forget)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
		}
	}
	r.wantJob(checks, "verify-remote", "change", "Ask the remote")
	for _, request := range aws.asked("reader") {
		if method := strings.Fields(request)[1]; method != http.MethodGet && method != http.MethodHead {
			t.Errorf("a pull request made %s", request)
		}
	}

	// A fork gets neither variables nor a token, and its job asks nobody.
	before := len(aws.asked("reader"))
	r.values["github.event.pull_request.head.repo.full_name"] = "stranger/game"
	if starts("verify-remote") {
		t.Error("a fork's pull request is checked with credentials")
	}
	for name := range r.values {
		if strings.HasPrefix(name, "vars.") {
			delete(r.values, name)
		}
	}
	if !starts("verify") || starts("verify-remote") {
		t.Error("a fork's pull request is not checked")
	}
	r.wantJob(checks, "verify", "change", "Verify")
	if len(aws.asked("reader")) != before {
		t.Error("a fork's job has asked the remote")
	}
	r.values["github.event.pull_request.head.repo.full_name"], r.values["github.actor"], r.values["vars.ASSETFORM_OUTPUTS"] = "acme/game", "dependabot[bot]", "remote"
	if starts("verify-remote") {
		t.Error("Dependabot's pull request is checked with credentials that it does not get")
	}
}

// TestGitHubKeys is the same with keys in secrets: each job has its own.
func TestGitHubKeys(t *testing.T) {
	t.Parallel()
	checks, _ := readWorkflows(t)
	api := startServer(t)
	r := newRunner(t, newRepository(t, api))
	backend := s3mem.New()
	if err := backend.CreateBucket("art"); err != nil {
		t.Fatal(err)
	}
	bucket := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	var mu sync.Mutex
	seen := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		who, _, _ := strings.Cut(strings.TrimPrefix(q.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="), "/")
		mu.Lock()
		seen[who] = true
		mu.Unlock()
		bucket.ServeHTTP(w, q)
	}))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"vars.ASSETFORM_REMOTE_URL": "s3://art", "vars.ASSETFORM_OUTPUTS": "remote", "vars.AWS_ENDPOINT_URL_S3": server.URL,
		"secrets.AWS_ACCESS_KEY_ID": "WRITER", "secrets.AWS_SECRET_ACCESS_KEY": "s", "secrets.AWS_READ_ACCESS_KEY_ID": "READER", "secrets.AWS_READ_SECRET_ACCESS_KEY": "s",
	} {
		r.values[name] = value
	}
	r.write(".gitignore", ".assetform/\nart/\n")
	r.write("sword.asset.hcl", icon("sword", 1024))
	r.push("main", "A sword")
	r.wantApply(checks, "")
	r.wantJob(checks, "verify-remote", "main", "")
	mu.Lock()
	defer mu.Unlock()
	if !seen["WRITER"] || !seen["READER"] || len(seen) != 2 {
		t.Errorf("the keys %v were used", seen)
	}
}

// TestGitHubPackages has the repository's own packages as the remote: the jobs
// sign in with their own token, for which they need a permission that stands in
// the workflow as a comment.
func TestGitHubPackages(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only there the environment names the certificates that are believed")
	}
	text, err := os.ReadFile("github/assetform.yml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "assetform.yml")
	if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte("# packages: "), []byte("packages: ")), 0o666); err != nil {
		t.Fatal(err)
	}
	var checks workflow
	readYAML(t, file, &checks)
	checks.Env["ASSETFORM_VERSION"] = "1.2.3"
	for name, j := range checks.Jobs {
		if want := map[string]string{"apply": "write", "verify-remote": "read"}[name]; j.Permissions["packages"] != want {
			t.Errorf("%s may %q packages, want %q", name, j.Permissions["packages"], want)
		}
	}

	packages := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	proxy, certificate := startProxy(t, "ghcr.io", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "artist" || password != "token" {
			w.Header().Set("Www-Authenticate", `Basic realm="GitHub"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		packages.ServeHTTP(w, r)
	}))
	api := startServer(t)
	r := newRunner(t, newRepository(t, api))
	r.env = append(r.env, "HTTPS_PROXY="+proxy, "SSL_CERT_FILE="+certificate)
	r.values["vars.ASSETFORM_REMOTE_URL"], r.values["vars.ASSETFORM_OUTPUTS"] = "oci://ghcr.io/acme/game", "remote"
	r.write(".gitignore", ".assetform/\nart/\n")
	r.write("sword.asset.hcl", icon("sword", 1024))
	r.push("main", "A sword")
	r.wantApply(checks, "")
	api.wantPaid(t, 1)
	r.wantJob(checks, "verify-remote", "main", "")
	if !r.ran["apply/actions/cache/save"] {
		t.Error("the cache is not used, although a registry keeps no claims")
	}
}

// startProxy answers for a host by way of a proxy, with a certificate of its own.
func startProxy(t *testing.T, host string, handler http.Handler) (address, certificate string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate = filepath.Join(t.TempDir(), "certificate.pem")
	if err := os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o666); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != host+":443" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		to, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer to.Close()
		w.WriteHeader(http.StatusOK)
		from, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer from.Close()
		go func() { _, _ = io.Copy(to, from); to.Close() }()
		_, _ = io.Copy(from, to)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL, certificate
}
