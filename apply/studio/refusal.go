package studio

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"assetform/apply/engine/imaginator"
)

// A refusal is an answer that is an error, in the document's form.
type refusal struct {
	status     int
	code       string
	message    string
	retryAfter time.Duration // 0: not said
	allow      string        // the Allow header of a 405
}

// refuse makes a refusal with the status that the document gives the code.
func refuse(code, format string, args ...any) *refusal {
	return &refusal{
		status:  imaginator.CodeStatus[code],
		code:    code,
		message: fmt.Sprintf(format, args...),
	}
}

// refuseAs makes a refusal with another status than the code's own, for the
// answers of HTTP that the document has no code for (404, 405, 410, 413, 415).
func refuseAs(status int, code, format string, args ...any) *refusal {
	r := refuse(code, format, args...)
	r.status = status
	return r
}

// after adds the time to wait before another try.
func (r *refusal) after(d time.Duration) *refusal {
	r.retryAfter = d
	return r
}

func (r *refusal) write(w http.ResponseWriter) {
	if r.retryAfter > 0 {
		seconds := int(math.Ceil(r.retryAfter.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(max(seconds, 1)))
	}
	if r.allow != "" {
		w.Header().Set("Allow", r.allow)
	}
	writeJSON(w, r.status, imaginator.ErrorBody{
		Error: imaginator.ErrorDetail{Code: r.code, Message: r.message},
	})
}

// answer writes a success in the document's envelope.
func answer[T any](w http.ResponseWriter, status int, data T) {
	writeJSON(w, status, imaginator.Envelope[T]{Success: true, Data: data})
}

// writeJSON sends the body with its length, so that a cut answer is seen to be
// one.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // the wire types hold nothing that cannot be encoded
		panic(fmt.Sprintf("studio: encode answer: %v", err))
	}
	body = append(body, '\n')
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body) // an error means that the client is gone
}
