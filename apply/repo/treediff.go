package repo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// treeDiff compares the trees of commits through one process that stays.
type treeDiff struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// treeDiff starts the process; it compares names and ids alone and never reads
// a file, so that no attribute or filter has a say. It looks only at these
// paths of the tree, at all if there are none.
func (r *Repo) treeDiff(ctx context.Context, scope []string) (*treeDiff, error) {
	args := []string{"-c", "core.quotePath=false", "diff-tree", "--stdin", "-r", "--raw", "--root",
		"--no-abbrev", "--no-renames", "--no-commit-id", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none", "--"}
	for _, p := range scope {
		args = append(args, ":(top,literal)"+p)
	}
	cmd := r.command(ctx, args...)
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
