package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"time"
)

const usage = `Usage: examples/bench/run [flags]

Builds assetform from this tree and projects to run it in, runs it in turn with
what it is compared with, and prints how its processor time (user and system,
children included) compares: with git, with an older build of itself, with
Terraform, with ImageMagick, with a Go program that does nothing. Wall time stands beside it.

  --old REV|FILE  compare with an older build: a revision of git, or a program
  --runs N        runs of each command, of which the medians count (default 5)
  --rows PATTERN  only the rows whose name matches this regular expression
  --full          what takes long too: 50,000 assets, 1,000 pairs, cold builds
  --markdown      print the tables as the README has them
  --anyway        print them, marked as noisy, on a machine that is busy
  --quick         few and small, to see that it works; nothing is judged
  -h, --help      this

While the load of the last minute is above the number of cores nothing is
judged, and it ends with exit code 1. All it needs is Go and git; what
Terraform, ImageMagick, versitygw and strace are for is left out where they are
not there.

Rows:
`

// A bench is one run of the benchmarks.
type bench struct {
	quick, full, anyway, markdown bool
	runs                          int
	pattern                       *regexp.Regexp

	root string // of this repository
	from string // where --old FILE is looked for
	tmp  string // removed at the end
	env  []string
	log  io.Writer // progress, for people

	tool, old string // programs; old is "" where there is none
	oldTree   string // the sources of old, where they are known
	oldName   string
	server    *server
	projects  map[string]*project
	edits     int // so that no two are alike
	aside     int // projects that were used up

	load    func() (float64, error)
	floor   int64   // the least memory that can be seen
	noisy   float64 // the highest load above the cores that was seen
	results map[string]result
	grown   map[int]growing
	calls   [2]calls // of tool and old
}

// sections are what is measured in one go, and the rows that come of it.
var sections = []struct {
	rows []string
	run  func(*bench, context.Context) error
}{
	{[]string{"version", "plan-10"}, (*bench).start},
	{[]string{growth}, unchanged(10)},
	{[]string{growth, "plan-1000", "verify-1000", "apply-1000"}, unchanged(1_000)},
	{[]string{growth, "plan-5000", "verify-5000", "apply-5000"}, unchanged(5_000)},
	{[]string{growth, "plan-10000", "verify-10000", "apply-10000"}, unchanged(10_000)},
	{[]string{"edited-10000", "edited-memory"}, (*bench).editedBlock},
	{[]string{"edited-file"}, (*bench).editedFile},
	{[]string{growth, "table-memory"}, (*bench).editedRow},
	{[]string{"generate", "generate-10000", "generate-50000"}, (*bench).generate},
	{[]string{"generate-fsyncs", systemCalls}, (*bench).trace},
	{[]string{"makespan"}, (*bench).makespan},
	{[]string{"report-first", "report-again"}, (*bench).report},
	{[]string{"report-memory"}, (*bench).reportMemory},
	{[]string{"variants"}, (*bench).variants},
	{[]string{"restore", "pull", "push"}, (*bench).transfers},
	{[]string{"build"}, (*bench).coldBuild},
}

// run is the whole program; it returns the exit code.
func (b *bench) run(ctx context.Context, args []string, out io.Writer) int {
	old, err := b.flags(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		io.WriteString(out, usage)
		for _, name := range names() {
			fmt.Fprintf(out, "  %s\n", name)
		}
		return 0
	case err == nil:
		err = b.measure(ctx, old)
	}
	if err == nil {
		err = b.print(out)
	}
	if err != nil {
		fmt.Fprintln(b.log, err)
		return 1
	}
	return 0
}

func (b *bench) flags(args []string) (old string, err error) {
	fs := flag.NewFlagSet("run", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&old, "old", "", "")
	fs.IntVar(&b.runs, "runs", 5, "")
	fs.BoolVar(&b.full, "full", false, "")
	fs.BoolVar(&b.markdown, "markdown", false, "")
	fs.BoolVar(&b.anyway, "anyway", false, "")
	fs.BoolVar(&b.quick, "quick", false, "")
	pattern := fs.String("rows", "", "")
	if err := fs.Parse(args); err != nil {
		return "", err
	}
	if fs.NArg() > 0 {
		return "", fmt.Errorf("%q is no flag; see --help", fs.Arg(0))
	}
	if b.runs < 1 {
		return "", fmt.Errorf("--runs %d: at least one is needed", b.runs)
	}
	if b.pattern, err = regexp.Compile(*pattern); err != nil {
		return "", fmt.Errorf("--rows: %w", err)
	}
	if !slices.ContainsFunc(names(), b.wanted) {
		return "", fmt.Errorf("--rows %s matches no row; --help lists them", *pattern)
	}
	return old, nil
}

// names are those of all rows and tables.
func names() []string {
	var list []string
	for _, r := range reach {
		list = append(list, r.name)
	}
	return append(list, growth, systemCalls)
}

func (b *bench) wanted(name string) bool { return b.pattern.MatchString(name) }

