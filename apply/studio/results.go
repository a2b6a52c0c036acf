package studio

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"strings"

	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
)

// serveResult answers GET /results/{id}. The id is the right to fetch: no key
// is asked for, as a browser or a download tool has none. A result that
// existed and is gone is 410, what never existed 404.
func (s *Server) serveResult(w http.ResponseWriter, r *http.Request, id string) {
	rec, found := s.register.result(id)
	if !found || rec.Status != imaginator.StatusCompleted {
		refuseAs(http.StatusNotFound, imaginator.CodeTaskNotFound, "Result not found").write(w)
		return
	}
	gone := refuseAs(http.StatusGone, imaginator.CodeTaskNotFound, "The result has expired")
	if s.expired(rec) || s.faults.hit(faultExpireResults, OnResult) {
		gone.write(w)
		return
	}
	if s.faults.hit(faultWrongType, OnResult) {
		writeHTML(w, http.StatusOK)
		return
	}
	f := sketch.FormatOf(rec.kind())
	if f == sketch.MP4 && wantsWebM(r.Header.Values("Accept")) {
		f = sketch.WebM
	}
	content, err := s.openResult(rec, f)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		gone.write(w)
		return
	case err != nil:
		s.serverError("the result could not be read", err).write(w)
		return
	}
	defer content.Close()
	h := w.Header()
	h.Set("Content-Type", string(f))
	h.Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", rec.taskID()+extension(f)))
	h.Set("ETag", etag(rec, f))
	h.Add("Vary", "Accept")
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(s.faults.download(r.Context(), w), r, "", rec.Completed, content)
}

// expired reports whether the result's time is over.
func (s *Server) expired(rec record) bool {
	return !s.now().Before(rec.Completed.Add(s.opts.ResultTTL))
}

// etag is strong: a result never changes, and the WebM of a video follows from
// the same record as its MP4.
func etag(rec record, f sketch.Format) string {
	if f == sketch.WebM {
		return `"` + rec.SHA256 + `-webm"`
	}
	return `"` + rec.SHA256 + `"`
}

// openResult opens the stored result. The WebM of a video is drawn when it is
// first asked for, once however many ask.
func (s *Server) openResult(rec record, f sketch.Format) (io.ReadSeekCloser, error) {
	name := resultName(rec.Result, f)
	content, err := s.blobs.open(name)
	if f != sketch.WebM || !errors.Is(err, fs.ErrNotExist) {
		return content, err
	}
	_, err, _ = s.webm.Do(name, func() (any, error) {
		select {
		case s.drawing <- struct{}{}:
			defer func() { <-s.drawing }()
		case <-s.ctx.Done():
			return nil, s.ctx.Err()
		}
		return s.render(s.ctx, rec, sketch.WebM)
	})
	if err != nil {
		return nil, err
	}
	return s.blobs.open(name)
}

// wantsWebM reports whether a client takes WebM and not MP4. One that takes
// both, as browsers do with their wildcards, gets the MP4 that is there.
func wantsWebM(accept []string) bool {
	webm := false
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		t, params, err := mime.ParseMediaType(part)
		if err != nil || strings.TrimRight(params["q"], "0.") == "" && params["q"] != "" {
			continue
		}
		switch t {
		case string(sketch.WebM):
			webm = true
		case string(sketch.MP4), "video/*", "*/*":
			return false
		}
	}
	return webm
}
