package repo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"assetform/lockfile"
	"assetform/plan"
)

// committedTime bounds the walk through history. What it has not found by then
// is not shown to be ours.
const committedTime = 30 * time.Second

// Committed answers what plan.Snapshot asks: which of these files were last
// changed by a commit that also changed the lock entry that names them to
// their content. Somebody who writes only the lock, in a pull request of one
// line, thereby makes no file of the project assetform's; somebody who changes
// file and entry together could as well have deleted the file.
//
// The last commit is the one that "git log -1 -- PATH" finds: from a merge the
// way leads to the first parent that has the file as it is. A commit without
// parents changed all that it holds. But where a shallow clone ends nothing is
// known of what was there before, so a file that was not changed since is not
// shown to be ours; the note tells how to get the rest. Anything else that git
// cannot answer, such as an object that a partial clone left out or a lock
// that is damaged there, counts the same way.
//
// Below is the directory that the repository was opened from, relative to the
// project root. It costs one walk however many files are asked about.
func (r *Repo) Committed(ctx context.Context, below string, claims []plan.Claim) (ours map[plan.Claim]bool, note string) {
	ctx, cancel := context.WithTimeout(ctx, committedTime)
	defer cancel()
	w := &historyWalk{
		repo: r, below: below, ours: map[plan.Claim]bool{}, pending: map[string]map[string]plan.Claim{},
		locks: map[string]map[plan.Claim]bool{}, shallow: r.shallowCommits(),
	}
	var ok bool
	if w.lockPath, ok = r.Path(lockfile.Filename); !ok {
		return nil, ""
	}
	asked := map[string]plan.Claim{}
	for _, c := range claims {
		if p, ok := r.Path(c.Path); ok {
			asked[p] = c
		}
	}
	err := w.run(ctx, asked)
	switch {
	case ctx.Err() != nil:
		return w.ours, fmt.Sprintf("history is too long to be searched in %.0f s", committedTime.Seconds())
	case err != nil:
		return w.ours, "git cannot tell: " + err.Error()
	case w.cut:
		return w.ours, "this clone is shallow and what came before is not here; get it with \"git fetch --unshallow\", or \"fetch-depth: 0\" in a workflow"
	}
	return w.ours, ""
}

