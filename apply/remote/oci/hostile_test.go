package oci_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// TestHostileRegistry: one that sends uploads, lists or passwords elsewhere is
// not followed, and a list without end is ended.
// TestPages follows the list of tags from page to page, however they are named.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, link := range []string{"/v2/studio/art/tags/list?last=%s&n=2", "?n=2&last=%s", "http://HOST/v2/studio/art/tags/list?n=2&last=%s"} {
		tags := []string{"v1_a", "v1_b", "v1_c", "v1_d", "v1_e"}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rest := tags[slices.Index(tags, r.URL.Query().Get("last"))+1:]
			page := rest[:min(2, len(rest))]
			if len(page) < len(rest) {
				to := fmt.Sprintf(strings.Replace(link, "HOST", r.Host, 1), page[len(page)-1])
				w.Header().Set("Link", "<"+to+`>; rel="next"`)
			}
			if err := json.NewEncoder(w).Encode(map[string]any{"name": "studio/art", "tags": page}); err != nil {
				t.Error(err)
			}
		}))
		f := open(t, at(server.URL), nil)
		var got []string
		for info, err := range f.List(t.Context(), "v1/") {
			if err != nil {
				t.Errorf("%s: %v", link, err)
			}
			got = append(got, info.Name)
		}
		if want := []string{"v1/a", "v1/b", "v1/c", "v1/d", "v1/e"}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q", link, got)
		}
		f.Close()
		server.Close()
	}
}

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
