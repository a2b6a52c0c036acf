package cli

import (
	"assetform/config"
	"assetform/config/watch"

	"github.com/hashicorp/hcl/v2"
)

// newWatch bounds what the evaluation of a configuration takes in this run,
// by the default or what the environment says.
func (s *Session) newWatch() (*watch.Watch, error) {
	limit := watch.Default
	if text, ok := s.env(watch.Variable); ok && text != "" {
		var err error
		if limit, err = watch.ParseLimit(text); err != nil {
			return nil, err
		}
	}
	return watch.New(limit, s.endExceeded), nil
}

// maxHidden is how many secrets are looked for in the source line of an
// evaluation that was abandoned. To look for a million takes longer than the
// evaluation may; then no line is shown.
const maxHidden = 1000

// endExceeded reports an evaluation that was abandoned and ends the process:
// the evaluation cannot be ended in another way. It runs beside it, so it
// reads of the session only what no command changes once it evaluates.
func (s *Session) endExceeded(d *hcl.Diagnostic, at watch.Place) {
	if len(at.Secrets) > maxHidden {
		at = watch.Place{}
	}
	s.exceeded(hcl.Diagnostics{d}, &config.Project{Dir: s.Dir, Files: at.Files, Secrets: at.Secrets})
	s.exit(ExitError)
}
