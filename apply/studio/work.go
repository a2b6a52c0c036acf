package studio

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
	"assetform/config/address"
)

// work draws tasks until the queue is closed.
func (s *Server) work() {
	for {
		t := s.queue.next()
		if t == nil {
			return
		}
		s.process(t)
	}
}

// process brings one task to its end. A task that is interrupted by Close
// stays as it is, pending in the archive, and runs again at the next start;
// the recorded seed makes it the same picture.
func (s *Server) process(t *task) {
	rec := s.register.begin(t)
	end := rec
	if rec.Doomed != "" {
		end.Status, end.Failure = imaginator.StatusFailed, rec.Doomed
		s.finish(t, end)
		return
	}
	info, err := s.render(s.ctx, rec, sketch.FormatOf(rec.kind()))
	switch {
	case s.ctx.Err() != nil:
		return
	case err != nil:
		s.opts.Logger.Error("task failed", "task", rec.taskID(), "error", err)
		end.Status, end.Failure = imaginator.StatusFailed, "The task failed: "+err.Error()
	default:
		end.Status, end.Size, end.SHA256 = imaginator.StatusCompleted, info.size, info.sha256
	}
	s.finish(t, end)
}

// finish publishes the end of a task, not before its latency is over. A worker
// does not wait for that: latency stands for a service with many machines.
func (s *Server) finish(t *task, end record) {
	wait := end.Created.Add(s.opts.Latency).Sub(s.now())
	if wait <= 0 {
		s.publish(t, end)
		return
	}
	s.working.Go(func() { // as many as the queue limit at most
		select {
		case <-time.After(wait):
			s.publish(t, end)
		case <-s.stopping:
		}
	})
}

// publish writes the end of a task and then lets clients see it: what a client
// was told is not taken back by a crash.
func (s *Server) publish(t *task, end record) {
	end.Completed = s.now()
	show := func(err error) {
		if err != nil {
			// Drawn again after a restart, to the same result.
			s.opts.Logger.Error("store finished task", "task", end.taskID(), "error", err)
		}
		s.register.advance(t, end)
		// The inputs of a video are kept for as long as its result: they are
		// needed again if someone asks for WebM.
		if err == nil && end.HasInputs && (end.kind() == address.Image || end.Status == imaginator.StatusFailed) {
			s.removeBlob(inputsName(end.Result))
		}
	}
	if s.archive == nil {
		show(nil)
		return
	}
	s.archive.put(end, show)
}

// render draws a task and stores the result.
func (s *Server) render(ctx context.Context, rec record, f sketch.Format) (info blobInfo, err error) {
	ctx, cancel := context.WithTimeout(ctx, renderTimeout)
	defer cancel()
	job := rec.job(!s.opts.NoCaption)
	if rec.HasInputs {
		if job.Images, err = s.loadInputs(rec); err != nil {
			return info, fmt.Errorf("read input images: %w", err)
		}
	}
	return s.blobs.put(resultName(rec.Result, f), func(w io.Writer) error {
		return s.safely(func() error { return s.opts.Renderer.Render(ctx, w, job, f) })
	})
}

// safely turns a panic into an error, so that one picture that cannot be drawn
// does not end the server.
func (s *Server) safely(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.opts.Logger.Error("panic while drawing", "panic", p, "stack", string(debug.Stack()))
			err = errors.New("the picture cannot be drawn")
		}
	}()
	return do()
}

// saveInputs keeps the images of an order until the task is drawn.
func (s *Server) saveInputs(rec record, in map[string][][]byte) error {
	_, err := s.blobs.put(inputsName(rec.Result), func(w io.Writer) error {
		return gob.NewEncoder(w).Encode(in)
	})
	return err
}

func (s *Server) loadInputs(rec record) (in map[string][][]byte, err error) {
	r, err := s.blobs.open(inputsName(rec.Result))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	err = gob.NewDecoder(r).Decode(&in)
	return in, err
}

// removeBlob deletes what is no longer needed. A failure costs disk space
// until the next sweep of leftovers, so it is only logged.
func (s *Server) removeBlob(name string) {
	if err := s.blobs.remove(name); err != nil {
		s.opts.Logger.Error("remove file", "name", name, "error", err)
	}
}
