package https_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"assetform/apply/remote"
	"assetform/apply/remote/https"
	"assetform/apply/remote/remotetest"
)

// open opens the remote at an address with an environment.
func open(t *testing.T, address string, environ map[string]string) remote.Files {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	f, err := https.Open(u, func(name string) string { return environ[name] })
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestContract(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]struct {
		server  *remotetest.Server
		backend remotetest.Backend
	}{
		"plain":    {&remotetest.Server{}, remotetest.Backend{Create: remotetest.Atomic, NoList: true}},
		"webdav":   {&remotetest.Server{WebDAV: true}, remotetest.Backend{Create: remotetest.Atomic}},
		"ignorant": {&remotetest.Server{Ignorant: true}, remotetest.Backend{Create: remotetest.Ignored, NoList: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(b.server)
			t.Cleanup(server.Close)
			b.backend.Open = func(t *testing.T) remote.Files { return open(t, server.URL, nil) }
			remotetest.Run(t, b.backend)
		})
	}
}

func TestWeb(t *testing.T) {
	t.Parallel()
	const token = "a-secret-token"
	remotetest.RunWeb(t, remotetest.Web{
		Handler: &remotetest.Server{Authorization: "Bearer " + token},
		Open: func(t *testing.T, address string) remote.Files {
			return open(t, address, map[string]string{"ASSETFORM_REMOTE_URL": address + "/", "ASSETFORM_REMOTE_TOKEN": token})
		},
		Secrets: []string{token}, Create: remotetest.Atomic,
	})
}

// TestCredentials holds to which servers which credentials go.
func TestCredentials(t *testing.T) {
	t.Parallel()
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	netrc := filepath.Join(t.TempDir(), "netrc")
	text := "default login any password any\nmacdef init\nmachine 127.0.0.1 login x password macro\n\n# machine 127.0.0.1 login x password comment\n" +
		"machine other.example login o password o\nmachine 127.0.0.1\n\tlogin me account a password pw\nmachine after.example login a password a\n"
	if err := os.WriteFile(netrc, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	const token, basic = "Bearer t0ken", "Basic bWU6cHc="
	for name, c := range map[string]struct {
		environ map[string]string
		want    string
	}{
		"the token's origin":         {map[string]string{"ASSETFORM_REMOTE_TOKEN": "t0ken", "ASSETFORM_REMOTE_URL": server.URL + "/somewhere"}, token},
		"another origin":             {map[string]string{"ASSETFORM_REMOTE_TOKEN": "t0ken", "ASSETFORM_REMOTE_URL": "https://127.0.0.1/"}, ""},
		"no origin":                  {map[string]string{"ASSETFORM_REMOTE_TOKEN": "t0ken"}, ""},
		"a bucket":                   {map[string]string{"ASSETFORM_REMOTE_TOKEN": "t0ken", "ASSETFORM_REMOTE_URL": "s3://127.0.0.1/a"}, ""},
		"netrc":                      {map[string]string{"NETRC": netrc, "ASSETFORM_REMOTE_URL": server.URL}, basic},
		"netrc at home":              {map[string]string{"HOME": filepath.Dir(netrc), "ASSETFORM_REMOTE_URL": server.URL}, ""},
		"the token before the netrc": {map[string]string{"NETRC": netrc, "ASSETFORM_REMOTE_TOKEN": "t0ken", "ASSETFORM_REMOTE_URL": server.URL}, token},
		"netrc and another port":     {map[string]string{"NETRC": netrc}, ""},
		"no such file":               {map[string]string{"NETRC": netrc + "x", "ASSETFORM_REMOTE_URL": server.URL}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got = "none was sent"
			f := open(t, server.URL+"/art", c.environ)
			defer f.Close()
			f.Stat(t.Context(), "v1/a")
			if got != c.want {
				t.Errorf("sent %q, want %q", got, c.want)
			}
		})
	}
	t.Run("the default entry is for nobody", func(t *testing.T) {
		localhost := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
		f := open(t, localhost, map[string]string{"NETRC": netrc, "ASSETFORM_REMOTE_URL": localhost})
		defer f.Close()
		f.Stat(t.Context(), "v1/a")
		if got != "" {
			t.Errorf("sent %q", got)
		}
	})
}

func TestRefusedAddresses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://example.com/art", "http://10.0.0.1/", "http://127.1/", "https:///art", "https://a b/"} {
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		if _, err := https.Open(u, func(string) string { return "" }); err == nil {
			t.Errorf("%s was opened", address)
		}
	}
}

// TestBaseIsNotMade: directories are made below the remote's address, never
// that itself, which nobody may have meant.
func TestBaseIsNotMade(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&remotetest.Server{WebDAV: true})
	t.Cleanup(server.Close)
	f := open(t, server.URL+"/not/there", nil)
	defer f.Close()
	err := f.Put(t.Context(), "v1/a", strings.NewReader("x"), 1)
	if !errors.Is(err, remote.ErrNowhere) {
		t.Errorf("got error %v, want that there is no remote", err)
	}
}

// TestCauseIsKept: of a write that fails it is told what the server said of the
// file, also where it makes no directories.
func TestCauseIsKept(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusNotFound, http.StatusConflict, http.StatusInternalServerError} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "MKCOL" {
				w.WriteHeader(http.StatusNotImplemented)
				return
			}
			w.WriteHeader(status)
		}))
		t.Cleanup(server.Close)
		f := open(t, server.URL, nil)
		defer f.Close()
		err := f.Put(t.Context(), "v1/a", strings.NewReader("x"), 1)
		if err == nil || !strings.Contains(err.Error(), strconv.Itoa(status)) || strings.Contains(err.Error(), "directory") {
			t.Errorf("got error %v, want the %d of the file", err, status)
		}
	}
}

// TestNothingSent: who has credentials for another address only hears why they
// were not sent.
func TestNothingSent(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&remotetest.Server{Authorization: "Bearer t0ken"})
	t.Cleanup(server.Close)
	for url, told := range map[string]bool{"https://other.example": true, server.URL: false} {
		f := open(t, server.URL, map[string]string{"ASSETFORM_REMOTE_URL": url, "ASSETFORM_REMOTE_TOKEN": "wrong"})
		defer f.Close()
		_, err := f.Stat(t.Context(), "v1/a")
		if !errors.Is(err, remote.ErrDenied) || strings.Contains(err.Error(), "no credentials were sent") != told {
			t.Errorf("%s: got error %v", url, err)
		}
	}
}
