package cli

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"assetform/apply/repo"
	"assetform/config/diag"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// warnTracked says of outputs that would be generated again because their files
// are missing that git has them: in a sparse checkout nothing is lost, and
// nothing need be paid for.
func (w *workspace) warnTracked(p *plan.Plan) {
	const mostAsked = 200 // a command line holds so many paths everywhere
	var missing []string
	for _, c := range p.Changes {
		if c.Action.Generates() && c.Prior != nil && slices.Contains(c.Reasons, plan.ReasonMissingFile) && len(missing) < mostAsked {
			missing = append(missing, c.Prior.Output)
		}
	}
	if len(missing) == 0 {
		return
	}
	ctx := context.Background()
	r, err := repo.Open(ctx, w.project.Dir, w.environ)
	if err != nil {
		return // without git there is nothing to say
	}
	found, sparse, err := r.InIndex(ctx, missing)
	if err != nil {
		return
	}
	var tracked []string
	for _, name := range missing {
		switch in := found[name]; in {
		case "":
		case name:
			tracked = append(tracked, name)
		default:
			p.Diagnostics = append(p.Diagnostics, spelledOtherwise(name, in))
		}
	}
	if len(tracked) > 0 {
		p.Diagnostics = append(p.Diagnostics, leftOut(tracked, sparse))
	}
}

// spelledOtherwise says that git knows a missing file by another spelling.
func spelledOtherwise(name, in string) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagWarning, Summary: "Git spells an output otherwise",
		Detail: fmt.Sprintf("There is no %q here, so its asset would be generated again, but git tracks %q: some systems take both for one file, and this one does not. Give the file one spelling: \"git mv %s %s\", or the other one in the configuration.",
			name, in, diag.ShellWord(in), diag.ShellWord(name)),
	}
}

// leftOut says how files that git tracks come back.
func leftOut(tracked []string, sparse bool) *hcl.Diagnostic {
	const most = 3
	names := []string{diag.ShellWord(tracked[0])}
	if len(tracked) > 1 {
		names = nil
		for _, name := range tracked {
			if d := diag.ShellWord(path.Dir(name)); !slices.Contains(names, d) && len(names) < most {
				names = append(names, d)
			}
		}
	}
	command, left := "git checkout -- ", ""
	if sparse {
		command, left = "git checkout --ignore-skip-worktree-bits -- ", ", and this checkout leaves them out on purpose"
	}
	list := fmt.Sprintf("%q", tracked[0])
	if n := len(tracked) - 1; n > 0 {
		list += " and " + diag.Count(n, "other")
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagWarning, Summary: "Git has missing outputs",
		Detail: fmt.Sprintf("This plan generates assets again because their files are not here, but git tracks %s%s. \"%s\" brings them back at no cost; then plan again.",
			list, left, command+strings.Join(names, " ")),
	}
}
