package repo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"assetform/lockfile"
	"assetform/plan"

	"golang.org/x/text/unicode/norm"
)

// committedTime bounds the walk through history. What it has not found by then
// is not shown to be ours.
const committedTime = 30 * time.Second

// Committed answers what plan.Snapshot asks: which of these files were last
// changed by a commit that also changed the lock entry that names them to
// their content, as did every other commit that brought that content to that
// path. Somebody who writes only the lock, in a pull request of one line,
// thereby makes no file of the project assetform's, and neither does somebody
// who takes a file away and brings it back with an entry, or joins a history
// that has no other: the commit of the person who made it stands against them
// for ever. Somebody who changes file and entry together where nobody had that
// content before could as well have deleted the file.
//
// The last commit is the one that "git log -1 -- PATH" finds: from a merge the
// way leads to the first parent that has the file as it is. A commit brings a
// content to a path if none of its parents has it there; a commit without
// parents brings all that it holds. But where a shallow clone ends nothing is
// known of what was there before, so nothing at all is shown to be ours; the
// note tells how to get the rest. Anything else that git cannot answer, such
// as an object that a partial clone left out or a lock that is damaged there,
// counts the same way.
//
// Commit names where history is read from. Below is the directory that the
// repository was opened from, relative to the project root. It costs one walk however many files are asked about.
func (r *Repo) Committed(ctx context.Context, commit, below string, claims []plan.Claim) (shown map[plan.Claim]plan.Evidence, note string) {
	ctx, cancel := context.WithTimeout(ctx, committedTime)
	defer cancel()
	w := &historyWalk{
		repo: r, below: below, shown: map[plan.Claim]plan.Evidence{}, pending: map[string]map[string]plan.Claim{},
		at: map[string]Object{}, asked: map[string]plan.Claim{}, locks: map[string]map[plan.Claim]bool{}, shallow: r.shallowCommits(),
	}
	var ok bool
	if w.lockPath, ok = r.Path(lockfile.Filename); !ok {
		return nil, ""
	}
	for _, c := range claims {
		if p, ok := r.Path(c.Path); ok {
			w.asked[p] = c
		}
	}
	err := w.run(ctx, commit)
	switch {
	case ctx.Err() != nil:
		note = fmt.Sprintf("history is too long to be searched in %.0f s", committedTime.Seconds())
	case err == nil:
		return w.shown, ""
	case !errors.Is(err, errShallow) && r.Partial(ctx):
		note = errPartial.Error()
	default:
		note = "git cannot tell: " + err.Error()
	}
	for c, s := range w.shown { // what was not read may show the contrary
		w.shown[c] = plan.Evidence{Commit: s.Commit}
	}
	return w.shown, note
}

// errShallow ends the walk where a clone ends.
var errShallow = errors.New("this clone is shallow and what came before is not here; get it with \"git fetch --unshallow\", or \"fetch-depth: 0\" in a workflow")

// historyWalk follows files from HEAD to the commits that changed them last,
// and looks in all of its history for those that brought their content.
type historyWalk struct {
	repo     *Repo
	below    string // see Committed
	lockPath string // in the tree
	objects  *objects
	diff     *treeDiff
	shallow  map[string]bool // commits whose parents may not be here

	asked   map[string]plan.Claim            // by path in the tree; without those that are shown not to be ours
	at      map[string]Object                // what HEAD has at these paths
	pending map[string]map[string]plan.Claim // commit -> paths that it has as HEAD has them
	locks   map[string]map[plan.Claim]bool   // by blob: what a lock names, without sizes
	shown   map[plan.Claim]plan.Evidence
}

// shallowCommits are those whose parents were not fetched, and perhaps a first
// commit, which has none.
func (r *Repo) shallowCommits() map[string]bool {
	commits := map[string]bool{}
	b, err := os.ReadFile(filepath.Join(r.common, "shallow"))
	if err == nil {
		for id := range strings.FieldsSeq(string(b)) {
			commits[id] = true
		}
	}
	return commits
}

// CutAt tells whether history was cut off behind a commit, so that what it
// changed is not known.
func (r *Repo) CutAt(id string) bool { return r.shallowCommits()[id] }

// hadParents tells whether a commit was made with parents, wherever they are.
func (r *Repo) hadParents(ctx context.Context, id string) bool {
	text, err := r.output(ctx, "cat-file", "commit", id)
	header, _, _ := strings.Cut(text, "\n\n")
	return err != nil || strings.Contains(header, "\nparent ")
}

