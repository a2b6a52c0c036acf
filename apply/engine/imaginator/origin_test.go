package imaginator

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNewChecksItsConfig(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://Host/api/v1":        "https://host:443",
		"http://host:8080":           "http://host:8080",
		"http://[::1]:80/api/v1/":    "http://[::1]:80",
		"https://host:443/api%2Fv1/": "https://host:443",
	} {
		c, err := New(Config{BaseURL: base})
		if err != nil || c.Origin() != want {
			t.Errorf("%s: %v, want %s", base, err, want)
		}
	}
	for _, base := range []string{"", "host/api", "//host", "ftp://host", "file:///etc", "http://", "http://:80", "http://a:pw-s3cret@host",
		"http://host?x=s3cret", "http://host/#f", "http://host:pw-s3cret", "ftp://u:pw-s3cret@h"} {
		_, err := New(Config{BaseURL: base})
		if err == nil {
			t.Errorf("%s: no error", base)
		} else if strings.Contains(base, "@") && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: password in %v", base, err)
		}
	}
	for _, key := range []string{canary + "\n", canary + " ", "é" + canary, strings.Repeat(canary, 1000)} {
		_, err := New(Config{BaseURL: localBase, APIKey: NewSecret(key)})
		if err == nil {
			t.Errorf("key %q: no error", key)
		} else {
			noKey(t, err)
		}
	}
}

func TestEndpointKeepsThePrefix(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"http://h/api/v1":  "http://h/api/v1/task/a%2Fb%3Fc",
		"http://h/api/v1/": "http://h/api/v1/task/a%2Fb%3Fc",
		"http://h":         "http://h/task/a%2Fb%3Fc",
	} {
		c, err := New(Config{BaseURL: base})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.endpoint(PathTask, "a/b?c"); got != want {
			t.Errorf("%s: %s, want %s", base, got, want)
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	c, err := New(Config{BaseURL: "https://api.example:8443/api/v1", APIKey: NewSecret(canary)})
	if err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{
		"/results/x":                "https://api.example:8443/results/x",
		"results/x":                 "https://api.example:8443/api/v1/results/x",
		"../x":                      "https://api.example:8443/api/x",
		"?id=1":                     "https://api.example:8443/api/v1/?id=1",
		"//cdn.example/x":           "https://cdn.example/x",
		"https://cdn.example/x?a=b": "https://cdn.example/x?a=b",
		"HTTPS://cdn.example/x#top": "https://cdn.example/x",
		" https://cdn.example/a b/x.png?name=a b&sig=a%2Fb%3D&p=100%\n": "https://cdn.example/a%20b/x.png?name=a%20b&sig=a%2Fb%3D&p=100%25",
		"/x?name=pölt\"{}|<>": "https://api.example:8443/x?name=p%C3%B6lt%22%7B%7D%7C%3C%3E",
		"%zz":                 "https://api.example:8443/api/v1/%25zz",
	} {
		u, err := c.resolve(ref)
		if err != nil || u.String() != want {
			t.Errorf("%s: %v, %v; want %s", ref, u, err, want)
		}
	}
	for _, ref := range []string{"", "file:///etc/passwd", "data:image/png;base64,AA", "ftp://h/x", "javascript:x", "https:///x",
		"https://u:p@api.example:8443/x", "http://cdn.example/x", "http://api.example:8443/x", "HTTP://api.example/x", "https://2130706433/x",
		"https://cdn.ex\u0430mple/x", `https://cdn.example\@api.example:8443/x`, "http://h:port/x?sig=s3cret", "mailto:a@b"} {
		var got memory
		_, err := c.Download(context.Background(), ref, "", &got)
		if e := asError(t, err); !e.NeverSent || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

// TestKeyStaysAtItsOrigin follows result URLs and redirects through several
// origins and looks at which of them gets the key.
func TestKeyStaysAtItsOrigin(t *testing.T) {
	t.Parallel()
	const api = "https://api.example/api/v1"
	tests := []struct {
		name  string
		start string
		hops  map[string]string // URL -> where it redirects to
		keyed []string          // URLs that must get the key, all others must not
		fails string
	}{
		{name: "own origin", start: "/r/x", keyed: []string{"https://api.example/r/x"}},
		{name: "own origin, written out", start: "https://API.example:443/r/x", keyed: []string{"https://API.example:443/r/x"}},
		{name: "another host", start: "https://cdn.example/x"},
		{name: "a subdomain", start: "https://cdn.api.example/x"},
		{name: "another port", start: "https://api.example:8443/x"},
		{name: "downgrade elsewhere", start: "https://cdn.example/a", hops: map[string]string{"https://cdn.example/a": "http://cdn.example/b"}, fails: "https to http"},
		{name: "redirect within", start: "/a", hops: map[string]string{"https://api.example/a": "/b"},
			keyed: []string{"https://api.example/a", "https://api.example/b"}},
		{name: "redirect to a host", start: "/a?sig=s3cret", hops: map[string]string{"https://api.example/a?sig=s3cret": "https://cdn.example/x"},
			keyed: []string{"https://api.example/a?sig=s3cret"}},
		{name: "redirect to a subdomain", start: "/a", hops: map[string]string{"https://api.example/a": "https://x.api.example/x"},
			keyed: []string{"https://api.example/a"}},
		{name: "redirect to a port", start: "/a", hops: map[string]string{"https://api.example/a": "https://api.example:8443/x"},
			keyed: []string{"https://api.example/a"}},
		{name: "there and back", start: "/a", hops: map[string]string{
			"https://api.example/a": "https://cdn.example/x", "https://cdn.example/x": "https://api.example/b"},
			keyed: []string{"https://api.example/a"}},
		{name: "from elsewhere to the API", start: "https://cdn.example/x", hops: map[string]string{"https://cdn.example/x": "https://api.example/b"}},
		{name: "downgrade", start: "/a", hops: map[string]string{"https://api.example/a": "http://api.example/b"},
			keyed: []string{"https://api.example/a"}, fails: "https to http"},
		{name: "file", start: "/a", hops: map[string]string{"https://api.example/a": "file:///etc/passwd?s3cret"},
			keyed: []string{"https://api.example/a"}, fails: `scheme "file"`},
		{name: "user", start: "/a", hops: map[string]string{"https://api.example/a": "https://u:s3cret@cdn.example/"},
			keyed: []string{"https://api.example/a"}, fails: "user or password"},
		{name: "loop", start: "/a", hops: map[string]string{"https://api.example/a": "/a?s3cret", "https://api.example/a?s3cret": "/a"},
			keyed: []string{"https://api.example/a", "https://api.example/a?s3cret"}, fails: "more than 10"},
		{name: "broken", start: "/a", hops: map[string]string{"https://api.example/a": "http://[s3cret?x=s3cret"},
			keyed: []string{"https://api.example/a"}, fails: "Location"},
	}
	for _, test := range tests {
		for _, bearer := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/bearer=%v", test.name, bearer), func(t *testing.T) {
				t.Parallel()
				keyed := map[string]bool{}
				for _, u := range test.keyed {
					keyed[u] = true
				}
				requests := 0
				var log logBuffer
				c := newClient(t, handler(func(w http.ResponseWriter, r *http.Request) {
					requests++
					at := r.URL.String()
					got := r.Header.Get("X-API-Key") + r.Header.Get("Authorization")
					if want := keyed[at]; (got != "") != want {
						t.Errorf("%s: key sent: %v, want %v", at, !want, want)
					}
					if ref := r.Header.Get("Referer"); ref != "" {
						t.Errorf("%s: Referer %q", at, ref)
					}
					if to, found := test.hops[at]; found {
						w.Header().Set("Location", to)
						w.WriteHeader(302)
						return
					}
					fmt.Fprint(w, "\x89PNG...")
				}), func(cfg *Config) {
					cfg.BaseURL, cfg.Bearer, cfg.Logger = api, bearer, log.logger()
					cfg.Limits.Attempts = 1
				})
				var got memory
				result, err := c.Download(context.Background(), test.start, "image/png", &got)
				if test.fails != "" {
					asError(t, err)
					wantContains(t, err.Error(), test.fails)
					if test.name != "broken" && strings.Contains(err.Error(), "s3cret") {
						t.Errorf("secret in %v", err)
					}
				} else if err != nil || result.Bytes != 7 || got.String() != "\x89PNG..." {
					t.Errorf("%+v, %v", result, err)
				}
				if requests == 0 || requests > maxRedirects+1 {
					t.Errorf("%d requests", requests)
				}
				if newScrubber(NewSecret(canary)).contains(log.String()) || strings.Contains(log.String(), "sig=") {
					t.Errorf("secrets in the log:\n%s", &log)
				}
				wantContains(t, log.String(), "level=DEBUG", "method=GET", "attempt=1", "duration=")
			})
		}
	}
}

