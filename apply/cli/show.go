package cli

import (
	"context"
	"errors"
	"fmt"

	"assetform/config/diag"
	"assetform/plan"
	"assetform/plan/render"

	"github.com/spf13/pflag"
)

// Show is the command show.
func Show(fs *pflag.FlagSet) Run {
	var asJSON, verbose bool
	var format string
	var links linkFlags
	fs.BoolVar(&asJSON, "json", false, "print JSON: of a plan its document, without a plan the lock")
	fs.StringVar(&format, "format", "text", "`FORMAT` of the output: text, json or markdown")
	fs.BoolVar(&verbose, "verbose", false, "show every asset and every field")
	links.bind(fs)
	return func(_ context.Context, s *Session, args []string) int {
		_, warnings := s.dataOrWarning() // it is not read, but somebody should be told
		s.printDiagnostics(warnings, nil)
		defer s.watch.Begin(nil)()
		if asJSON {
			format = "json"
		}
		err := checkFormat(format)
		o := render.Options{Verbose: verbose}
		if err = errors.Join(err, links.add(&o, format)); err != nil {
			return s.fail("Unusable flag", err)
		}
		switch {
		case len(args) == 1:
			return showPlanFile(s.streams, args[0], format, o)
		case len(args) > 1:
			return s.fail("Too many arguments", fmt.Errorf("\"assetform show\" takes one plan file, but %s given", countWere(len(args), "argument")))
		case format == "markdown":
			return s.fail("Unusable flag", errors.New("--format markdown shows a plan, and no plan file was given"))
		}
		return showLock(s.loader, format == "json", verbose)
	}
}

// showPlanFile shows a plan that "plan --out" saved or that "plan --json"
// printed, perhaps on another machine.
func showPlanFile(s *streams, name, format string, o render.Options) int {
	doc, saved, err := plan.ReadDocument(s.path(name), s.engines)
	if err != nil {
		return s.fail("Unreadable plan file", err)
	}
	var shown any = doc
	made := ""
	if saved != nil {
		warnEdited(s, saved, name)
		shown, made = saved.Shown(), madeWith(saved.Shown())
	}
	switch format {
	case "json":
		b, err := plan.Encode(shown)
		if err != nil {
			return s.fail("Output failed", err)
		}
		return s.outputJSON(string(b))
	case "markdown":
		return s.write(render.Markdown(*doc, o))
	}
	o.Color, o.Width = s.OutColor, s.outWidth()
	if saved != nil {
		o.Apply = fmt.Sprintf("\"assetform apply %s\"", inline(diag.ShellWord(name)))
	}
	return s.write(render.Text(*doc, o) + made)
}
