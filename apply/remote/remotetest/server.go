package remotetest

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is a small web server that keeps files in memory and honours
// If-None-Match. It is WebDAV's PROPFIND and MKCOL where the fields say so.
type Server struct {
	Authorization string // the header that lets in; "" lets everybody in
	WebDAV        bool   // directories must be made, and can be listed
	Ignorant      bool   // conditions are ignored, as by nginx

	mu    sync.Mutex
	files map[string][]byte
	dirs  map[string]bool
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Authorization != "" && r.Header.Get("Authorization") != s.Authorization {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		s.get(w, r)
	case http.MethodPut:
		s.put(w, r)
	case http.MethodDelete:
		s.mu.Lock()
		defer s.mu.Unlock()
		if _, ok := s.files[r.URL.Path]; !ok {
			http.NotFound(w, r)
			return
		}
		delete(s.files, r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
	case "MKCOL":
		s.makeDir(w, r)
	case "PROPFIND":
		s.list(w, r)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	b, ok := s.files[r.URL.Path]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	if r.Method == http.MethodGet {
		w.Write(b)
	}
}

func (s *Server) put(w http.ResponseWriter, r *http.Request) {
	refuse := func() bool {
		_, there := s.files[r.URL.Path]
		if there && !s.Ignorant && r.Header.Get("If-None-Match") == "*" {
			w.WriteHeader(http.StatusPreconditionFailed)
			return true
		}
		if s.WebDAV && !s.dirs[path.Dir(r.URL.Path)] {
			w.WriteHeader(http.StatusConflict)
			return true
		}
		return false
	}
	s.mu.Lock()
	refused := refuse()
	s.mu.Unlock()
	if refused {
		return
	}
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if refuse() {
		return
	}
	if s.files == nil {
		s.files = map[string][]byte{}
	}
	s.files[r.URL.Path] = b
	w.WriteHeader(http.StatusCreated)
}

func (s *Server) makeDir(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := strings.TrimSuffix(r.URL.Path, "/")
	switch parent := path.Dir(dir); {
	case !s.WebDAV || s.dirs[dir]:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case parent != "/" && !s.dirs[parent]:
		w.WriteHeader(http.StatusConflict)
	default:
		if s.dirs == nil {
			s.dirs = map[string]bool{}
		}
		s.dirs[dir] = true
		w.WriteHeader(http.StatusCreated)
	}
}

// list answers with the directory itself and what is right in it.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := strings.TrimSuffix(r.URL.Path, "/")
	switch {
	case !s.WebDAV:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	case !s.dirs[dir]:
		http.NotFound(w, r)
		return
	case r.Header.Get("Depth") != "1":
		w.WriteHeader(http.StatusForbidden)
		return
	}
	var rows []string
	row := func(name, props string) {
		rows = append(rows, fmt.Sprintf(`<D:response><D:href>%s</D:href><D:propstat><D:prop>%s</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`,
			html.EscapeString(name), props))
	}
	for name := range s.dirs {
		if name == dir || path.Dir(name) == dir {
			row(name+"/", "<D:resourcetype><D:collection/></D:resourcetype>")
		}
	}
	for name, b := range s.files {
		if path.Dir(name) == dir {
			row("http://"+r.Host+name, fmt.Sprintf("<D:resourcetype/><D:getcontentlength>%d</D:getcontentlength><D:getlastmodified>%s</D:getlastmodified>", len(b), time.Now().UTC().Format(http.TimeFormat)))
		}
	}
	slices.Sort(rows)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusMultiStatus)
	fmt.Fprintf(w, `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">%s</D:multistatus>`, strings.Join(rows, "\n"))
}
