package cli

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assetform/config"
	spec "assetform/config/engine"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// The scripts ask the program itself what may stand at the cursor, so that
// they need no list of commands of their own.
var (
	//go:embed completion.bash
	bashCompletion string
	//go:embed completion.zsh
	zshCompletion string
	//go:embed completion.fish
	fishCompletion string
)

// Completions is the command completion.
func Completions(fs *pflag.FlagSet) Run {
	var words bool
	fs.BoolVar(&words, "words", false, "print what may follow the arguments, as the scripts ask")
	if err := fs.MarkHidden("words"); err != nil {
		panic(err) // the flag was declared above
	}
	return func(_ context.Context, s *Session, args []string) int {
		if words {
			return s.output(candidates(s.loader, s.complete, args))
		}
		scripts := map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
		if len(args) != 1 || scripts[args[0]] == "" {
			given := ""
			if len(args) == 1 {
				given = DidYouMean(args[0], []string{"bash", "zsh", "fish"})
			}
			return s.fail("No such shell", fmt.Errorf("\"assetform completion\" takes the name of a shell: bash, zsh or fish%s", given))
		}
		return s.output(scripts[args[0]])
	}
}

// completer finds what may stand at the cursor.
type completer struct {
	at      *loader
	table   []Completion
	words   []string // complete words before the cursor, without the program
	current string   // what was typed of the word at the cursor
}

