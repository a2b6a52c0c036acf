package examples

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A liar is a service that speaks the API and breaks every promise of it that
// a client could lean on: it loses requests and answers, answers late or with
// an error after it has accepted, hands out an id twice, and its task list cuts,
// renames, hides, misdates, delays and shuffles. It keeps a ledger of what it
// charged. It shares no code with the program.
type liar struct {
	lies
	film []byte
	url  string

	mu     sync.Mutex
	random *rand.Rand
	nextID int
	tasks  []*liarTask // oldest first
	byKey  map[string]*liarTask
	byID   map[string]*liarTask
	late   int        // requests that are accepted after their answer, not yet
	came   *sync.Cond // there are less of them
}

// lies are what a server does, drawn once for its life.
type lies struct {
	idempotent   bool // honours Idempotency-Key, and says so
	noList       bool
	faults       float64       // how much of the traffic goes wrong
	prompt       string        // in the list: cut, hidden, or as it is
	kind         string        // renamed, hidden
	model        string        // renamed, hidden
	seed         string        // text, hidden
	aspect       string        // renamed, hidden
	date         string        // shifted, hidden, random
	order        string        // oldest, shuffled
	finishedOnly bool          // shows no task that runs
	lag          time.Duration // how late a task shows
	total        string        // wrong, hidden
	samePage     bool          // every page is the first
	renumber     bool          // ids begin anew in its middle age
	tells        bool          // its answer about a task shows what was asked for
}

type liarTask struct {
	id      string
	sig     string // all that was asked for
	prompt  string
	model   string
	aspect  string
	seed    *int64
	path    string
	created time.Time
	ready   time.Time
	foreign bool
	polls   int
}

