package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestReadmes runs the blocks of every README that begin with ```sh, as they
// stand and in order, in one shell and in a clone of its own of what git has
// of this repository: those of the root's there, those of an example in its
// directory. A block after a line <!-- not run --> is passed over. The
// program is built for it. Afterwards the clone of the root's is as it was.
func TestReadmes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the blocks are for a POSIX shell")
	}
	bin := buildProgram(t) // not of the copy, whose paths no build cache knows
	readmes, err := filepath.Glob(filepath.Join("*", "README.md"))
	if err != nil || len(readmes) == 0 {
		t.Fatalf("examples without a README: %v", err)
	}
	for _, name := range append(readmes, filepath.Join("..", "README.md")) {
		t.Run(filepath.ToSlash(filepath.Dir(name)), func(t *testing.T) {
			t.Parallel()
			clone := copyRepository(t)
			runBlocks(t, filepath.Join(clone, "examples", name), bin)
			if name != filepath.Join("..", "README.md") {
				return
			}
			out, err := exec.Command("git", "-C", clone, "status", "--porcelain", "--ignored", "examples").CombinedOutput()
			if err != nil || len(out) > 0 {
				t.Errorf("the tour leaves something behind: %v\n%s", err, out)
			}
		})
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// copyRepository copies the files that git knows, as they are in the work
// tree, and makes the copy a repository of its own, with one commit.
func copyRepository(t *testing.T) string {
	dir := t.TempDir()
	script := `git ls-files -z -co --exclude-standard | xargs -0 ls -d 2>/dev/null | tar -T - -cf - | tar -xf - -C "$0" && cd "$0" && git init -q && git add -A &&
git -c user.name=t -c user.email=t@example.org -c commit.gpgsign=false commit -qm t`
	cmd := exec.Command("sh", "-c", script, dir)
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil || !exists(filepath.Join(dir, "go.mod")) {
		t.Skipf("this directory cannot be copied with git and tar: %v\n%s", err, out)
	}
	return dir
}

// runBlocks runs the blocks of one README. Where the program would ask, it is
// told not to; and go keeps what it compiles of a copy for the next one.
func runBlocks(t *testing.T, name, bin string) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	blocks := shellBlocks(string(text))
	if len(blocks) == 0 {
		t.Skip("no block is run")
	}
	script := "set -eux\n" + strings.Join(blocks, "\n")
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = filepath.Dir(name)
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath"),
		"IMAGINATOR_API_KEY=", "CI=1", "ASSETFORM_CLI_ARGS_apply=--auto-approve", "ASSETFORM_CLI_ARGS_destroy=--auto-approve")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// shellBlocks are the blocks of a Markdown text that are run.
func shellBlocks(markdown string) []string {
	var blocks []string
	var block strings.Builder
	inside, skip := false, false
	for line := range strings.Lines(markdown) {
		text := strings.TrimRight(line, " \r\n")
		switch {
		case !inside && text == "```sh":
			inside = true
			block.Reset()
		case inside && text == "```":
			if inside = false; !skip {
				blocks = append(blocks, block.String())
			}
			skip = false
		case inside:
			block.WriteString(line)
		case text != "":
			skip = text == "<!-- not run -->"
		}
	}
	return blocks
}
