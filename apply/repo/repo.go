package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"assetform/config/diag"
)

// Repo is a git repository as it is seen from one directory of its work tree.
type Repo struct {
	dir    string   // absolute; where git is started
	prefix string   // of dir in the tree, with slashes; "" at the top
	common string   // absolute; the directory that all work trees share
	gitDir string   // absolute; this work tree's own
	env    []string // of the processes that are started
}

// UntrustedError says that git does not read a repository because another user
// owns it, as in a container that another one cloned for.
type UntrustedError struct {
	Dir string // that git would have to trust
}

func (e *UntrustedError) Error() string {
	return fmt.Sprintf("git does not read the repository at %q, because it belongs to another user than the one who runs this (git calls it \"dubious ownership\"). If you trust it, run: git config --global --add safe.directory %s", e.Dir, diag.ShellWord(e.Dir))
}

// untrusted recognises in what git said that it refuses a repository.
func untrusted(stderr, dir string) *UntrustedError {
	const sign = "detected dubious ownership in repository at '"
	_, rest, found := strings.Cut(stderr, sign)
	if !found {
		return nil
	}
	if name, _, ok := strings.Cut(rest, "'\n"); ok { // git names the directory that it wants to be trusted
		dir = name
	}
	return &UntrustedError{dir}
}

// Errors that Open wraps.
var (
	ErrNoGit        = errors.New("git is not installed")
	ErrNoRepository = errors.New("not in a git work tree")
)

// Open discovers the repository that a directory belongs to. The error matches
// ErrNoGit or ErrNoRepository where that is the reason, and is an
// *UntrustedError where git refuses.
func Open(ctx context.Context, dir string, environ []string) (*Repo, error) {
	r := &Repo{dir: dir, env: gitEnv(environ)}
	if _, err := exec.LookPath("git"); err != nil {
		return nil, ErrNoGit
	}
	inside, err := r.output(ctx, "rev-parse", "--is-inside-work-tree")
	if err != nil || strings.TrimSpace(inside) != "true" {
		var failed *Error
		if errors.As(err, &failed) && !strings.Contains(failed.Stderr, "not a git repository") {
			if refused := untrusted(failed.Stderr, dir); refused != nil {
				return nil, refused
			}
			return nil, err
		}
		return nil, fmt.Errorf("directory %q is %w", dir, ErrNoRepository)
	}
	// One question an answer: a path may hold anything but a final newline.
	for _, q := range []struct {
		flag string
		to   *string
	}{{"--show-prefix", &r.prefix}, {"--git-common-dir", &r.common}, {"--git-dir", &r.gitDir}} {
		out, err := r.output(ctx, "rev-parse", q.flag)
		if err != nil {
			return nil, err
		}
		*q.to = strings.TrimRight(out, "\r\n")
	}
	r.prefix = strings.TrimSuffix(r.prefix, "/")
	for _, p := range []*string{&r.common, &r.gitDir} {
		if *p = filepath.FromSlash(*p); !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	return r, nil
}

// Adds tells whether git would add a file of that absolute path: it stands in
// the work tree, and nothing ignores it.
func (r *Repo) Adds(ctx context.Context, path string) bool {
	err := r.command(ctx, "check-ignore", "--quiet", "--", path).Run()
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == 1
}

// Ignored lists those of some paths, relative to the directory that the
// repository was opened from, that git would leave out of a commit.
func (r *Repo) Ignored(ctx context.Context, paths []string) ([]string, error) {
	cmd := r.command(ctx, "check-ignore", "--stdin", "-z")
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\x00"))
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 { // none
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"), nil
}

// gitEnv is the environment for git: without what ties it to another
// directory, without the keys of engines, without prompts, without fetching, and with messages that can be
// recognised.
func gitEnv(environ []string) []string {
	drop := []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_IMPLICIT_WORK_TREE",
		"GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "LC_ALL", "LANGUAGE"}
	var env []string
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		if slices.Contains(drop, name) || strings.HasSuffix(name, "_API_KEY") {
			continue
		}
		env = append(env, kv)
	}
	return append(env, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1")
}

// Error is a git command that failed.
type Error struct {
	Args   []string
	Stderr string // what git said, cut to a few lines
	Err    error
}

func (e *Error) Error() string {
	text := e.Stderr
	if text == "" {
		text = e.Err.Error()
	}
	return fmt.Sprintf("git %s: %s", e.Args[0], text)
}

// Unwrap returns why the process failed.
func (e *Error) Unwrap() error { return e.Err }

// output runs git and returns what it printed.
func (r *Repo) output(ctx context.Context, args ...string) (string, error) {
	cmd := r.command(ctx, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", &Error{Args: args, Stderr: firstLines(stderr.String(), 8), Err: err}
	}
	return stdout.String(), nil
}

// command starts git in the project's directory. A directory that a
// repository brings and that looks like a bare repository is none: git would
// take its configuration, which can name programs to run, from there. What a
// repository's own configuration would have git run, or print, beside the
// answer is turned off.
func (r *Repo) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--no-pager", "-c", "safe.bareRepository=explicit",
		"-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "i18n.logOutputEncoding=UTF-8"}, args...)...)
	cmd.Dir, cmd.Env = r.dir, r.env
	return cmd
}

func firstLines(text string, n int) string {
	lines := strings.SplitN(strings.TrimSpace(text), "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}

// Path is where a file stands in the tree, from its path relative to the
// directory that the repository was opened from, both with slashes. It
// reports false for a path that leads out of the work tree.
func (r *Repo) Path(rel string) (string, bool) {
	p := path.Join(r.prefix, rel)
	return p, p != "." && p != ".." && !strings.HasPrefix(p, "../") && !path.IsAbs(rel)
}

// Commit returns the id of the commit that a name means.
func (r *Repo) Commit(ctx context.Context, name string) (string, error) {
	out, err := r.output(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil {
		return "", err
	}
	id := strings.TrimSpace(out)
	if strings.Trim(id, "0123456789abcdef") != "" { // "^main" is what main has not
		return "", fmt.Errorf("%q is not the name of a commit", name)
	}
	return id, nil
}

// LastCommit returns the id of the last commit on HEAD's first parents that
// changed the file, "" if none did. The path is one of the tree.
func (r *Repo) LastCommit(ctx context.Context, treePath string) (string, error) {
	if _, err := r.Commit(ctx, "HEAD"); err != nil {
		return "", nil // no commit yet
	}
	out, err := r.output(ctx, "log", "-1", "--first-parent", "--format=%H", "HEAD", "--", ":(top,literal)"+treePath)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(out), nil
}

// FetchesAllBranches tells whether a fetch brings every branch of every remote:
// a clone of a single branch asks for that alone.
func (r *Repo) FetchesAllBranches(ctx context.Context) bool {
	out, err := r.output(ctx, "config", "-z", "--get-regexp", `^remote\..*\.fetch$`)
	if err != nil {
		return true // there is no remote
	}
	all := map[string]bool{}
	for entry := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		name, refs, _ := strings.Cut(entry, "\n")
		all[name] = all[name] || strings.HasPrefix(strings.TrimPrefix(refs, "+"), "refs/heads/*:") || strings.HasPrefix(strings.TrimPrefix(refs, "+"), "refs/*:")
	}
	return !slices.Contains(slices.Collect(maps.Values(all)), false)
}

// Shallow tells whether history was cut off when the repository was cloned.
func (r *Repo) Shallow() bool {
	_, err := os.Stat(filepath.Join(r.common, "shallow"))
	return err == nil
}
