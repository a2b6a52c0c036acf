package web

import (
	"errors"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"assetform/apply/remote"
)

// site is one whose requests have credentials.
func site(t *testing.T, base string) *Site {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	return &Site{
		Client: NewClient(true), Address: func(name string) *url.URL { return u.JoinPath(name) },
		Authorize: func(r *http.Request, _ io.ReadSeeker) error {
			r.Header.Set("Authorization", "Bearer s3cr3t")
			return nil
		},
	}
}

// TestRedirects: credentials go nowhere else, on the same server neither, and a
// write goes nowhere at all.
func TestRedirects(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/there":
			if r.Header.Get("Authorization") != "" {
				t.Error("credentials went along")
			}
			io.WriteString(w, "content")
		case "/gone":
			http.Redirect(w, r, "http://127.0.0.1:1/?signature=s3cr3t", http.StatusFound)
		case "/elsewhere":
			http.Redirect(w, r, "/nothing", http.StatusFound)
		case "/nothing":
			w.WriteHeader(http.StatusNotFound)
		case "/no-more":
			w.WriteHeader(http.StatusGone)
		case "/clear":
			http.Redirect(w, r, "http://files.example/?signature=s3cr3t", http.StatusFound)
		default:
			http.Redirect(w, r, "/there", http.StatusFound)
		}
	}))
	t.Cleanup(server.Close)
	s := site(t, server.URL)
	r, _, err := s.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if b, err := io.ReadAll(r); err != nil || string(b) != "content" {
		t.Errorf("got %q, error %v", b, err)
	}
	if err := s.Put(t.Context(), "a", strings.NewReader("x"), 1); err == nil {
		t.Error("a write followed a redirect")
	}
	if err := s.Delete(t.Context(), "a"); err == nil {
		t.Error("a deletion followed a redirect")
	}
	// Only the remote's own word that a file is not there counts.
	for name, absent := range map[string]bool{"nothing": true, "elsewhere": false, "no-more": false} {
		if _, _, err := s.Get(t.Context(), name); err == nil || errors.Is(err, fs.ErrNotExist) != absent {
			t.Errorf("%s: got error %v, want absence %t", name, err, absent)
		}
	}
	for _, name := range []string{"gone", "clear"} {
		if _, _, err := s.Get(t.Context(), name); err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: got error %v, want one without the address", name, err)
		}
	}
}

// TestMayFollow holds from where to where a redirect leads.
// TestUntrusted: who cannot show who it is is nobody to be waited for.
func TestUntrusted(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if _, err := site(t, server.URL).Stat(t.Context(), "v1/a"); !errors.Is(err, remote.ErrNowhere) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got error %v", err)
	}
}

func TestMayFollow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"https://a.example/", "https://b.example/", true},
		{"https://a.example/", "http://a.example/", false},
		{"https://a.example/", "http://127.0.0.1/", false}, // what listens there is none of a stranger's business
		{"http://127.0.0.1:1/", "http://127.0.0.1:2/", true},
		{"http://127.0.0.1:1/", "https://a.example/", true},
		{"http://127.0.0.1:1/", "http://a.example/", false},
		{"https://a.example/", "https://me:pw@b.example/", false},
	} {
		request := func(address string) *http.Request {
			r, err := http.NewRequest(http.MethodGet, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		if got := mayFollow(request(c.to), []*http.Request{request(c.from)}); got != c.want {
			t.Errorf("from %s to %s: %v", c.from, c.to, got)
		}
	}
}

// TestBodyIsReleased: when a write has failed nobody reads its body any more.
func TestBodyIsReleased(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(server.Close)
	body := &watched{ReadSeeker: strings.NewReader(strings.Repeat("x", 8<<20))}
	if err := site(t, server.URL).Put(t.Context(), "a", body, 8<<20); err == nil {
		t.Error("it was written")
	}
	body.over = true // a data race if it is read now
}

type watched struct {
	io.ReadSeeker
	over bool
}

func (w *watched) Read(p []byte) (int, error) {
	if w.over {
		return 0, errors.New("read after the end")
	}
	return w.ReadSeeker.Read(p)
}
