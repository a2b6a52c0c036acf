package imaginator

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"assetform/apply/engine"

	"github.com/google/go-cmp/cmp"
)

func TestTaskDecoding(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	full := Task{ID: "42", Status: StatusCompleted, Type: TypeImage, Model: "imagen3.5", Prompt: ptr("p"),
		CreatedAt: at, CompletedAt: at.Add(1500 * time.Millisecond), ResultURL: "/results/x"}
	for body, want := range map[string]Task{
		`{"task_id": "42", "status": "completed", "type": "image", "model": "imagen3.5", "prompt": "p",
			"created_at": "2026-03-01T12:00:00Z", "completed_at": "2026-03-01T13:00:01.5+01:00", "result_url": "/results/x"}`: full,
		`{"task_id": 42, "status": "pending"}`:                                                        {ID: "42", Status: StatusPending},
		`{"id": 42, "task_id": null, "status": "pending", "model": null, "prompt": ""}`:               {ID: "42", Status: StatusPending, Prompt: ptr("")},
		`{"id": "x", "status": "Rendering?", "prompt": 7, "created_at": 1700000000}`:                  {ID: "x", Status: "rendering?"},
		`{"id": "x", "status": "queued", "progress": "50"}`:                                           {ID: "x", Status: StatusPending},
		`{"id": "x", "state": "In-Progress", "result_url": null}`:                                     {ID: "x", Status: StatusProcessing},
		`{"id": "x", "status": "succeeded", "result": {"url": " /a\n"}}`:                              {ID: "x", Status: StatusCompleted, ResultURL: "/a"},
		`{"id": "x", "status": "done", "results": [{}, {"url": "/a"}, {"url": "/b"}]}`:                {ID: "x", Status: StatusCompleted, ResultURL: "/a"},
		`{"id": "x", "status": "completed", "result_url": ["/a"], "image_url": "/input"}`:             {ID: "x", Status: StatusCompleted, ResultURL: "/a"},
		`{"id": "x", "status": "completed", "image_url": "/input", "message": "all is well"}`:         {ID: "x", Status: StatusCompleted, Message: "all is well"},
		`{"id": "x", "status": "completed", "result_url": "", "failure_reason": "unsafe"}`:            {ID: "x", Status: StatusCompleted, Error: "unsafe"},
		`{"id": "x", "status": "completed", "result_url": "/a", "error": {}, "errors": []}`:           {ID: "x", Status: StatusCompleted, ResultURL: "/a"},
		`{"id": "x", "status": "rejected", "message": "unsafe"}`:                                      {ID: "x", Status: StatusFailed, Error: "unsafe", ErrorMessage: "rejected: unsafe"},
		`{"task": {"task_id": 7, "status": "failed"}, "progress": 100}`:                               {ID: "7", Status: StatusFailed},
		`{"status": "ok", "task": {"task_id": "7", "status": "pending"}}`:                             {ID: "7", Status: StatusPending},
		`{"data": {"status": "pending"}}`:                                                             {Status: StatusPending},
		`[{"task_id": "7", "status": "pending"}]`:                                                     {ID: "7", Status: StatusPending},
		`{"id": "x", "status": " COMPLETED", "result_urls": ["/a", "/b"]}`:                            {ID: "x", Status: StatusCompleted, ResultURL: "/a"},
		`{"id": "x", "status": "Canceled"}`:                                                           {ID: "x", Status: StatusFailed, ErrorMessage: "Canceled"},
		`{"id": "x", "status": "blocked", "error": "unsafe"}`:                                         {ID: "x", Status: StatusFailed, Error: "unsafe", ErrorMessage: "blocked: unsafe"},
		`{"id": "x", "status": "failed", "error": "a"}`:                                               {ID: "x", Status: StatusFailed, Error: "a"},
		`{"id": "x", "status": "failed", "error": {"code": "C", "message": "m"}}`:                     {ID: "x", Status: StatusFailed, Error: "m"},
		`{"id": "x", "status": "failed", "error": {"code": "C"}, "error_message": {"message":"m"}}`:   {ID: "x", Status: StatusFailed, Error: "C", ErrorMessage: "m"},
		`{"id": "x", "status": "failed", "error": ["odd", {"message": "m"}], "error_message": null}`:  {ID: "x", Status: StatusFailed, Error: "odd; m"},
		`{"id": "x", "status": "pending", "seed": 7, "aspect_ratio": "square", "reference_count": 2}`: {ID: "x", Status: StatusPending, Seed: ptr(int64(7)), AspectRatio: "square", References: 2},
		`{"id": "x", "status": "pending", "seed": "7", "aspect_ratio": 1}`:                            {ID: "x", Status: StatusPending, Seed: ptr(int64(7))},
		`{"id": "x", "status": "pending", "seed": null}`:                                              {ID: "x", Status: StatusPending},
		`{"id": "x", "status": "pending", "created_at": "2026-03-01T12:00:00"}`:                       {ID: "x", Status: StatusPending, CreatedAt: at},
		`{"id": "x", "status": "pending", "created_at": "2026-03-01 12:00:00.000"}`:                   {ID: "x", Status: StatusPending, CreatedAt: at},
		`{"id": "x", "status": "pending", "created_at": "2026-03-01T13:00:00+0100"}`:                  {ID: "x", Status: StatusPending, CreatedAt: at},
		`{"id": "x", "status": "pending", "created_at": "yesterday"}`:                                 {ID: "x", Status: StatusPending},
	} {
		var got Task
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if diff := cmp.Diff(want, got); diff != "" { // compares instants
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
	for _, body := range []string{`{"task_id": "1"}`, `{"task_id": 1.5, "status": "pending"}`,
		`{"task_id": {}, "status": "pending"}`, `"1"`, `[]`, `[{"task_id": "1", "status": "pending"}, {"task_id": "2", "status": "pending"}]`, `{"task_id": "1", "status": 3}`} {
		var got Task
		if err := json.Unmarshal([]byte(body), &got); err == nil {
			t.Errorf("%s: decoded to %+v, want an error", body, got)
		}
	}
}

func TestTaskSurvivesTheWire(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
	sent := Task{ID: "1", Status: StatusFailed, Type: TypeVideo, Prompt: ptr(""), CreatedAt: at, CompletedAt: at, Error: "e", ErrorMessage: "m"}
	body, err := json.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	var got Task
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sent, got); diff != "" {
		t.Errorf("(-sent +got):\n%s", diff)
	}
	body, err = json.Marshal(Task{ID: "1", Status: StatusPending})
	if want := `{"task_id":"1","status":"pending"}`; err != nil || string(body) != want {
		t.Errorf("%s, %v; want %s", body, err, want)
	}
}

func TestFailurePrefersTheLongerName(t *testing.T) {
	t.Parallel()
	for want, task := range map[string]Task{"m": {Error: "e", ErrorMessage: "m"}, "e": {Error: "e"}, "": {}} {
		if got := task.failure(); got != want {
			t.Errorf("%+v: %q", task, got)
		}
	}
}

func TestTaskLists(t *testing.T) {
	t.Parallel()
	const one = `{"task_id": 7, "status": "pending"}`
	tasks := []Task{{ID: "7", Status: StatusPending}}
	for body, want := range map[string]TaskPage{
		`{"success": true, "data": {"tasks": [` + one + `], "total": 9, "page": 2, "per_page": 5}}`: {tasks, 9, 2, 5},
		`{"data": {"items": [` + one + `], "total": "9"}, "page": 2, "per_page": "5"}`:              {tasks, 9, 2, 5},
		`{"data": [` + one + `], "total": 9.0}`:                                                     {tasks, 9, 3, 50},
		`{"tasks": [` + one + `], "data": null}`:                                                    {tasks, -1, 3, 50},
		`[` + one + `]`:                                                                             {tasks, -1, 3, 50},
		`{"data": {"tasks": []}}`:                                                                   {[]Task{}, -1, 3, 50},
		`{"data": {"tasks": null, "total":0}}`:                                                      {nil, 0, 3, 50},
	} {
		c := newClient(t, handler(func(w http.ResponseWriter, r *http.Request) {
			if got := r.URL.RequestURI(); got != "/api/v1/tasks?page=3&per_page=50&status=pending&type=image" {
				t.Errorf("request of %s", got)
			}
			answerWith(200, "application/json", body).ServeHTTP(w, r)
		}))
		got, err := c.Tasks(context.Background(), TaskQuery{Page: 3, PerPage: 50, Status: StatusPending, Type: TypeImage})
		if err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

// A list that cannot be read must never look like a list with nothing in it.
func TestUnreadableListsAreErrors(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"success": true, "data": {}}`,
		`{"success": true}`,
		`{"data": {"tasks": null}}`,
		`{"data": {"tasks": null, "total": 3}}`,
		`{"data": {"tasks": {"7": {}}}}`,
		`{"data": {"tasks": [{"status": "pending"}]}}`,
		`{"data": {"tasks": ["7"]}}`,
		`{"data": {"tasks": [null]}}`,
		`{"data": "none"}`,
		`"none"`, `null`, `0`,
		`{"success": false, "data": {"tasks": []}}`,
	} {
		page, err := newClient(t, answerWith(200, "application/json", body)).Tasks(context.Background(), TaskQuery{})
		if err == nil {
			t.Errorf("%s: read as %+v, want an error", body, page)
		}
	}
}

func TestKeyInAnswersIsScrubbed(t *testing.T) {
	t.Parallel()
	quoted, err := json.Marshal(canary) // < and & as \u003c and \u0026
	if err != nil {
		t.Fatal(err)
	}
	key := strings.Trim(string(quoted), `"`)
	body := `{"data": {"tasks": [{"task_id": "1", "status": "failed", "type": "KEY", "model": "KEY", "prompt": "xKEYx", "error": "KEY",
		"error_message": "a\nKEY", "result_url": "http://h/KEY?k=KEY"}]}}`
	c := newClient(t, answerWith(200, "application/json", strings.ReplaceAll(body, "KEY", key)))
	page, err := c.Tasks(context.Background(), TaskQuery{})
	if err != nil {
		t.Fatal(err)
	}
	got := page.Tasks[0]
	want := Task{ID: "1", Status: StatusFailed, Type: redacted, Model: redacted, Prompt: ptr("x" + redacted + "x"), Error: redacted,
		ErrorMessage: "a " + redacted, ResultURL: "http://h/" + redacted + "?k=" + redacted}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c = newClient(t, answerWith(200, "application/json", `{"data": {"task_id": "1`+key+`", "status": "pending"}}`))
	if _, err := c.Task(context.Background(), "1"); err == nil {
		t.Error("no error for an id with the key in it")
	} else {
		noKey(t, err)
	}
}

func FuzzAnswers(f *testing.F) {
	seeds := []string{
		created201,
		`{"success": true, "data": {"tasks": [{"task_id": 7, "status": "pending", "prompt": null, "created_at": "2026-03-01 12:00:00"}], "total": 1, "page": 1, "per_page": 20}}`,
		`{"data": [{"id": "7", "status": "failed", "error": {"message": "m"}}], "total": "1"}`,
		errorBody(CodeHourlyLimitExceeded, "x"),
		`<html><title>Hi</title></html>`, `{"data": {"tasks": [`, `[[[[`, ``,
	}
	for _, s := range seeds {
		f.Add([]byte(s), 200)
		f.Add([]byte(s), 500)
	}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		status = 200 + status&0x1ff
		c := newClient(t, handler(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			w.Write(body)
		}), func(cfg *Config) { cfg.Limits.Attempts = 1 })
		created, err := submit(c)
		if err != nil {
			if e := asError(t, err); e.Status != status || engine.Classify(err) == engine.ClassNeverSent {
				t.Errorf("answer %d became %+v", status, e)
			}
		} else if created.TaskID == "" || status > 299 {
			t.Errorf("status %d accepted as %+v", status, created)
		}
		page, err := c.Tasks(t.Context(), TaskQuery{})
		if err != nil {
			asError(t, err)
		}
		for _, task := range page.Tasks {
			if task.ID == "" || task.Status == "" {
				t.Errorf("task %+v from %q", task, body)
			}
			// What was read must be writable and read the same.
			again, err := json.Marshal(task)
			var back Task
			if err != nil || json.Unmarshal(again, &back) != nil || back.ID != task.ID || back.failure() != task.failure() {
				t.Errorf("%+v became %s and %+v: %v", task, again, back, err)
			}
		}
	})
}

func TestQuotaDecoding(t *testing.T) {
	t.Parallel()
	want := Quota{Tier: "x", Images: ImageAllowance{Allowance{10, 3, 7}, 5, 1}, Videos: Allowance{HourlyLimit: 2}}
	for _, body := range []string{
		`{"tier": "x", "images": {"hourly_limit": 10, "used_this_hour": 3, "remaining": 7, "concurrent_limit": 5, "active_tasks": 1}, "videos": {"hourly_limit": 2}}`,
		`{"tier": "x", "images": {"hourly_limit": "10", "used_this_hour": 3.0, "remaining": "7", "concurrent_limit": "5", "active_tasks": 1}, "videos": {"hourly_limit": 2, "remaining": null}}`,
	} {
		var got Quota
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
	var q Quota
	if err := json.Unmarshal([]byte(`{"images": null, "videos": 7}`), &q); err != nil || q != (Quota{}) {
		t.Errorf("%+v, %v", q, err)
	}
	if err := json.Unmarshal([]byte(`[]`), &q); err == nil {
		t.Error("a list is a quota")
	}
}
