package cli

import (
	"slices"
	"strings"

	"assetform/apply/engine/imaginator"
	"assetform/config/diag"
	"assetform/config/engine"
)

// shownTask is a server's task as it may be shown. The client leaves in its
// data what it compares: a prompt may hold sensitive values, cut off or not,
// and a URL a signature.
func shownTask(t imaginator.Task, r *diag.Redactor) imaginator.Task {
	t.ID = r.Text(t.ID)
	if !slices.ContainsFunc(imaginator.Engine.Models, func(m engine.Model) bool { return m.Name == t.Model }) {
		t.Model = r.Text(t.Model)
	}
	if t.Prompt != nil {
		prompt := r.Fragment(*t.Prompt)
		t.Prompt = &prompt
	}
	base, _, _ := strings.Cut(t.ResultURL, "?")
	t.ResultURL = r.Text(base)
	return t
}
