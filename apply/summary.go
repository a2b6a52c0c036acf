package apply

import (
	"fmt"
	"os"
	"syscall"

	"assetform/config/engine"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// Summary is what an apply did.
type Summary struct {
	// Done counts the changes that were carried out. A conditional update
	// that turned out to change nothing counts as NoOp, as do those that the
	// plan listed as such.
	Done map[plan.Action]int
	// Failed counts assets that failed, Skipped those that were not tried
	// because an upstream failed, Unknown those whose paid request has an
	// outcome that could not be found out, Left those that a limit, a
	// timeout or an interrupt left for the next run.
	Failed, Skipped, Unknown, Left int
	// Waiting counts assets that wait until somebody has picked among the
	// candidates of what they are made from.
	Waiting int
	// Cost is what this run was charged at paid providers and counted at the
	// local one. Uncertain is what requests with an unknown outcome may have
	// been charged on top, those of other machines included that an asset of this
	// run ended with.
	Cost      engine.Cost
	Uncertain engine.Cost
	ExitCode  int
}

// Exit codes of an apply; the rule for several at once stands at exitCode.
const (
	ExitDone       = 0
	ExitError      = 1
	ExitFailed     = 3   // applied, but some assets failed
	ExitParked     = 4   // resumable at no cost
	ExitUnknown    = 5   // the outcome of a paid request is unknown
	ExitRefused    = 6   // refused before any spend
	ExitInterrupt  = 130 // SIGINT, something is left
	ExitTerminated = 143 // SIGTERM, something is left
)

// exitCode is the rule for several outcomes at once: an interrupt that left
// something, then requests whose outcome is unknown (also an earlier run's,
// whatever became of their assets: somebody has to settle them), then what stopped the
// whole run, then assets that failed, then what is left.
func exitCode(s *Summary, signal os.Signal, unsettled, stopped, lockMoved bool) int {
	switch {
	case signal == syscall.SIGTERM && s.Left+s.Unknown > 0:
		return ExitTerminated
	case signal != nil && s.Left+s.Unknown > 0:
		return ExitInterrupt
	case s.Unknown > 0 || unsettled:
		return ExitUnknown
	case stopped:
		return ExitError
	case s.Failed > 0 || s.Skipped > 0:
		return ExitFailed
	case s.Left > 0 || lockMoved:
		return ExitParked
	}
	return ExitDone
}

// whyNotSaved says why the lock does not have everything; nil: it has.
func whyNotSaved(c *committer) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError}
	if lost := c.abandoned(); lost != nil {
		d.Summary = "Data directory changed during apply"
		d.Detail = fmt.Sprintf("%s. Nothing more was sent, and neither lock nor outputs were written any more; what ran was collected into the store. Find out what took it away, and look for tasks that are not known here with \"assetform tasks list\", before you run \"assetform apply\" again.", sentence(lost))
	} else if c.moved() {
		d.Summary = "Lock changed during apply"
		d.Detail = fmt.Sprintf("%q was changed by something else while this apply ran (a checkout or a merge). Neither it nor any output was written any more; what was generated is in the store. Run \"assetform apply\" again: it costs nothing for what is stored.", c.path)
	} else if err := c.failure(); err != nil {
		d.Summary = "Lock cannot be written"
		d.Detail = fmt.Sprintf("%s. The outputs are in place and their results in the store. Run \"assetform apply\" again once it can be written: nothing is paid for twice.", sentence(err))
	} else {
		return nil
	}
	return d
}
