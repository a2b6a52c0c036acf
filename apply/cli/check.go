package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"assetform/apply/outputs"
	"assetform/apply/remote"
	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// Validate is the command validate.
func Validate(fs *pflag.FlagSet) Run {
	var e evaluation
	var asJSON bool
	e.vars.bind(fs)
	fs.BoolVar(&asJSON, "json", false, "print JSON as Terraform's validate does")
	return func(_ context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		if asJSON {
			s.exceeded = func(diags hcl.Diagnostics, p *config.Project) { _ = s.printer(p).JSON(s.Out, diags) } // nobody is left to tell
		}
		p, diags := s.evaluate(e)
		_, warnings := s.dataOrWarning() // it is not read, but this is where people look first
		diags = append(diags, warnings...)
		code := ExitDone
		if diags.HasErrors() {
			code = ExitError
		}
		if asJSON {
			if err := s.printer(p).JSON(s.jsonOut(), diags); err != nil {
				return s.fail("Output failed", err)
			}
			s.annotate(diags, p)
			return code
		}
		s.printDiagnostics(diags, p)
		if code == ExitDone {
			return s.output(fmt.Sprintf("The configuration is valid: %s.\n", diag.Count(len(p.Specs), "asset")))
		}
		return code
	}
}

// difference is one thing that verify found.
type difference struct {
	Address string        `json:"address"`
	Output  string        `json:"output"`
	Kind    string        `json:"kind"` // "plan": an action is due; "drift": the file differs from the lock; "marks": it does not say how it was made; "pick": nobody has picked among its candidates, or those of what it is made from
	Action  plan.Action   `json:"action"`
	Reasons []plan.Reason `json:"reasons"`

	entry bool   // the lock's entry contradicts itself
	why   string // the reasons in words
	none  bool   // of a pick: there are no candidates yet
}

// verification is the JSON document of verify.
type verification struct {
	FormatVersion string       `json:"format_version"`
	Agree         bool         `json:"agree"`
	Assets        int          `json:"assets"`
	Differences   []difference `json:"differences"`
	Diagnostics   any          `json:"diagnostics"`
}

