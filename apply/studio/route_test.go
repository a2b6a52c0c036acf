package studio

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assetform/apply/engine/enginetest"
	"assetform/apply/engine/imaginator"
)

// TestResultURLs are absolute, at the host that was asked or the public one.
func TestResultURLs(t *testing.T) {
	t.Parallel()
	for public, want := range map[string]string{
		"":                            testBase + resultsPath,
		"https://studio.example":      "https://studio.example/results/",
		"https://studio.example/sub/": "https://studio.example/sub/results/",
	} {
		r := newRig(t, Options{PublicURL: public})
		task := r.wait(r.image().TaskID)
		id, ok := strings.CutPrefix(task.ResultURL, want)
		if !ok || len(id) != 32 {
			t.Errorf("result_url %q, want %s and an id", task.ResultURL, want)
		}
	}
}

// TestPanicInRequest: a bug answers SERVER_ERROR, without its text.
func TestPanicInRequest(t *testing.T) {
	t.Parallel()
	opts, err := Options{Keys: Keys{plenty()}}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	broken := &Server{opts: opts, faults: newFaults(nil)} // no register
	r := &rig{t, broken, &http.Client{Transport: enginetest.HandlerTransport(broken)}}
	rep := r.do("GET", apiPath+"quota", "")
	wantError(t, rep, 500, imaginator.CodeServerError, "")
	if strings.Contains(string(rep.body), "nil pointer") {
		t.Errorf("told to the client: %s", rep.body)
	}
}

// TestOddPaths: no path is cleaned, decoded twice or redirected into another.
func TestOddPaths(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{DataDir: t.TempDir()})
	id := r.image().TaskID
	result := strings.TrimPrefix(r.wait(id).ResultURL, testBase)
	for path, status := range map[string]int{
		"/api/v1/task/" + id:                200,
		"/api/v1/task/" + id + "/":          404,
		"/api/v1/task/0" + id:               404,
		"/api/v1/task/+" + id:               404,
		"/api/v1/task/-1":                   404,
		"/api/v1/task/":                     404,
		"/api/v1/task":                      404,
		"/api/v1/task/18446744073709551616": 404,
		"/api/v1//quota":                    404,
		"/api/v1/quota/":                    404,
		"/api/v1/../v1/quota":               404,
		"/API/V1/quota":                     404,
		"/api/v1/%2e%2e/v1/quota":           404,
		"/api/v1":                           404,
		"/api/v1/":                          404,
		"//api/v1/quota":                    404,
		result:                              200,
		"/results/":                         404,
		"/results/..%2fstudio.db":           404,
		"/results/%2e%2e/studio.db":         404,
		"/results/..\\studio.db":            404,
		strings.ToUpper(result):             404,
		"/results" + result[8:] + "%00":     404,
	} {
		req := httptest.NewRequest("GET", "/", nil)
		req.URL.Path = path
		if u, err := req.URL.Parse(strings.ReplaceAll(path, "\\", "%5c")); err == nil && strings.Contains(path, "%") {
			req.URL.Path = u.Path
		}
		req.Header.Set("X-API-Key", testSecret)
		w := httptest.NewRecorder()
		r.server.ServeHTTP(w, req)
		if w.Code != status {
			t.Errorf("%s: %d, want %d", path, w.Code, status)
		}
		if w.Code == http.StatusNotFound && !strings.HasPrefix(w.Body.String(), `{"success":false,`) {
			t.Errorf("%s: %s", path, w.Body)
		}
	}
}