func TestSecretNeverPrints(t *testing.T) {
	t.Parallel()
	secret := NewSecret(canary)
	type wrapper struct{ hidden Secret }
	c := newClient(t, http.NotFoundHandler())
	var log logBuffer
	log.logger().Error("x", "secret", secret, "config", Config{APIKey: secret}, "client", c, "wrapped", wrapper{secret})
	slog.New(slog.NewJSONHandler(&log, nil)).Error("x", "secret", secret, "config", struct{ APIKey Secret }{secret})
	encoded, err := json.Marshal(map[string]any{"a": secret, "b": &secret, "c": struct{ S Secret }{secret}})
	if err != nil {
		t.Fatal(err)
	}
	text := log.String() + string(encoded)
	for _, verb := range strings.Split("v +v #v s q x X d t p T", " ") {
		for _, v := range []any{secret, &secret, wrapper{secret}, Config{APIKey: secret}, c, *c, []Secret{secret}} {
			text += fmt.Sprintf("%"+verb+"\n", v)
		}
	}
	wantContains(t, text, redacted)
	// newClient's scrubber holds spellings of the key; nothing may print them.
	if newScrubber(secret).contains(text) {
		t.Errorf("the key was printed: %s", text)
	}
	if secret.reveal() != canary || secret.IsZero() || !NewSecret("").IsZero() || (Secret{}).reveal() != "" {
		t.Error("a secret does not hold its value")
	}
}

func TestScrubber(t *testing.T) {
	t.Parallel()
	s := newScrubber(NewSecret(canary))
	for in, want := range map[string]string{
		"plain":                           "plain",
		"a" + canary + "b" + canary:       "a(sensitive value)b(sensitive value)",
		"q=" + url.QueryEscape(canary):    "q=(sensitive value)",
		"see https://h/p?sig=1&x=2 now":   "see https://h/p?… now",
		"line\nline\x1b[2J\u202etxet":     "line line [2J txet",
		strings.Repeat("é", maxExcerpt*2): strings.Repeat("é", maxExcerpt-1) + "…",
	} {
		if diff := cmp.Diff(want, s.words(in, maxExcerpt)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
	for n := 1; n <= len(canary); n++ {
		got := s.partial("the key is "+canary[:n], maxExcerpt)
		if strings.Contains(got, canary[:1]) {
			t.Errorf("cut after %d characters of the key: %q", n, got)
		}
	}
}