// Verify is the command verify.
func Verify(fs *pflag.FlagSet) Run {
	var e evaluation
	var asJSON, noIndex, requireMarks, requirePicked, release bool
	var placeholders, missing string
	e.vars.bind(fs)
	fs.StringVar(&placeholders, "placeholders", "", "with `ok`, a placeholder that is up to date is no difference")
	fs.StringVar(&missing, "missing", "", "with `ok`, a missing output is no difference if the store has its content, or \"restore --check\" found it in the remote")
	fs.BoolVar(&asJSON, "json", false, "print the differences as JSON")
	fs.BoolVar(&noIndex, "no-index", false, "read every file instead of trusting remembered hashes")
	fs.BoolVar(&requireMarks, "require-marks", false, "a generated file that does not say so is a difference")
	fs.BoolVar(&requirePicked, "require-picked", false, "an asset of whose candidates nobody has picked one is a difference")
	fs.BoolVar(&release, "release", false, "placeholders, missing picks and missing marks are differences")
	return func(_ context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		if release && placeholders != "" {
			return s.fail("Unusable flag", errors.New("--release lets no placeholder pass, so it goes not together with --placeholders"))
		}
		if placeholders != "" && placeholders != "ok" {
			return s.fail("Unusable flag", fmt.Errorf("--placeholders %q: only \"ok\" can be said of placeholders here", placeholders))
		}
		if missing != "" && missing != "ok" {
			return s.fail("Unusable flag", fmt.Errorf("--missing %q: only \"ok\" can be said of missing outputs here", missing))
		}
		v := verification{FormatVersion: plan.FormatVersion, Differences: []difference{}}
		s.exceeded = func(diags hcl.Diagnostics, p *config.Project) { v.print(s.streams, p, diags, asJSON, true) }
		m := s.remembering(e, placeholders == "" && missing == "" && !noIndex && !requireMarks && !requirePicked && !release)
		if t, ok := m.recall(false); ok {
			v.Assets = t.Assets
			return v.print(s.streams, nil, nil, asJSON, false)
		}
		w, diags := s.read(e, !noIndex)
		defer s.watch.Begin(nil)()
		failed := diags.HasErrors()
		if !failed && missing != "" {
			data, _ := s.data() // without one nothing is known
			at, err := s.remotePlace(w.project, remoteFlag{})
			if err != nil {
				return s.remoteUnusable(err)
			}
			if at != nil {
				if w.checked, err = remote.Known(data, lockfile.Digest(w.raw), at.url); err != nil {
					return s.fail("Unreadable project state", err)
				}
			}
		}
		if !failed {
			p := w.build(plan.Options{})
			v.Assets = len(p.Changes)
			recorded := func(a address.Address) (lockfile.Entry, bool) {
				e, ok := w.lock.Assets[a.String()]
				return e, ok
			}
			for _, c := range p.Changes {
				if placeholders != "" && plan.CurrentPlaceholder(c, recorded) && w.files[c.Output].Is(c.Prior.ContentHash) {
					v.require(w, c, requireMarks, requirePicked)
					continue
				}
				if missing != "" && w.onlyMissing(c) {
					v.require(w, c, requireMarks || release, requirePicked || release)
					continue
				}
				contradicts := c.Prior != nil && plan.Contradicts(s.engines, c.Prior)
				if c.Action == plan.NoOp && !c.Drifted && (contradicts || !described(w, c, noIndex)) {
					c.Drifted = true
				}
				v.add(c, contradicts)
				v.require(w, c, (requireMarks || release) && w.files[c.Output].Exists(), requirePicked || release)
			}
			v.explain(p, w.project)
			m.keep(w, p, diags, false)
			diags = append(diags, w.lost...)
			failed = verdict(p) == ExitError
			if failed {
				diags = append(diags, errorsOf(p.Diagnostics)...)
			}
		}
		return v.print(s.streams, w.project, diags, asJSON, failed)
	}
}

// onlyMissing tells that nothing is wrong with an asset but that its output is not
// here, and could be.
func (w *workspace) onlyMissing(c *plan.Change) bool {
	return c.Action == plan.Restore && c.Prior != nil && c.Output == c.Prior.Output && c.PreviousAddress.IsZero() &&
		c.Stored == nil && c.WaitFor.IsZero() && !w.files[c.Output].Exists() && slices.Equal(c.Reasons, []plan.Reason{plan.ReasonMissingFile})
}

// print shows what was found and returns the exit code.
func (v *verification) print(s *streams, p *config.Project, diags hcl.Diagnostics, asJSON, failed bool) int {
	v.Agree = len(v.Differences) == 0 && !failed
	if !asJSON {
		s.printDiagnostics(diags, p)
		if !failed && s.output(v.text()) != ExitDone {
			return ExitError
		}
		return v.exitCode(failed)
	}
	v.Diagnostics = s.printer(p).Diagnostics(diags)
	b, err := plan.Encode(v)
	if err != nil {
		return s.fail("Output failed", err)
	}
	written := s.outputJSON(string(b))
	s.annotate(diags, p)
	if written != ExitDone {
		return ExitError
	}
	return v.exitCode(failed)
}

// explain gives the differences their reasons in words.
func (v *verification) explain(p *plan.Plan, project *config.Project) {
	if len(v.Differences) == 0 {
		return
	}
	why := render.Reasons(p.Document(project))
	for i := range v.Differences {
		v.Differences[i].why = why[v.Differences[i].Address]
	}
}

