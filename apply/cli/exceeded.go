package cli

import (
	"assetform/config"
	"assetform/config/watch"

	"github.com/hashicorp/hcl/v2"
)

// newWatch bounds what the evaluation of a configuration takes in this run,
// by the default or what the environment says.
func (l *loader) newWatch() (*watch.Watch, error) {
	limit := watch.Default
	if text, ok := l.env(watch.Variable); ok && text != "" {
		var err error
		if limit, err = watch.ParseLimit(text); err != nil {
			return nil, err
		}
	}
	return watch.New(limit, l.endExceeded), nil
}

// maxHidden is how many secrets are looked for in the source line of an
// evaluation that was abandoned. To look for a million takes longer than the
// evaluation may; then no line is shown.
const maxHidden = 1000

// endExceeded reports an evaluation that was abandoned and ends the process:
// the evaluation cannot be ended in another way. It runs beside it, so it
// reads of the loader only what no command changes once it evaluates.
func (l *loader) endExceeded(d *hcl.Diagnostic, at watch.Place) {
	if len(at.Secrets) > maxHidden {
		at = watch.Place{}
	}
	l.exceeded(hcl.Diagnostics{d}, &config.Project{Dir: l.Dir, Files: at.Files, Secrets: at.Secrets})
	l.exit(ExitError)
}
