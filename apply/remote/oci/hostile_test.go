package oci_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestHostileRegistry: one that sends uploads, lists or passwords elsewhere is
// not followed, and a list without end is ended.
func TestHostileRegistry(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s went elsewhere", r.Method, r.URL)
	}))
	t.Cleanup(elsewhere.Close)
	realm, next := "", ""
	lists := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case realm != "":
			w.Header().Set("WWW-Authenticate", `Bearer realm="`+realm+`",service="s"`)
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method == http.MethodPost:
			w.Header().Set("Location", elsewhere.URL+"/upload")
			w.WriteHeader(http.StatusAccepted)
		case strings.HasSuffix(r.URL.Path, "/tags/list"):
			lists++
			w.Header().Set("Link", "<"+next+`>; rel="next"`)
			fmt.Fprint(w, `{"tags": ["v1_a"]}`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	f := open(t, at(server.URL), map[string]string{"DOCKER_CONFIG": dockerDir(t, server.URL, "me", "s3cr3t")})
	defer f.Close()
	if err := f.Put(t.Context(), "v1/a", strings.NewReader("x"), 1); err == nil || !strings.Contains(err.Error(), "another server") {
		t.Errorf("got error %v, want that the upload leads elsewhere", err)
	}
	for _, next = range []string{elsewhere.URL + "/v2/studio/art/tags/list", "/v2/other/tags/list", "/v2/studio/art/tags/list?n=1000"} {
		lists = 0
		var last error
		for _, err := range f.List(t.Context(), "v1/") {
			last = err
		}
		if last == nil || lists > 2 {
			t.Errorf("%s: got error %v after %d lists", next, last, lists)
		}
	}
	for _, realm = range []string{"http://auth.example/token", "ftp://auth.example/", "://"} {
		if _, err := f.Stat(t.Context(), "v1/a"); err == nil || !strings.Contains(err.Error(), "no password may go") {
			t.Errorf("%s: got error %v, want that no password goes there", realm, err)
		}
	}
}