// candidates lists what may stand at the cursor, a line each: the word, a tab
// and a description. The last argument is the word at the cursor. Nothing is
// ever reported as an error: a shell that completes has no place for it.
func candidates(l *loader, complete func() []Completion, args []string) string {
	if complete == nil || len(args) == 0 {
		return ""
	}
	c := completer{at: l, table: complete(), words: args[:len(args)-1], current: args[len(args)-1]}
	var b strings.Builder
	seen := map[string]bool{}
	for _, cand := range c.list() {
		if !strings.HasPrefix(cand.word, c.current) || seen[cand.word] {
			continue
		}
		seen[cand.word] = true
		b.WriteString(cand.word)
		if cand.about != "" {
			b.WriteString("\t" + oneLine(cand.about))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// oneLine is a description without what flags mark their values with.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "`", "")), " ")
}

type candidate struct{ word, about string }

// globalFlags stand before the command; those that take a value are true.
var globalFlags = map[string]bool{"--chdir": true, "--log-level": true, "--no-color": false, "--help": false, "--version": false}

// list finds the candidates for the place of the cursor.
func (c *completer) list() []candidate {
	rest := c.skipGlobals(c.words)
	if rest == nil {
		return nil // the value of a global flag: the shell's own files
	}
	entry, used := c.command(rest)
	if entry == nil {
		if strings.HasPrefix(c.current, "-") {
			return c.globals()
		}
		return c.commands(rest)
	}
	behind := rest[used:]
	last := ""
	if len(behind) > 0 {
		last = behind[len(behind)-1]
	}
	name, isFlag := strings.CutPrefix(last, "--")
	takesValue := isFlag && slices.ContainsFunc(entry.Flags, func(f CompletionFlag) bool { return f.Name == name && f.TakesValue })
	joined, _, isJoined := strings.Cut(c.current, "=")
	switch {
	case takesValue:
		return c.values(entry, name)
	case isJoined && strings.HasPrefix(joined, "--"):
		list := c.values(entry, strings.TrimPrefix(joined, "--"))
		for i := range list {
			list[i].word = joined + "=" + list[i].word
		}
		return list
	case strings.HasPrefix(c.current, "-"):
		return flagsOf(entry)
	}
	return c.arguments(entry)
}

// skipGlobals takes the global flags off the front; nil if the cursor stands
// at the value of one.
func (c *completer) skipGlobals(words []string) []string {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		if globalFlags[words[0]] {
			if len(words) == 1 {
				return nil
			}
			words = words[1:]
		}
		words = words[1:]
	}
	return words[:len(words):len(words)]
}

// command finds the command that words begin with, and how many of them are
// its name.
func (c *completer) command(words []string) (*Completion, int) {
	for n := min(2, len(words)); n > 0; n-- {
		name := strings.Join(words[:n], " ")
		for i := range c.table {
			if c.table[i].Name == name {
				return &c.table[i], n
			}
		}
	}
	return nil, 0
}

// commands lists the commands, or the second words of the commands whose
// first word stands already.
func (c *completer) commands(words []string) []candidate {
	var list []candidate
	for _, entry := range c.table {
		first, second, two := strings.Cut(entry.Name, " ")
		switch {
		case len(words) == 0 && two:
			list = append(list, candidate{first, "Commands: " + c.seconds(first)})
		case len(words) == 0:
			list = append(list, candidate{first, entry.Short})
		case len(words) == 1 && two && words[0] == first:
			list = append(list, candidate{second, entry.Short})
		}
	}
	if len(words) == 0 {
		list = append(list, candidate{"help", "Show the help of a command"})
	}
	if len(words) == 1 && words[0] == "help" {
		for _, entry := range c.table {
			first, _, _ := strings.Cut(entry.Name, " ")
			list = append(list, candidate{first, ""})
		}
	}
	return list
}

func (c *completer) seconds(first string) string {
	var names []string
	for _, entry := range c.table {
		if second, ok := strings.CutPrefix(entry.Name, first+" "); ok {
			names = append(names, second)
		}
	}
	return strings.Join(names, ", ")
}

func (c *completer) globals() []candidate {
	var list []candidate
	for name := range globalFlags {
		list = append(list, candidate{word: name})
	}
	slices.SortFunc(list, func(a, b candidate) int { return strings.Compare(a.word, b.word) })
	return list
}

func flagsOf(entry *Completion) []candidate {
	var list []candidate
	for _, f := range entry.Flags {
		list = append(list, candidate{"--" + f.Name, f.Short})
	}
	return append(list, candidate{"--help", "show help"})
}

// values lists the values of a flag; none leaves it to the shell's files.
func (c *completer) values(entry *Completion, flag string) []candidate {
	known := map[string][]string{
		"provider": {c.at.engines.Embedded().Type},
		"format":   {"text", "json", "markdown"},
		"example":  {"game", "web"},
		"by":       groupings,
	}
	switch entry.Name {
	case "graph":
		known["format"] = []string{"dot", "mermaid"}
	case "disclose":
		known["format"] = []string{"markdown", "csv", "json"}
	}
	switch flag {
	case "target", "exclude", "replace", "unprotect", "overwrite-adopted":
		return c.addresses(true)
	}
	var list []candidate
	if flag == "max" {
		for _, u := range c.at.engines.Units() {
			list = append(list, candidate{u.Name + "=", "refuse to spend more than so many " + spec.Words(u.Name, 2)})
		}
	}
	for _, word := range known[flag] {
		list = append(list, candidate{word: word})
	}
	return list
}

// arguments lists what a command takes: addresses, a shell, or files, which
// the shell finds by itself.
func (c *completer) arguments(entry *Completion) []candidate {
	switch entry.Name {
	case "explain", "adopt", "pick", "restore", "tasks attach", "tasks forget":
		return c.addresses(true)
	case "lock list", "lock show", "lock mv", "lock rm":
		return c.addresses(false)
	case "completion":
		return []candidate{{word: "bash"}, {word: "zsh"}, {word: "fish"}}
	}
	return nil
}

// addresses lists the assets of the lock and, if wanted, of the configuration
// where it can be evaluated. The descriptions are the output paths.
func (c *completer) addresses(configured bool) []candidate {
	at := c.at
	if dir, ok := chdirOf(c.words); ok {
		at = at.inDir(at.path(dir))
	}
	outputs := map[string]string{}
	if lock, _, diags := at.loadLock(); !diags.HasErrors() {
		for address, e := range lock.Assets {
			outputs[address] = e.Output
		}
	}
	if configured {
		// Nobody asked for a word on the terminal.
		c.at.exceeded = func(hcl.Diagnostics, *config.Project) {}
		p, _ := config.Load(config.Options{Engines: at.engines, Dir: at.Dir, ToolVersion: at.version, Environ: at.Environ, Watch: at.watch})
		if p != nil {
			for _, spec := range p.Specs {
				outputs[spec.Address.String()] = spec.Output
			}
		}
	}
	var list []candidate
	for _, address := range slices.Sorted(maps.Keys(outputs)) {
		list = append(list, candidate{address, outputs[address]})
	}
	return list
}

// chdirOf finds the directory that a line asks for.
func chdirOf(words []string) (string, bool) {
	for i, word := range words {
		if dir, ok := strings.CutPrefix(word, "--chdir="); ok {
			return dir, true
		}
		if word == "--chdir" && i+1 < len(words) {
			return words[i+1], true
		}
	}
	return "", false
}
