package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"assetform/apply"
	"assetform/apply/earlier"
	"assetform/apply/graphics"
	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// pickList is the JSON document of pick.
type pickList struct {
	FormatVersion string        `json:"format_version"`
	Assets        []pickedAsset `json:"assets"`
}

type pickedAsset struct {
	Address    string          `json:"address"`
	Output     string          `json:"output"`
	Picked     int             `json:"picked,omitempty"` // 0: nobody has
	Candidates []pickCandidate `json:"candidates"`
}

type pickCandidate struct {
	Number      int                  `json:"number"`
	ContentHash lockfile.ContentHash `json:"content_hash,omitzero"` // none: it is missing
	TaskID      string               `json:"task_id,omitempty"`
	Output      bool                 `json:"output"`         // it is the output
	File        string               `json:"file,omitempty"` // where its bytes are on this machine
}

// Pick is the command pick.
func Pick(flags *pflag.FlagSet) Run {
	var f diskFlags
	var asJSON, unpicked bool
	var at remoteFlag
	f.bind(flags)
	at.bind(flags, remoteOfReaders)
	flags.BoolVar(&asJSON, "json", false, "print the candidates as JSON")
	flags.BoolVar(&unpicked, "unpicked", false, "list every asset of whose candidates nobody has picked one")
	return func(ctx context.Context, s *Session, args []string) int {
		if err := at.check(); err != nil {
			return s.fail("Unusable flag", err)
		}
		switch {
		case unpicked && len(args) > 0:
			return s.fail("Unusable arguments", errors.New("--unpicked lists all that wait, and takes no address"))
		case !unpicked && (len(args) == 0 || len(args) > 2):
			return s.fail("Unusable arguments", errors.New("\"assetform pick\" needs the address of an asset, and the number of the candidate to pick; without the number it lists them"))
		case len(args) < 2:
			return s.listCandidates(args, unpicked, asJSON)
		}
		number, err := strconv.Atoi(args[1])
		if err != nil {
			return s.fail("Unusable arguments", fmt.Errorf("%q is no number of a candidate", args[1]))
		}
		return withDisk(ctx, s.loader, &f, func(w *workspace, d apply.Disk) int {
			a, prior, err := candidatesAt(w.lock, args[0], &number)
			if err != nil {
				return s.fail(notPicked(prior, "No such candidate"), err)
			}
			if err := s.openRemote(w, d.Data, at); err != nil {
				return s.remoteUnusable(err)
			}
			defer w.closeRemote(s.loader)
			h := prior.Candidates[number-1].ContentHash
			s.printDiagnostics(w.fetchCandidate(ctx, h), w.project)
			if !d.Store.Has(h) {
				if r, err := repo.Open(ctx, s.Dir, s.Environ); err == nil {
					_, _ = earlier.TakeOutput(ctx, r, d.Store, w.lock.Dir, h) // else Pick says that it is not here
				}
			}
			before := w.lock.Clone()
			e, err := apply.Pick(d, a, number)
			var problem *apply.PickError
			switch {
			case errors.As(err, &problem):
				s.printDiagnostics(hcl.Diagnostics{problem.Diagnostic}, w.project)
				return ExitRefused
			case err != nil:
				return s.fail("Candidate cannot be picked", err)
			case asJSON:
				return s.printPicks([]pickedAsset{s.pickedAsset(a.String(), e)}, true)
			}
			return s.output(fmt.Sprintf("Picked candidate %d of %s: %s\n", number, inline(a.String()), inline(e.Output)) + w.dueAfter(before, []address.Address{a}))
		})
	}
}

// notPicked is the summary of an error of candidatesAt.
func notPicked(e lockfile.Entry, ofAsset string) string {
	if e.Output == "" {
		return "No such asset"
	}
	return ofAsset
}

