package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A server speaks the service's API and takes no time of its own: a task is
// finished once its latency is over, and with none at once.
type server struct {
	url string

	mu       sync.Mutex
	latency  time.Duration
	size     image.Point       // of results; the zero value: as small as can be
	last     int               // the id of the newest task
	finished map[int]time.Time // by task
	posted   int               // requests since begin
	peak     int               // the most tasks that ran at once since begin
}

// concurrent is how many tasks the server says it runs at once.
const concurrent = 5

func listen() (*server, func(), error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	s := &server{url: "http://" + l.Addr().String()}
	h := &http.Server{Handler: s}
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Serve(l) // until it is closed
	}()
	return s, func() { h.Close(); <-done }, nil
}

// api is where the API is.
func (s *server) api() string { return s.url + "/api/v1" }

// begin is before each apply.
func (s *server) begin(latency time.Duration, size image.Point) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency, s.size, s.posted, s.peak, s.finished = latency, size, 0, 0, map[int]time.Time{}
}

// check tells whether exactly so many requests came, and never too many at once.
func (s *server) check(requests int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.posted != requests {
		return fmt.Errorf("the server got %d requests for %d assets", s.posted, requests)
	}
	if s.peak > concurrent {
		return fmt.Errorf("%d tasks ran at once, the server allows %d", s.peak, concurrent)
	}
	return nil
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body) // what is asked for makes no difference
	at := strings.TrimPrefix(r.URL.Path, "/api/v1/")
	switch {
	case r.Method == http.MethodPost && at == "generate_image":
		answer(w, http.StatusCreated, map[string]any{"task_id": strconv.Itoa(s.create()), "status": "pending", "type": "image"})
	case r.Method != http.MethodGet:
		http.NotFound(w, r)
	case at == "health":
		answer(w, http.StatusOK, map[string]any{"status": "ok"})
	case at == "quota":
		hour := map[string]any{"hourly_limit": 1 << 30, "used_this_hour": 0, "remaining": 1 << 30, "concurrent_limit": concurrent, "active_tasks": 0}
		answer(w, http.StatusOK, map[string]any{"tier": "bench", "images": hour, "videos": hour})
	case at == "tasks": // of other runs, none of which is this one's business
		answer(w, http.StatusOK, map[string]any{"tasks": []any{}, "total": 0, "page": 1, "per_page": 20})
	case strings.HasPrefix(at, "task/"):
		s.task(w, r, path.Base(at))
	case strings.HasPrefix(at, "results/"):
		s.result(w, r, strings.TrimSuffix(path.Base(at), ".png"))
	default:
		http.NotFound(w, r)
	}
}

func (s *server) create() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.posted++
	s.last++
	s.finished[s.last] = now.Add(s.latency)
	if s.latency > 0 {
		running := 0
		for _, at := range s.finished {
			if at.After(now) {
				running++
			}
		}
		s.peak = max(s.peak, running)
	}
	return s.last
}

func (s *server) task(w http.ResponseWriter, r *http.Request, id string) {
	n, err := strconv.Atoi(id)
	s.mu.Lock()
	at, ok := s.finished[n]
	s.mu.Unlock()
	switch {
	case err != nil || !ok:
		http.NotFound(w, r)
	case at.After(time.Now()):
		answer(w, http.StatusOK, map[string]any{"task_id": id, "status": "processing", "type": "image"})
	default:
		answer(w, http.StatusOK, map[string]any{"task_id": id, "status": "completed", "type": "image", "result_url": s.api() + "/results/" + id + ".png"})
	}
}

func (s *server) result(w http.ResponseWriter, r *http.Request, id string) {
	n, err := strconv.Atoi(id)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	size := s.size
	s.mu.Unlock()
	b, err := picture(n)
	if size != (image.Point{}) {
		b, err = large(n, size)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.Write(b)
}

func answer(w http.ResponseWriter, status int, data any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"success": true, "data": data})
}

// large is a PNG that is about as hard to read as a service's: slopes of
// colour with a little noise, no two numbers alike.
func large(n int, size image.Point) ([]byte, error) {
	im := image.NewNRGBA(image.Rectangle{Max: size})
	noise := uint32(n)*2654435761 | 1
	for i := 0; i < len(im.Pix); i += 4 {
		noise ^= noise << 13
		noise ^= noise >> 17
		noise ^= noise << 5
		x, y := i/4%size.X, i/4/size.X
		im.Pix[i] = uint8(x*200/size.X) + uint8(noise&3)
		im.Pix[i+1] = uint8(y*200/size.Y) + uint8(noise>>2&3)
		im.Pix[i+2] = uint8((x+y+n*13)*120/(size.X+size.Y)) + uint8(noise>>4&3)
		im.Pix[i+3] = 255
	}
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, im)
	return b.Bytes(), err
}
