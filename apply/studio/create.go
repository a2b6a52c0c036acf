package studio

import (
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
	"assetform/config/engine"
)

// create accepts a create request: the record is durable before the answer is
// sent.
func (s *Server) create(w http.ResponseWriter, r *http.Request, key Key, m *engine.Method) {
	rec, no := s.accept(w, r, key, m)
	if no != nil {
		no.write(w)
		return
	}
	if s.faults.afterCreate(w) {
		return
	}
	answer(s.faults.cutting(w, faultTruncateJSON, OnCreate), http.StatusCreated, rec.created())
}

// accept checks a create request and takes it into the register, the archive
// and the queue.
func (s *Server) accept(w http.ResponseWriter, r *http.Request, key Key, m *engine.Method) (rec record, no *refusal) {
	if no := mayGenerate(key); no != nil {
		return rec, no
	}
	repeat, no := idempotencyKey(r.Header)
	if no != nil {
		return rec, no
	}
	o, no := s.readOrder(w, r, m)
	if no != nil {
		return rec, no
	}
	o.unwritten = r.Header.Get(imaginator.HeaderCaption) == imaginator.CaptionNone
	return s.enter(key, o, repeat)
}

// enter takes a valid order into the register, makes it durable and queues it.
func (s *Server) enter(key Key, o *order, repeat string) (rec record, no *refusal) {
	select {
	case <-s.stopping:
		return rec, refuse(imaginator.CodeServerError, "The server is shutting down").after(time.Second)
	default:
	}
	if no := s.faults.refusal(); no != nil {
		return rec, no
	}
	t, repeated, no := s.register.admit(s.draft(key, o, repeat), key, s.opts.QueueLimit, s.now())
	if no != nil {
		return rec, no
	}
	if repeated {
		<-t.stored
		if t.rejected {
			return rec, s.serverError("the first request with this key could not be stored", nil)
		}
		return s.register.snapshot(t), nil
	}
	rec = s.register.snapshot(t)
	rec.Doomed = s.faults.doom(s.opts.FailRate)
	s.register.advance(t, rec)
	if err := s.keep(rec, o.inputs); err != nil {
		s.register.reject(t)
		if errors.Is(err, errFull) {
			return rec, refuse(imaginator.CodeConcurrentLimitExceeded,
				"The server holds as many input images as it can").after(time.Second)
		}
		return rec, s.serverError("the task could not be stored", err)
	}
	close(t.stored)
	s.queue.push(key.Name, t)
	return rec, nil
}

// keep makes a new task durable: its inputs first, then the record that needs
// them.
func (s *Server) keep(rec record, in map[string][][]byte) error {
	if rec.HasInputs {
		if err := s.saveInputs(rec, in); err != nil {
			return err
		}
	}
	if s.archive == nil {
		return nil
	}
	err := s.archive.putNow(rec)
	if err != nil && rec.HasInputs {
		s.removeBlob(inputsName(rec.Result))
	}
	return err
}

// draft is the record of an order, without what the register decides.
func (s *Server) draft(key Key, o *order, repeat string) record {
	rec := record{
		Account: key.Name,
		Method:  o.method.Name,
		Seed:    sketch.Seed(o.seed, repeat), References: o.references(), HasInputs: len(o.inputs) > 0, Unwritten: o.unwritten,
	}
	rec.setParams(o.params)
	if repeat != "" {
		digest := o.digest()
		rec.Idempotency, rec.Digest = hashText(repeat), hex.EncodeToString(digest[:])
	}
	return rec
}

// idempotencyKey returns the Idempotency-Key, "" if there is none.
func idempotencyKey(h http.Header) (string, *refusal) {
	values := h.Values(imaginator.HeaderIdempotencyKey)
	if len(values) == 0 {
		return "", nil
	}
	const most = 255
	if len(values) > 1 || values[0] == "" || len(values[0]) > most {
		return "", refuse(imaginator.CodeInvalidRequest,
			"%s must be one value of 1 to %d characters", imaginator.HeaderIdempotencyKey, most)
	}
	return values[0], nil
}

// smallBody is the size in bytes up to which a body is read without asking for
// room: text alone is never larger.
const smallBody = 64 << 10

// readOrder reads and validates a body. Large bodies wait until there is room
// in memory for them, see Server.uploads.
func (s *Server) readOrder(w http.ResponseWriter, r *http.Request, m *engine.Method) (*order, *refusal) {
	if no := checkHeaders(r.Header); no != nil {
		return nil, no
	}
	tooLarge := refuseAs(http.StatusRequestEntityTooLarge, imaginator.CodeInvalidRequest,
		"The body is larger than %d bytes", s.opts.BodyLimit)
	if r.ContentLength > s.opts.BodyLimit {
		return nil, tooLarge
	}
	weight := r.ContentLength
	if weight < 0 { // not announced
		weight = s.opts.BodyLimit
	}
	unread := refuse(imaginator.CodeInvalidRequest, "The body could not be read to its end")
	if weight > smallBody {
		if err := s.uploads.Acquire(r.Context(), weight); err != nil {
			return nil, unread
		}
		defer s.uploads.Release(weight)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.opts.BodyLimit))
	if tooMany := (*http.MaxBytesError)(nil); errors.As(err, &tooMany) {
		return nil, tooLarge
	}
	if err != nil {
		return nil, unread
	}
	o, err := decodeOrder(m, body)
	if err != nil {
		return nil, invalid(err)
	}
	if err := sketch.CheckImages(r.Context(), m, o.inputs, func(in engine.Input) string { return in.Field() }, s.opts.MaxPixels, s.decoding); err != nil {
		return nil, invalid(err)
	}
	return o, nil
}

// checkHeaders refuses bodies that do not say that they are JSON, or are
// compressed: a bound on compressed bytes bounds nothing.
func checkHeaders(h http.Header) *refusal {
	if t, _, err := mime.ParseMediaType(h.Get("Content-Type")); err != nil || t != "application/json" {
		return refuseAs(http.StatusUnsupportedMediaType, imaginator.CodeInvalidRequest,
			"Content-Type must be application/json, not %q", clip(h.Get("Content-Type")))
	}
	if e := h.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return refuseAs(http.StatusUnsupportedMediaType, imaginator.CodeInvalidRequest,
			"Content-Encoding %q is not accepted", clip(e))
	}
	return nil
}
