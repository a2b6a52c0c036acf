package cli

import (
	"context"
	"fmt"

	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render/disclosure"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// Disclose is the command disclose. It reads the lock alone.
func Disclose(fs *pflag.FlagSet) Run {
	var all bool
	var format string
	fs.BoolVar(&all, "all", false, "list also what is derived, and what a person made")
	fs.StringVar(&format, "format", "markdown", "`FORMAT` of the list: markdown, csv or json")
	return func(_ context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		if format != "markdown" && format != "csv" && format != "json" {
			return s.fail("Unusable flag", fmt.Errorf("--format %q: there are markdown, csv and json", format))
		}
		lock, raw, diags := s.loadLock()
		if raw == nil && !diags.HasErrors() {
			diags = append(diags, noLock())
		}
		s.printDiagnostics(diags, nil)
		if diags.HasErrors() {
			return ExitError
		}
		doc, err := disclosure.Of(lock, s.engines, all)
		if err != nil {
			return s.fail("Unreadable lock file", err)
		}
		return s.disclose(doc, format)
	}
}

// noLock keeps an empty list from being taken for an answer where a lock is
// only not there.
func noLock() *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagWarning, Summary: "No lock file",
		Detail: fmt.Sprintf("There is no %s here, so the list is empty. It has what was applied: run \"assetform apply\" first, or name the project's directory with --chdir.", lockfile.Filename),
	}
}

func (s *streams) disclose(doc disclosure.Document, format string) int {
	switch format {
	case "csv":
		return s.outputData(disclosure.CSV(doc), "the list", "Take it from --format json.")
	case "json":
		b, err := plan.Encode(doc)
		if err != nil {
			return s.fail("Output failed", fmt.Errorf("encode the list: %s", diag.Sentence(err)))
		}
		return s.outputJSON(string(b))
	}
	return s.write(disclosure.Markdown(doc))
}
