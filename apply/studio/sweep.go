package studio

import (
	"fmt"
	"time"

	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
	"assetform/config/address"
)

// sweepEvery is the time between two sweeps.
const sweepEvery = time.Minute

func (s *Server) sweepRegularly() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		s.sweep()
		select {
		case <-tick.C:
		case <-s.stopping:
			return
		}
	}
}

// sweep removes results whose time is over, and forgets tasks that are old or
// too many. What a forgotten task was charged still counts while the server
// runs.
func (s *Server) sweep() {
	now := s.now()
	for _, rec := range s.register.expire(now.Add(-s.opts.ResultTTL)) {
		s.removeFiles(rec)
	}
	for _, rec := range s.register.oldest(now.Add(-taskTTL), registerLimit) {
		s.register.forget(rec.ID)
		if s.archive != nil {
			s.archive.delete(rec.ID)
		}
		s.removeFiles(rec)
	}
}

// removeLeftovers deletes files that no task needs.
func (s *Server) removeLeftovers(recs []record) error {
	dir, ok := s.blobs.(dirBlobs)
	if !ok {
		return nil
	}
	needed := map[string]bool{}
	for _, rec := range recs {
		needed[inputsName(rec.Result)] = rec.HasInputs
		needed[resultName(rec.Result, sketch.FormatOf(rec.kind()))] = true
		needed[resultName(rec.Result, sketch.WebM)] = true
	}
	names, err := dir.leftovers(needed)
	if err != nil {
		return fmt.Errorf("read data directory: %w", err)
	}
	for _, name := range names {
		s.removeBlob(name)
	}
	return nil
}

// removeFiles deletes what is stored of a finished task.
func (s *Server) removeFiles(rec record) {
	if rec.HasInputs {
		s.removeBlob(inputsName(rec.Result))
	}
	if rec.Status != imaginator.StatusCompleted {
		return
	}
	s.removeBlob(resultName(rec.Result, sketch.FormatOf(rec.kind())))
	if rec.kind() == address.Video {
		s.removeBlob(resultName(rec.Result, sketch.WebM))
	}
}