// historyWalk follows files from HEAD to the commits that changed them last.
type historyWalk struct {
	repo     *Repo
	below    string // see Committed
	lockPath string // in the tree
	objects  *Objects
	diff     *treeDiff
	shallow  map[string]bool // commits whose parents may not be here

	pending map[string]map[string]plan.Claim // commit -> paths that it has as HEAD has them
	locks   map[string]map[plan.Claim]bool   // by blob: what a lock names, without sizes
	ours    map[plan.Claim]bool
	cut     bool // a path led to where the history ends
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

// hadParents tells whether a commit was made with parents, wherever they are.
func (r *Repo) hadParents(ctx context.Context, id string) bool {
	text, err := r.output(ctx, "cat-file", "commit", id)
	header, _, _ := strings.Cut(text, "\n\n")
	return err != nil || strings.Contains(header, "\nparent ")
}

func (w *historyWalk) run(ctx context.Context, asked map[string]plan.Claim) (err error) {
	head, err := w.repo.Commit(ctx, "HEAD")
	if err != nil {
		return errors.New("nothing is committed yet")
	}
	if w.objects, err = w.repo.Objects(ctx); err != nil {
		return err
	}
	defer w.objects.Close()
	for p, c := range asked {
		if ok, err := w.holds(head+":"+p, c); err != nil {
			return err
		} else if !ok {
			delete(asked, p)
		}
	}
	w.pending[head] = asked
	if w.diff, err = w.repo.treeDiff(ctx); err != nil {
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
	for len(w.pending) > 0 && lines.Scan() {
		if ids := strings.Fields(lines.Text()); len(ids) > 0 {
			if err := w.commit(ctx, ids[0], ids[1:]); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

// commit passes each path on to the first parent that has it unchanged; what
// no parent has, this commit changed.
func (w *historyWalk) commit(ctx context.Context, id string, parents []string) error {
	paths := w.pending[id]
	delete(w.pending, id)
	if len(paths) == 0 {
		return nil
	}
	if w.shallow[id] && w.repo.hadParents(ctx, id) {
		w.cut = true
		return nil
	}
	if len(parents) == 0 {
		parents = []string{""} // an empty tree
	}
	var diffs []map[string]treeChange
	for _, parent := range parents {
		diff, err := w.diff.between(id, parent)
		if err != nil {
			return err
		}
		diffs = append(diffs, diff)
		if parent == "" {
			break // there is nobody to pass anything on to
		}
		// Most commits change few of many paths: only these are touched.
		changed := map[string]plan.Claim{}
		for p := range diff {
			if c, ok := paths[p]; ok {
				changed[p] = c
				delete(paths, p)
			}
		}
		w.pass(parent, paths)
		if paths = changed; len(paths) == 0 {
			return nil
		}
	}
	return w.judge(paths, diffs)
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

// judge decides about files that a commit changed against all its parents.
func (w *historyWalk) judge(paths map[string]plan.Claim, diffs []map[string]treeChange) error {
	var before []map[plan.Claim]bool
	for _, diff := range diffs {
		lock, changed := diff[w.lockPath]
		if !changed {
			return nil // so no entry did
		}
		named, err := w.lock(lock.was)
		if err != nil {
			return err
		}
		before = append(before, named)
	}
	after, err := w.lock(diffs[0][w.lockPath].is)
	if err != nil {
		return err
	}
	for p, c := range paths {
		entry := plan.Claim{Path: c.Path, Hash: c.Hash}
		stood := slices.ContainsFunc(before, func(named map[plan.Claim]bool) bool { return named == nil || named[entry] })
		w.ours[c] = after[entry] && !stood && diffs[0][p].is != ""
	}
	return nil
}

// holds tells whether what git has under a name can be a file's content, by
// its size or as the Git LFS pointer to it. What is not committed as it stands
// was never in any commit's hands.
func (w *historyWalk) holds(name string, c plan.Claim) (bool, error) {
	obj, ok, err := w.objects.Stat(name)
	if err != nil || !ok {
		return false, err
	}
	f := Finder{repo: w.repo, objects: w.objects}
	return obj.Size == c.Size || f.names(obj, c.Hash), nil
}

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

// treeDiff compares the trees of commits through one process that stays.
type treeDiff struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// treeDiff starts the process; it compares names and ids alone and never reads
// a file, so that no attribute or filter has a say.
func (r *Repo) treeDiff(ctx context.Context) (*treeDiff, error) {
	cmd := r.command(ctx, "-c", "core.quotePath=false", "diff-tree", "--stdin", "-r", "--raw", "--root",
		"--no-abbrev", "--no-renames", "--no-commit-id", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start git diff-tree: %w", err)
	}
	return &treeDiff{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 64<<10)}, nil
}

func (d *treeDiff) close() {
	d.in.Close()
	_, _ = io.Copy(io.Discard, d.out)
	_ = d.cmd.Wait()
}

// treeChange is what stands at a path in two trees: the ids of the blobs,
// noFile, or "" for what is no regular file.
type treeChange struct{ was, is string }

const noFile = "none"

// between returns the paths at which a commit has another file than its
// parent; without a parent that is all that it holds. A change of the mode
// alone is none.
func (d *treeDiff) between(commit, parent string) (map[string]treeChange, error) {
	// git repeats a line that is no id, after all that it has to say to the
	// lines before: that marks the end of an answer, whose lines begin with ":".
	const end = "."
	if _, err := fmt.Fprintf(d.in, "%s\n%s\n", strings.TrimSpace(commit+" "+parent), end); err != nil {
		return nil, fmt.Errorf("ask git diff-tree: %w", err)
	}
	changed := map[string]treeChange{}
	for {
		line, err := d.out.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("read from git diff-tree: %w", err)
		}
		if line = strings.TrimSuffix(line, "\n"); line == end {
			return changed, nil
		}
		about, name, _ := strings.Cut(line, "\t")
		fields := strings.Fields(strings.TrimPrefix(about, ":"))
		if len(fields) != 5 {
			return nil, fmt.Errorf("read from git diff-tree: unexpected line %q", line)
		}
		if strings.HasPrefix(name, `"`) {
			if name, err = strconv.Unquote(name); err != nil {
				return nil, fmt.Errorf("read from git diff-tree: unexpected name in %q", line)
			}
		}
		c := treeChange{was: regularBlob(fields[0], fields[2]), is: regularBlob(fields[1], fields[3])}
		if c.was != c.is || c.is == "" {
			changed[name] = c
		}
	}
}

// regularBlob returns the id of what has that mode in a tree.
func regularBlob(mode, id string) string {
	switch mode {
	case "100644", "100755", "100664":
		return id
	case "000000":
		return noFile
	}
	return "" // a link or a submodule
}
