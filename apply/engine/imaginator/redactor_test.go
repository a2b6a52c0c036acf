package imaginator

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"assetform/config/diag"
)

// The redactor's secrets stand in nothing that the server says in words: not in
// errors, estimates or reasons. A prompt is compared with ours and stays.
func TestServersWordsAreRedacted(t *testing.T) {
	t.Parallel()
	const secret = "dr4gon-hoard"
	said := `{"success": true, "data": {"task_id": "7", "status": "failed", "estimated_time": "%[1]s", "error": "no %[1]s", "error_message": "bad %[1]s", "prompt": "a %[1]s"}}`
	c := newClient(t, handler(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/api/v1/quota" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"success": false, "error": {"code": "INVALID_REQUEST", "message": "%s is bad"}}`, secret)
			return
		}
		fmt.Fprintf(w, said, secret)
	}), func(cfg *Config) { cfg.Redactor = diag.NewRedactor(secret) })
	made, err := submit(c)
	if err != nil || strings.Contains(made.EstimatedTime, secret) {
		t.Errorf("%+v, %v", made, err)
	}
	task, err := c.Task(t.Context(), "7")
	if err != nil || strings.Contains(task.Error+task.ErrorMessage, secret) || !strings.Contains(*task.Prompt, secret) {
		t.Errorf("%+v, %v", task, err)
	}
	if _, err := c.Quota(t.Context()); err == nil || strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), diag.Sensitive) {
		t.Errorf("%v", err)
	}
}

// TestBrokenOff: a connection that ended is said to have, where Go says EOF.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	got := newScrubber(NewSecret(canary)).cause(&url.Error{Op: "Get", URL: "http://x.org/r?sig=1", Err: io.EOF})
	if !errors.Is(got, io.EOF) || got.Error() != "the connection ended before an answer came" {
		t.Error(got)
	}
}
