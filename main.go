// Command assetform plans and applies generated images and videos.
//
// This file is the process boundary: it knows the command line, the
// environment, signals and exit codes. What the commands do is in apply/cli.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"assetform/apply/cli"
	"assetform/apply/engine/all"
	"assetform/config/diag"

	"github.com/mattn/go-shellwords"
	"github.com/spf13/pflag"
)

// version is set by release builds with -ldflags "-X main.version=1.2.3".
var version = "0.1.0"

func main() {
	// A command lives for a second and frees little: collecting less often
	// makes plans of large projects a tenth faster for a tenth more memory.
	debug.SetGCPercent(150)
	log.SetOutput(io.Discard) // net/http quotes what odd servers send there; errors come back as errors
	p := process{args: os.Args[1:], environ: os.Environ(), in: os.Stdin, out: os.Stdout, err: os.Stderr}
	os.Exit(p.run(context.Background()))
}

// notify begins to deliver signals. Until a command asks for them they end
// the process, which is right for everything that only reads.
func notify() <-chan os.Signal {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	return signals
}

// process is everything that assetform has from the operating system.
type process struct {
	args    []string
	environ []string
	in      *os.File
	out     *os.File
	err     *os.File

	stdout, stderr io.Writer // out and err as they are written to
}

// command is one entry of the command table.
type command struct {
	name  string // one or two words
	usage string // what follows the name
	short string // one line for the list of commands
	long  string // what it does, and two examples
	bind  func(*pflag.FlagSet) cli.Run
}

// globals are the flags that stand before the command.
type globals struct {
	chdir    string
	noColor  bool
	logLevel string
	help     bool
	version  bool
}

func (g *globals) bind(fs *pflag.FlagSet) {
	fs.StringVar(&g.chdir, "chdir", "", "run as if started in `DIR`")
	fs.BoolVar(&g.noColor, "no-color", false, "print without colour (also NO_COLOR)")
	fs.StringVar(&g.logLevel, "log-level", "", "log to stderr: debug, info, warn or error (also ASSETFORM_LOG)")
	fs.BoolVarP(&g.help, "help", "h", false, "show help")
	fs.BoolVar(&g.version, "version", false, "show the version")
}

// run executes one command line and returns the exit code.
func (p *process) run(ctx context.Context) (code int) {
	p.stdout, p.stderr = cli.Stream(p.environ, p.out), cli.Stream(p.environ, p.err)
	defer func() {
		if v := recover(); v != nil {
			code = p.crashed(v)
		}
	}()
	var g globals
	root := newFlagSet(rootName)
	root.SetInterspersed(false)
	g.bind(root)
	if err := root.Parse(p.args); err != nil {
		return p.usageError("", flagError(err, root, p.args))
	}
	args := root.Args()
	switch {
	case g.version:
		args = []string{"version"}
	case len(args) == 0 && !g.help:
		fmt.Fprint(p.stderr, overview())
		return cli.ExitError
	case len(args) == 0:
		fmt.Fprint(p.stdout, overview())
		return cli.ExitDone
	case args[0] == "help":
		return p.help(args[1:])
	case (len(args) == 1 && g.help || len(args) == 2 && (args[1] == "--help" || args[1] == "-h")) && len(group(args[0])) > 0:
		return p.help(args[:1])
	}
	cmd, rest, err := find(args)
	if err != nil {
		return p.usageError("", err)
	}
	if g.help {
		rest = []string{"--help"}
	}
	return p.runCommand(ctx, cmd, rest, g)
}

func (p *process) runCommand(ctx context.Context, cmd *command, args []string, g globals) int {
	extra, err := p.extraArgs(cmd.name)
	if err != nil {
		return p.usageError(cmd.name, err)
	}
	fs := newFlagSet(cmd.name)
	run := cmd.bind(fs)
	// The global flags are understood behind the command as well.
	g.bindAgain(fs)
	args = append(extra, args...)
	err = fs.Parse(args)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		fmt.Fprint(p.stdout, cmd.help(fs))
		return cli.ExitDone
	case err != nil:
		return p.usageError(cmd.name, flagError(err, fs, args))
	}
	if err := detached(cmd, fs, args); err != nil {
		return p.usageError(cmd.name, err)
	}
	s, err := cli.NewSession(cli.Process{
		Name: cmd.name, Version: version, Engines: all.Engines, Environ: p.environ, Chdir: g.chdir, NoColor: g.noColor, LogLevel: g.logLevel,
		In: p.in, Out: p.out, Err: p.err, Notify: notify, Complete: completions, Exit: os.Exit,
	})
	if err != nil {
		return p.usageError(cmd.name, err)
	}
	return run(ctx, s, fs.Args())
}

// bindAgain declares the global flags on a command's set, with what was given
// before the command as their defaults.
func (g *globals) bindAgain(fs *pflag.FlagSet) {
	before := *g
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	g.bind(own)
	*g = before
	own.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Name == "version" || fs.Lookup(f.Name) != nil {
			return // pflag answers --help with ErrHelp
		}
		f.Hidden = true
		fs.AddFlag(f)
	})
}

