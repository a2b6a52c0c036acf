package oci

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDockerLogin holds what is found in docker's configuration. It changes
// PATH, where helpers are.
func TestDockerLogin(t *testing.T) {
	dir := t.TempDir()
	helper := "#!/bin/sh\nread host\ncase $host in\n" +
		"a.example) echo '{\"ServerURL\": \"a.example\", \"Username\": \"helped\", \"Secret\": \"pw\"}' ;;\n" +
		"token.example) echo '{\"Username\": \"<token>\", \"Secret\": \"identity\"}' ;;\n" +
		"broken.example) echo s3cr3t ;;\nfailing.example) echo s3cr3t; echo s3cr3t >&2; exit 1 ;;\n*) echo 'credentials not found in native keychain'; exit 1 ;;\nesac\n"
	if err := os.WriteFile(filepath.Join(dir, "docker-credential-test"), []byte(helper), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	auth := base64.StdEncoding.EncodeToString([]byte("me:pass:word"))
	for _, c := range []struct {
		name, config, host string
		want               login
		words              string
	}{
		{"plain", `{"auths": {"a.example": {"auth": "` + auth + `"}}}`, "a.example", login{user: "me", password: "pass:word"}, ""},
		{"with scheme", `{"auths": {"https://a.example": {"auth": "` + auth + `"}}}`, "a.example", login{user: "me", password: "pass:word"}, ""},
		{"identity", `{"auths": {"a.example": {"auth": "` + auth + `", "identitytoken": "it"}}}`, "a.example", login{"me", "pass:word", "it"}, ""},
		{"of docker.io", `{"auths": {"https://index.docker.io/v1/": {"auth": "` + auth + `"}}}`, "registry-1.docker.io", login{user: "me", password: "pass:word"}, ""},
		{"of another", `{"auths": {"b.example": {"auth": "` + auth + `"}}}`, "a.example", login{}, ""},
		{"of another port", `{"auths": {"a.example": {"auth": "` + auth + `"}}}`, "a.example:5000", login{}, ""},
		{"helper", `{"credHelpers": {"a.example": "test"}}`, "a.example", login{user: "helped", password: "pw"}, ""},
		{"store", `{"auths": {"a.example": {}}, "credsStore": "test"}`, "a.example", login{user: "helped", password: "pw"}, ""},
		{"token of a store", `{"credsStore": "test"}`, "token.example", login{identity: "identity"}, ""},
		{"not in the store", `{"credsStore": "test"}`, "b.example", login{}, ""},
		{"failing helper", `{"credsStore": "test"}`, "failing.example", login{}, "run docker-credential-test: exit status 1"},
		{"broken helper", `{"credsStore": "test"}`, "broken.example", login{}, "printed are no credentials"},
		{"missing helper", `{"credsStore": "none"}`, "a.example", login{}, "run docker-credential-none"},
		{"helper by a path", `{"credsStore": "../../tmp/evil"}`, "a.example", login{}, "by a path"},
		{"no base64", `{"auths": {"a.example": {"auth": "s3cr3t!"}}}`, "a.example", login{}, "that are none"},
		{"no JSON", `s3cr3t`, "a.example", login{}, "no JSON"},
		{"no file", "", "a.example", login{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := t.TempDir()
			if c.config != "" {
				if err := os.WriteFile(filepath.Join(config, "config.json"), []byte(c.config), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := dockerLogin(t.Context(), c.host, func(name string) string { return map[string]string{"DOCKER_CONFIG": config}[name] })
			if (err == nil) != (c.words == "") || err != nil && (!strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "s3cr3t")) {
				t.Errorf("got error %v, want words %q", err, c.words)
			}
			if err == nil && got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestIdentity: who has an identity token is given a token for it, not for a
// password.
func TestIdentity(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.PostFormValue("refresh_token") != "it" || r.PostFormValue("grant_type") != "refresh_token" || r.PostFormValue("scope") != "repository:art:pull" {
			w.WriteHeader(http.StatusBadRequest)
		}
		fmt.Fprint(w, `{"access_token": "t0ken"}`)
	}))
	t.Cleanup(server.Close)
	tokens := tokens{client: server.Client(), host: strings.TrimPrefix(server.URL, "http://"), known: &login{identity: "it"}}
	err := tokens.obtain(t.Context(), http.MethodGet, []string{"Negotiate", `Bearer realm="` + server.URL + `/token",service="s",scope="repository:art:pull"`})
	if err != nil || tokens.header["read"] != "Bearer t0ken" || tokens.header["write"] != "" {
		t.Errorf("got %v, error %v", tokens.header, err)
	}
}

// TestRealms holds to which addresses a password may go.
func TestRealms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		host, realm string
		want        bool
	}{
		{"a.example", "https://auth.example/token", true}, {"a.example", "http://auth.example/token", false},
		{"a.example", "http://127.0.0.1/token", false}, {"127.0.0.1:5000", "http://127.0.0.1:5001/token", true},
		{"127.0.0.1:5000", "http://auth.example/token", false}, {"a.example", "https://me:pw@auth.example/", false}, {"a.example", "/token", false}, {"a.example", "file:///etc", false},
	} {
		realm, err := url.Parse(c.realm)
		if err != nil {
			t.Fatal(err)
		}
		tokens := tokens{host: c.host}
		if got := tokens.mayAsk(realm); got != c.want {
			t.Errorf("from %s to %s: %v", c.host, c.realm, got)
		}
	}
}

func TestParseChallenge(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]map[string]string{
		`Bearer realm="https://a/token",service="a",scope="repository:x:pull,push"`: {"realm": "https://a/token", "service": "a", "scope": "repository:x:pull,push"},
		`bearer Realm="https://a", error="insufficient_scope"`:                      {"realm": "https://a", "error": "insufficient_scope"},
		`Bearer realm=https://a,service=b`:                                          {"realm": "https://a", "service": "b"},
		`Bearer`:                                                                    {},
		`Bearer realm="open`:                                                        {"realm": "open"},
	} {
		scheme, got := parseChallenge(text)
		if diff := cmp.Diff(want, got); scheme != "bearer" || diff != "" {
			t.Errorf("%s: %s %s", text, scheme, diff)
		}
	}
}
