package oci_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"assetform/apply/remote"
	"assetform/apply/remote/oci"
	"assetform/apply/remote/remotetest"
)

func open(t *testing.T, address string, environ map[string]string) remote.Files {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	f, err := oci.Open(u, func(name string) string { return environ[name] })
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// at is a repository at a server.
func at(server string) string {
	return "oci://" + strings.TrimPrefix(server, "http://") + "/studio/art"
}

func fake() http.Handler { return registry.New(registry.Logger(log.New(io.Discard, "", 0))) }

func TestContract(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(fake())
	t.Cleanup(server.Close)
	remotetest.Run(t, remotetest.Backend{
		NoDates: true,
		Open:    func(t *testing.T) remote.Files { return open(t, at(server.URL), nil) },
		Create:  remotetest.Refused,
	})
}

// moves tells whether a request moves the bytes of a file, or makes it one.
func moves(r *http.Request) bool {
	return strings.Contains(r.URL.Path, "/blobs/sha256:") && r.Method == http.MethodGet || strings.Contains(r.URL.Path, "/manifests/") && r.Method == http.MethodPut
}

func TestWeb(t *testing.T) {
	t.Parallel()
	const password = "s3cr3t-password"
	inner := fake()
	remotetest.RunWeb(t, remotetest.Web{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, got, _ := r.BasicAuth(); got != password {
				w.Header().Set("WWW-Authenticate", `Basic realm="art"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			inner.ServeHTTP(w, r)
		}),
		Open: func(t *testing.T, address string) remote.Files {
			return open(t, at(address), map[string]string{"DOCKER_CONFIG": dockerDir(t, address, "me", password)})
		},
		Moves: moves, Secrets: []string{password, base64.StdEncoding.EncodeToString([]byte("me:" + password))}, Create: remotetest.Refused,
	})
}

// dockerDir is a directory with docker's configuration.
func dockerDir(t *testing.T, server, user, password string) string {
	t.Helper()
	dir := t.TempDir()
	text := fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, strings.TrimPrefix(server, "http://"), base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestToken follows a registry's way to a token, as the large ones have it.
func TestToken(t *testing.T) {
	t.Parallel()
	inner := fake()
	var address string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/token":
			if _, password, _ := r.BasicAuth(); password != "pw" || !strings.Contains(r.URL.RawQuery, "studio%2Fart") {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			fmt.Fprint(w, `{"token": "t0ken"}`)
		case r.Header.Get("Authorization") != "Bearer t0ken":
			w.Header().Set("WWW-Authenticate", `Bearer realm="`+address+`/token",service="art",scope="repository:studio/art:pull,push"`)
			w.WriteHeader(http.StatusUnauthorized)
		default:
			inner.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	address = server.URL
	for password, want := range map[string]bool{"pw": true, "wr0ng": false} {
		f := open(t, at(address), map[string]string{"DOCKER_CONFIG": dockerDir(t, address, "me", password)})
		defer f.Close()
		err := f.Put(t.Context(), "v1/results/a.json", strings.NewReader("a"), 1)
		if (err == nil) != want || !want && (!errors.Is(err, remote.ErrDenied) || strings.Contains(err.Error(), "wr0ng")) {
			t.Errorf("%s: got error %v", password, err)
		}
	}
}

// TestNames holds which names have tags, and which addresses are repositories.
func TestNames(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(fake())
	t.Cleanup(server.Close)
	f := open(t, at(server.URL), nil)
	defer f.Close()
	for name, want := range map[string]bool{
		"v1/blobs/sha256/" + strings.Repeat("a", 64):         true,
		"v1/claims/" + strings.Repeat("a", 64) + "/100.json": true,
		"v1/" + strings.Repeat("a", 130):                     false,
		".v1/a":                                              false,
	} {
		if err := f.Put(t.Context(), name, strings.NewReader("x"), 1); (err == nil) != want {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	for _, address := range []string{"oci://", "oci://registry.example", "oci://registry.example/", "oci://registry.example/Art", "oci://registry.example/art:tag", "oci://registry.example/a@sha256:b", "oci://127.1/art", "oci:///art"} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := oci.Open(u, func(string) string { return "" }); err == nil {
			t.Errorf("%s was opened", address)
		}
	}
}

// TestForeignManifest: an image of somebody's under a name of ours is no file.
func TestForeignManifest(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
		fmt.Fprint(w, `{"schemaVersion": 2, "layers": [{"digest": "sha256:../../etc", "size": 1}]}`)
	}))
	t.Cleanup(server.Close)
	f := open(t, at(server.URL), nil)
	defer f.Close()
	if _, _, err := f.Get(t.Context(), "v1/a"); err == nil || !strings.Contains(err.Error(), "no file of a remote") {
		t.Errorf("got error %v, want that it is none", err)
	}
}
