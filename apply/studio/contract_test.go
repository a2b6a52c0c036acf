package studio_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/enginetest"
	"assetform/apply/engine/imaginator"
	"assetform/apply/studio"
	"assetform/config/address"
	spec "assetform/config/engine"

	"github.com/Eyevinn/mp4ff/mp4"
)

// A contract is a server that the suite holds to the API document.
type contract struct {
	base, key string
	transport http.RoundTripper
	// ours: the server is a studio, so that what the document leaves open is
	// known, and generating costs nothing.
	ours bool
}

const contractKey = "key-of-the-contract-suite"

// TestContract runs one suite against the handler in this process, the server
// over TCP, and the service that ASSETFORM_TEST_BASE_URL names, with the key
// of ASSETFORM_TEST_API_KEY. Against a service that is paid, one image is
// generated.
func TestContract(t *testing.T) {
	t.Parallel()
	keys := studio.Keys{studio.NewKey("suite", contractKey)}
	t.Run("handler", func(t *testing.T) {
		t.Parallel()
		s, err := studio.New(studio.Options{Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		runContract(t, contract{"http://studio.invalid/api/v1", contractKey, enginetest.HandlerTransport(s), true})
	})
	t.Run("tcp", func(t *testing.T) {
		t.Parallel()
		o := studio.ServeOptions{Options: studio.Options{Keys: keys, DataDir: t.TempDir()}, Listen: "127.0.0.1:0"}
		runContract(t, contract{serve(t, o), contractKey, http.DefaultTransport, true})
	})
	t.Run("webm", func(t *testing.T) {
		if testing.Short() {
			t.Skip("drawing WebM takes seconds")
		}
		withoutRace(t)
		t.Parallel()
		s, err := studio.New(studio.Options{Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		contract{"http://studio.invalid/api/v1", contractKey, enginetest.HandlerTransport(s), true}.webm(t)
	})
	t.Run("service", func(t *testing.T) {
		base, key := os.Getenv("ASSETFORM_TEST_BASE_URL"), os.Getenv("ASSETFORM_TEST_API_KEY")
		if base == "" || key == "" {
			t.Skip("ASSETFORM_TEST_BASE_URL and ASSETFORM_TEST_API_KEY are not set")
		}
		runContract(t, contract{strings.TrimSuffix(base, "/"), key, http.DefaultTransport, false})
	})
}

// serve starts a server until the test ends and returns its base URL.
func serve(t *testing.T, o studio.ServeOptions) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	o.Ready = func(base, _ string) { ready <- base }
	go func() { ended <- studio.Serve(ctx, o, io.Discard) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case base := <-ready:
		return base
	case err := <-ended:
		ended <- err
		t.Fatal(err)
		return ""
	}
}

func runContract(t *testing.T, c contract) {
	t.Run("refusals", c.refusals)
	t.Run("one image by hand", c.oneImage)
	t.Run("client", c.client)
	if c.ours {
		t.Run("every method", c.everyMethod)
		t.Run("inventory", c.inventory)
	}
}

// send is one request written by hand. header replaces the key.
func (c contract) send(t *testing.T, verb, path, body string, header ...string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), verb, c.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if len(header) == 0 {
		header = []string{"X-API-Key", c.key}
	}
	if header[0] != "" {
		req.Header.Set(header[0], header[1])
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatalf("%s %s: %d, no JSON: %v", verb, path, resp.StatusCode, err)
	}
	return resp.StatusCode, answer
}

// refusals are free anywhere.
func (c contract) refusals(t *testing.T) {
	for _, r := range []struct {
		verb, path, body string
		header           []string
		status           int
		code             string
	}{
		{"GET", "/health", "", []string{"", ""}, 401, imaginator.CodeAuthRequired},
		{"GET", "/health", "", []string{"X-API-Key", "no-such-key"}, 401, imaginator.CodeInvalidAPIKey},
		{"GET", "/health", "", []string{"Authorization", "Bearer no-such-key"}, 401, imaginator.CodeInvalidAPIKey},
		{"POST", "/generate_image", `{"model":"imagen3.5"}`, nil, 400, imaginator.CodeInvalidRequest},
		{"POST", "/generate_image", `{"prompt":"x","model":"no-such-model"}`, nil, 400, imaginator.CodeInvalidRequest},
		{"POST", "/generate_image_with_references", `{"prompt":"x","image_base64_list":[]}`, nil, 400, imaginator.CodeInvalidRequest},
		{"POST", "/generate_video_transition", `{"prompt":"x"}`, nil, 400, imaginator.CodeInvalidRequest},
		{"GET", "/task/999999999999999", "", nil, 404, imaginator.CodeTaskNotFound},
	} {
		status, answer := c.send(t, r.verb, r.path, r.body, r.header...)
		detail, _ := answer["error"].(map[string]any)
		if status != r.status || answer["success"] != false || detail["code"] != r.code || detail["message"] == "" {
			t.Errorf("%s %s %s: %d %v, want %d %s", r.verb, r.path, r.body, status, answer, r.status, r.code)
		}
	}
}

// oneImage is the document's quick start, request by request.
func (c contract) oneImage(t *testing.T) {
	status, answer := c.send(t, "POST", "/generate_image",
		`{"prompt":"Futuristic city at sunset, cyberpunk style","model":"imagen3.5","aspect_ratio":"landscape"}`)
	data, _ := answer["data"].(map[string]any)
	id, isText := data["task_id"].(string)
	if status != http.StatusCreated || answer["success"] != true || !isText || strings.Trim(id, "0123456789") != "" {
		t.Fatalf("%d %v", status, answer)
	}
	if data["status"] != "pending" || data["type"] != "image" || data["model"] != "imagen3.5" || data["estimated_time"] == nil {
		t.Errorf("created %v", data)
	}
	if left, isNumber := data["remaining_quota"].(float64); !isNumber || left < 0 {
		t.Errorf("remaining_quota %v", data["remaining_quota"])
	}
	for deadline := time.Now().Add(5 * time.Minute); ; time.Sleep(c.pause()) {
		status, answer = c.send(t, "GET", "/task/"+id, "", "Authorization", "Bearer "+c.key)
		data, _ = answer["data"].(map[string]any)
		if status != http.StatusOK || data["status"] == "failed" || time.Now().After(deadline) {
			t.Fatalf("%d %v", status, answer)
		}
		if data["status"] == "completed" {
			break
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", data["result_url"].(string), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "image/") {
		t.Errorf("result: %s %v %v", resp.Status, resp.Header, err)
	}
	if got := http.DetectContentType(body); got != resp.Header.Get("Content-Type") {
		t.Errorf("%s that is %s", resp.Header.Get("Content-Type"), got)
	}
}

func (c contract) pause() time.Duration {
	if c.ours {
		return 10 * time.Millisecond
	}
	return 2 * time.Second
}

// newClient is the client that assetform itself uses.
func (c contract) newClient(t *testing.T) *imaginator.Client {
	t.Helper()
	cfg := imaginator.Config{BaseURL: c.base, APIKey: imaginator.NewSecret(c.key), Transport: c.transport}
	if c.transport == http.DefaultTransport {
		cfg.Transport = nil
	}
	client, err := imaginator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// client reads what is free through the client.
func (c contract) client(t *testing.T) {
	client := c.newClient(t)
	health, err := client.Health(t.Context())
	if err != nil || (c.ours && (health.Service != imaginator.ServiceStudio || !health.Idempotency)) {
		t.Errorf("health %+v %v", health, err)
	}
	if _, err := client.Task(t.Context(), "999999999999999"); errorCode(err) != imaginator.CodeTaskNotFound {
		t.Errorf("an unknown task: %v", err)
	}
	quota, err := client.Quota(t.Context())
	if err != nil || quota.Tier == "" || quota.Images.HourlyLimit < quota.Images.Remaining {
		t.Errorf("quota %+v %v", quota, err)
	}
}

func errorCode(err error) string {
	var e *imaginator.Error
	errors.As(err, &e)
	if e == nil {
		return ""
	}
	return e.Code
}

// sink takes a download.
type sink struct{ bytes.Buffer }

func (s *sink) Reset() error { s.Buffer.Reset(); return nil }

// finish waits for a task and downloads its result.
func (c contract) finish(t *testing.T, client *imaginator.Client, id, accept string) (imaginator.Task, []byte) {
	t.Helper()
	for {
		task, err := client.Task(t.Context(), id)
		if err != nil || task.Status == imaginator.StatusFailed {
			t.Fatalf("task %+v %v", task, err)
		}
		if task.Status == imaginator.StatusCompleted {
			var dst sink
			if _, err := client.Download(t.Context(), task.ResultURL, accept, &dst); err != nil {
				t.Fatal(err)
			}
			return task, dst.Bytes()
		}
		time.Sleep(c.pause())
	}
}

// everyMethod asks for everything that the method table has through the client,
// and looks at what comes: at every aspect ratio if ASSETFORM_LONG is set, else
// at one, which differs from method to method, and with every second method over
// TCP alone, the others without.
func (c contract) everyMethod(t *testing.T) {
	for i, m := range imaginator.Engine.Methods {
		aspect, _ := m.Param("aspect_ratio")
		values := aspect.Values
		if os.Getenv("ASSETFORM_LONG") == "" {
			if overTCP := c.transport == http.DefaultTransport; overTCP == (i%2 == 0) {
				continue
			}
			i %= len(values)
			values = values[i : i+1]
		}
		for _, a := range values {
			t.Run(m.Name+" "+a, func(t *testing.T) {
				client := c.newClient(t)
				req := requestFor(m)
				if aspect.Field() != "" {
					req.Params["aspect_ratio"] = a
				}
				made, err := client.Submit(t.Context(), req, t.Name())
				if err != nil {
					t.Fatal(err)
				}
				model, _ := m.Param("model")
				want, _ := model.Default.(string)
				if made.Status != imaginator.StatusPending || made.Type != imaginator.TaskType(m.Kind) ||
					made.Model != want || made.RemainingQuota == nil || made.ReferenceCount != len(req.Images["references"]) {
					t.Errorf("created %+v", made)
				}
				again, err := client.Submit(t.Context(), req, t.Name())
				if err != nil || again.TaskID != made.TaskID {
					t.Errorf("the same request again: %+v %v", again, err)
				}
				task, data := c.finish(t, client, made.TaskID, "")
				if task.Prompt == nil || *task.Prompt != req.Params["prompt"] || task.Type != made.Type ||
					task.CreatedAt.IsZero() || task.CompletedAt.Before(task.CreatedAt) {
					t.Errorf("task %+v", task)
				}
				w, h := size(t, m.Kind, data)
				if shape(w, h) != a {
					t.Errorf("%d by %d is not %s", w, h, a)
				}
			})
		}
	}
}

// requestFor is a valid request with every image that the method takes.
func requestFor(m *spec.Method) engine.Request {
	var b bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range img.Pix {
		img.Pix[i] = byte(i)
	}
	img.Set(3, 3, color.White)
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	r := asking(m.Name, "a red castle by the sea at night")
	for _, in := range m.Inputs {
		r.Images[in.Name] = slices.Repeat([][]byte{b.Bytes()}, max(1, in.Max))
	}
	return r
}

func asking(name, prompt string) engine.Request {
	return engine.Request{Method: name, Params: map[string]any{"prompt": prompt}, Images: map[string][][]byte{}}
}

// size decodes an image, or the header of a video.
func size(t *testing.T, kind address.Kind, data []byte) (w, h int) {
	t.Helper()
	if kind == address.Image {
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return img.Bounds().Dx(), img.Bounds().Dy()
	}
	file, err := mp4.DecodeFile(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	track := file.Moov.Trak.Tkhd
	return int(track.Width >> 16), int(track.Height >> 16)
}

func shape(w, h int) string {
	switch {
	case w > h:
		return "landscape"
	case w < h:
		return "portrait"
	default:
		return "square"
	}
}

// inventory is what the document describes and names no path for.
func (c contract) inventory(t *testing.T) {
	client := c.newClient(t)
	models, err := client.Models(t.Context())
	if err != nil || len(models) != len(imaginator.Engine.Models) {
		t.Fatalf("models %+v %v", models, err)
	}
	for i, m := range imaginator.Engine.Models {
		want := imaginator.Model{ID: m.Name, Type: imaginator.TypeImage, Engine: m.Backend, Credits: m.Amount, Description: m.Doc}
		if models[i] != want {
			t.Errorf("model %+v, want %+v", models[i], want)
		}
	}
	made, err := client.Submit(t.Context(), asking("generate_video", "waves"), "inventory")
	if err != nil {
		t.Fatal(err)
	}
	c.finish(t, client, made.TaskID, "")
	page, err := client.Tasks(t.Context(), imaginator.TaskQuery{PerPage: 1, Type: imaginator.TypeVideo, Status: imaginator.StatusCompleted})
	if err != nil || len(page.Tasks) != 1 || page.Total < 1 || page.Tasks[0].ID != made.TaskID {
		t.Errorf("the newest video: %+v %v", page, err)
	}
	quota, err := client.Quota(t.Context())
	want := imaginator.Allowance{HourlyLimit: 150, UsedThisHour: quota.Videos.UsedThisHour, Remaining: 150 - quota.Videos.UsedThisHour}
	if err != nil || quota.Tier != "video_pro" || quota.Videos != want || want.UsedThisHour < 1 ||
		quota.Images.HourlyLimit != 4000 || quota.Images.ConcurrentLimit != 5 {
		t.Errorf("quota %+v %v", quota, err)
	}
}

// webm asks for a video in the other container.
func (c contract) webm(t *testing.T) {
	client := c.newClient(t)
	made, err := client.Submit(t.Context(), asking("generate_video", "waves"), "webm")
	if err != nil {
		t.Fatal(err)
	}
	if _, data := c.finish(t, client, made.TaskID, "video/webm"); !bytes.HasPrefix(data, []byte("\x1aE\xdf\xa3")) {
		t.Errorf("asked for WebM, got %q", data[:min(20, len(data))])
	}
}
