package studio

import (
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// An entry is the line of the access log that a request will get. It stands
// between handlers and connection to see status and length.
//
// Nothing secret is in it: no header, no query, and no id of a result, which
// is the right to fetch it.
type entry struct {
	http.ResponseWriter
	log    *slog.Logger
	clock  func() time.Time
	start  time.Time
	method string
	path   string
	remote string
	key    string // the key's name, once known
	status int
	bytes  int64
}

func (s *Server) beginEntry(w http.ResponseWriter, r *http.Request) *entry {
	path := r.URL.Path
	if strings.HasPrefix(path, resultsPath) {
		path = resultsPath + "..."
	}
	return &entry{
		ResponseWriter: w, log: s.opts.Logger, clock: s.opts.Clock, start: s.opts.Clock(),
		method: clip(r.Method), path: clip(path), remote: r.RemoteAddr,
	}
}

func (e *entry) WriteHeader(status int) {
	if e.status == 0 {
		e.status = status
	}
	e.ResponseWriter.WriteHeader(status)
}

func (e *entry) Write(p []byte) (int, error) {
	if e.status == 0 {
		e.status = http.StatusOK
	}
	n, err := e.ResponseWriter.Write(p)
	e.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (e *entry) Unwrap() http.ResponseWriter { return e.ResponseWriter }

// end writes the line. Status 0 is a connection that was cut without an answer.
func (e *entry) end() {
	e.log.Info("request", "method", e.method, "path", e.path, "key", e.key, "status", e.status,
		"bytes", e.bytes, "duration", e.clock().Sub(e.start), "remote", e.remote)
}