// require adds what must not go out as it is.
func (v *verification) require(w *workspace, c *plan.Change, marked, picked bool) {
	missing := func(kind string) {
		v.Differences = append(v.Differences, difference{Address: c.Address.String(), Output: c.Output, Action: c.Action, Reasons: []plan.Reason{}, Kind: kind, none: c.Prior.Placeholder})
	}
	if marked && unmarked(w.project.Engines, w, c) {
		missing("marks")
	}
	if picked && c.Prior != nil && c.Unpicked && !c.Waits && (len(c.Prior.Candidates) > 1 || c.Prior.Placeholder) {
		missing("pick")
	}
}

func (v *verification) add(c *plan.Change, contradicts bool) {
	d := difference{entry: contradicts, Address: c.Address.String(), Output: c.Output, Action: c.Action, Reasons: c.Reasons, Kind: "plan"}
	switch {
	case c.Action == plan.NoOp && c.Drifted:
		d.Kind = "drift"
	case c.Action == plan.NoOp:
		return
	}
	if c.Waits {
		d.Kind = "pick"
	}
	if d.Reasons == nil {
		d.Reasons = []plan.Reason{}
	}
	v.Differences = append(v.Differences, d)
}

// described tells whether a file that has the lock's hash is also what the lock
// says of it: a lock can be edited together with the file. Its type and size in
// pixels are looked at only where every file is read anyhow.
func described(w *workspace, c *plan.Change, read bool) bool {
	state := w.files[c.Output]
	if c.Prior == nil || !state.Exists() {
		return true
	}
	if state.Size != c.Prior.Bytes || c.Address.Kind == address.Atlas && !plan.FramesFit(c.Prior) {
		return false
	}
	if !read || state.Kind != worktree.Regular {
		return true
	}
	fits := false
	err := withOutput(w, c, func(f *os.File) error {
		fits = outputs.Describes(c.Prior, c.Output, f, state.Size)
		return nil
	})
	return err == nil && fits
}

// withOutput calls use with the file at an asset's output path.
func withOutput(w *workspace, c *plan.Change, use func(*os.File) error) error {
	tree, err := worktree.Open(w.project.Root, w.project.Dir)
	if err != nil {
		return err
	}
	defer tree.Close()
	f, err := tree.Open(tree.Path(c.Output))
	if err != nil {
		return err
	}
	defer f.Close()
	return use(f)
}

func (v *verification) exitCode(failed bool) int {
	switch {
	case failed:
		return ExitError
	case !v.Agree:
		return ExitDifference
	}
	return ExitDone
}

func (v *verification) text() string {
	if v.Agree {
		return fmt.Sprintf("Configuration, lock and files agree: %s.\n", diag.Count(v.Assets, "asset"))
	}
	var b strings.Builder
	for _, d := range v.Differences {
		if d.entry {
			fmt.Fprintf(&b, "! %s: inputs and inputs hash of its lock entry contradict each other; somebody edited one without the other\n", inline(d.Address))
		}
		if d.Kind == "drift" {
			if d.entry {
				continue
			}
			fmt.Fprintf(&b, "! %s: the file %q differs from the lock\n", inline(d.Address), d.Output)
			continue
		}
		if d.Kind == "marks" {
			fmt.Fprintf(&b, "! %s: the file %q does not say how it was made: it has neither a manifest of C2PA nor IPTC's DigitalSourceType\n", inline(d.Address), d.Output)
			continue
		}
		if d.Kind == "pick" && d.none {
			fmt.Fprintf(&b, "! %s: nobody has picked among its candidates: there are none yet, but a sketch\n", inline(d.Address))
			continue
		}
		if d.Kind == "pick" && len(d.Reasons) == 0 {
			fmt.Fprintf(&b, "! %s: nobody has picked among its candidates: \"assetform pick %s N\" does\n", inline(d.Address), diag.ShellWord(d.Address))
			continue
		}
		fmt.Fprintf(&b, "%s %s: %s is due", d.Action.Sign(), inline(d.Address), d.Action)
		if d.why != "" {
			b.WriteString(": " + inline(d.why))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "\n%s. Run \"assetform plan\" for the whole picture.\n", diag.Count(len(v.Differences), "difference"))
	return b.String()
}
