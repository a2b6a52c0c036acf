package studio

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"assetform/apply/engine/imaginator"
)

// ParseCORS reads an origin whose pages may use the server, as browsers write
// it: "http://localhost:5173"; "*" for all, "null" for pages from files.
func ParseCORS(text string) (string, error) {
	if text == "*" || text == "null" {
		return text, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.User != nil || strings.Contains(u.Host, "*") || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q is no origin such as http://localhost:5173 (scheme, host and port, without a path)", text)
	}
	host := strings.ToLower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
	return u.Scheme + "://" + host, nil
}

// cors tells a browser that a page of an allowed origin may use the server. It
// reports whether the request was a browser's question before the page's own,
// which is answered then: it carries no key. No cookies are asked for, so the
// key is all that lets a page in.
func (s *Server) cors(w http.ResponseWriter, r *http.Request) (answered bool) {
	if len(s.opts.CORS) == 0 {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" || !slices.Contains(s.opts.CORS, origin) && !slices.Contains(s.opts.CORS, "*") {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Accept-Ranges, Content-Length, Content-Range, ETag, Retry-After")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST")
	h.Set("Access-Control-Allow-Headers", strings.Join([]string{
		"Authorization", "Content-Type", imaginator.HeaderIdempotencyKey, "If-Range", "Range", imaginator.HeaderAPIKey,
	}, ", "))
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}