// measure fills in the results.
func (b *bench) measure(ctx context.Context, old string) error {
	if err := b.quiet(ctx, 0); err != nil {
		return err
	}
	end, err := b.open(ctx, old)
	defer end()
	if err != nil {
		return err
	}
	for _, section := range sections {
		if !slices.ContainsFunc(section.rows, b.possible) {
			continue
		}
		// What was just done is part of the load, and goes by.
		if err := b.quiet(ctx, 3*time.Minute); err != nil {
			return err
		}
		fmt.Fprintf(b.log, "%s measuring %v\n", time.Now().Format(time.TimeOnly), section.rows)
		if err := section.run(b, ctx); err != nil {
			return err
		}
		for _, name := range section.rows { // it may be long until the table
			if got, ok := b.results[name]; ok {
				fmt.Fprintf(b.log, "  %s: %s; %s\n", name, figure(got.reached), got.beside)
			}
		}
	}
	smallest, err := b.once(ctx, b.nothing())
	b.floor = smallest.memory
	return err
}

// open makes what all sections need. What it returns removes it again, and is
// never nil.
func (b *bench) open(ctx context.Context, old string) (end func(), err error) {
	var ends []func()
	end = func() {
		for _, f := range slices.Backward(ends) {
			f()
		}
	}
	if b.tmp, err = os.MkdirTemp("", "assetform-bench-"); err != nil {
		return end, err
	}
	ends = append(ends, func() { os.RemoveAll(b.tmp) })
	s, closeServer, err := listen()
	if err != nil {
		return end, err
	}
	ends = append(ends, closeServer)
	b.server, b.projects, b.results, b.grown = s, map[string]*project{}, map[string]result{}, map[int]growing{}
	// What is set here must not change what is measured, nor hear of it.
	b.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + b.tmp, "TMPDIR=" + b.tmp, "GIT_CONFIG_NOSYSTEM=1", "CHECKPOINT_DISABLE=1",
		"IMAGINATOR_API_KEY=bench-" + filepath.Base(b.tmp),
	}
	removeOld, err := b.buildAll(ctx, old)
	ends = append(ends, removeOld)
	return end, err
}

// possible tells whether a row was asked for and can be measured.
func (b *bench) possible(name string) bool {
	i := slices.IndexFunc(reach, func(r row) bool { return r.name == name })
	switch {
	case !b.wanted(name):
		return false
	case i >= 0:
		return len(b.missing(reach[i])) == 0
	}
	return name != systemCalls || has("strace")
}

// missing is what a row needs and is not there.
func (b *bench) missing(r row) []string {
	there := map[string]bool{
		needsOld: b.old != "", needsRevision: b.oldTree != "", needsFull: b.full, needsTerraform: has("terraform"), needsTrace: has("strace"),
		needsMagick: magick() != "", needsGateway: has(gateway),
	}
	return slices.DeleteFunc(slices.Clone(r.needs), func(need string) bool { return there[need] })
}

func has(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// quiet waits for the load to be no more than the cores, but not for long.
func (b *bench) quiet(ctx context.Context, patience time.Duration) error {
	for until := time.Now().Add(patience); ; {
		load, err := b.load()
		if err != nil || load <= float64(runtime.NumCPU()) {
			return nil // where nobody knows the load, the reader has to
		}
		if b.anyway {
			b.noisy = max(b.noisy, load)
			return nil
		}
		if time.Now().After(until) {
			return fmt.Errorf("nothing is judged: the load is %.1f on %d cores, so what is measured would be other programs' doing; wait until the machine is idle, or print it --anyway, marked as noisy", load, runtime.NumCPU())
		}
		if err := pause(ctx, 5*time.Second); err != nil {
			return err
		}
	}
}

// scaled is a number of assets as it is measured in this run.
func (b *bench) scaled(n int) int {
	if !b.quick {
		return n
	}
	return max(3, n/250)
}

// rounds of commands that take a moment, heavy ones of those that take long,
// and light ones of those that are over before the clock is sure of them.
func (b *bench) rounds() int { return b.times(b.runs) }
func (b *bench) heavy() int  { return b.times(min(b.runs, 3)) }
func (b *bench) light() int  { return b.times(4 * b.runs) }

func (b *bench) times(n int) int {
	if b.quick {
		return min(n, 2)
	}
	return n
}

// print writes the tables.
func (b *bench) print(w io.Writer) error {
	if b.noisy > 0 {
		fmt.Fprintf(w, "NOISY: the load was up to %.1f on %d cores. These figures are not to be quoted.\n\n", b.noisy, runtime.NumCPU())
	}
	if b.quick {
		fmt.Fprintf(w, "QUICK: all of it is small, and nothing is judged.\n\n")
	}
	fmt.Fprintln(w, b.circumstances())
	for _, t := range []table{b.judged(), b.grownTable(), b.callsTable()} {
		if len(t.cells) < 2 {
			continue
		}
		if err := t.print(w, b.markdown); err != nil {
			return err
		}
	}
	return nil
}
