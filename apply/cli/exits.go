package cli

import (
	"errors"

	"assetform/apply"
	"assetform/config"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// The exit codes of all commands. Several at once: 130 or 143, then 5, 3, 4.
const (
	ExitDone       = apply.ExitDone
	ExitError      = apply.ExitError
	ExitDifference = 2
	ExitFailed     = apply.ExitFailed
	ExitParked     = apply.ExitParked
	ExitUnknown    = apply.ExitUnknown
	ExitRefused    = apply.ExitRefused
)

// ExitCodeHelp describes the exit codes, a line each.
var ExitCodeHelp = []string{
	"0  done, or no changes",
	"1  error",
	"2  plan --detailed-exitcode has changes, verify found a difference,",
	"   fmt --check would change a file",
	"3  applied, but some assets failed",
	"4  parked: what is left can be resumed at no cost",
	"5  the outcome of a paid request is unknown",
	"6  refused before anything was spent: stale plan, over budget,",
	"   protected asset, changed file",
	"130, 143  interrupted, something is left",
}

// verdict is the exit code of a plan before anything is done: what is wrong
// comes before what is refused, and each refusal is one error of its own.
func verdict(p *plan.Plan) int {
	wrong := len(errorsOf(p.Diagnostics))
	switch refused := len(p.Refusals); {
	case wrong > refused:
		return ExitError
	case refused > 0:
		return ExitRefused
	}
	return ExitDone
}

func errorsOf(diags hcl.Diagnostics) hcl.Diagnostics {
	var errs hcl.Diagnostics
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			errs = append(errs, d)
		}
	}
	return errs
}

// exitOf is the exit code of an apply whose configuration has errors: a key in
// an asset is refused.
func exitOf(diags hcl.Diagnostics) int {
	for _, d := range errorsOf(diags) {
		if d.Summary != keyInAsset {
			return ExitError
		}
	}
	return ExitRefused
}

// unusable reports a provider that cannot be asked.
func unusable(s *streams, err error, p *config.Project) int {
	var refused *originError
	if errors.As(err, &refused) {
		s.printDiagnostics(hcl.Diagnostics{refused.diagnostic}, p)
		return ExitRefused
	}
	return s.fail("Provider not usable", err)
}

// dataRefused reports a data directory that a command cannot do without.
func dataRefused(s *streams, err error) int {
	code := s.fail("Data directory not usable", err)
	if tracked := (*trackedError)(nil); errors.As(err, &tracked) {
		return ExitRefused
	}
	return code
}
