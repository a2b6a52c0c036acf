package apply

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
)

// fakeAPI is the service in memory: it keeps tasks, charges for each, and can
// be told to misbehave. It outlives the runs of a test, as the service does.
type fakeAPI struct {
	origin     string
	latency    time.Duration // from acceptance to completion
	idempotent bool
	noList     bool          // GET /tasks fails
	listLag    time.Duration // how late a task shows in the list
	hidePrompt bool
	// onRow may change, or with false leave out, what the list shows of a task.
	onRow      func(*imaginator.Task) bool
	concurrent int // tasks in flight before CONCURRENT_LIMIT_EXCEEDED; 0: no limit
	quota      int // concurrent_limit that the quota names
	service    string

	// onSubmit may answer a create request in the API's place. With accept the
	// task is created and charged all the same: the answer is lost.
	onSubmit func(n int, r engine.Request) (accept bool, err error)
	onKey    func(idempotencyKey string) // of each create request
	// answerWith is an id that a create request is answered with, whatever the
	// task's is.
	answerWith string
	hang       string // what gets no answer: submit, poll, download or list
	onTask     func(n int, t *imaginator.Task) error
	onGet      func(n int, id string) ([]byte, error)
	// result makes the delivered bytes; nil: a PNG that depends on the request.
	result func(r engine.Request) []byte

	mu      sync.Mutex
	tasks   []*fakeTask // oldest first
	byKey   map[string]*fakeTask
	posts   int // create requests that arrived
	polls   int
	gets    int
	running []*fakeTask
	peak    int
}

type fakeTask struct {
	id       string
	request  engine.Request
	created  time.Time
	finishAt time.Time
	gone     bool
	foreign  bool // another client's
	failure  string
	polls    int
}

func newFakeAPI() *fakeAPI {
	return &fakeAPI{origin: "https://fake.example:443", byKey: map[string]*fakeTask{}}
}

func apiError(status int, code, message string) error {
	return &imaginator.Error{Op: "POST /api/v1/x", Status: status, Code: code, Message: message, APIBody: code != ""}
}

var (
	errLostReply = error(&imaginator.Error{Op: "POST /api/v1/x", Err: errors.New("connection reset by peer")})
	errNeverSent = error(&imaginator.Error{Op: "POST /api/v1/x", NeverSent: true, Err: errors.New("connection refused")})
)

func (f *fakeAPI) Origin() string { return f.origin }

// digest identifies a request by everything that is sent.
func digest(r engine.Request) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s|%v|%x", r.Method, r.Params, r.Images) // maps print in the order of their keys
	return hex.EncodeToString(h.Sum(nil))
}

// asking is a request of another client for an image.
func asking(words string) engine.Request {
	return engine.Request{Method: "generate_image", Params: map[string]any{"prompt": words, "model": "imagen3.5", "aspect_ratio": "landscape"}}
}

func prompt(r engine.Request) string { return param[string](r, "prompt") }

func param[T any](r engine.Request, name string) T {
	v, _ := r.Params[name].(T)
	return v
}