// newLiar draws a server from a seed. It has a past: tasks of others, some of
// which look like what will be asked for.
func newLiar(t *testing.T, seed uint64, past []map[string]any) *liar {
	film, err := os.ReadFile(filepath.Join("..", "apply", "media", "testdata", "film.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	l := &liar{film: film, random: rand.New(rand.NewPCG(seed, 1)), byKey: map[string]*liarTask{}, byID: map[string]*liarTask{}, nextID: 5000}
	pick := func(words ...string) string { return words[l.random.IntN(len(words))] }
	l.came = sync.NewCond(&l.mu)
	l.lies = lies{
		idempotent: l.random.IntN(5) == 0, noList: l.random.IntN(6) == 0, faults: []float64{0.05, 0.2, 0.5}[l.random.IntN(3)],
		prompt: pick("", "", "cut", "hidden"), kind: pick("", "", "renamed", "hidden"), model: pick("", "", "renamed", "hidden"),
		seed: pick("", "", "text", "hidden"), aspect: pick("", "", "renamed", "hidden"), date: pick("", "shifted", "hidden", "random"),
		order: pick("", "", "", "oldest", "shuffled"), finishedOnly: l.random.IntN(5) == 0, lag: time.Duration(l.random.IntN(4)) * time.Second,
		total: pick("", "wrong", "hidden"), samePage: l.random.IntN(8) == 0, renumber: l.random.IntN(8) == 0, tells: l.random.IntN(2) == 0,
	}
	for range l.random.IntN(3) * 60 {
		body := past[l.random.IntN(len(past))]
		l.create("/generate_image", body, "").foreign = true
	}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	l.url = server.URL
	return l
}

func (t *liarTask) kind() string {
	if strings.HasPrefix(t.path, "/generate_video") {
		return "video"
	}
	return "image"
}

func (l *liar) chance(p float64) bool { return l.random.Float64() < p }

// create charges for a task. The lock is held, or nobody else is there.
func (l *liar) create(path string, body map[string]any, key string) *liarTask {
	if t := l.byKey[key]; key != "" && l.idempotent && t != nil {
		return t
	}
	if l.renumber && len(l.tasks) > 5 {
		l.renumber, l.nextID = false, 1
	}
	now := time.Now()
	t := &liarTask{id: strconv.Itoa(l.nextID), path: path, created: now, ready: now.Add(time.Duration(l.random.IntN(80)) * time.Millisecond), sig: signature(path, body)}
	t.prompt, _ = body["prompt"].(string)
	t.model, t.aspect = textOr(body, "model", defaultModel(path)), textOr(body, "aspect_ratio", "landscape")
	if n, ok := body["seed"].(float64); ok {
		seed := int64(n)
		t.seed = &seed
	}
	l.nextID++
	l.tasks, l.byID[t.id] = append(l.tasks, t), t
	if key != "" {
		l.byKey[key] = t
	}
	return t
}

func textOr(body map[string]any, name, def string) string {
	s, _ := body[name].(string)
	return cmp.Or(s, def)
}

func defaultModel(path string) string {
	switch path {
	case "/generate_image":
		return "imagen3.5"
	case "/generate_image_with_references":
		return "nano_banana_pro"
	}
	return ""
}

// signature is all that a request asks for, with the documented defaults.
func signature(path string, body map[string]any) string {
	var images []string
	add := func(v any) {
		if text, ok := v.(string); ok {
			b, _ := base64.StdEncoding.DecodeString(text) // what is no base64 differs from all
			images = append(images, fmt.Sprintf("%x", sha256.Sum256(b)))
		}
	}
	list, _ := body["image_base64_list"].([]any)
	for _, v := range list {
		add(v)
	}
	add(body["image_base64"])
	seed := "none"
	if n, ok := body["seed"].(float64); ok {
		seed = strconv.FormatFloat(n, 'f', -1, 64)
	}
	return strings.Join([]string{path, textOr(body, "prompt", ""), textOr(body, "model", defaultModel(path)), textOr(body, "aspect_ratio", "landscape"), seed, strings.Join(images, ",")}, "|")
}

// result is the file of a task: an image has the colour of its signature and
// the shape of its aspect ratio. Those of others look different.
func (l *liar) result(t *liarTask) []byte {
	sig := t.sig
	if t.foreign {
		sig += "|foreign"
	}
	return resultOf(l.film, sig, t.path, t.aspect)
}

func resultOf(film []byte, sig, path, aspect string) []byte {
	sum := sha256.Sum256([]byte(sig))
	if strings.HasPrefix(path, "/generate_video") {
		return append(slices.Clone(film), 0, 0, 0, 16, 'f', 'r', 'e', 'e', sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6], sum[7])
	}
	size := map[string]image.Point{"landscape": {16, 9}, "portrait": {9, 16}, "square": {8, 8}}[aspect]
	img := image.NewRGBA(image.Rect(0, 0, size.X, size.Y))
	for i := range size.X * size.Y {
		c := color.RGBA{sum[i%8], sum[8+i%8], sum[16+i%8], 255}
		img.SetRGBA(i%size.X, i/size.X, c)
	}
	var b bytes.Buffer
	png.Encode(&b, img) // into memory
	return b.Bytes()
}

// charged counts the tasks of the client by what they asked for.
func (l *liar) charged() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settled()
	n := map[string]int{}
	for _, t := range l.tasks {
		if !t.foreign {
			n[t.sig]++
		}
	}
	return n
}

// settled waits, with the lock held, until all that is late has come. A killed
// client's last request may come while somebody waits: that is no misuse here,
// as it would be of a WaitGroup.
func (l *liar) settled() {
	for l.late > 0 {
		l.came.Wait()
	}
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/api/v1")
	switch {
	case r.Method == http.MethodPost:
		l.post(w, r, path)
	case path == "/health":
		health := map[string]any{"status": "ok"}
		if l.idempotent {
			health["idempotency"] = true
		}
		answer(w, http.StatusOK, health)
	case path == "/quota":
		answer(w, http.StatusOK, map[string]any{"tier": "pro", "images": map[string]any{"hourly_limit": 1000, "remaining": 1000, "concurrent_limit": 4}})
	case path == "/tasks":
		l.list(w, r)
	case strings.HasPrefix(path, "/task/"):
		l.task(w, strings.TrimPrefix(path, "/task/"))
	case strings.HasPrefix(path, "/result/"):
		l.download(w, strings.TrimPrefix(path, "/result/"))
	default:
		http.NotFound(w, r)
	}
}

