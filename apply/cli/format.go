package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assetform/config"
	"assetform/config/syntax"
	"assetform/config/worktree"
	"assetform/lockfile/atomicfile"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// formatter is one run of fmt.
type formatter struct {
	*streams
	check     bool
	diff      bool
	recursive bool
	list      bool

	changed bool
	failed  bool
	out     strings.Builder
}

// Fmt is the command fmt.
func Fmt(fs *pflag.FlagSet) Run {
	var f formatter
	fs.BoolVar(&f.check, "check", false, "change nothing; exit 2 if a file would change")
	fs.BoolVar(&f.diff, "diff", false, "show what changes")
	fs.BoolVar(&f.recursive, "recursive", false, "format subdirectories too")
	fs.BoolVar(&f.list, "list", true, "list the files that change")
	return func(_ context.Context, s *Session, args []string) int {
		f.streams = s.streams
		defer s.watch.Begin(nil)()
		if len(args) == 1 && args[0] == "-" {
			return f.stdin()
		}
		if len(args) == 0 {
			args = []string{"."}
		}
		for _, arg := range args {
			err := s.ownPath(s.path(arg))
			if err == nil {
				err = f.path(s.path(arg), arg)
			}
			if err != nil {
				s.output(f.out.String())
				return s.fail("Not formatted", err)
			}
		}
		written := s.output(f.out.String())
		switch {
		case f.failed, written != ExitDone:
			return ExitError
		case f.check && f.changed:
			return ExitDifference
		}
		return ExitDone
	}
}

// stdin formats standard input to standard output.
func (f *formatter) stdin() int {
	s := f.streams
	src, err := io.ReadAll(io.LimitReader(s.In, maxStdin+1))
	if err != nil {
		return s.fail("Not formatted", fmt.Errorf("read standard input: %w", err))
	}
	if len(src) > maxStdin {
		return s.fail("Not formatted", fmt.Errorf("standard input is longer than %d bytes", maxStdin))
	}
	out, diags := syntax.Format("<stdin>", src)
	if diags.HasErrors() {
		f.report("<stdin>", src, diags)
		return ExitError
	}
	changed := !bytes.Equal(src, out)
	switch {
	case f.diff:
		if written := s.output(syntax.UnifiedDiff("<stdin>", src, out)); written != ExitDone {
			return written
		}
	case !f.check:
		return s.outputData(string(out), "the formatted text", "Format a file in place, or with --diff to see it.")
	}
	if f.check && changed {
		return ExitDifference
	}
	return ExitDone
}

// maxStdin bounds what is read from standard input, as files are bounded.
const maxStdin = 10 << 20

// path formats a file, or the configuration files of a directory.
func (f *formatter) path(full, shown string) error {
	info, err := os.Stat(full)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return f.file(full, shown)
	}
	entries, err := os.ReadDir(full)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, child := filepath.Join(full, e.Name()), filepath.Join(shown, e.Name())
		switch {
		case e.IsDir() && f.recursive && !strings.HasPrefix(e.Name(), "."):
			if err := f.path(name, child); err != nil {
				return err
			}
		case e.Type().IsRegular() && formattable(e.Name()):
			if err := f.file(name, child); err != nil {
				return err
			}
		}
	}
	return nil
}

// formattable tells which files of a directory are formatted.
func formattable(name string) bool {
	return slices.ContainsFunc([]string{".asset.hcl", ".vars.hcl"}, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}

func (f *formatter) file(full, shown string) error {
	src, err := worktree.ReadFile(full)
	if err != nil {
		return fmt.Errorf("read %q: %w", shown, err)
	}
	shown = filepath.ToSlash(shown)
	out, diags := syntax.Format(shown, src)
	if diags.HasErrors() {
		f.report(shown, src, diags)
		return nil
	}
	if bytes.Equal(src, out) {
		return nil
	}
	f.changed = true
	if f.list {
		fmt.Fprintln(&f.out, inline(shown))
	}
	if f.diff {
		f.out.WriteString(syntax.UnifiedDiff(shown, src, out))
	}
	if f.check {
		return nil
	}
	var perm fs.FileMode = 0o666
	if err := atomicfile.Write(full, perm, out); err != nil {
		return fmt.Errorf("write %q: %w", shown, err)
	}
	return nil
}

func (f *formatter) report(name string, src []byte, diags hcl.Diagnostics) {
	f.failed = true
	f.printDiagnostics(diags, &config.Project{Files: map[string]*hcl.File{name: {Bytes: worktree.Text(src)}}})
}
