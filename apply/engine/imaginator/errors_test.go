package imaginator

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"assetform/apply/engine"
)

func TestEveryDocumentedCode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		code   string
		status int
		class  engine.Class
	}{
		{CodeAuthRequired, 401, engine.ClassFatal},
		{CodeInvalidAPIKey, 401, engine.ClassFatal},
		{CodeAPIKeyDisabled, 403, engine.ClassFatal},
		{CodeAPIKeyExpired, 403, engine.ClassFatal},
		{CodeNoActiveLicense, 429, engine.ClassFatal},
		{CodeHourlyLimitExceeded, 429, engine.ClassHourlyLimit},
		{CodeConcurrentLimitExceeded, 429, engine.ClassConcurrentLimit},
		{CodeInvalidRequest, 400, engine.ClassRefused},
		{CodeTaskNotFound, 404, engine.ClassRefused},
		{CodeServerError, 500, engine.ClassUnknown},
	}
	if len(tests) != len(CodeStatus) {
		t.Errorf("%d codes tested, %d documented", len(tests), len(CodeStatus))
	}
	for _, test := range tests {
		if CodeStatus[test.code] != test.status {
			t.Errorf("CodeStatus[%s] = %d, want %d", test.code, CodeStatus[test.code], test.status)
		}
		c := newClient(t, handler(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "7")
			answerWith(test.status, "application/json", errorBody(test.code, "because of "+canary)).ServeHTTP(w, r)
		}))
		_, err := submit(c)
		e := asError(t, err)
		if e.Status != test.status || e.Code != test.code || !e.APIBody || e.RetryAfter != 7*time.Second {
			t.Errorf("%s: %+v", test.code, e)
		}
		if e.Message != "because of (sensitive value)" {
			t.Errorf("%s: message %q", test.code, e.Message)
		}
		if got := engine.Classify(fmt.Errorf("image.a: %w", err)); got != test.class {
			t.Errorf("%s: class %v, want %v", test.code, got, test.class)
		}
	}
}

func TestForeignErrorsAreUnknown(t *testing.T) {
	t.Parallel()
	for _, err := range []error{errors.New("x"), nil} {
		if got := engine.Classify(err); got != engine.ClassUnknown {
			t.Errorf("engine.Classify(%v) = %v", err, got)
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*Error{
		"GET /x: 404 Not Found TASK_NOT_FOUND: no such task":   {Op: "GET /x", Status: 404, Code: CodeTaskNotFound, Message: "no such task"},
		"GET /x: connection refused (after 3 attempts)":        {Op: "GET /x", Err: errors.New("connection refused"), Attempts: 3},
		"GET /x: 200 OK: the answer cannot be read: too large": {Op: "GET /x", Status: 200, Message: "the answer cannot be read", Err: errors.New("too large")},
		"GET /x: 599": {Op: "GET /x", Status: 599},
	} {
		if e.Error() != want {
			t.Errorf("got  %s\nwant %s", e, want)
		}
	}
}

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		value, date string
		want        time.Duration
	}{
		{"", "", 0},
		{"0", "", 0},
		{"120", "", 2 * time.Minute},
		{" 5 ", "", 5 * time.Second},
		{"-3", "", 0},
		{"1.5", "", 0},
		{"soon", "", 0},
		{"9223372036854775807", "", 100 * 365 * 24 * time.Hour},
		{"99999999999999999999", "", 0},
		{"Sun, 01 Mar 2026 12:00:30 GMT", "", 30 * time.Second},
		{"Sun, 01 Mar 2026 11:00:00 GMT", "", 0},
		// The server's clock is an hour ahead, and so is its date.
		{"Sun, 01 Mar 2026 13:00:30 GMT", "Sun, 01 Mar 2026 13:00:00 GMT", 30 * time.Second},
	} {
		h := http.Header{"Retry-After": {test.value}, "Date": {test.date}}
		if got := parseRetryAfter(h, now); got != test.want {
			t.Errorf("%q (Date %q): %v, want %v", test.value, test.date, got, test.want)
		}
	}
}