func answer(w http.ResponseWriter, status int, data any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"success": status < 300, "data": data}) // the client may be gone
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"success": false, "error": map[string]any{"code": code, "message": "it is not to be"}}) // the client may be gone
}

// drop ends the connection without an answer.
func drop(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		conn.Close()
	}
}

func (l *liar) post(w http.ResponseWriter, r *http.Request, path string) {
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		drop(w) // the client was killed while it sent
		return
	}
	key := r.Header.Get("Idempotency-Key")
	l.mu.Lock()
	l.colleague(path, body)
	wait := time.Duration(l.random.IntN(60)) * time.Millisecond
	fate := -1
	if l.chance(l.faults) {
		fate = l.random.IntN(14)
	}
	var t *liarTask
	twice := "" // an id that is another task's: of one that the client has been polling, or that shows whose it is
	for _, known := range l.tasks {
		if known.polls > 0 || l.tells && known.sig != signature(path, body) && l.chance(0.3) {
			twice = known.id
		}
	}
	if fate == 13 && twice == "" {
		fate = -1
	}
	switch fate {
	case 0, 4, 6, 8, 11, 13: // nothing is created
	case 12:
		l.late++
		time.AfterFunc(time.Duration(100+l.random.IntN(900))*time.Millisecond, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.create(path, body, key)
			l.late--
			l.came.Broadcast()
		})
	default:
		t = l.create(path, body, key)
	}
	l.mu.Unlock()
	time.Sleep(wait)
	switch fate {
	case 0, 1, 2, 12:
		drop(w)
	case 3, 4:
		refuse(w, http.StatusInternalServerError, "INTERNAL_ERROR")
	case 5, 6:
		http.Error(w, "<h1>Bad gateway</h1>", http.StatusBadGateway)
	case 7, 8:
		w.WriteHeader([]int{http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests}[len(key)%3])
	case 9:
		answer(w, http.StatusCreated, map[string]any{"status": "pending"})
	case 10:
		w.Header().Set("Location", "/api/v1/health")
		w.WriteHeader(http.StatusSeeOther)
	case 11:
		refuse(w, http.StatusTooManyRequests, "CONCURRENT_LIMIT_EXCEEDED")
	case 13:
		answer(w, http.StatusCreated, map[string]any{"task_id": twice, "status": "pending"})
	default:
		answer(w, http.StatusCreated, map[string]any{"task_id": t.id, "status": "pending", "type": t.kind()})
	}
}

// colleague makes another client of the account ask for nearly the same.
func (l *liar) colleague(path string, body map[string]any) {
	if path != "/generate_image" || !l.chance(0.3) {
		return
	}
	other := map[string]any{}
	for k, v := range body {
		other[k] = v
	}
	switch l.random.IntN(4) {
	case 0:
		if _, seeded := body["seed"]; seeded { // else the server may have chosen one
			other["seed"] = 1 + float64(l.random.IntN(1000))
		}
	case 1:
		other["aspect_ratio"] = map[string]string{"landscape": "portrait", "portrait": "square", "square": "landscape"}[textOr(body, "aspect_ratio", "landscape")]
	case 2:
		other["model"] = map[string]string{"imagen3.5": "nano_banana", "nano_banana": "imagen3.5"}[textOr(body, "model", "imagen3.5")]
	default:
		other["prompt"] = textOr(body, "prompt", "") + ", seen from above by somebody else"
	}
	if signature(path, other) != signature(path, body) {
		l.create(path, other, "").foreign = true
	}
}