// fetchCandidate brings a candidate into the store, if the remote has it.
func (w *workspace) fetchCandidate(ctx context.Context, h lockfile.ContentHash) (diags hcl.Diagnostics) {
	if w.remote == nil || w.store.Has(h) {
		return nil
	}
	if err := w.remote.Fetch(ctx, w.store, h, 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "Remote does not answer", Detail: diag.Sentence(err)}}
	}
	for _, text := range w.remote.Warnings() {
		diags = append(diags, damageInRemote(w.remote.Shown(), text))
	}
	return diags
}

// candidatesAt is the entry with candidates at an address; with a number it has
// that one.
func candidatesAt(lock *lockfile.Lock, text string, number *int) (address.Address, lockfile.Entry, error) {
	a, err := oneAddress(text, lock.Addresses(), "lock")
	if err != nil {
		return a, lockfile.Entry{}, err
	}
	e := lock.Assets[a.String()]
	switch {
	case e.Placeholder:
		return a, e, fmt.Errorf("a sketch stands in the place of %s. Its candidates come with \"assetform apply\", without --placeholders and --provider", a)
	case e.ByHand():
		return a, e, fmt.Errorf("the file of %s was made by hand, and stands in the place of all candidates", a)
	case len(e.Candidates) == 0:
		return a, e, fmt.Errorf("%s has one result, and nothing to pick from. Set candidates in its block and apply", a)
	case number == nil:
	case *number < 1 || *number > len(e.Candidates):
		return a, e, fmt.Errorf("%s has candidates 1 to %d, and no %d", a, len(e.Candidates), *number)
	case e.Candidates[*number-1].ContentHash.IsZero():
		return a, e, fmt.Errorf("candidate %d of %s is missing: \"assetform plan\" says what is due for it", *number, a)
	}
	return a, e, nil
}

// listCandidates shows what there is to pick from.
func (s *Session) listCandidates(args []string, unpicked, asJSON bool) int {
	lock, _, diags := s.loadLock()
	s.printDiagnostics(diags, nil)
	if diags.HasErrors() {
		return ExitError
	}
	var list []pickedAsset
	if unpicked {
		for _, text := range lock.Addresses() {
			if e := lock.Assets[text]; plan.WaitsForPick(&e) {
				list = append(list, s.pickedAsset(text, e))
			}
		}
		return s.printPicks(list, asJSON)
	}
	a, e, err := candidatesAt(lock, args[0], nil)
	if err != nil {
		return s.fail(notPicked(e, "No candidates"), err)
	}
	return s.printPicks([]pickedAsset{s.pickedAsset(a.String(), e)}, asJSON)
}

// candidateStore is the store, to read candidates in; nil: there is none that
// may be used.
func (s *Session) candidateStore() *store.Store {
	data, err := s.data()
	if err != nil {
		return nil
	}
	st, err := store.Open(data)
	if err != nil {
		return nil
	}
	return st
}

// pickedAsset says what an asset has to pick from, and where it is.
func (s *Session) pickedAsset(text string, e lockfile.Entry) pickedAsset {
	p := pickedAsset{Address: text, Output: e.Output, Picked: e.Picked}
	st := s.candidateStore()
	output := e.OutputNumber()
	for i, c := range e.Candidates {
		k := pickCandidate{Number: i + 1, ContentHash: c.ContentHash, TaskID: c.TaskID, Output: i+1 == output}
		switch {
		case c.ContentHash.IsZero():
		case st != nil && st.Has(c.ContentHash):
			k.File = s.below(st.Path(c.ContentHash))
		case k.Output && s.holds(e.Output, e.ContentHash):
			k.File = e.Output
		}
		p.Candidates = append(p.Candidates, k)
	}
	return p
}

// holds tells that the bytes of a content stand at an output.
func (s *Session) holds(output string, h lockfile.ContentHash) bool {
	root, err := worktree.FindRoot(s.Dir)
	if err != nil {
		return false
	}
	tree, err := worktree.Open(root, s.Dir)
	if err != nil {
		return false
	}
	defer tree.Close()
	f, err := tree.Open(tree.Path(output))
	if err != nil {
		return false
	}
	defer f.Close()
	state, err := worktree.StateOf(f)
	return err == nil && state.Kind == worktree.Regular && state.Is(h)
}

