// Package docs_test keeps the pages beside it true: the reference and the
// schema are what the code's own tables say, the help pages are what the
// program prints, and each JSON example comes from a run.
//
// After a change: go test ./examples/docs -update, and read the difference.
package docs_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the pages anew")

// program is the built binary.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	flag.Parse()
	dir, err := os.MkdirTemp("", "assetform-docs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "assetform")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", program, "../..").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build assetform: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

func TestReference(t *testing.T) {
	t.Parallel()
	checkPage(t, "reference.md", []byte(config.Reference(all.Registry())))
}

func TestSchema(t *testing.T) {
	t.Parallel()
	checkPage(t, "assetform.schema.json", config.JSONSchema(all.Registry()))
}

var listedCommand = regexp.MustCompile(`(?m)^  ([a-z]+(?: [a-z]+)?)  `)

// TestCommands makes commands.md of the help of every command that the
// overview lists.
func TestCommands(t *testing.T) {
	t.Parallel()
	overview := help(t)
	_, list, ok := strings.Cut(overview, "\nCommands:\n")
	list, _, ok2 := strings.Cut(list, "\n\n")
	if !ok || !ok2 {
		t.Fatalf("the overview has no list of commands:\n%s", overview)
	}
	var page bytes.Buffer
	fmt.Fprintf(&page, "# Commands\n\nThis page is what `assetform help` prints.\n\n```text\n%s```\n", overview)
	for _, name := range listedCommand.FindAllStringSubmatch(list, -1) {
		if name[1] == "help" {
			continue
		}
		fmt.Fprintf(&page, "\n## %s\n\n```text\n%s```\n", name[1], help(t, strings.Fields(name[1])...))
	}
	if n := bytes.Count(page.Bytes(), []byte("\n## ")); n < 20 {
		t.Errorf("only %d commands were found in the overview", n)
	}
	checkPage(t, "commands.md", page.Bytes())
}

// help prints the overview, or the help of a command.
func help(t *testing.T, command ...string) string {
	t.Helper()
	cmd := exec.Command(program, append([]string{"help"}, command...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	return string(out)
}

// checkPage compares a page with what it should be, or writes it.
func checkPage(t *testing.T, name string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, want, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is out of date; run go test ./examples/docs -update (-want +got):\n%s", name, diff)
	}
}