func (l *liar) task(w http.ResponseWriter, id string) {
	l.mu.Lock()
	t := l.byID[id]
	fault := l.chance(l.faults / 4)
	kind := l.random.IntN(3)
	if t != nil {
		t.polls++
	}
	l.mu.Unlock()
	switch {
	case fault && kind == 0:
		drop(w)
	case fault && kind == 1:
		refuse(w, http.StatusServiceUnavailable, "UNAVAILABLE")
	case t == nil:
		refuse(w, http.StatusNotFound, "TASK_NOT_FOUND")
	default:
		row := map[string]any{"task_id": t.id, "status": "processing", "type": t.kind()}
		if l.tells {
			row["prompt"], row["model"], row["aspect_ratio"] = t.prompt, t.model, t.aspect
			if t.seed != nil {
				row["seed"] = *t.seed
			}
		}
		if time.Now().After(t.ready) {
			row["status"], row["result_url"] = []string{"completed", "Completed", "COMPLETED"}[len(t.sig)%3], l.url+"/api/v1/result/"+t.id
		}
		answer(w, http.StatusOK, row)
	}
}

func (l *liar) download(w http.ResponseWriter, id string) {
	l.mu.Lock()
	t := l.byID[id]
	fault := l.chance(l.faults / 4)
	l.mu.Unlock()
	b := l.result(t)
	if fault {
		w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		w.Write(b[:len(b)/2])
		drop(w)
		return
	}
	w.Write(b)
}

// list shows the tasks as the lies have them.
func (l *liar) list(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.noList:
		http.NotFound(w, r)
		return
	case l.chance(l.faults / 4):
		refuse(w, http.StatusInternalServerError, "INTERNAL_ERROR")
		return
	}
	var rows []map[string]any
	for _, t := range slices.Backward(l.tasks) {
		if time.Since(t.created) >= l.lag && (!l.finishedOnly || time.Now().After(t.ready)) {
			rows = append(rows, l.row(t))
		}
	}
	switch l.order {
	case "oldest":
		slices.Reverse(rows)
	case "shuffled":
		l.random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	page, _ := strconv.Atoi(r.FormValue("page"))
	per, _ := strconv.Atoi(r.FormValue("per_page"))
	page, per = max(page, 1), cmp.Or(per, 20)
	data := map[string]any{"total": len(rows), "page": page, "per_page": per}
	switch l.total {
	case "wrong":
		data["total"] = 3
	case "hidden":
		delete(data, "total")
	}
	first := min((page-1)*per, len(rows))
	if l.samePage {
		first = 0
	}
	data["tasks"] = rows[first:min(first+per, len(rows))]
	answer(w, http.StatusOK, data)
}

func (l *liar) row(t *liarTask) map[string]any {
	row := map[string]any{"task_id": t.id, "status": "processing", "type": t.kind(), "model": t.model, "prompt": t.prompt, "aspect_ratio": t.aspect, "created_at": t.created.UTC().Format(time.RFC3339)}
	if time.Now().After(t.ready) {
		row["status"] = "completed"
	}
	if t.seed != nil {
		row["seed"] = *t.seed
	}
	for _, lie := range []struct{ name, how string }{{"prompt", l.prompt}, {"type", l.kind}, {"model", l.model}, {"seed", l.seed}, {"aspect_ratio", l.aspect}, {"created_at", l.date}} {
		switch lie.how {
		case "hidden":
			delete(row, lie.name)
		case "renamed":
			row[lie.name] = fmt.Sprintf("google/%v@2", row[lie.name])
		case "cut":
			text := []rune(t.prompt)
			row["prompt"] = string(text[:min(len(text), 12)])
		case "text":
			if t.seed != nil {
				row["seed"] = strconv.FormatInt(*t.seed, 10)
			}
		case "shifted":
			row["created_at"] = t.created.Add(-time.Hour).UTC().Format(time.RFC3339)
		case "random":
			row["created_at"] = time.Unix(l.random.Int64N(1<<31), 0).UTC().Format("2006-01-02 15:04:05")
		}
	}
	return row
}