// extraArgs are the arguments that the environment puts before those of the
// command line: ASSETFORM_CLI_ARGS and ASSETFORM_CLI_ARGS_<command>.
func (p *process) extraArgs(name string) ([]string, error) {
	var extra []string
	suffix := strings.NewReplacer(" ", "_", "-", "_").Replace(name)
	for _, variable := range []string{"ASSETFORM_CLI_ARGS", "ASSETFORM_CLI_ARGS_" + suffix} {
		text, ok := cli.Getenv(p.environ, variable)
		if !ok || text == "" {
			continue
		}
		words, err := shellwords.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("read environment variable %s: %w", variable, err)
		}
		extra = append(extra, words...)
	}
	return extra, nil
}

// rootName is the name of the set of the global flags.
const rootName = "assetform"

func newFlagSet(name string) *pflag.FlagSet {
	fs := pflag.NewFlagSet(name, pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	fs.SortFlags = true
	return fs
}

// find takes the command's one or two words off the arguments.
func find(args []string) (*command, []string, error) {
	table := commands()
	if len(args) > 1 {
		two := args[0] + " " + args[1]
		for i := range table {
			if table[i].name == two {
				return &table[i], args[2:], nil
			}
		}
	}
	for i := range table {
		if table[i].name == args[0] {
			return &table[i], args[1:], nil
		}
	}
	var names []string
	for _, c := range table {
		if sub, ok := strings.CutPrefix(c.name, args[0]+" "); ok {
			names = append(names, sub)
		}
	}
	if len(names) > 0 {
		given := "none was given"
		if len(args) > 1 {
			given = fmt.Sprintf("%q is none of them%s", args[1], cli.DidYouMean(args[1], names))
		}
		return nil, nil, fmt.Errorf("%q needs one of the commands %s; %s", args[0], strings.Join(names, ", "), given)
	}
	if instead := cli.InsteadOf(args, all.Registry()); instead != "" {
		return nil, nil, fmt.Errorf("there is no command %q: %s", args[0], instead)
	}
	for _, c := range table {
		words := strings.Fields(c.name)
		names = append(names, words[0])
		if words[len(words)-1] == args[0] {
			return nil, nil, fmt.Errorf("there is no command %q.%s", args[0], diag.DidYouMean(c.name))
		}
	}
	return nil, nil, fmt.Errorf("there is no command %q%s", args[0], cli.DidYouMean(args[0], append(names, "help")))
}

// detached refuses the value of a flag that needs none where it stands as a
// word of its own: it would be taken for an argument.
func detached(cmd *command, fs *pflag.FlagSet, args []string) error {
	trial := newFlagSet(cmd.name)
	cmd.bind(trial)
	for i, arg := range args[:max(len(args)-1, 0)] {
		if arg == "--" {
			return nil
		}
		name, long := strings.CutPrefix(arg, "--")
		f, value := trial.Lookup(name), args[i+1]
		if !long || f == nil || f.NoOptDefVal == "" || !slices.Contains(fs.Args(), value) {
			continue
		}
		if f.Value.Type() == "bool" && value != "true" && value != "false" {
			continue
		}
		if f.Value.Set(value) == nil {
			return fmt.Errorf("the value of --%s follows an equals sign: --%s=%s", name, name, value)
		}
	}
	return nil
}

// flagError says of a flag that there is not which one is meant: with two
// dashes, of Terraform's, of another place on the line, or mistyped. It quotes
// no value.
func flagError(err error, fs *pflag.FlagSet, args []string) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	name := unknown.GetSpecifiedName()
	if unknown.GetSpecifiedShortnames() != "" {
		name, _, _ = strings.Cut(unknown.GetSpecifiedShortnames(), "=")
		for _, arg := range args { // the whole word: pflag stops at letters it knows
			if word, ok := strings.CutPrefix(arg, "-"); ok && strings.HasSuffix(word, unknown.GetSpecifiedShortnames()) {
				name, _, _ = strings.Cut(word, "=")
			}
		}
	}
	var known []string
	fs.VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	known = append(known, "help")
	switch {
	case slices.Contains(known, name):
		return fmt.Errorf("-%s is written --%s here, as every flag is", name, name)
	case cli.InsteadOfFlag(name) != "":
		return fmt.Errorf("there is no flag %s%s: %s", map[bool]string{true: "-", false: "--"}[len(name) == 1], name, cli.InsteadOfFlag(name))
	case strings.Trim(name, "0123456789") == "":
		return fmt.Errorf("there is no flag -%s, and no argument is a number below 0", name)
	case len(name) == 1:
		return fmt.Errorf("there is no flag -%s", name)
	}
	for _, c := range commands() {
		of := newFlagSet(c.name)
		c.bind(of)
		if fs.Name() == rootName && of.Lookup(name) != nil {
			return fmt.Errorf("--%s is a flag of commands and stands behind them, as in \"assetform %s --%s\"", name, c.name, name)
		}
	}
	var dashed []string
	for _, k := range known {
		dashed = append(dashed, "--"+k)
	}
	return fmt.Errorf("there is no flag --%s%s", name, cli.DidYouMean("--"+name, dashed))
}

