package cli

import (
	"context"

	"assetform/config"
	"assetform/plan"
	"assetform/plan/render"

	"github.com/hashicorp/hcl/v2"
)

// printReport prints what was done since the base, and what is due: that of a
// plan too, whichever of both there is. Unlike a plan it refuses nothing: that
// a budget does not suffice is part of what it tells.
func printReport(ctx context.Context, l *loader, f *reportFlags, o render.Options) int {
	l.exceeded = func(diags hcl.Diagnostics, p *config.Project) {
		planFailed(l.streams, &workspace{project: p}, diags, &f.planFlags, f.format)
	}
	w, diags := l.read(f.evaluation, true)
	defer l.watch.Begin(nil)()
	if diags.HasErrors() {
		return planFailed(l.streams, w, diags, &f.planFlags, f.format)
	}
	p := w.build(plan.Options{})
	p.Diagnostics = append(diags, p.Diagnostics...)
	doc := p.Document(w.project)
	doc.Diagnostics = l.printer(w.project).Diagnostics(p.Diagnostics)
	var err error
	if doc.Base, err = w.done(ctx, l, f.ref); err != nil {
		return planFailed(l.streams, w, append(diags, noComparison(err)...), &f.planFlags, f.format)
	}
	code := ExitDone
	if f.format == "markdown" {
		o.Causes = w.causes(p)
		code = l.write(render.Markdown(doc, o))
	} else if b, err := plan.Encode(doc); err != nil {
		return l.fail("Output failed", err)
	} else {
		code = l.outputJSON(string(b))
	}
	if verdict(p) == ExitError {
		return ExitError
	}
	return code
}
