package cli

import (
	"context"
	"fmt"

	"assetform/apply/repo"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// ignored warns where something is to be paid for and git leaves the lock or
// the file out of commits: the next clone would pay for it again. Where git
// cannot tell, nothing is said.
func (w *workspace) ignored(p *plan.Plan) hcl.Diagnostics {
	outputs := []string{lockfile.Filename}
	for _, c := range p.Changes {
		if c.Action.Generates() && p.Engines.Charges(c.Provider) {
			outputs = append(outputs, c.Output)
		}
	}
	if len(outputs) == 1 {
		return nil
	}
	if w.remote != nil {
		outputs = outputs[:1] // the rest may be left to the remote
	}
	ctx, cancel := context.WithTimeout(context.Background(), historyTimeout)
	defer cancel()
	r, err := repo.Open(ctx, w.project.Dir, w.environ)
	if err != nil {
		return nil
	}
	names, err := r.Ignored(ctx, outputs)
	if err != nil || len(names) == 0 {
		return nil
	}
	what := fmt.Sprintf("%q", names[0])
	if n := len(names) - 1; n > 0 {
		what += " and " + diag.Count(n, "more file")
	}
	return hcl.Diagnostics{{
		Severity: hcl.DiagWarning, Summary: "Git ignores what is paid for",
		Detail: fmt.Sprintf("Git leaves %s out of commits, so a fresh clone would pay for the same again. Lock and outputs belong in git; \"git check-ignore -v %s\" names the line that ignores it.", what, diag.ShellWord(names[0])),
	}}
}
