package studio

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"assetform/apply/engine/imaginator"
)

// The two trees of paths that the server knows.
const (
	apiPath     = "/api/v1/"
	resultsPath = "/results/"
)

// ServeHTTP answers one request and logs it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := s.beginEntry(w, r)
	defer e.end()
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler || e.status != 0 {
			panic(p) // the answer is broken off
		}
		s.serverError("panic in a request", fmt.Errorf("%v\n%s", p, debug.Stack())).write(e)
	}()
	if !s.cors(e, r) {
		s.route(e, r, e)
	}
}

// route finds what a path is for. Paths are compared as they came: nothing is
// cleaned or redirected, so nothing that is no path of the API becomes one.
func (s *Server) route(w http.ResponseWriter, r *http.Request, e *entry) {
	if id, ok := strings.CutPrefix(r.URL.Path, resultsPath); ok {
		if allowed(w, r, http.MethodGet, http.MethodHead) && !s.faults.intercept(w, r, OnResult) {
			s.serveResult(w, r, id)
		}
		return
	}
	name, ok := strings.CutPrefix(r.URL.Path, apiPath)
	creates, read := imaginator.Engine.Method(name), s.reader(name)
	methods, scope := []string{http.MethodGet, http.MethodHead}, OnRead
	switch {
	case !ok || (creates == nil && read == nil):
		refuseAs(http.StatusNotFound, imaginator.CodeInvalidRequest, "There is no %s", clip(r.URL.Path)).write(w)
		return
	case creates != nil:
		methods, scope = []string{http.MethodPost}, OnCreate
	}
	if !allowed(w, r, methods...) || s.faults.intercept(w, r, scope) {
		return
	}
	key, no := s.authenticate(r)
	if no != nil {
		no.write(w)
		return
	}
	e.key = key.Name
	if creates != nil {
		s.create(w, r, key, creates)
		return
	}
	read(s.faults.cutting(w, faultTruncateJSON, OnRead), r, key)
}

// reader returns the handler of a path that reads, or nil.
func (s *Server) reader(name string) func(http.ResponseWriter, *http.Request, Key) {
	if id, ok := strings.CutPrefix(name, imaginator.PathTask+"/"); ok {
		return func(w http.ResponseWriter, r *http.Request, key Key) { s.task(w, r, key, id) }
	}
	switch name {
	case imaginator.PathTasks:
		return s.tasks
	case imaginator.PathQuota:
		return s.quota
	case imaginator.PathHealth:
		return s.health
	case imaginator.PathModels:
		return s.models
	default:
		return nil
	}
}

// allowed answers 405 to other methods than these.
func allowed(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	if slices.Contains(methods, r.Method) {
		return true
	}
	no := refuseAs(http.StatusMethodNotAllowed, imaginator.CodeInvalidRequest,
		"%s is not allowed here, use %s", clip(r.Method), methods[0])
	no.allow = strings.Join(methods, ", ")
	no.write(w)
	return false
}

// origin is what result URLs begin with.
func (s *Server) origin(r *http.Request) string {
	switch {
	case s.opts.PublicURL != "":
		return strings.TrimSuffix(s.opts.PublicURL, "/")
	case r.TLS != nil:
		return "https://" + r.Host
	default:
		return "http://" + r.Host
	}
}
