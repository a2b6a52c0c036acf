package studio

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"assetform/apply/engine/imaginator"
)

// The keys of these tests, one for each state that a key can be in.
func keysInAllStates(now time.Time) Keys {
	disabled, expired, unlicensed := NewKey("disabled", "k-disabled"), NewKey("expired", "k-expired"), NewKey("unlicensed", "k-unlicensed")
	disabled.Disabled = true
	expired.Expires = now
	unlicensed.License = false
	poor, busy := NewKey("poor", "k-poor"), NewKey("busy", "k-busy")
	poor.HourlyImageCredits, poor.HourlyVideos = 1, 0
	busy.ConcurrentLimit = 1
	return Keys{NewKey("tester", testSecret), disabled, expired, unlicensed, poor, busy}
}

// TestErrorCodes reaches every code of the document, with its status.
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	clock, g := newFakeClock(), newGate()
	r := newRig(t, Options{Keys: keysInAllStates(clock.now()), Clock: clock.now, Renderer: g, BodyLimit: 4096})
	r.image("X-API-Key", "k-busy")
	prompt := `{"prompt":"a lighthouse"}`
	nested := `{"prompt":` + strings.Repeat("[", 2000)
	image, video := apiPath+"generate_image", apiPath+"generate_video"
	for _, c := range []struct {
		name, verb, path, body string
		header                 []string
		status                 int
		code, words            string
	}{
		{"no key", "GET", apiPath + "health", "", []string{"X-API-Key", ""}, 401, imaginator.CodeAuthRequired, "not provided"},
		{"another scheme", "GET", apiPath + "health", "", []string{"X-API-Key", "", "Authorization", "Basic abc"}, 401, imaginator.CodeAuthRequired, ""},
		{"wrong key", "POST", image, prompt, []string{"X-API-Key", "nonsense"}, 401, imaginator.CodeInvalidAPIKey, ""},
		{"disabled key", "GET", apiPath + "quota", "", []string{"X-API-Key", "k-disabled"}, 403, imaginator.CodeAPIKeyDisabled, ""},
		{"expired key", "GET", apiPath + "quota", "", []string{"X-API-Key", "k-expired"}, 403, imaginator.CodeAPIKeyExpired, "2026-03-01T12:00:00Z"},
		{"no licence", "POST", image, prompt, []string{"X-API-Key", "k-unlicensed"}, 429, imaginator.CodeNoActiveLicense, ""},
		{"too many credits", "POST", image, `{"prompt":"x","model":"nano_banana_pro"}`, []string{"X-API-Key", "k-poor"}, 429, imaginator.CodeHourlyLimitExceeded, "Hourly image limit exceeded (1/hour)"},
		{"too many videos", "POST", video, prompt, []string{"X-API-Key", "k-poor"}, 429, imaginator.CodeHourlyLimitExceeded, "Hourly video limit exceeded (0/hour)"},
		{"too many at once", "POST", video, prompt, []string{"X-API-Key", "k-busy"}, 429, imaginator.CodeConcurrentLimitExceeded, "(1)"},
		{"bad body", "POST", image, "{", nil, 400, imaginator.CodeInvalidRequest, "ends too early"},
		{"deep body", "POST", image, nested, nil, 400, imaginator.CodeInvalidRequest, "must be a string, not an array"},
		{"bad query", "GET", apiPath + "tasks?per_page=101", "", nil, 400, imaginator.CodeInvalidRequest, "1 to 100"},
		{"unknown task", "GET", apiPath + "task/1", "", nil, 404, imaginator.CodeTaskNotFound, ""},
		{"task id that is none", "GET", apiPath + "task/../quota", "", nil, 404, imaginator.CodeTaskNotFound, ""},
		{"unknown result", "GET", "/results/" + strings.Repeat("0", 32), "", nil, 404, imaginator.CodeTaskNotFound, ""},
		{"result path out", "GET", "/results/../studio.db", "", nil, 404, imaginator.CodeTaskNotFound, ""},
		{"unknown path", "GET", "/api/v1/generate_music", "", nil, 404, imaginator.CodeInvalidRequest, "/api/v1/generate_music"},
		{"root", "GET", "/", "", nil, 404, imaginator.CodeInvalidRequest, ""},
		{"GET of a method", "GET", image, "", nil, 405, imaginator.CodeInvalidRequest, "use POST"},
		{"POST of a read", "POST", apiPath + "quota", "", nil, 405, imaginator.CodeInvalidRequest, "use GET"},
		{"too large", "POST", image, `{"prompt":"` + strings.Repeat("x", 5000) + `"}`, nil, 413, imaginator.CodeInvalidRequest, "4096"},
		{"a form", "POST", image, prompt, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, imaginator.CodeInvalidRequest, "application/json"},
		{"no type", "POST", image, prompt, []string{"Content-Type", ""}, 415, imaginator.CodeInvalidRequest, ""},
		{"compressed", "POST", image, prompt, []string{"Content-Encoding", "gzip"}, 415, imaginator.CodeInvalidRequest, "gzip"},
		{"two idempotency keys in one", "POST", image, prompt, []string{"Idempotency-Key", strings.Repeat("x", 256)}, 400, imaginator.CodeInvalidRequest, "Idempotency-Key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rep := (&rig{t, r.server, r.client}).do(c.verb, c.path, c.body, c.header...)
			wantError(t, rep, c.status, c.code, c.words)
			if allow := rep.header.Get("Allow"); (c.status == 405) != (allow != "") {
				t.Errorf("Allow %q", allow)
			}
		})
	}
	// The unlicensed key may read what it has.
	if rep := r.do("GET", apiPath+"tasks", "", "X-API-Key", "k-unlicensed"); rep.status != 200 {
		t.Errorf("list without a licence: %d", rep.status)
	}
	// Nothing of the above was charged.
	if q := r.quota(); q.Images.UsedThisHour != 0 || q.Videos.UsedThisHour != 0 || q.Images.ActiveTasks != 0 {
		t.Errorf("refused requests were charged: %+v", q)
	}
}

