package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"assetform/apply/repo"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/format"
	"assetform/examples"
	"assetform/lockfile"
	"assetform/lockfile/atomicfile"

	"github.com/spf13/pflag"
)

const starterConfig = `# The images and videos of this project. To see what would be generated, why and
# at what cost:       assetform plan
# To generate it:     assetform apply
#
# Without a provider block the embedded local engine draws sketches: no key, no
# network, no cost. For real results, take the comment signs away and set the
# environment variable IMAGINATOR_API_KEY.

# provider "imaginator" {}

variable "style" {
  type        = string
  default     = "painterly, warm rim light"
  description = "Art direction shared by every asset"
}

image "hero" {
  prompt       = "A castle on a cliff above the sea at dawn, ${var.style}"
  aspect_ratio = "landscape"
  output       = "art/hero.png"
}
`

// attributesHint has a line for each extension that an output with pixels may
// have, such that taking the comment signs away is all that is left to do.
func attributesHint() string {
	var b strings.Builder
	b.WriteString("# For large projects keep pictures and films in Git LFS: run \"git lfs install\" and\n" +
		"# take the comment signs away before you commit the first of them.\n")
	var known []string
	for _, kind := range []address.Kind{address.Image, address.Video, address.Variant} {
		for _, ext := range format.Extensions(string(kind)) {
			if !slices.Contains(known, ext) {
				known = append(known, ext)
				fmt.Fprintf(&b, "# *%s filter=lfs diff=lfs merge=lfs -text\n", ext)
			}
		}
	}
	return b.String()
}

// exportAttributes has a line for each text that an asset of the lock is, so
// that git checks it out with the line ends that the lock has it with.
func exportAttributes(p place) (lines []string, err error) {
	below, err := p.below()
	if err != nil {
		return nil, err
	}
	lock, _, err := lockfile.Load(filepath.Join(p.Dir, lockfile.Filename), below)
	if err != nil {
		return nil, nil // every other command says what is wrong with it
	}
	for _, text := range lock.Addresses() {
		a, err := address.Parse(text)
		output := lock.Assets[text].Output
		if err == nil && a.Kind == address.Export && !strings.HasPrefix(output, "../") {
			lines = append(lines, attributePattern("/"+output)+" -text")
		}
	}
	return lines, nil
}

