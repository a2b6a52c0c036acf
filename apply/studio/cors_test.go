package studio_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assetform/apply/studio"

	"github.com/chromedp/chromedp"
)

func corsServer(t *testing.T, origins ...string) (base string) {
	t.Helper()
	key := studio.NewKey("page", "key-of-the-quick-start")
	return serve(t, studio.ServeOptions{Options: studio.Options{Keys: studio.Keys{key}, CORS: origins}, Listen: "127.0.0.1:0"})
}

func TestCORS(t *testing.T) {
	t.Parallel()
	const page = "http://localhost:5173"
	for _, test := range []struct {
		name    string
		allowed []string
		origin  string
		want    string // Access-Control-Allow-Origin
	}{
		{"off", nil, page, ""},
		{"the origin", []string{"https://a.example", page}, page, page},
		{"another port", []string{page}, "http://localhost:5174", ""},
		{"another scheme", []string{page}, "https://localhost:5173", ""},
		{"a longer name", []string{page}, page + ".evil.example", ""},
		{"no page", []string{page}, "", ""},
		{"files", []string{"null"}, "null", "null"},
		{"files unasked", []string{page}, "null", ""},
		{"all", []string{"*"}, page, page},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base := corsServer(t, test.allowed...)
			ask := func(method, path string, header ...string) *http.Response {
				req, err := http.NewRequest(method, base+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				if test.origin != "" {
					req.Header.Set("Origin", test.origin)
				}
				for i := 0; i < len(header); i += 2 {
					req.Header.Set(header[i], header[i+1])
				}
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				return resp
			}
			preflight := ask("OPTIONS", "/generate_image", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,x-api-key")
			if got := preflight.Header.Get("Access-Control-Allow-Origin"); got != test.want {
				t.Errorf("preflight allows %q, want %q", got, test.want)
			}
			status := map[bool]int{true: 204, false: 405}[test.want != ""]
			if preflight.StatusCode != status || test.want != "" && !strings.Contains(preflight.Header.Get("Access-Control-Allow-Headers"), "X-API-Key") {
				t.Errorf("preflight: %s, %v", preflight.Status, preflight.Header)
			}
			// Being let in is no key, and errors can be read too.
			read := ask("GET", "/quota")
			if read.StatusCode != 401 || read.Header.Get("Access-Control-Allow-Origin") != test.want || read.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("read: %s, %v", read.Status, read.Header)
			}
			if varies := read.Header.Get("Vary"); (varies == "Origin") != (len(test.allowed) > 0) {
				t.Errorf("Vary: %q", varies)
			}
		})
	}
}

func TestParseCORS(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"http://localhost:5173": "http://localhost:5173", "http://localhost:5173/": "http://localhost:5173", "HTTP://LocalHost:80": "http://localhost",
		"https://a.example:443": "https://a.example", "*": "*", "null": "null",
		"": "", "localhost:5173": "", "localhost": "", "http://a.example/app": "", "http://u@a.example": "", "ftp://a.example": "", "http://a.example?x": "", "http://*.example": "",
	} {
		if got, err := studio.ParseCORS(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}

// TestQuickstartInAPage runs the document's JavaScript in a browser, in a page
// of another origin, with and without leave.
func TestQuickstartInAPage(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("no Chromium is installed; TestCORS asks as one does")
	}
	program, err := os.ReadFile(filepath.Join("testdata", "quickstart", "quickstart.js"))
	if err != nil {
		t.Fatal(err)
	}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!doctype html><body></body>") }))
	defer page.Close()
	ctx, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox)...)
	defer stop()
	ctx, stopTab := chromedp.NewContext(ctx)
	defer stopTab()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Navigate(page.URL)); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ cors, want string }{
		"allowed": {page.URL, "fetched image/png"},
		"not":     {"http://localhost:1", "TypeError"},
	} {
		text := strings.NewReplacer(documentURL, corsServer(t, test.cors), documentKey, "key-of-the-quick-start").Replace(string(program))
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`new Promise(done => {
	const console = {log: async (_, url) => { const r = await fetch(url); done("fetched " + r.headers.get("Content-Type")); }};
	window.onunhandledrejection = e => done(String(e.reason));
	{`+text+`}
})`, chromedp.EvalAwaitPromise))
		if err != nil || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, test.want)
		}
	}
}