// below is a path as others are written, relative to the project's directory, if
// it leads into that.
func (s *Session) below(path string) string {
	rel, err := filepath.Rel(s.Dir, path)
	if err != nil || !filepath.IsLocal(rel) {
		return path
	}
	return filepath.ToSlash(rel)
}

func (s *Session) printPicks(list []pickedAsset, asJSON bool) int {
	if asJSON {
		if list == nil {
			list = []pickedAsset{}
		}
		b, err := plan.Encode(pickList{plan.FormatVersion, list})
		if err != nil {
			return s.fail("Output failed", err)
		}
		return s.outputJSON(string(b))
	}
	if len(list) == 0 {
		return s.output("Nothing waits for a pick.\n")
	}
	return s.showPicks(list, sync.OnceValue(s.pictures))
}

// showPicks lists candidates for people. The terminal is asked for its pictures
// where there is one to be shown.
func (s *Session) showPicks(list []pickedAsset, pictures func() graphics.Protocol) int {
	st := s.candidateStore()
	var b strings.Builder
	for i, p := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		a, _ := address.Parse(p.Address) // which the lock has
		writePicks(&b, p, func(h lockfile.ContentHash) string { return picture(st, h, a.Kind == address.Video, pictures) })
	}
	if isTerminal(s.Out) && pictures() == nil {
		b.WriteString(howToLook(list))
	}
	return s.write(b.String()) // in which pictures are, and else nothing that is not inline
}

// howToLook says where candidates are seen, for a terminal that shows no pictures:
// no viewer opens the files of the store, which have no extension.
func howToLook(list []pickedAsset) string {
	which := "--unpicked"
	if slices.ContainsFunc(list, func(p pickedAsset) bool { return p.Picked > 0 }) {
		which = "--all"
	}
	return "\nTo see them side by side, run \"assetform report " + which + "\" and open its pages in a browser.\n"
}

// writePicks writes an asset's candidates, each with what shows it.
func writePicks(b *strings.Builder, p pickedAsset, show func(lockfile.ContentHash) string) {
	state := "nobody has picked"
	if p.Picked > 0 {
		state = fmt.Sprintf("candidate %d is picked", p.Picked)
	}
	fmt.Fprintf(b, "%s  %s  (%s)\n", inline(p.Address), inline(p.Output), state)
	away := false
	for _, c := range p.Candidates {
		mark := " "
		if c.Output {
			mark = "*"
		}
		where := inline(c.File)
		switch {
		case c.ContentHash.IsZero():
			where = "missing"
		case where == "":
			where, away = "not on this machine", true
		}
		fmt.Fprintf(b, "%s %2d  %s\n", mark, c.Number, where)
		if text := show(c.ContentHash); text != "" {
			b.WriteString(text + "\n")
		}
	}
	if away {
		b.WriteString("Picking one that is not on this machine fetches it from the project's remote, if there is one; \"assetform remote pull\" fetches all.\n")
	}
	fmt.Fprintf(b, "Pick one with: assetform pick %s N\n", diag.ShellWord(p.Address))
}

// picture shows a candidate on a terminal that can, of what the store has. Of a
// film no frame says what it is, so it is said that it has to be opened.
func picture(st *store.Store, h lockfile.ContentHash, film bool, protocol func() graphics.Protocol) string {
	if st == nil || h.IsZero() || !st.Has(h) {
		return ""
	}
	show := protocol()
	switch {
	case show == nil:
		return ""
	case film:
		return "      a film: open the file to see it"
	}
	small, err := preview(st, h)
	if err != nil {
		return ""
	}
	return show(small)
}

// preview is a candidate as a small PNG, of what the store has.
func preview(st *store.Store, h lockfile.ContentHash) ([]byte, error) {
	const side = 320
	f, err := st.Open(h)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return apply.PreviewOf(f, info.Size(), side)
}