// TestServerError reaches SERVER_ERROR without a fault: the disk is gone.
func TestServerError(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{DataDir: t.TempDir()})
	if err := r.server.archive.close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"generate_image", "generate_video_from_image"} {
		rep := r.do("POST", apiPath+name, body(imaginator.Engine.Method(name)))
		wantError(t, rep, 500, imaginator.CodeServerError, "could not be stored")
	}
	if q := r.quota(); q.Images.UsedThisHour != 0 || q.Videos.UsedThisHour != 0 || q.Images.ActiveTasks != 0 {
		t.Errorf("what could not be stored was charged: %+v", q)
	}
	page := data[imaginator.TaskPage](t, r.do("GET", apiPath+"tasks", ""))
	if page.Total != 0 {
		t.Errorf("what could not be stored is listed: %+v", page)
	}
	if left, err := r.server.blobs.(dirBlobs).leftovers(nil); err != nil || len(left) != 0 {
		t.Errorf("files left: %v, %v", left, err)
	}
}

func TestBothKeyHeaders(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for _, header := range [][]string{
		nil,
		{"X-API-Key", "", "Authorization", "Bearer " + testSecret},
		{"X-API-Key", "", "Authorization", "bearer  " + testSecret},
	} {
		rep := r.do("GET", apiPath+"health", "", header...)
		h := data[imaginator.Health](t, rep)
		if h.Service != "assetform studio" || !h.Idempotency || h.Status == "" {
			t.Errorf("health %+v", h)
		}
	}
}

func TestShuttingDown(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	r.server.stop()
	rep := r.do("POST", apiPath+"generate_image", `{"prompt":"x"}`)
	wantError(t, rep, http.StatusInternalServerError, imaginator.CodeServerError, "shutting down")
}
