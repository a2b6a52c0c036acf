package cli

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"assetform/apply/repo"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// mostAsked is how many paths git is asked about: a command line holds so many
// everywhere.
const mostAsked = 200

// warnTracked says of a lock that is missing, and of outputs that would be
// generated again because their files are missing, that git has them: in a
// sparse checkout nothing is lost, and nothing need be paid for.
func (w *workspace) warnTracked(p *plan.Plan) {
	var missing []string
	for _, c := range p.Changes {
		if c.Action.Generates() && c.Prior != nil && slices.Contains(c.Reasons, plan.ReasonMissingFile) && len(missing) < mostAsked {
			missing = append(missing, c.Prior.Output)
		}
	}
	w.lost = append(w.lostLock(), w.trackedOf(missing)...)
	p.Diagnostics = append(p.Diagnostics, w.lost...)
}

// inIndex asks git which files it tracks; without git it tracks none.
func (w *workspace) inIndex(names ...string) (found map[string]string, sparse bool) {
	ctx := context.Background()
	r, err := repo.Open(ctx, w.project.Dir, w.environ)
	if err != nil {
		return nil, false
	}
	found, sparse, err = r.InIndex(ctx, names)
	if err != nil {
		return nil, false
	}
	return found, sparse
}

// lostLock says of a lock that is not there that git has it: without it every
// asset looks new, and its file like somebody else's.
func (w *workspace) lostLock() hcl.Diagnostics {
	if w.raw != nil {
		return nil
	}
	if found, _ := w.inIndex(lockfile.Filename); found[lockfile.Filename] != lockfile.Filename {
		return nil
	}
	return hcl.Diagnostics{{
		Severity: hcl.DiagWarning, Summary: "Git has the lock",
		Detail: fmt.Sprintf("There is no %s here, but git tracks it. Without it every asset looks new, and would be paid for again. \"git checkout -- %s\" brings it back; then run this again.", lockfile.Filename, lockfile.Filename),
	}}
}

// trackedOf says which of these files, which are missing, git has.
func (w *workspace) trackedOf(missing []string) (diags hcl.Diagnostics) {
	if len(missing) == 0 {
		return nil
	}
	found, sparse := w.inIndex(missing...)
	var tracked []string
	for _, name := range missing {
		switch in := found[name]; in {
		case "":
		case name:
			tracked = append(tracked, name)
		default:
			diags = append(diags, spelledOtherwise(name, in))
		}
	}
	if len(tracked) > 0 {
		diags = append(diags, leftOut(tracked, sparse))
	}
	return diags
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
		Detail: fmt.Sprintf("Assets would be generated again because their files are not here, but git tracks %s%s. \"%s\" brings them back at no cost; then run this again.",
			list, left, command+strings.Join(names, " ")),
	}
}
