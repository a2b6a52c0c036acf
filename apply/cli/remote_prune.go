package cli

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"assetform/apply/remote"
	"assetform/apply/repo"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// RemotePrune is the command remote prune.
func RemotePrune(flags *pflag.FlagSet) Run {
	var f sharedFlags
	var del bool
	var olderThan ageFlag
	f.bind(flags)
	flags.Var(&olderThan, "older-than", "keep what was uploaded less than this `AGE` ago (720h, 30d)")
	flags.BoolVar(&del, "delete", false, "delete what is listed; nobody can restore it from there any more")
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		w, _, code := s.openShared(f.evaluation, del)
		if w == nil {
			return code
		}
		defer w.closeRemote(s.loader)
		defer w.earlier.Close()
		named, err := s.namedAnywhere(ctx, w, del)
		if err != nil {
			return s.fail("Remote not pruned", err)
		}
		ctx, cancel := context.WithTimeout(ctx, pruneTime)
		defer cancel()
		var before time.Time
		if olderThan > 0 {
			before = time.Now().Add(-time.Duration(olderThan))
		}
		doc, err := prune(ctx, w.remote, named, before, del)
		s.printDiagnostics(w.damages(), w.project)
		if err != nil {
			return s.fail("Remote not pruned", err)
		}
		return s.printPruned(doc, del, f.asJSON)
	}
}

// pruneTime bounds a prune, which lists all that the remote has.
const pruneTime = time.Hour

// prunedDocument is the JSON document of remote prune.
type prunedDocument struct {
	FormatVersion string   `json:"format_version"`
	Unnamed       []string `json:"unnamed"`
	Deleted       int      `json:"deleted"`
	Bytes         int64    `json:"bytes"`
}

func prune(ctx context.Context, r *remote.Remote, named remote.Named, before time.Time, del bool) (*prunedDocument, error) {
	doc := &prunedDocument{FormatVersion: plan.FormatVersion, Unnamed: []string{}}
	unnamed, err := r.Unnamed(ctx, named, before)
	if err != nil {
		return nil, err
	}
	for _, info := range unnamed {
		doc.Unnamed = append(doc.Unnamed, info.Name)
		doc.Bytes += max(info.Size, 0)
	}
	slices.Sort(doc.Unnamed)
	if del {
		doc.Deleted, err = r.Delete(ctx, unnamed)
	}
	return doc, err
}

func (s *Session) printPruned(doc *prunedDocument, del, asJSON bool) int {
	if asJSON {
		b, err := plan.Encode(doc)
		if err != nil {
			return s.fail("Output failed", err)
		}
		return s.outputJSON(string(b))
	}
	var b strings.Builder
	for _, name := range doc.Unnamed {
		if b.Len() > 1<<20 { // there may be a million
			if code := s.output(b.String()); code != ExitDone {
				return code
			}
			b.Reset()
		}
		b.WriteString(inline(name) + "\n")
	}
	n := diag.Count(len(doc.Unnamed), "file")
	if doc.Bytes > 0 { // a registry lists no sizes
		n += ", " + diag.Size(doc.Bytes)
	}
	switch {
	case len(doc.Unnamed) == 0:
		b.WriteString("Every file in the remote is named by a lock.\n")
	case del:
		fmt.Fprintf(&b, "Deleted %s.\n", n)
	default:
		fmt.Fprintf(&b, "%s that no lock of any ref names. Delete them with --delete.\n", n)
	}
	return s.output(b.String())
}

// namedAnywhere is what the locks of all refs name, and the one on disk: all
// projects of a repository may share a remote. Where git does not have all of
// it, nothing may be deleted.
func (s *Session) namedAnywhere(ctx context.Context, w *workspace, del bool) (remote.Named, error) {
	named := remote.Named{Contents: map[lockfile.ContentHash]bool{}, Inputs: map[lockfile.InputsHash]bool{}}
	add := func(lock *lockfile.Lock) {
		for _, e := range lock.Assets {
			for _, h := range []lockfile.ContentHash{e.ContentHash, e.SourceHash} {
				named.Contents[h] = true
			}
			for _, c := range e.Candidates {
				named.Contents[c.ContentHash] = true
			}
			named.Inputs[e.InputsHash] = true
			for _, alone := range plan.Alone(s.engines, e) {
				named.Inputs[alone.InputsHash] = true
			}
		}
	}
	add(w.lock)
	for _, u := range w.remote.Due() {
		named.Inputs[u.Inputs] = true
		for _, h := range u.Contents {
			named.Contents[h] = true
		}
	}
	r, err := repo.Open(ctx, s.Dir, s.Environ)
	if err != nil {
		return named, fmt.Errorf("only git knows what other branches name: %w", err)
	}
	some := ""
	switch {
	case !r.FetchesAllBranches(ctx):
		some = "this clone fetches some branches alone, and what others name counts as not named: \"git remote set-branches origin '*'\" and \"git fetch\" bring them"
	case r.Shallow():
		some = "this clone is shallow and may not have all branches, and what others name counts as not named: \"git fetch --unshallow\" brings them"
	}
	if some != "" && del {
		return named, errors.New(some)
	}
	if some != "" {
		s.printDiagnostics(hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "Branches may be missing", Detail: diag.Sentence(errors.New(some))}}, w.project)
	}
	locks, err := r.RefLocks(ctx)
	if err != nil {
		return named, err
	}
	var refused error
	err = r.ReadRefLocks(ctx, locks, func(l repo.RefLock, text []byte, here bool) {
		if !here {
			refused = errors.Join(refused, fmt.Errorf("git does not have %s of %s on this machine", l.Path, l.Ref))
			return
		}
		lock, err := lockfile.Parse(lockfile.Filename, path.Dir(l.Path), text)
		if err != nil {
			refused = errors.Join(refused, fmt.Errorf("%s of %s cannot be read, so it is not known what it names: %w", l.Path, l.Ref, err))
			return
		}
		add(lock)
	})
	return named, errors.Join(err, refused)
}
