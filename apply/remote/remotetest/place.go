package remotetest

import (
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"assetform/apply/remote"
	"assetform/apply/remote/open"
)

// Place is an empty remote, and what a process needs to reach it.
type Place struct {
	Backend
	URL     string
	Environ map[string]string // variables: credentials, and where they are
	Secrets []string          // of those what may show up nowhere else
	// Sums tells that the server refuses bytes that are not those of their hash.
	Sums bool
	// Denied are variables of somebody who is not let in; nil: everybody is.
	Denied map[string]string
}

// newPlace returns a place that this process opens at the same address.
func newPlace(url string, create Create, environ map[string]string, secrets ...string) Place {
	files := func(t *testing.T) remote.Files {
		t.Helper()
		list := []string{"ASSETFORM_REMOTE_URL=" + url}
		for name, value := range environ {
			list = append(list, name+"="+value)
		}
		f, err := open.Open(t.Context(), url, list)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	return Place{Backend: Backend{Open: files, Create: create}, URL: url, Environ: environ, Secrets: secrets}
}

// Around stands between a server and who asks it; nil: nothing does.
type Around func(http.Handler) http.Handler

// serve starts a server until the test ends.
func serve(t testing.TB, h http.Handler, around Around, start func(*httptest.Server)) *httptest.Server {
	if around != nil {
		h = around(h)
	}
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients are killed
	start(s)
	t.Cleanup(s.Close)
	return s
}

// File is a directory.
func File(t testing.TB) Place {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "v1"), 0o777); err != nil {
		t.Fatal(err)
	}
	return newPlace("file:///"+strings.TrimPrefix(filepath.ToSlash(dir), "/"), Atomic, nil)
}

// S3 is a bucket of a service in this process, which looks at no signature.
func S3(t testing.TB, around Around) Place {
	t.Helper()
	s := serve(t, FakeS3(t), around, (*httptest.Server).Start)
	const secret, session = "s3cr3t-key-of-the-team", "s3ssion-t0ken"
	return newPlace("s3://art/games/one", Atomic, map[string]string{
		"AWS_ENDPOINT_URL_S3": s.URL, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": session,
	}, "AKIDEXAMPLE", secret, session)
}

// FakeS3 is a service that has the bucket art.
func FakeS3(t testing.TB) http.Handler {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("art"); err != nil {
		t.Fatal(err)
	}
	return gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
}

// HTTPS is a web server with WebDAV and a certificate of its own. This process,
// which may have read whom it trusts before there was one, reaches it in the
// clear; so do all on systems where no variable says whom to trust.
func HTTPS(t testing.TB, around Around) Place {
	t.Helper()
	const token = "t0ken-of-the-team"
	h := &Server{Authorization: "Bearer " + token, WebDAV: true, dirs: map[string]bool{"/art": true}}
	clear := serve(t, h, around, (*httptest.Server).Start).URL + "/art"
	p := newPlace(clear, Atomic, map[string]string{"ASSETFORM_REMOTE_TOKEN": token}, token)
	p.Denied = map[string]string{"ASSETFORM_REMOTE_TOKEN": "wr0ng"}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return p
	}
	s := serve(t, h, around, (*httptest.Server).StartTLS)
	trusted := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	p.URL, p.Environ["SSL_CERT_FILE"] = s.URL+"/art", WriteFile(t, t.TempDir(), "ca.pem", string(trusted))
	return p
}

// OCI is a repository of a registry in this process that lets in whom docker's
// configuration knows.
func OCI(t testing.TB, around Around) Place {
	t.Helper()
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != teamPassword {
			w.Header().Set("WWW-Authenticate", `Basic realm="art"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	}), around, (*httptest.Server).Start)
	return dockerPlace(t, strings.TrimPrefix(s.URL, "http://"))
}

// teamUser may write where there are users.
const teamUser, teamPassword = "team", "pa55word-of-the-team"

// teamBasic is what they send.
var teamBasic = base64.StdEncoding.EncodeToString([]byte(teamUser + ":" + teamPassword))

// dockerPlace is a repository of the registry at an address.
func dockerPlace(t testing.TB, address string) Place {
	dir := t.TempDir()
	WriteFile(t, dir, "config.json", fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, address, teamBasic))
	p := newPlace("oci://"+address+"/studio/art", Refused, map[string]string{"DOCKER_CONFIG": dir}, teamPassword, teamBasic)
	p.NoDates = true
	p.Denied = map[string]string{"DOCKER_CONFIG": t.TempDir()}
	return p
}