func (f *fakeAPI) Submit(ctx context.Context, r engine.Request, key string) (imaginator.Created, error) {
	if err := f.hold(ctx, "submit"); err != nil {
		return imaginator.Created{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.expire()
	f.posts++
	if f.onKey != nil {
		f.onKey(key)
	}
	if f.onSubmit != nil {
		accept, err := f.onSubmit(f.posts, r)
		if err != nil {
			if accept {
				f.create(r, key)
			}
			return imaginator.Created{}, err
		}
	}
	if t := f.byKey[key]; f.idempotent && t != nil {
		return imaginator.Created{TaskID: t.id, Status: imaginator.StatusPending}, nil
	}
	if f.concurrent > 0 && len(f.running) >= f.concurrent {
		return imaginator.Created{}, apiError(429, imaginator.CodeConcurrentLimitExceeded, "too many tasks")
	}
	t := f.create(r, key)
	return imaginator.Created{TaskID: cmp.Or(f.answerWith, t.id), Status: imaginator.StatusPending, EstimatedTime: "10-30 seconds"}, nil
}

func (f *fakeAPI) create(r engine.Request, key string) *fakeTask {
	if t := f.byKey[key]; f.idempotent && t != nil {
		return t
	}
	now := time.Now()
	t := &fakeTask{id: strconv.Itoa(len(f.tasks) + 1), request: r, created: now, finishAt: now.Add(f.latency)}
	f.tasks = append(f.tasks, t)
	f.byKey[key] = t
	f.running = append(f.running, t)
	f.peak = max(f.peak, len(f.running))
	return t
}

// expire takes finished tasks out of those in flight.
func (f *fakeAPI) expire() {
	now := time.Now()
	f.running = slices.DeleteFunc(f.running, func(t *fakeTask) bool { return !now.Before(t.finishAt) })
}

// hold does not return before the caller gives up, if that read is to hang.
func (f *fakeAPI) hold(ctx context.Context, read string) error {
	if f.hang != read {
		return nil
	}
	<-ctx.Done()
	return &imaginator.Error{Op: "GET", Err: ctx.Err()}
}

func (f *fakeAPI) Task(ctx context.Context, id string) (imaginator.Task, error) {
	if err := f.hold(ctx, "poll"); err != nil {
		return imaginator.Task{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.polls++
	t := f.task(id)
	if t == nil || t.gone {
		return imaginator.Task{}, apiError(404, imaginator.CodeTaskNotFound, "no such task")
	}
	t.polls++
	view := f.view(t)
	if f.onTask != nil {
		if err := f.onTask(f.polls, &view); err != nil {
			return imaginator.Task{}, err
		}
	}
	return view, nil
}

func (f *fakeAPI) task(id string) *fakeTask {
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 || n > len(f.tasks) {
		return nil
	}
	return f.tasks[n-1]
}

func (f *fakeAPI) view(t *fakeTask) imaginator.Task {
	v := imaginator.Task{ID: t.id, Status: imaginator.StatusProcessing, Type: imaginator.TaskType(imaginator.Engine.Method(t.request.Method).Kind), CreatedAt: t.created,
		Model: param[string](t.request, "model"), AspectRatio: param[string](t.request, "aspect_ratio"), References: len(t.request.Images["references"])}
	if seed, sent := t.request.Params["seed"].(int64); sent {
		v.Seed = &seed
	}
	if words := prompt(t.request); !f.hidePrompt {
		v.Prompt = &words
	}
	switch {
	case time.Now().Before(t.finishAt):
	case t.failure != "":
		v.Status, v.Error = imaginator.StatusFailed, t.failure
	default:
		v.Status, v.ResultURL = imaginator.StatusCompleted, "results/"+t.id
	}
	return v
}

func (f *fakeAPI) Tasks(ctx context.Context, q imaginator.TaskQuery) (imaginator.TaskPage, error) {
	if err := f.hold(ctx, "list"); err != nil {
		return imaginator.TaskPage{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.noList {
		return imaginator.TaskPage{}, apiError(404, "", "not found")
	}
	shown := len(f.tasks)
	for shown > 0 && time.Since(f.tasks[shown-1].created) < f.listLag {
		shown--
	}
	var rows []imaginator.Task
	for i := shown - 1; i >= 0; i-- {
		row := f.view(f.tasks[i])
		if f.onRow == nil || f.onRow(&row) {
			rows = append(rows, row)
		}
	}
	page := imaginator.TaskPage{Total: len(rows), Page: q.Page, PerPage: q.PerPage}
	first := min((q.Page-1)*q.PerPage, len(rows))
	page.Tasks = rows[first:min(first+q.PerPage, len(rows))]
	return page, nil
}

func (f *fakeAPI) Download(ctx context.Context, url, accept string, dst engine.Sink) (imaginator.Downloaded, error) {
	if err := f.hold(ctx, "download"); err != nil {
		return imaginator.Downloaded{}, err
	}
	f.mu.Lock()
	f.gets++
	n, onGet := f.gets, f.onGet
	t := f.task(url[len("results/"):])
	f.mu.Unlock()
	var b []byte
	if onGet != nil {
		var err error
		if b, err = onGet(n, t.id); err != nil {
			return imaginator.Downloaded{}, err
		}
	}
	if b == nil && f.result != nil {
		b = f.result(t.request)
	}
	if b == nil {
		b = picture(digest(t.request))
	}
	m, err := io.Copy(dst, bytes.NewReader(b))
	return imaginator.Downloaded{Bytes: m}, err
}

func (f *fakeAPI) Health(context.Context) (imaginator.Health, error) {
	return imaginator.Health{Idempotency: f.idempotent, Service: f.service}, nil
}

func (f *fakeAPI) Quota(context.Context) (imaginator.Quota, error) {
	var q imaginator.Quota
	q.Images.ConcurrentLimit = f.quota
	return q, nil
}

// paid is how many tasks were charged.
func (f *fakeAPI) paid() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, t := range f.tasks {
		if !t.foreign {
			n++
		}
	}
	return n
}

// another is a task that another client of the same key creates.
func (f *fakeAPI) another(r engine.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.create(r, rand.Text()).foreign = true
}

// longPrompt is a prompt longer than those of the tests: where the list shows
// it, it cuts none.
const longPrompt = "A prompt that is longer than all of the others in these tests, by far"

// paidTwice lists requests that were charged more than once.
func (f *fakeAPI) paidTwice() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	times := map[string]int{}
	var list []string
	for _, t := range f.tasks {
		if t.failure != "" || t.foreign {
			continue
		}
		d := digest(t.request)
		if times[d]++; times[d] == 2 {
			list = append(list, fmt.Sprintf("%s %q", t.request.Method, prompt(t.request)))
		}
	}
	return list
}

// picture is a PNG of 1 x 1 pixels that differs with its seed: in a text
// chunk, since drawing would cost the tests their speed.
func picture(seed string) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		var n [4]byte
		put32(n[:], uint32(len(data)))
		b.Write(n[:])
		b.WriteString(kind)
		b.Write(data)
		put32(n[:], crc32.ChecksumIEEE(append([]byte(kind), data...)))
		b.Write(n[:])
	}
	chunk("IHDR", []byte{0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0})
	chunk("tEXt", []byte("seed\x00"+seed))
	chunk("IDAT", []byte{0x78, 0x9c, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01})
	chunk("IEND", nil)
	return b.Bytes()
}

func put32(b []byte, v uint32) {
	b[0], b[1], b[2], b[3] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
}

// film is an MP4 file that differs with the request.
func film(t testing.TB, r engine.Request) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("media", "testdata", "film.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	free := digest(r)
	b = binary.BigEndian.AppendUint32(b, uint32(8+len(free)))
	return append(b, "free"+free...)
}