// attributePattern is what matches that one path in .gitattributes.
func attributePattern(path string) string {
	var b strings.Builder
	for _, r := range path {
		if strings.ContainsRune(`*?[]`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	if strings.Contains(path, " ") {
		return strconv.Quote(b.String())
	}
	return b.String()
}

// lockAttributes makes git merge locks with "assetform lock merge".
const lockAttributes = lockfile.Filename + " text eol=lf merge=assetform"

// mergeDriver is the git configuration of that merge driver.
var mergeDriver = [][2]string{
	{"merge.assetform.name", "assetform lock"},
	{"merge.assetform.driver", "assetform lock merge %O %A %B %P"},
}

// Init is the command init.
func Init(fl *pflag.FlagSet) Run {
	var example string
	fl.StringVar(&example, "example", "", "start from the example `NAME`: "+strings.Join(examples.Names, ", "))
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		if example != "" && !slices.Contains(examples.Names, example) {
			return s.fail("No such example", fmt.Errorf("there is no example %q: there are %s%s", example, diag.Listed(examples.Names), DidYouMean(example, examples.Names)))
		}
		return runInit(ctx, s.streams, example)
	}
}

func runInit(ctx context.Context, s *streams, example string) int {
	var log strings.Builder
	for _, name := range []string{".gitignore", ".gitattributes"} { // before anything is written
		if _, err := readGitFile(s.place, name); err != nil {
			return s.fail("Project not started", err)
		}
	}
	if err := writeStarter(s.place, example, &log); err != nil {
		return s.fail("Project not started", err)
	}
	if err := addLines(s.place, ".gitignore", &log, ".assetform/", "assetform-report/"); err != nil {
		return s.fail("Project not started", err)
	}
	exports, err := exportAttributes(s.place)
	if err == nil {
		err = addLines(s.place, ".gitattributes", &log, append([]string{lockAttributes, attributesHint()}, exports...)...)
	}
	if err != nil {
		return s.fail("Project not started", err)
	}
	if err := setMergeDriver(ctx, s.place, s.Environ, &log); err != nil {
		return s.fail("Merge driver not set", err)
	}
	log.WriteString("\nThe project is ready. Next:\n  assetform plan     shows what would be generated, why and at what cost\n  assetform apply    generates it\n")
	return s.output(log.String())
}

// writeStarter writes the starter configuration or an example, unless there
// is a configuration already. No file is ever overwritten.
func writeStarter(p place, example string, log *strings.Builder) error {
	has, err := hasConfig(p.Dir)
	if err != nil {
		return err
	}
	if has && example == "" {
		log.WriteString("A configuration stands here already; it was left as it is.\n")
		return nil
	}
	files := map[string][]byte{"main.asset.hcl": []byte(starterConfig)}
	if example != "" {
		if files, err = examples.Files(example); err != nil {
			return err
		}
	}
	var names, kept []string
	for name := range files {
		if _, err := os.Lstat(filepath.Join(p.Dir, filepath.FromSlash(name))); err == nil {
			if path.Ext(name) == ".md" { // nothing of the example reads it
				kept = append(kept, name)
				continue
			}
			return fmt.Errorf("the file %q stands already and is never overwritten; start in an empty directory", name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	slices.Sort(kept)
	for _, name := range kept {
		fmt.Fprintf(log, "Kept %s: yours stands there, and the example's was not written\n", name)
	}
	for _, name := range names {
		if err := createFile(p, name, files[name]); err != nil {
			return err
		}
		fmt.Fprintf(log, "Wrote %s\n", name)
	}
	return nil
}

func hasConfig(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasSuffix(e.Name(), ".asset.hcl") || strings.HasSuffix(e.Name(), ".asset.json")
	}), err
}

// createFile writes a file that must not exist.
func createFile(p place, name string, b []byte) error {
	full := filepath.Join(p.Dir, filepath.FromSlash(name))
	if err := p.ownPath(full); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// maxGitFile bounds what is read of a text file of git's.
const maxGitFile = 10 << 20

// readGitFile reads one of git's text files; there may be none. It may be no
// link, through which some other file would be appended to.
func readGitFile(p place, name string) ([]byte, error) {
	b, err := atomicfile.ReadRegular(filepath.Join(p.Dir, name), maxGitFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("add to %q: %w; put a file of the project's own in its place", name, err)
	}
	return b, nil
}

// addLines appends what is missing to a text file of git's, and makes the
// file if need be. A line counts as present when it stands there in any
// white space.
func addLines(p place, name string, log *strings.Builder, wanted ...string) error {
	old, err := readGitFile(p, name)
	if err != nil {
		return err
	}
	missing := ""
	for _, text := range wanted {
		first, _, _ := strings.Cut(text, "\n")
		if !hasLine(old, first) {
			missing += strings.TrimSuffix(text, "\n") + "\n"
		}
	}
	if missing == "" {
		return nil
	}
	if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
		missing = "\n" + missing
	}
	if err := atomicfile.Write(filepath.Join(p.Dir, name), 0o666, append(bytes.Clone(old), missing...)); err != nil {
		return err
	}
	verb := "Wrote"
	if len(old) > 0 {
		verb = "Added what was missing to"
	}
	fmt.Fprintf(log, "%s %s\n", verb, name)
	return nil
}

func hasLine(text []byte, line string) bool {
	want := strings.Join(strings.Fields(line), " ")
	for have := range strings.Lines(string(text)) {
		if strings.Join(strings.Fields(have), " ") == want {
			return true
		}
	}
	return false
}

// setMergeDriver tells the repository's git how to merge locks. Outside git,
// or without git on the machine, there is nothing to set.
func setMergeDriver(ctx context.Context, p place, environ []string, log *strings.Builder) error {
	root, err := p.root()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, ".git")); err != nil {
		log.WriteString("This is no git work tree. After \"git init\" run \"assetform init\" again, so that git merges locks.\n")
		return nil
	}
	switch _, err := repo.Open(ctx, p.Dir, environ); {
	case errors.Is(err, repo.ErrNoGit):
		return nil
	case err != nil:
		return err
	}
	changed := false
	for _, kv := range mergeDriver {
		have, err := exec.CommandContext(ctx, "git", "-c", "safe.bareRepository=explicit", "-C", p.Dir, "config", "--local", "--get", kv[0]).Output()
		if err == nil && strings.TrimSpace(string(have)) != "" {
			continue
		}
		if out, err := exec.CommandContext(ctx, "git", "-c", "safe.bareRepository=explicit", "-C", p.Dir, "config", "--local", kv[0], kv[1]).CombinedOutput(); err != nil {
			return fmt.Errorf("run git config %s: %w: %s", kv[0], err, bytes.TrimSpace(out))
		}
		changed = true
	}
	if changed {
		log.WriteString("Told git to merge locks with \"assetform lock merge\"\n")
	}
	if _, err := exec.LookPath("assetform"); err != nil {
		log.WriteString("Git will look for \"assetform\" in PATH and not find it: put it there, or a merge leaves the lock undecided.\n")
	}
	return nil
}