// crashed reports a panic. Left to itself it would exit with 2, which says that
// there are changes, and print its value, which may quote anything.
func (p *process) crashed(v any) int {
	what := fmt.Sprintf("%T", v)
	if err, ok := v.(runtime.Error); ok {
		what = err.Error()
	}
	fmt.Fprintf(p.stderr, "Error: assetform crashed, which is a fault of its own (%s).\n\n%s\nPlease report these lines.\n", what, debug.Stack())
	return cli.ExitError
}

// withoutValue is an error of the command line that quotes no value of a
// variable: it may be a secret, and this is what a log shows of it.
func withoutValue(err error) error {
	var invalid *pflag.InvalidValueError
	var unknown *pflag.NotExistError
	switch {
	case errors.As(err, &invalid) && invalid.GetFlag().Name == "var":
		return errors.New("--var takes NAME=VALUE, and something without a name or without \"=\" was given")
	case errors.As(err, &unknown):
		text, _, cut := strings.Cut(err.Error(), "=")
		if cut {
			text += "=..."
		}
		return errors.New(diag.CleanLine(text))
	}
	return errors.New(diag.CleanLine(diag.Plain(err)))
}

// usageError reports a command line that cannot be understood.
func (p *process) usageError(name string, err error) int {
	fmt.Fprintf(p.stderr, "Error: %s\n\n", diag.Sentence(withoutValue(err)))
	help := "assetform help"
	if name != "" {
		help = "assetform " + name + " --help"
	}
	fmt.Fprintf(p.stderr, "Run %q for what is understood.\n", help)
	return cli.ExitError
}

// help prints the overview, or the help of one command.
func (p *process) help(args []string) int {
	if len(args) == 0 {
		fmt.Fprint(p.stdout, overview())
		return cli.ExitDone
	}
	if list := group(args[0]); len(list) > 0 && len(args) == 1 {
		fmt.Fprint(p.stdout, groupHelp(args[0], list))
		return cli.ExitDone
	}
	cmd, _, err := find(args)
	if err != nil {
		return p.usageError("", err)
	}
	fs := newFlagSet(cmd.name)
	cmd.bind(fs)
	fmt.Fprint(p.stdout, cmd.help(fs))
	return cli.ExitDone
}

// group are the commands whose first word of two this is.
func group(word string) []command {
	return slices.DeleteFunc(commands(), func(c command) bool { return !strings.HasPrefix(c.name, word+" ") })
}

func groupHelp(word string, list []command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: assetform %s COMMAND [flags] [args]\n\nCommands:\n", word)
	for _, c := range list {
		fmt.Fprintf(&b, "  %-14s %s\n", c.name, c.short)
	}
	fmt.Fprintf(&b, "\nHelp on one of them: assetform %s --help\n", list[0].name)
	return b.String()
}

// helpWidth is the width that every help text keeps to.
const helpWidth = 80

func (c *command) help(fs *pflag.FlagSet) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: assetform %s\n\n%s\n", strings.TrimSpace(c.name+" "+c.usage), strings.TrimSpace(c.long))
	if flags := flagUsages(fs); flags != "" {
		fmt.Fprintf(&b, "\nFlags:\n%s", flags)
	}
	return b.String()
}

// flagUsages lists a command's flags. pflag's note on switches reads as if
// they took an argument.
func flagUsages(fs *pflag.FlagSet) string {
	const note = "[=true|false]"
	return strings.ReplaceAll(fs.FlagUsagesWrapped(helpWidth), note, strings.Repeat(" ", len(note)))
}

func overview() string {
	var b strings.Builder
	b.WriteString(`assetform is Terraform for generated images and videos: it plans what would be
generated, why and at what cost, and applies only that.

Usage: assetform [global flags] COMMAND [flags] [args]

Commands:
`)
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-14s %s\n", c.name, c.short)
	}
	fmt.Fprintf(&b, "  %-14s %s\n", "help", "Show this, or the help of a command")
	fs := newFlagSet(rootName)
	new(globals).bind(fs)
	fmt.Fprintf(&b, "\nGlobal flags:\n%s\n", flagUsages(fs))
	b.WriteString("Exit codes:\n")
	for _, line := range cli.ExitCodeHelp {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	b.WriteString(`
Addresses, as --target, adopt and the others take them:
  image.icon            an asset, or all instances of its block
  image.icon["sword"]   one instance; in a shell within single quotes
  image.*               every image: * stands for any text
  image.icon["\u002a"]  the instance whose key is a star, and no other
`)
	b.WriteString("\nHelp on a command: assetform COMMAND --help\n")
	return b.String()
}

// completions lists commands and their flags for shell completion.
func completions() []cli.Completion {
	var list []cli.Completion
	for _, c := range commands() {
		fs := newFlagSet(c.name)
		c.bind(fs)
		entry := cli.Completion{Name: c.name, Short: c.short}
		fs.VisitAll(func(f *pflag.Flag) {
			entry.Flags = append(entry.Flags, cli.CompletionFlag{Name: f.Name, Short: f.Usage, TakesValue: f.NoOptDefVal == ""})
		})
		list = append(list, entry)
	}
	return list
}
