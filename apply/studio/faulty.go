package studio

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"assetform/apply/engine/imaginator"
)

// slowRate is the speed of a slow download in bytes a second.
const slowRate = 64 << 10

const htmlPage = "<!DOCTYPE html>\n<title>Internal Server Error</title>\n<h1>Internal Server Error</h1>\n"

// intercept plays the faults that happen before a request is looked at, and
// reports whether one did. Faults stand where a broken network or proxy would:
// before authentication, and whatever the request says.
func (f *faults) intercept(w http.ResponseWriter, r *http.Request, scope FaultScope) bool {
	switch {
	case f.hit(faultReset, scope):
		reset(w)
	case f.hit(faultHang, scope):
		hang(r)
	case f.hit(faultHTTP500, scope):
		refuse(imaginator.CodeServerError, "Internal server error").write(w)
	case f.hit(faultHTTP500HTML, scope):
		writeHTML(w, http.StatusInternalServerError)
	default:
		return false
	}
	return true
}

// reset ends the connection with a TCP reset where there is one to reset.
func reset(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
			tcp.SetLinger(0) // close sends RST; if not, the client sees an end instead
		}
		conn.Close()
		return
	}
	panic(http.ErrAbortHandler)
}

// hang waits for the client to go away. The body is read first, or the server
// would not notice that.
func hang(r *http.Request) {
	io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

func writeHTML(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(htmlPage)))
	w.WriteHeader(status)
	io.WriteString(w, htmlPage)
}

// refusal is the refusal that a fault makes of a valid create request, or nil.
func (f *faults) refusal() *refusal {
	switch {
	case f.hit(faultHourly429, OnCreate):
		return refuse(imaginator.CodeHourlyLimitExceeded, "Hourly limit exceeded (fault)").after(time.Second)
	case f.hit(faultConcurrent429, OnCreate):
		return refuse(imaginator.CodeConcurrentLimitExceeded, "Concurrent tasks limit exceeded (fault)").after(time.Second)
	default:
		return nil
	}
}

// doom is why an accepted task is going to fail, "" if it is not. It is
// decided once and recorded, so that a restart changes nothing.
func (f *faults) doom(rate float64) string {
	if f.hit(faultTaskFailed, OnCreate) || rand.Float64() < rate {
		return "The generation failed (simulated by the studio)"
	}
	return ""
}

// afterCreate plays the faults that happen to a task's confirmation.
func (f *faults) afterCreate(w http.ResponseWriter) (done bool) {
	switch {
	case f.hit(faultLoseReply, OnCreate):
		panic(http.ErrAbortHandler)
	case f.hit(faultLate500, OnCreate):
		refuse(imaginator.CodeServerError, "Internal server error").write(w)
		return true
	default:
		return false
	}
}

// cutting returns a writer that ends the connection halfway if a fault is to
// cut this answer, else w.
func (f *faults) cutting(w http.ResponseWriter, name string, scope FaultScope) http.ResponseWriter {
	if f.hit(name, scope) {
		return &cutWriter{ResponseWriter: w}
	}
	return w
}

// download returns the writer for a result, with what faults do to it.
func (f *faults) download(ctx context.Context, w http.ResponseWriter) http.ResponseWriter {
	if f.hit(faultSlowDownload, OnResult) {
		return &slowWriter{w, ctx}
	}
	return f.cutting(w, faultCutDownload, OnResult)
}

// A cutWriter sends half of what Content-Length announces.
type cutWriter struct {
	http.ResponseWriter
	left int64
}

func (c *cutWriter) WriteHeader(status int) {
	length, err := strconv.ParseInt(c.Header().Get("Content-Length"), 10, 64)
	if err != nil {
		length = 0
	}
	c.left = length / 2
	c.ResponseWriter.WriteHeader(status)
}

func (c *cutWriter) Write(p []byte) (int, error) {
	if int64(len(p)) <= c.left {
		c.left -= int64(len(p))
		return c.ResponseWriter.Write(p)
	}
	c.ResponseWriter.Write(p[:c.left])
	http.NewResponseController(c.ResponseWriter).Flush() // what it was sent is to arrive
	panic(http.ErrAbortHandler)
}

// A slowWriter sends at slowRate, in eight pieces a second.
type slowWriter struct {
	http.ResponseWriter
	ctx context.Context
}

func (s *slowWriter) Write(p []byte) (n int, err error) {
	const piece = slowRate / 8
	for len(p) > 0 && err == nil {
		select {
		case <-time.After(time.Second / 8):
		case <-s.ctx.Done():
			return n, s.ctx.Err()
		}
		var m int
		m, err = s.ResponseWriter.Write(p[:min(piece, len(p))])
		n, p = n+m, p[m:]
		if err == nil {
			err = http.NewResponseController(s.ResponseWriter).Flush()
		}
	}
	return n, err
}