func (w *historyWalk) run(ctx context.Context, commit string) (err error) {
	head, err := w.repo.Commit(ctx, commit)
	if err != nil {
		return errors.New("nothing is committed yet")
	}
	if w.objects, err = w.repo.objects(ctx); err != nil {
		return err
	}
	defer w.objects.Close()
	if err := w.standing(ctx, head); err != nil {
		return err
	}
	w.pending[head] = maps.Clone(w.asked)
	if w.diff, err = w.repo.treeDiff(ctx, w.scope()); err != nil {
		return err
	}
	defer w.diff.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := w.repo.command(ctx, "rev-list", "--topo-order", "--parents", head)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start git rev-list: %w", err)
	}
	defer func() {
		cancel() // it is not read to its end, and how it ends is of no interest
		_ = cmd.Wait()
	}()
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20) // an octopus has many parents
	for len(w.asked) > 0 && lines.Scan() {
		if ids := strings.Fields(lines.Text()); len(ids) > 0 {
			if err := w.commit(ctx, ids[0], ids[1:]); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil || len(w.asked) == 0 {
		return err
	}
	if err := cmd.Wait(); err != nil { // what it left out may show the contrary
		return fmt.Errorf("git rev-list: %w", err)
	}
	return nil
}

// standing finds what HEAD has at the paths, in one list: thousands of single
// questions would each walk the tree. What is not committed as it stands, by
// its size or as the Git LFS pointer to it, was never in any commit's hands.
func (w *historyWalk) standing(ctx context.Context, head string) error {
	out, err := w.repo.output(ctx, "ls-tree", "-r", "-l", "-z", "--full-tree", head)
	if err != nil {
		return err
	}
	forms := map[string]string{} // names in another Unicode normal form, by that of the lock
	for line := range strings.SplitSeq(out, "\x00") {
		about, name, _ := strings.Cut(line, "\t")
		c, ok := w.asked[name]
		if nfc := norm.NFC.String(name); !ok && nfc != name {
			if c, ok = w.asked[nfc]; ok {
				forms[nfc] = name
			}
		}
		if fields := strings.Fields(about); ok && len(fields) == 4 && len(regularBlob(fields[0], "blob")) > 0 {
			size, err := strconv.ParseInt(fields[3], 10, 64)
			obj := Object{ID: fields[2], Size: size}
			if err == nil && (size == c.Size || w.finder().names(obj, c.Hash)) {
				w.at[name] = obj
			}
		}
	}
	for nfc, name := range forms {
		if w.at[nfc].ID == "" { // else that is the file, and the other one is somebody's
			w.asked[name] = w.asked[nfc]
		}
	}
	maps.DeleteFunc(w.asked, func(p string, _ plan.Claim) bool { return w.at[p].ID == "" })
	return nil
}

// scope is where trees have to be compared: the lock, and the directories of
// the files if these are few.
func (w *historyWalk) scope() []string {
	const most = 32
	scope := []string{w.lockPath}
	for p := range w.asked {
		if dir := path.Dir(p); dir != "." {
			p = dir
		}
		if !slices.Contains(scope, p) {
			scope = append(scope, p)
		}
		if len(scope) > most {
			return nil
		}
	}
	return scope
}

// commit judges the paths whose content a commit brought, and those that it
// changed last: it passes each on to the first parent that has it unchanged,
// and what no parent has, this commit changed.
func (w *historyWalk) commit(ctx context.Context, id string, parents []string) error {
	paths := w.pending[id]
	delete(w.pending, id)
	if w.shallow[id] && w.repo.hadParents(ctx, id) {
		return errShallow
	}
	if len(parents) == 0 {
		parents = []string{""} // an empty tree
	}
	brought := map[string]plan.Claim{}
	var diffs []map[string]treeChange
	for i, parent := range parents {
		diff, err := w.diff.between(id, parent)
		if err != nil {
			return err
		}
		diffs = append(diffs, diff)
		if i == 0 {
			if err := w.bring(diff, brought); err != nil {
				return err
			}
		} else if err := w.had(diff, brought); err != nil {
			return err
		}
		// Most commits change few of many paths: only these are touched.
		changed := map[string]plan.Claim{}
		for p := range diff {
			if c, ok := paths[p]; ok {
				changed[p] = c
				delete(paths, p)
			}
		}
		if parent != "" { // else there is nobody to pass anything on to
			w.pass(parent, paths)
		}
		if paths = changed; len(paths) == 0 && len(brought) == 0 {
			return nil
		}
	}
	maps.Copy(paths, brought)
	return w.judge(id, paths, diffs)
}

// bring collects the paths at which a commit has a content that is asked about
// and its first parent has not.
func (w *historyWalk) bring(diff map[string]treeChange, brought map[string]plan.Claim) error {
	for p, change := range diff {
		c, ok := w.asked[p]
		if !ok {
			continue
		}
		if is, err := w.holds(p, c, change.is); err != nil {
			return err
		} else if is {
			brought[p] = c
		}
	}
	return w.had(diff, brought)
}

// had drops the paths at which a parent has the content already.
func (w *historyWalk) had(diff map[string]treeChange, brought map[string]plan.Claim) error {
	for p, c := range brought {
		change, changed := diff[p]
		had := !changed
		if changed {
			var err error
			if had, err = w.holds(p, c, change.was); err != nil {
				return err
			}
		}
		if had {
			delete(brought, p)
		}
	}
	return nil
}

// pass makes paths pending at a commit; the map is the walk's from then on.
func (w *historyWalk) pass(commit string, paths map[string]plan.Claim) {
	have := w.pending[commit]
	if len(have) < len(paths) {
		have, paths = paths, have
	}
	if len(have) == 0 {
		return
	}
	maps.Copy(have, paths)
	w.pending[commit] = have
}

// judge decides about files that a commit changed against all its parents. Of
// several commits none may speak against a file; the first that does is named.
func (w *historyWalk) judge(id string, paths map[string]plan.Claim, diffs []map[string]treeChange) error {
	var before []map[plan.Claim]bool
	after := map[plan.Claim]bool{}
	for i, diff := range diffs {
		lock, changed := diff[w.lockPath]
		if !changed {
			after = nil // so no entry did
			break
		}
		named, err := w.lock(lock.was)
		if err != nil {
			return err
		}
		before = append(before, named)
		if i == 0 {
			if after, err = w.lock(lock.is); err != nil {
				return err
			}
		}
	}
	for p, c := range paths {
		entry := plan.Claim{Path: c.Path, Hash: c.Hash}
		stood := slices.ContainsFunc(before, func(named map[plan.Claim]bool) bool { return named == nil || named[entry] })
		if _, open := w.asked[p]; !open {
			continue
		}
		w.shown[c] = plan.Evidence{Ours: true}
		if !after[entry] || stood || diffs[0][p].is == "" {
			w.shown[c] = plan.Evidence{Commit: id}
			delete(w.asked, p)
		}
	}
	return nil
}

// holds tells whether a blob that some commit has at a path is the content
// that is asked about, or the Git LFS pointer to it. What is not here might
// be.
func (w *historyWalk) holds(p string, c plan.Claim, blob string) (bool, error) {
	head := w.at[p]
	if blob == noFile || blob == "" || blob == head.ID {
		return blob == head.ID, nil
	}
	obj, ok, err := w.objects.Stat(blob)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, fmt.Errorf("object %s, which stood at %q, is not here", blob, p)
	}
	if obj.Size == c.Size && head.Size != c.Size { // HEAD has a pointer, so this may be what it names
		return w.finder().is(obj, c.Hash)
	}
	return w.finder().names(obj, c.Hash), nil
}

func (w *historyWalk) finder() *Finder { return &Finder{repo: w.repo, objects: w.objects} }

// lock is what a blob of the lock names: nothing where there is none, and nil
// where it cannot be read.
func (w *historyWalk) lock(blob string) (map[plan.Claim]bool, error) {
	if blob == noFile {
		return map[plan.Claim]bool{}, nil
	}
	if named, ok := w.locks[blob]; ok {
		return named, nil
	}
	obj, ok, err := w.objects.Stat(blob)
	if err != nil || !ok {
		return nil, err
	}
	text, err := w.objects.Read(obj, maxFile)
	if err != nil {
		return nil, err
	}
	var named map[plan.Claim]bool
	if l, err := lockfile.Parse(lockfile.Filename, w.below, text); err == nil {
		named = make(map[plan.Claim]bool, len(l.Assets))
		for _, e := range l.Assets {
			named[plan.Claim{Path: e.Output, Hash: e.ContentHash}] = true
		}
	}
	const most = 8 // locks of neighbouring commits are asked for one after the other
	if len(w.locks) >= most {
		clear(w.locks)
	}
	w.locks[blob] = named
	return named, nil
}
