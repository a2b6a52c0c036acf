package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// buildAll builds what is measured. What it returns removes the older build's
// work tree, and is never nil.
func (b *bench) buildAll(ctx context.Context, old string) (remove func(), err error) {
	remove = func() {}
	fmt.Fprintf(b.log, "%s building\n", time.Now().Format(time.TimeOnly))
	if b.tool == "" { // tests share one
		b.tool = filepath.Join(b.tmp, "assetform")
		if err := build(ctx, b.root, b.tool, "."); err != nil {
			return remove, err
		}
	}
	empty := filepath.Join(b.tmp, "empty.go")
	if err := os.WriteFile(empty, []byte("package main\n\nfunc main() {}\n"), 0o666); err != nil {
		return remove, err
	}
	if err := build(ctx, b.tmp, b.empty(), empty); err != nil || old == "" {
		return remove, err
	}
	b.oldName = old
	file := old
	if !filepath.IsAbs(file) {
		file = filepath.Join(b.from, old)
	}
	if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
		b.old = file
		return remove, nil
	}
	tree := filepath.Join(b.tmp, "older")
	if err := b.git(ctx, "worktree", "add", "--detach", "--quiet", tree, old); err != nil {
		return remove, fmt.Errorf("--old %s is no program and no revision: %w", old, err)
	}
	remove = func() { b.git(context.WithoutCancel(ctx), "worktree", "remove", "--force", tree) }
	b.old, b.oldTree = filepath.Join(b.tmp, "assetform-old"), tree
	return remove, build(ctx, tree, b.old, ".")
}

// git runs git in this repository.
func (b *bench) git(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = b.root
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return err
}

// build builds a program as the README tells people to.
func build(ctx context.Context, dir, to, what string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", to, what)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s in %s: %w\n%s", what, dir, err, out)
	}
	return nil
}

func (b *bench) empty() string { return filepath.Join(b.tmp, "empty") }

// nothing is a program that ends at once.
func (b *bench) nothing() command {
	return command{args: []string{b.empty()}, dir: b.tmp, env: b.env}
}

// coldBuild compares what the first command of the README has to compile.
func (b *bench) coldBuild(ctx context.Context) error {
	cache := filepath.Join(b.tmp, "cache")
	var commands []command
	for _, tree := range []string{b.root, b.oldTree} {
		commands = append(commands, command{
			args: []string{"go", "build", "-o", filepath.Join(b.tmp, "cold"), "."}, dir: tree, env: append(os.Environ(), "GOCACHE="+cache),
			before: func(context.Context) error { return os.RemoveAll(cache) },
		})
	}
	s, err := b.alternate(ctx, b.heavy(), commands...)
	if err != nil {
		return err
	}
	b.results["build"] = result{s[0].ratio(s[1]), s[0].beside(s[1])}
	return os.RemoveAll(cache)
}

// circumstances say when and on what this was measured.
func (b *bench) circumstances() string {
	older := ""
	if b.oldName != "" {
		older = fmt.Sprintf(" The older build is %s.", b.oldName)
	}
	return fmt.Sprintf("Measured on %s: %d cores (%s), %s, %s; medians of %d runs in turn, %d of what is slow, %d of what is over at once; ratios are of processor time, children included, where nothing else is said. Memory below %.0f MB cannot be seen.%s",
		time.Now().Format(time.DateOnly), runtime.NumCPU(), processor(), system(), runtime.Version(), b.rounds(), b.heavy(), b.light(), megabytes(b.floor), older)
}

// processor is the name of the machine's, as far as it can be read.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	if name := field(string(text), "model name", ":"); name != "" {
		return name
	}
	if out, err := exec.Command("sysctl", "-n", "machdep.cpu.brand_string").Output(); err == nil {
		return strings.TrimSpace(string(out))
	}
	return runtime.GOARCH
}

func system() string {
	name := runtime.GOOS + "/" + runtime.GOARCH
	text, _ := os.ReadFile("/etc/os-release")
	if pretty := field(string(text), "PRETTY_NAME", "="); pretty != "" {
		return strings.Trim(pretty, `"`) + " " + name
	}
	return name
}

// field is the value of the first line with a name.
func field(text, name, sign string) string {
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, sign); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// load is the load of the last minute.
func load() (float64, error) {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		text, err = exec.Command("sysctl", "-n", "vm.loadavg").Output()
	}
	if err != nil {
		return 0, err
	}
	var v float64
	_, err = fmt.Sscan(strings.Trim(string(text), "{ "), &v)
	return v, err
}
